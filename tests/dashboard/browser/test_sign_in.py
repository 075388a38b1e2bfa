"""Signing in through a real OpenID Connect provider: back to the page that was asked for, as who one is."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.conftest import wait_until
from tests.dashboard import seeding
from tests.dashboard.browser.conftest import Watched
from tests.dashboard.browser.identity_provider import IdentityProvider
from tests.dashboard.site import Site
from worker.embedded.ports import free

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def guarded(site: Site) -> Iterator[Site]:
    """Serve the same workspace with sign-in switched on."""
    provider = IdentityProvider(free(), {"sub": "subject-of-ana", "email": seeding.ANA, "email_verified": True})
    server = provider.serve()
    wait_until(lambda: server.started, "The identity provider's start")
    port = free()
    signed = {
        "MEDIA_PLANNER_SIGN_IN": "oidc",
        "MEDIA_PLANNER_DASHBOARD_URL": f"http://127.0.0.1:{port}",
        "MEDIA_PLANNER_COOKIE_SECRET": "a secret that only this test knows",
        "MEDIA_PLANNER_OIDC_CLIENT_ID": "media-planner",
        "MEDIA_PLANNER_OIDC_CLIENT_SECRET": "throw-away",
        "MEDIA_PLANNER_OIDC_METADATA_URL": f"{provider.url}/.well-known/openid-configuration",
    }
    running = Site(port, site.environment | signed)
    running.start()
    yield running
    running.kill()
    server.should_exit = True


def test_sign_in_leads_back_to_the_page_that_was_asked_for(browse: Callable[..., Watched], guarded: Site) -> None:
    watched = browse()
    watched.site = guarded
    page = watched.open(f"/plans?workspace=acme&plan={seeding.READY}")
    expect(page.get_by_text("Sign in to see your workspaces.")).to_be_visible()
    expect(page.get_by_text("Q1 always-on")).to_be_hidden()

    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Q1 always-on")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Ana Ruiz · Owner")).to_be_visible()
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["_streamlit_user"]["httpOnly"]
    assert cookies["_streamlit_user"]["expires"] - page.evaluate("Date.now() / 1000") <= 12 * 3600

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_text("Sign in to see your workspaces.")).to_be_visible(timeout=20_000)


def test_a_forged_cookie_signs_nobody_in(browse: Callable[..., Watched], guarded: Site) -> None:
    watched = browse()
    watched.site = guarded
    forged = {"name": "_streamlit_user", "value": "2|1:0|10:1795407640|15:_streamlit_user|4:e30=|forged"}
    watched.page.context.add_cookies([{**forged, "url": guarded.url}])

    page = watched.open("/plans?workspace=acme")

    expect(page.get_by_text("Sign in to see your workspaces.")).to_be_visible()
