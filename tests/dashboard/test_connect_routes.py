"""The way to Google's page and back, over real HTTP requests into the real application routes and database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.serving import connect, settings, sign_in
from events import store
from tests.dashboard import seeding
from tests.dashboard.fake_temporal import FakeTemporal
from tests.dashboard.seeding import ACME, PIA, STRANGER, VERA
from worker.contracts import IntegrationInput, OAuthCallback

Compose = Callable[[Engine, str], None]


@pytest.fixture
def browser(followed: Engine, compose: Compose, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("MEDIA_PLANNER_GOOGLE_SANDBOX_URL", "http://127.0.0.1:8585")
    monkeypatch.setenv("MEDIA_PLANNER_DASHBOARD_URL", "http://127.0.0.1:8501")
    seeding.members(followed)
    compose(followed, PIA)
    with TestClient(Starlette(routes=connect.routes()), follow_redirects=False) as client:
        yield client


def leave(browser: TestClient) -> str:
    """Start connecting and return the state that Google would send back."""
    answer = browser.get("/connect/google/start", params={"workspace": ACME})
    return parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]


def landed(browser: TestClient, **answer: str) -> dict[str, list[str]]:
    location = urlsplit(browser.get("/connect/google/callback", params=answer).headers["location"])
    assert "/files" == location.path
    return parse_qs(location.query)


def test_start_records_the_attempt_and_leaves_for_google(
    browser: TestClient, engine: Engine, temporal: FakeTemporal
) -> None:
    answer = browser.get("/connect/google/start", params={"workspace": ACME})

    assert 303 == answer.status_code
    assert answer.headers["location"].startswith("http://127.0.0.1:8585/o/oauth2/v2/auth?")
    (attempt,) = temporal.started
    assert attempt.startswith(f"integration-{PIA}-")
    assert IntegrationInput(PIA, "google_drive", ACME) == temporal.started[attempt]
    with engine.connect() as connection:
        (asked,) = store.read(connection, names=["integration.requested"])
    assert (PIA, attempt) == (asked.meta.actor, asked.meta.workflow_id)


def test_the_answer_reaches_the_waiting_workflow(browser: TestClient, temporal: FakeTemporal) -> None:
    state = leave(browser)

    assert {"workspace": [ACME], "notice": ["connected"]} == landed(browser, state=state, code="4/abc")
    assert [OAuthCallback(code="4/abc")] == list(temporal.answered.values())


def test_a_refusal_reaches_the_waiting_workflow_too(browser: TestClient, temporal: FakeTemporal) -> None:
    state = leave(browser)

    assert ["denied"] == landed(browser, state=state, error="access_denied")["notice"]
    assert [OAuthCallback(error="access_denied")] == list(temporal.answered.values())


def test_an_answer_counts_once(browser: TestClient, temporal: FakeTemporal) -> None:
    state = leave(browser)
    landed(browser, state=state, code="4/abc")

    assert ["expired"] == landed(browser, state=state, code="4/abc")["notice"]
    assert 1 == len(temporal.answered)


@pytest.mark.parametrize("answer", [{}, {"state": "bogus", "code": "4/abc"}, {"code": "4/abc"}])
def test_an_answer_nobody_asked_for_is_refused(
    browser: TestClient, temporal: FakeTemporal, answer: dict[str, str]
) -> None:
    assert ["expired"] == landed(browser, **answer)["notice"]
    assert {} == temporal.answered


def test_an_answer_is_bound_to_the_person_who_left(
    browser: TestClient, engine: Engine, compose: Compose, temporal: FakeTemporal
) -> None:
    state = leave(browser)
    compose(engine, STRANGER)

    assert ["expired"] == landed(browser, state=state, code="4/abc")["notice"]
    assert {} == temporal.answered


def test_an_answer_that_took_too_long_is_refused(browser: TestClient, engine: Engine) -> None:
    state = leave(browser)
    with engine.begin() as connection:
        old = datetime.now(UTC) - timedelta(minutes=11)
        connection.execute(sa.text("UPDATE consent_flow SET created_at = :old"), {"old": old})

    assert ["expired"] == landed(browser, state=state, code="4/abc")["notice"]


def test_an_answer_for_an_attempt_that_ended_is_explained(browser: TestClient, temporal: FakeTemporal) -> None:
    state = leave(browser)
    temporal.started.clear()

    assert ["expired"] == landed(browser, state=state, code="4/abc")["notice"]


@pytest.mark.parametrize("user", [VERA, STRANGER])
def test_only_planners_may_start(
    browser: TestClient, engine: Engine, compose: Compose, temporal: FakeTemporal, user: str
) -> None:
    compose(engine, user)

    answer = browser.get("/connect/google/start", params={"workspace": ACME})

    assert "/files?workspace=acme&notice=no_role" == answer.headers["location"]
    assert {} == temporal.started


@pytest.mark.parametrize("workspace", ["", "nowhere", "acme/plan", "acme\x00"])
def test_a_strange_workspace_is_refused(browser: TestClient, temporal: FakeTemporal, workspace: str) -> None:
    answer = browser.get("/connect/google/start", params={"workspace": workspace})

    assert answer.headers["location"].endswith("notice=no_role") or answer.headers["location"].endswith("notice=broken")
    assert {} == temporal.started


def test_without_temporal_the_browser_ends_on_a_sentence(browser: TestClient, temporal: FakeTemporal) -> None:
    temporal.away = True

    answer = browser.get("/connect/google/start", params={"workspace": ACME})

    assert "/files?workspace=acme&notice=away" == answer.headers["location"]


def test_the_health_route_answers(browser: TestClient) -> None:
    assert "ok" == browser.get("/healthz").text


def test_with_sign_in_the_ticket_of_the_page_says_who_it_is(
    browser: TestClient, temporal: FakeTemporal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_PLANNER_SIGN_IN", "oidc")
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "COOKIE_SECRET"):
        monkeypatch.setenv(f"MEDIA_PLANNER_{name}", "only this test's")
    monkeypatch.setenv("MEDIA_PLANNER_OIDC_METADATA_URL", "http://127.0.0.1:9/.well-known/openid-configuration")
    settings.settings.cache_clear()

    nobody = browser.get("/connect/google/start", params={"workspace": ACME})
    forged = browser.get("/connect/google/start", params={"workspace": ACME, "ticket": "pia.forged.ticket"})
    known = browser.get("/connect/google/start", params={"workspace": ACME, "ticket": sign_in.ticket(PIA)})

    assert ["sign_in"] * 2 == [
        parse_qs(urlsplit(one.headers["location"]).query)["notice"][0] for one in (nobody, forged)
    ]
    assert "/o/oauth2/v2/auth" in known.headers["location"]
    state = parse_qs(urlsplit(known.headers["location"]).query)["state"][0]
    assert ["connected"] == landed(browser, state=state, code="4/abc")["notice"]
    assert 1 == len(temporal.answered)
