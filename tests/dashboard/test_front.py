"""The page that starts every page, and the scripts behind it."""

import gzip
import re
from pathlib import Path

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string

from dashboard import tables
from dashboard.serving import front, sign_in_polish

SHIPPED = Path(st.__file__).parent / "static"


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(front.Front(Starlette()))


@pytest.mark.parametrize("shows", [shows for page in front.PAGES.values() for shows in (page.shows, page.one_shows)])
def test_everything_a_page_asks_for_at_once_is_there(shows: tuple[str, ...], client: TestClient) -> None:
    asked = front.chunks(shows)

    assert all(any(script.startswith(f"{name}.") for script in asked) for name in shows)
    assert all(f"./static/js/{script}" in front.html(shows) for script in asked)
    assert all(client.head(f"/static/js/{script}").status_code == 404 for script in asked)  # only GET is ours
    assert all(client.get(f"/static/js/{script}").status_code == 200 for script in asked)


def test_a_page_knows_its_server_its_title_and_its_font(client: TestClient) -> None:
    page = client.get("/plans?plan=c1")

    assert "BACKEND_BASE_URL: location.origin" in page.text
    assert "<title>Media Planner</title>" in page.text
    assert "inter-latin.woff2" in page.text
    assert "SourceSans" not in page.text
    assert "EChartsChart." in page.text
    assert "no-cache" == page.headers["cache-control"]


def test_only_a_page_of_one_thing_asks_for_what_that_is_made_of(client: TestClient) -> None:
    assert "EChartsChart." not in client.get("/history?plan=c1").text
    assert "EChartsChart." not in client.get("/plans").text


def test_a_browser_gets_the_cookie_with_the_page_and_connects_at_once() -> None:
    browser = TestClient(front.Front(Starlette()))
    first, again = browser.get("/"), browser.get("/plans")
    tokens = [decode_xsrf_token_string(answer.cookies["_streamlit_xsrf"])[0] for answer in (first, again)]

    assert "HOST_CONFIG" in first.text
    assert "allowedOrigins: [location.origin]" in first.text
    assert tokens[0] is not None
    assert tokens[0] == tokens[1]


def test_a_browser_learns_what_draws_the_page_while_it_waits(client: TestClient) -> None:
    assert re.search(r'setTimeout\)\(\(\) => \["./static/js/Html\.[^]]*EChartsChart\.', client.get("/").text)


def test_every_page_brings_the_look_of_plain_html(client: TestClient) -> None:
    page = client.get("/").text

    assert f"{tables.STYLE}.stHtml .sheet.long th {{ background: light-dark(#FFFFFF, #020508) }}" in page
    assert ".stHtml .red { color: light-dark(#8F1D17, #FF938C) }" in page


def test_scripts_are_streamlit_s_own_kept_forever_and_sent_small(client: TestClient) -> None:
    name = re.findall(r"static/js/index\.[\w-]+\.js", client.get("/").text)[0]
    plain = client.get(f"/{name}", headers={"accept-encoding": "identity"})
    packed = client.get(f"/{name}", headers={"accept-encoding": "gzip"})

    assert (SHIPPED / name).read_bytes() == plain.content == packed.content
    assert "immutable" in packed.headers["cache-control"]
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert len(gzip.compress(plain.content, 6)) == int(packed.headers["content-length"])


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/new-plan?like=c1", "/new_plan?like=c1"),
        ("/Plans/", "/plans"),
        ("/home", "/"),
        ("/abc?workspace=acme&notice=x", "/?workspace=acme&notice=no_page"),
        ("/plans/c1", "/?notice=no_page"),
        ("/connections", "/?notice=no_page"),
        ("//elsewhere.example/x", "/?notice=no_page"),
    ],
)
def test_a_mistyped_address_leads_to_the_page_or_home(client: TestClient, asked: str, led: str) -> None:
    people = client.get(f"http://testserver{asked}", headers={"accept": "text/html"}, follow_redirects=False)

    assert (303, led) == (people.status_code, people.headers["location"])


def test_a_program_is_told_that_there_is_no_page(client: TestClient) -> None:
    assert (404, front.NO_PAGE) == ((answer := client.get("/robots.txt")).status_code, answer.text)


@pytest.mark.parametrize("path", [*sign_in_polish.NOT_PAGES, "/favicon.png", "/static/media/x.woff2", "/auth/login"])
def test_what_is_no_page_is_left_to_streamlit_and_our_routes(path: str) -> None:
    passed_on = TestClient(front.Front(PlainTextResponse("below")))

    assert "below" == passed_on.get(path, headers={"accept": "text/html"}).text


@pytest.mark.parametrize("path", ["/static/js/../../__init__.py", "/static/js/none.js", "/healthz", "/nowhere"])
def test_nothing_else_is_answered(client: TestClient, path: str) -> None:
    assert 404 == client.get(path).status_code
