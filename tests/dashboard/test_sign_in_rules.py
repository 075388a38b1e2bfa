"""Who somebody is, how long that holds, and where they go afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.serving import sign_in
from dashboard.serving.sign_in_polish import SignInPolish, _is_our_page

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_an_address_counts_only_when_the_provider_vouches_for_it() -> None:
    assert "ana@acme.example" == sign_in.subject({"sub": "1", "email": "ana@acme.example", "email_verified": True})
    assert "1" == sign_in.subject({"sub": "1", "email": "ana@acme.example", "email_verified": False})
    assert "1" == sign_in.subject({"sub": "1", "email": "ana@acme.example"})


@pytest.mark.parametrize(("age", "fresh"), [(timedelta(hours=11), True), (timedelta(hours=13), False)])
def test_a_sign_in_holds_twelve_hours(age: timedelta, fresh: bool) -> None:
    assert fresh == sign_in.is_fresh({"iat": (NOW - age).timestamp()}, NOW)


@pytest.mark.parametrize("claims", [{}, {"iat": None}, {"iat": "yesterday"}])
def test_a_sign_in_without_a_time_holds_not_at_all(claims: dict[str, object]) -> None:
    assert not sign_in.is_fresh(claims, NOW)


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\nb"])
def test_going_back_never_leads_elsewhere(path: str) -> None:
    assert not _is_our_page(path)


def polished(*, https: bool) -> TestClient:
    async def callback(_request: Request) -> Response:
        answer = RedirectResponse("/", status_code=302)
        answer.set_cookie("_streamlit_user", "signed", max_age=2592000, httponly=True, samesite="lax")
        answer.set_cookie("other", "kept", max_age=99)
        return answer

    async def page(_request: Request) -> Response:
        return Response("<html>")

    app = Starlette(routes=[Route("/oauth2callback", callback), Route("/plans", page)])
    return TestClient(
        SignInPolish(app, https=https), follow_redirects=False, base_url="https://test" if https else "http://test"
    )


@pytest.mark.parametrize("https", [True, False])
def test_after_sign_in_the_page_comes_back_and_the_cookie_is_short(https: bool) -> None:
    browser = polished(https=https)
    browser.get("/plans?plan=c1", headers={"accept": "text/html"})

    answer = browser.get("/oauth2callback")

    cookies = answer.headers.get_list("set-cookie")
    user = next(cookie for cookie in cookies if cookie.startswith("_streamlit_user"))
    assert "/plans?plan=c1" == answer.headers["location"]
    assert "Max-Age=43200" in user
    assert https == user.endswith("Secure")
    assert any(cookie.startswith("other=kept; Max-Age=99") for cookie in cookies)


def test_who_is_signed_in_is_not_followed() -> None:
    browser = polished(https=False)
    browser.cookies.set("_streamlit_user", "signed")

    answer = browser.get("/plans?plan=c1", headers={"accept": "text/html"})

    assert "set-cookie" not in answer.headers
