"""From the Connect button to tokens, with Google's real client against the sandbox."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pydantic import SecretStr, ValidationError

from worker.google_drive import consent, oauth
from worker.google_drive.consent import DRIVE_READONLY, ClaimedFlow, GoogleSettings
from worker.google_drive.sandbox.accounts import INES
from worker.google_drive.sandbox.running import Running
from worker.platform import ConsentRefused, GrantLost, PlatformBusy, PlatformUnavailable


def claim(connector, state: str, user: str = "dana") -> ClaimedFlow | None:
    with connector.engine.begin() as connection:
        return consent.claim(connection, state=state, user=user, now=connector.clock())


def test_consent_leads_to_tokens_that_list_the_drive(connector):
    answer = connector.answer(connector.begin())
    assert claim(connector, answer["state"]) == ClaimedFlow(connector.workspace, "dana", "integration-1", "/files")
    tokens = connector.exchange(answer["code"])
    assert tokens.scopes == (DRIVE_READONLY,)
    assert tokens.expires_at > connector.clock() + timedelta(minutes=50)
    assert connector.open(connector.connect(INES.email, "integration-2")).account().email == INES.email


def test_connecting_again_gives_a_lasting_grant_again(connector):
    assert connector.connect(attempt="integration-1") != connector.connect(attempt="integration-2")


def test_denial_comes_back_as_words(connector):
    answer = connector.answer(connector.begin(), allow=False)
    assert consent.explain(answer["error"]) == consent.explain("access_denied")
    assert consent.explain("access_denied").code == "denied"
    assert consent.explain("something_new").code == "broken"


def test_a_state_works_once(connector):
    answer = connector.answer(connector.begin())
    assert claim(connector, answer["state"]) is not None
    assert claim(connector, answer["state"]) is None


def test_a_state_of_someone_else_is_not_taken_and_stays_good(connector):
    answer = connector.answer(connector.begin())
    assert claim(connector, answer["state"], user="mallory") is None
    assert claim(connector, "made-up") is None
    assert claim(connector, answer["state"]) is not None


def test_a_state_expires_after_ten_minutes(connector, clock):
    answer = connector.answer(connector.begin())
    clock.offset = timedelta(minutes=10, seconds=1)
    assert claim(connector, answer["state"]) is None


def test_beginning_an_attempt_again_replaces_its_flow(connector):
    old, new = connector.answer(connector.begin()), connector.answer(connector.begin())
    assert claim(connector, old["state"]) is None
    assert claim(connector, new["state"]) is not None
    with pytest.raises(ConsentRefused):
        connector.exchange(old["code"])  # its verifier went with it
    assert connector.exchange(new["code"]).access


def test_neither_state_nor_tokens_stand_in_the_flow_table(connector):
    answer = connector.answer(connector.begin())
    with connector.engine.connect() as connection:
        rows = repr(connection.execute(sa.text("SELECT * FROM consent_flow")).all())
    assert answer["state"] not in rows


def test_flows_of_yesterday_are_swept_away(connector, clock):
    connector.begin("integration-1")
    clock.offset = timedelta(days=1, minutes=1)
    connector.begin("integration-2")
    with connector.engine.connect() as connection, pytest.raises(LookupError):
        consent.verifier(connection, workspace=connector.workspace, attempt="integration-1")


def test_a_code_used_twice_is_refused_with_a_sentence(connector):
    answer = connector.answer(connector.begin())
    connector.exchange(answer["code"])
    with pytest.raises(ConsentRefused, match="used already"):
        connector.exchange(answer["code"])


def test_a_code_without_its_verifier_is_refused(connector):
    answer = connector.answer(connector.begin())
    with pytest.raises(ConsentRefused):
        oauth.exchange(connector.settings, answer["code"], "x" * 64, connector.clock())


def _with_scopes(address: str, scopes: Sequence[str]) -> str:
    wanted = "+".join(scope.replace(":", "%3A").replace("/", "%2F") for scope in scopes)
    return address.replace(DRIVE_READONLY.replace(":", "%3A").replace("/", "%2F"), wanted)


def test_an_unticked_drive_is_refused_with_a_sentence(connector):
    address = _with_scopes(connector.begin(), ["openid", DRIVE_READONLY])
    answer = connector.answer(address, scopes=["openid"])
    with pytest.raises(ConsentRefused, match="tick the box"):
        connector.exchange(answer["code"])


def test_access_for_an_hour_only_is_refused_with_a_sentence(connector):
    answer = connector.answer(connector.begin().replace("access_type=offline", "access_type=online"))
    with pytest.raises(ConsentRefused, match="one hour only"):
        connector.exchange(answer["code"])


def test_a_refreshed_token_keeps_the_lasting_one(connector):
    tokens = connector.exchange(connector.answer(connector.begin())["code"])
    fresh = oauth.refresh(connector.settings, tokens, connector.clock())
    assert fresh.access != tokens.access
    assert (fresh.refresh, fresh.scopes) == (tokens.refresh, tokens.scopes)


def test_a_revoked_grant_cannot_be_refreshed(connector):
    tokens = connector.exchange(connector.answer(connector.begin())["code"])
    oauth.revoke(connector.settings, tokens)
    oauth.revoke(connector.settings, tokens)  # once more is fine
    with pytest.raises(GrantLost, match="Connect Google Drive again"):
        oauth.refresh(connector.settings, tokens, connector.clock())


@pytest.mark.parametrize(
    ("trouble", "raised"),
    [
        ({"status": 503}, PlatformUnavailable),
        ({"reset": True}, PlatformUnavailable),
        ({"bad_json": True}, PlatformUnavailable),
        ({"status": 429, "retry_after": 7}, PlatformBusy),
    ],
)
def test_trouble_at_the_token_endpoint_is_no_refusal(
    connector, sandbox: Running, trouble: dict[str, object], raised: type[Exception]
):
    tokens = connector.exchange(connector.answer(connector.begin())["code"])
    sandbox.control.faults({"match": {"path": "/token"}, "do": trouble})
    with pytest.raises(raised) as caught:
        oauth.refresh(connector.settings, tokens, connector.clock())
    assert tokens.refresh not in repr(caught.value)
    assert oauth.refresh(connector.settings, tokens, connector.clock()).access


def test_a_wrong_client_secret_is_our_fault_and_loses_no_grant(connector):
    tokens = connector.exchange(connector.answer(connector.begin())["code"])
    wrong = replace_secret(connector.settings)
    with pytest.raises(PlatformUnavailable, match="client id"):
        oauth.refresh(wrong, tokens, connector.clock())


def replace_secret(settings: GoogleSettings) -> GoogleSettings:
    return settings.model_copy(update={"client_secret": SecretStr("wrong")})


def test_no_log_line_holds_a_code_or_a_token(connector, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    answer = connector.answer(connector.begin())
    caplog.clear()  # the test's own browser logs its addresses
    tokens = connector.exchange(answer["code"])
    fresh = oauth.refresh(connector.settings, tokens, connector.clock())
    for secret in (answer["code"], tokens.access, tokens.refresh, fresh.access):
        assert secret not in caplog.text
    assert tokens.refresh not in repr(replace(tokens, access="other"))


def test_settings_refuse_what_cannot_work():
    with pytest.raises(ValidationError, match="CLIENT_SECRET is not"):
        GoogleSettings(client_id="someone")
    with pytest.raises(ValidationError, match="no Google to talk to"):
        GoogleSettings()
    with pytest.raises(ValidationError, match="in the open"):
        GoogleSettings(sandbox_url="http://google.example.com:9000")
    with pytest.raises(ValidationError, match="in the open"):
        GoogleSettings(sandbox_url="http://127.0.0.1.example.com")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MEDIA_PLANNER_GOOGLE_CLIENT_ID", "ours")
    monkeypatch.setenv("MEDIA_PLANNER_GOOGLE_CLIENT_SECRET", "hush")
    monkeypatch.setenv("MEDIA_PLANNER_DASHBOARD_URL", "https://planner.example.com/")
    settings = GoogleSettings()
    assert settings.redirect_uri == "https://planner.example.com/connect/google/callback"
    assert consent.endpoints(settings).token == "https://oauth2.googleapis.com/token"
    assert not settings.sandboxed
    assert "hush" not in repr(settings)
