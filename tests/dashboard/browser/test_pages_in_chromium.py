"""Pages as a person meets them: readable for everyone, private, sturdy, with an address for everything."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.dashboard.browser.conftest import Watched
from tests.dashboard.seeding import GOOD_FILE, READY
from tests.dashboard.site import Site
from worker.embedded.ports import free

pytestmark = pytest.mark.browser

Browse = Callable[..., Watched]


def test_answers_carry_the_headers_that_keep_them_safe(browse: Browse, site: Site) -> None:
    answer = browse().page.request.get(site.url)

    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "nosniff" == answer.headers["x-content-type-options"]


def test_a_shared_link_opens_the_same_view_and_back_leads_back(browse: Browse) -> None:
    watched = browse()
    page = watched.open("/plans?workspace=acme")
    page.get_by_role("link", name="Open Q1 always-on").click()
    expect(page.get_by_role("heading", name="Q1 always-on")).to_be_visible()
    expect(page).to_have_url(re.compile(f"plan={READY}"))

    page.get_by_role("button", name="All plans").click()

    expect(page.get_by_role("heading", name="Plans", exact=True)).to_be_visible()
    expect(page).not_to_have_url(re.compile("plan="))


def test_an_address_without_a_page_leads_home_and_says_so(browse: Browse) -> None:
    watched = browse()
    page = watched.open("/new-campaign?workspace=acme")

    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("There is no page at that address")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert not watched.foreign
    assert not watched.errors


def test_navigation_keeps_workspace_and_moment(browse: Browse) -> None:
    watched = browse()
    page = watched.open("/?workspace=acme&at=19")
    page.get_by_role("link", name="Plans", exact=True).click()

    expect(page.get_by_role("heading", name="Plans", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"at=19"))
    expect(page.get_by_text("You are looking at the past")).to_be_visible()

    page.get_by_role("button", name="Back to now").click()

    expect(page.get_by_text("You are looking at the past")).to_be_hidden()
    expect(page).not_to_have_url(re.compile(r"at="))


def test_the_keyboard_reaches_the_first_command(browse: Browse) -> None:
    page = browse().open("/files?workspace=acme")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator("button:focus", has_text="Check for changes now").count():
            break
    page.keyboard.press("Enter")

    expect(page.get_by_text("Nothing was lost: your request is kept.")).to_be_visible(timeout=15_000)


def test_a_chosen_file_opens_and_its_history_is_one_click_away(browse: Browse) -> None:
    watched = browse()
    page = watched.open(f"/files?workspace=acme&file={GOOD_FILE}")
    expect(page.get_by_role("heading", name="Search and Video.gsheet")).to_be_visible()
    page.get_by_role("link", name="History").last.click()

    expect(page.get_by_role("heading", name="History", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(f"file={GOOD_FILE}"))


def test_without_a_database_the_page_says_so_and_shows_no_trace(browse: Browse, site: Site) -> None:
    watched = browse()
    gone = f"postgresql://nobody@127.0.0.1:{free()}/gone"
    watched.site = Site(free(), site.environment | {"MEDIA_PLANNER_DATABASE_URL": gone})
    watched.site.start()

    page = watched.open("/files?workspace=acme")

    expect(page.get_by_text("Our database does not answer right now. Nothing was lost.")).to_be_visible()
    assert "Traceback" not in page.content()
    watched.site.kill()


def test_an_open_page_survives_the_death_of_the_server(browse: Browse, site: Site) -> None:
    """Nobody reloads: the page finds the new server, with the workspace and the filter it showed."""
    watched = browse()
    watched.listen()
    page = watched.open("/files?workspace=acme&state=needs_you")
    address, app, chosen = (
        page.url,
        page.get_by_test_id("stApp"),
        page.get_by_role("button", name="Show: Needs you (1)"),
    )
    expect(chosen).to_be_visible()
    site.kill()
    expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED")
    watched.sent.clear()
    died = time.monotonic()
    site.start()
    served = time.monotonic()

    while b"Q3 report.xlsx" not in b"".join(watched.sent):
        assert time.monotonic() < served + 30, "The page did not find the new server within 30 s."
        page.wait_for_timeout(20)
    watched.settled()

    print(f"\nback {time.monotonic() - served:.1f} s after the server, {time.monotonic() - died:.1f} s after its death")
    assert address == page.url
    expect(page.get_by_role("heading", name="Campaign files", exact=True)).to_be_visible()
    expect(chosen).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Plans", exact=True).click()
    expect(page.get_by_role("heading", name="Plans", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("workspace=acme"))
