"""Consent, codes, tokens and scopes, walked through with google-auth-oauthlib and google-auth."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from googleapiclient.errors import HttpError
from oauthlib.oauth2 import InvalidClientError, InvalidGrantError
from requests.auth import HTTPBasicAuth

from worker.google_drive.sandbox import oauth
from worker.google_drive.sandbox.accounts import CLIENT_ID, CLIENT_SECRET, MARA, THEO
from worker.google_drive.sandbox.running import Running

READONLY = "https://www.googleapis.com/auth/drive.readonly"
METADATA = "https://www.googleapis.com/auth/drive.metadata.readonly"
SHEETS = "https://www.googleapis.com/auth/spreadsheets.readonly"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
OFFLINE = {"access_type": "offline", "prompt": "consent"}

SignIn = Callable[..., Credentials]
Service = Callable[..., Any]


def answer_of(redirect: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(redirect).query).items()}


def code_for(sandbox: Running, flow: Any, account: str = MARA.email, **options: Any) -> str:
    address, _ = flow.authorization_url(**(options or OFFLINE))
    return answer_of(sandbox.control.consent(address, account))["code"]


def refresh(credentials: Credentials) -> None:
    request = Request()
    try:
        credentials.refresh(request)
    finally:
        request.session.close()


def test_a_consent_ends_in_both_tokens(sandbox: Running, consent: Any) -> None:
    flow = consent.flow([READONLY])

    token = flow.fetch_token(code=code_for(sandbox, flow))

    assert {"access_token", "refresh_token", "expires_in", "token_type", "scope"} <= set(token)
    assert token["expires_in"] == 3599
    assert token["scope"] == [READONLY]


def test_the_state_comes_back_unchanged(sandbox: Running, consent: Any) -> None:
    address, state = consent.flow().authorization_url(state="a b&c=ü")

    redirect = sandbox.control.consent(address, MARA.email)

    assert redirect.startswith("http://127.0.0.1:8501/connect/google/callback?")
    assert answer_of(redirect)["state"] == state == "a b&c=ü"


def test_deny_tells_the_program_so(sandbox: Running, consent: Any) -> None:
    address, _ = consent.flow().authorization_url()

    answer = answer_of(sandbox.control.consent(address, MARA.email, allow=False))

    assert answer["error"] == "access_denied"
    assert "code" not in answer


def test_allow_with_no_box_ticked_is_a_denial(sandbox: Running, consent: Any) -> None:
    address, _ = consent.flow().authorization_url()

    assert answer_of(sandbox.control.consent(address, MARA.email, scopes=[]))["error"] == "access_denied"


def test_partial_consent_grants_only_what_is_ticked(sandbox: Running, consent: Any) -> None:
    flow = consent.flow(["openid", EMAIL, READONLY, SHEETS])
    address, _ = flow.authorization_url(**OFFLINE)

    redirect = sandbox.control.consent(address, MARA.email, scopes=[SHEETS])
    flow.fetch_token(code=answer_of(redirect)["code"])

    assert set(flow.credentials.granted_scopes) == {"openid", EMAIL, SHEETS}


def test_a_box_that_was_not_asked_for_grants_nothing(sandbox: Running, consent: Any) -> None:
    flow = consent.flow([METADATA])
    address, _ = flow.authorization_url()

    redirect = sandbox.control.consent(address, MARA.email, scopes=[METADATA, READONLY])

    assert flow.fetch_token(code=answer_of(redirect)["code"])["scope"] == [METADATA]


def test_a_wrong_verifier_is_refused_and_the_code_survives(sandbox: Running, consent: Any) -> None:
    flow = consent.flow()
    code = code_for(sandbox, flow)
    verifier, flow.code_verifier = flow.code_verifier, "w" * 64

    with pytest.raises(InvalidGrantError, match="Invalid code verifier"):
        flow.fetch_token(code=code)
    flow.code_verifier = verifier

    assert flow.fetch_token(code=code)["access_token"]


def test_a_missing_verifier_is_refused(sandbox: Running, consent: Any) -> None:
    code = code_for(sandbox, consent.flow())

    with pytest.raises(InvalidGrantError, match="Missing code verifier"):
        consent.flow(autogenerate_code_verifier=False).fetch_token(code=code)


def test_a_code_works_once(sandbox: Running, consent: Any) -> None:
    flow = consent.flow()
    code = code_for(sandbox, flow)
    flow.fetch_token(code=code)

    with pytest.raises(InvalidGrantError, match="Bad Request"):
        flow.fetch_token(code=code)


def test_a_code_dies_after_ten_minutes(sandbox: Running, consent: Any) -> None:
    flow = consent.flow()
    code = code_for(sandbox, flow)
    sandbox.control.advance_clock(601)

    with pytest.raises(InvalidGrantError):
        flow.fetch_token(code=code)


def test_the_redirect_address_must_be_the_same(sandbox: Running, consent: Any) -> None:
    flow = consent.flow()
    code = code_for(sandbox, flow)
    flow.redirect_uri = "http://127.0.0.1:8501/elsewhere"

    with pytest.raises(Exception, match="redirect_uri_mismatch"):
        flow.fetch_token(code=code)


def test_an_invented_code_is_refused(consent: Any) -> None:
    with pytest.raises(InvalidGrantError, match="Malformed auth code"):
        consent.flow(code_verifier="v" * 64).fetch_token(code="4/0Anothing")


def test_the_client_may_also_sign_in_in_the_body(sandbox: Running, consent: Any) -> None:
    flow = consent.flow()
    code = code_for(sandbox, flow)

    assert flow.fetch_token(code=code, include_client_id=True, client_secret=CLIENT_SECRET)["access_token"]


def test_a_wrong_client_secret_is_refused(sandbox: Running, consent: Any) -> None:
    flow = consent.flow()
    code = code_for(sandbox, flow)

    with pytest.raises(InvalidClientError):
        flow.oauth2session.fetch_token(
            f"{sandbox.url}/token",
            code=code,
            code_verifier=flow.code_verifier,
            auth=HTTPBasicAuth(CLIENT_ID, "wrong"),
        )


def test_a_refresh_token_comes_only_when_it_should(sandbox: Running, consent: Any) -> None:
    def granted(**options: Any) -> bool:
        flow = consent.flow()
        return "refresh_token" in flow.fetch_token(code=code_for(sandbox, flow, **options))

    assert not granted(access_type="online")
    sandbox.control.revoke_grant(MARA.email)
    assert granted(access_type="offline")
    assert not granted(access_type="offline")
    assert granted(access_type="offline", prompt="consent")


def test_a_refresh_gives_a_new_access_token(sign_in: SignIn) -> None:
    credentials = sign_in()
    before = credentials.token

    refresh(credentials)

    assert credentials.token not in (None, before)
    assert credentials.valid


def test_a_revoked_grant_cannot_be_refreshed(sandbox: Running, sign_in: SignIn) -> None:
    credentials = sign_in()

    first = httpx.post(f"{sandbox.url}/revoke", data={"token": credentials.refresh_token})
    second = httpx.post(f"{sandbox.url}/revoke", data={"token": credentials.refresh_token})

    assert first.status_code == 200
    assert (second.status_code, second.json()["error"]) == (400, "invalid_token")
    with pytest.raises(RefreshError, match=r"invalid_grant: Token has been expired or revoked\."):
        refresh(credentials)


def test_revoking_an_access_token_takes_the_refresh_token_along(
    sandbox: Running, sign_in: SignIn, service: Service
) -> None:
    credentials = sign_in()
    httpx.post(f"{sandbox.url}/revoke", params={"token": credentials.token}).raise_for_status()

    with pytest.raises(RefreshError):
        service(credentials).files().list().execute()


def test_the_oldest_of_many_refresh_tokens_dies_silently(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert oauth.REFRESH_TOKENS_PER_CONSENT == 100
    monkeypatch.setattr(oauth, "REFRESH_TOKENS_PER_CONSENT", 3)
    first = sign_in()
    later = [sign_in() for _ in range(3)]

    with pytest.raises(RefreshError):
        refresh(first)
    for credentials in later:
        refresh(credentials)


def test_an_expired_access_token_is_renewed_by_the_client(sandbox: Running, drive: Any) -> None:
    sandbox.control.expire_access_tokens(MARA.email)
    sandbox.control.clear_requests()

    drive.files().list().execute()

    statuses = [(noted["path"], noted["status"]) for noted in sandbox.control.requests()]
    assert statuses == [("/drive/v3/files", 401), ("/token", 200), ("/drive/v3/files", 200)]


def test_time_ends_an_access_token(sandbox: Running, sign_in: SignIn) -> None:
    token = sign_in().token
    sandbox.control.advance_clock(3600)

    answer = httpx.get(f"{sandbox.url}/drive/v3/files", headers={"authorization": f"Bearer {token}"})

    assert answer.status_code == 401
    assert answer.json()["error"]["errors"][0]["reason"] == "authError"
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("scopes", "allowed", "refused"),
    [
        ([METADATA], ["list", "changes"], ["media", "export", "create", "values"]),
        ([READONLY], ["list", "changes", "media", "export", "values"], ["create", "write"]),
        ([SHEETS], ["values"], ["list", "changes", "export", "write"]),
        ([EMAIL], [], ["list", "values"]),
    ],
)
def test_each_method_asks_for_its_scopes(
    sandbox: Running,
    sign_in: SignIn,
    service: Service,
    scopes: Sequence[str],
    allowed: Sequence[str],
    refused: Sequence[str],
) -> None:
    csv = sandbox.control.add_file(MARA.email, "a.csv", b"a,b\n1,2\n", "text/csv")
    sheet = sandbox.control.add_sheet(MARA.email, "s", {"One": [["a"], [1]]})
    credentials = sign_in(scopes=scopes)
    drive, sheets = service(credentials), service(credentials, "sheets.v4")
    calls = {
        "list": drive.files().list(),
        "changes": drive.changes().getStartPageToken(),
        "media": drive.files().get_media(fileId=csv),
        "export": drive.files().export(fileId=sheet, mimeType="text/csv"),
        "create": drive.files().create(body={"name": "x"}),
        "values": sheets.spreadsheets().values().get(spreadsheetId=sheet, range="One"),
        "write": sheets.spreadsheets()
        .values()
        .update(spreadsheetId=sheet, range="One!A1", valueInputOption="RAW", body={"values": [["b"]]}),
    }

    for name in allowed:
        calls[name].execute()
    for name in refused:
        with pytest.raises(HttpError) as refusal:
            calls[name].execute()
        assert refusal.value.status_code == 403
        assert "insufficient authentication scopes" in str(refusal.value)


def test_drive_file_shows_only_what_the_program_made(sandbox: Running, sign_in: SignIn, service: Service) -> None:
    other = sandbox.control.add_file(MARA.email, "theirs.csv", b"x", "text/csv")
    drive = service(sign_in(scopes=["https://www.googleapis.com/auth/drive.file"]))
    made = drive.files().create(body={"name": "mine.csv"}).execute()["id"]

    listed = drive.files().list().execute()["files"]

    assert [made] == [file["id"] for file in listed]
    with pytest.raises(HttpError, match="File not found"):
        drive.files().get(fileId=other).execute()


def test_userinfo_says_who_it_is(sandbox: Running, sign_in: SignIn) -> None:
    credentials = sign_in(THEO.email, ["openid", EMAIL])

    info = httpx.get(
        f"{sandbox.url}/oauth2/v3/userinfo", headers={"authorization": f"Bearer {credentials.token}"}
    ).json()

    assert info["email"] == THEO.email
    assert info["email_verified"] is True
    assert info["sub"].isdigit()
    assert httpx.get(f"{sandbox.url}/oauth2/v3/userinfo").status_code == 401


def test_the_id_token_names_the_account(sign_in: SignIn) -> None:
    payload = sign_in(THEO.email, ["openid", EMAIL]).id_token.split(".")[1]

    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))

    assert (claims["email"], claims["aud"], claims["iss"]) == (THEO.email, CLIENT_ID, "https://accounts.google.com")
    assert claims["exp"] > claims["iat"]


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"client_id": "unknown"}, 401, "The OAuth client was not found."),
        ({"redirect_uri": "https://evil.example/callback"}, 400, "back to this machine only"),
        ({"redirect_uri": "http://127.0.0.1.evil.example/"}, 400, "back to this machine only"),
        ({"response_type": "token"}, 400, "response_type must be code"),
        ({"scope": "https://www.googleapis.com/auth/invented"}, 400, "scopes were invalid"),
        ({"scope": ""}, 400, "Missing required parameter: scope"),
        ({"code_challenge_method": "plain"}, 400, "asks for PKCE"),
        ({"code_challenge": ""}, 400, "asks for PKCE"),
    ],
)
def test_a_wrong_request_never_leaves_the_page(
    sandbox: Running, consent: Any, change: dict[str, str], status: int, words: str
) -> None:
    address, _ = consent.flow().authorization_url()
    changed = httpx.URL(address).copy_merge_params(change)

    shown = httpx.get(changed)
    posted = httpx.post(changed, data={"account": MARA.email, "scope": READONLY, "decision": "allow"})

    assert (shown.status_code, posted.status_code) == (status, status)
    assert words in shown.text
    assert "location" not in posted.headers
    assert sandbox.control.requests("/token") == []


def test_an_unknown_account_is_refused(sandbox: Running, consent: Any) -> None:
    address, _ = consent.flow().authorization_url()

    with pytest.raises(ValueError, match="Choose one of the accounts"):
        sandbox.control.consent(address, "nobody@sandbox.example")


def test_the_log_holds_no_secret(sandbox: Running, sign_in: SignIn, service: Service) -> None:
    credentials = sign_in()
    service(credentials).files().list(q="trashed=false").execute()

    noted = json.dumps(sandbox.control.requests())

    assert "/token" in noted
    assert credentials.token not in noted
    assert credentials.refresh_token not in noted
    assert "4/0A" not in noted
