"""Signing in through a real OpenID Connect provider: back to the page that was asked for, as who one is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from events import database
from tests.conftest import wait_until
from tests.dashboard import seeding
from tests.dashboard.browser.conftest import Watched
from tests.dashboard.browser.identity_provider import IdentityProvider
from tests.dashboard.site import Site
from worker.embedded.ports import free

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    running = IdentityProvider(free(), _claims(seeding.ANA))
    server = running.serve()
    wait_until(lambda: server.started, "The identity provider's start")
    yield running
    server.should_exit = True


def _claims(person: str) -> dict[str, object]:
    return {"sub": f"subject-of-{person}", "email": person, "email_verified": True}


@pytest.fixture(scope="module")
def guarded(site: Site, provider: IdentityProvider) -> Iterator[Site]:
    """Serve the same workspaces with sign-in switched on."""
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


def test_who_signed_in_as_the_wrong_one_can_sign_out(
    browse: Callable[..., Watched], guarded: Site, provider: IdentityProvider
) -> None:
    watched = browse()
    watched.site = guarded
    provider.claims = _claims("nobody@acme.example")
    page = watched.open("/plans?workspace=acme")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="You are not a member of any workspace")).to_be_visible(timeout=20_000)

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_text("Sign in to see your workspaces.")).to_be_visible(timeout=20_000)


def test_a_forged_cookie_signs_nobody_in(browse: Callable[..., Watched], guarded: Site) -> None:
    watched = browse()
    watched.site = guarded
    forged = {"name": "_streamlit_user", "value": "2|1:0|10:1795407640|15:_streamlit_user|4:e30=|forged"}
    watched.page.context.add_cookies([{**forged, "url": guarded.url}])

    page = watched.open("/plans?workspace=acme")

    expect(page.get_by_text("Sign in to see your workspaces.")).to_be_visible()


@dataclass(frozen=True)
class Someone:
    """A person with a workspace, and what is in it."""

    user: str
    workspace: str
    plan: str
    plan_title: str
    file: str
    file_name: str

    @property
    def secrets(self) -> list[str]:
        return [self.plan_title, self.file_name]


ANA = Someone(seeding.ANA, seeding.ACME, seeding.READY, "Q1 always-on", seeding.GOOD_FILE, "Search and Video.gsheet")
SAM = Someone(seeding.STRANGER, "other", "c-rival", "Secret takeover", "f-rival", "Rival spend.xlsx")


@pytest.fixture
def rival(site: Site) -> None:
    """Put a file and a plan into the stranger's workspace."""
    engine = database.connect(site.environment["MEDIA_PLANNER_DATABASE_URL"])
    teller = seeding.Teller(engine, SAM.workspace)
    seeding.discover(teller, SAM.file, SAM.file_name, datetime.now(UTC))
    seeding.ask(teller, SAM.plan, seeding.brief(SAM.plan_title))
    engine.dispose()


@pytest.mark.usefixtures("rival")
def test_two_people_in_two_workspaces_never_meet(
    browse: Callable[..., Watched], guarded: Site, provider: IdentityProvider
) -> None:
    """Both are signed in at the same time, each in a browser of their own, at one server."""
    windows = {one.user: _window(browse(), guarded) for one in (ANA, SAM)}
    for one in (ANA, SAM):
        provider.claims = _claims(one.user)
        _signs_in(windows[one.user], one)
    for me, other in ((ANA, SAM), (SAM, ANA)):
        watched = windows[me.user]
        _meets_only_what_is_theirs(watched, me, other)
        _gets_no_trail_of(watched, me, other)
        sent = b"".join(watched.sent)
        assert [True, True] == [secret.encode() in sent for secret in me.secrets]
        assert [False, False] == [secret.encode() in sent for secret in other.secrets]


def _window(watched: Watched, guarded: Site) -> Watched:
    watched.site = guarded
    watched.listen()
    return watched


def _signs_in(watched: Watched, one: Someone) -> None:
    page = watched.open(f"/plans?workspace={one.workspace}")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(one.plan_title).first).to_be_visible(timeout=20_000)


def _meets_only_what_is_theirs(watched: Watched, me: Someone, other: Someone) -> None:
    """A pasted link of the other one says calmly that there is nothing to see."""
    for link, told in (
        (f"/files?workspace={me.workspace}&file={other.file}", "This file is not in this workspace"),
        (f"/plans?workspace={me.workspace}&plan={other.plan}", "This plan is not in this workspace"),
        (f"/plans?workspace={other.workspace}&plan={other.plan}", "You have no access to this workspace"),
        (f"/history?workspace={me.workspace}", "History"),
    ):
        page = watched.open(link)
        expect(page.get_by_role("heading", name=told, exact=True)).to_be_visible()
    assert "Traceback" not in page.content()


def _gets_no_trail_of(watched: Watched, me: Someone, other: Someone) -> None:
    page = watched.page
    page.get_by_role("button", name="Download").click()
    link = page.locator('a[href*="/audit/trail.csv"]').first.get_attribute("href")
    assert link
    own = page.request.get(urljoin(watched.site.url, link))
    foreign = page.request.get(urljoin(watched.site.url, link.replace(me.workspace, other.workspace)))
    bare = page.request.get(f"{watched.site.url}/audit/trail.jsonl?workspace={me.workspace}")

    assert (200, 403, 401) == (own.status, foreign.status, bare.status)
    assert me.plan in own.text()
    assert not [secret for secret in (*other.secrets, other.plan) if secret in own.text() + foreign.text()]
