"""Google's OAuth 2 server: consent, tokens, revocation, userinfo. Texts of errors are the ones Google answers."""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus, urlencode, urlsplit

import msgspec

from worker.google_drive.sandbox.accounts import CLIENT_ID, CLIENT_SECRET
from worker.google_drive.sandbox.file_view import permission_id
from worker.google_drive.sandbox.google_methods import SCOPE_PREFIX, description
from worker.google_drive.sandbox.state import AccessToken, Code, Consent, RefreshToken, State

CODE_LIFETIME = timedelta(minutes=10)
REFRESH_TOKENS_PER_CONSENT = 100
SIGN_IN = {
    "openid": "openid",
    "email": SCOPE_PREFIX + "userinfo.email",
    "profile": SCOPE_PREFIX + "userinfo.profile",
    SCOPE_PREFIX + "userinfo.email": SCOPE_PREFIX + "userinfo.email",
    SCOPE_PREFIX + "userinfo.profile": SCOPE_PREFIX + "userinfo.profile",
}
"""Scopes that come with every sign-in, by each name a program may ask for them."""


class OAuthError(Exception):
    def __init__(self, error: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.error = error
        self.status = status

    def body(self) -> dict[str, str]:
        return {"error": self.error, "error_description": str(self)}


@dataclass(frozen=True)
class Authorization:
    """A checked request for consent."""

    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    challenge: str
    offline: bool
    prompts: frozenset[str]
    login_hint: str
    include_granted: bool

    def back(self, **answer: str) -> str:
        """Where the browser goes next: the redirect address with our answer and the program's own state."""
        fields = answer | ({"state": self.state} if self.state else {})
        return self.redirect_uri + ("&" if urlsplit(self.redirect_uri).query else "?") + urlencode(fields)


def read_authorization(query: dict[str, str]) -> Authorization:
    """Check a request for consent. What is wrong here is shown to the person, never sent to the redirect address."""
    if query.get("client_id") != CLIENT_ID:
        raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
    redirect_uri = query.get("redirect_uri", "")
    if not is_loopback(redirect_uri):
        raise OAuthError("redirect_uri_mismatch", "The sandbox sends people back to this machine only.")
    if query.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response_type must be code.")
    scopes = tuple(dict.fromkeys(SIGN_IN.get(scope, scope) for scope in query.get("scope", "").split()))
    unknown = [scope for scope in scopes if scope not in known_scopes()]
    if not scopes or unknown:
        wrong = f"Some requested scopes were invalid: {unknown}" if unknown else "Missing required parameter: scope"
        raise OAuthError("invalid_scope" if unknown else "invalid_request", wrong)
    challenge = query.get("code_challenge", "")
    if query.get("code_challenge_method") != "S256" or len(challenge) != 43:
        raise OAuthError("invalid_request", "The sandbox asks for PKCE: code_challenge with method S256.")
    return Authorization(
        redirect_uri=redirect_uri,
        scopes=scopes,
        state=query.get("state", ""),
        challenge=challenge,
        offline=query.get("access_type") == "offline",
        prompts=frozenset(query.get("prompt", "").split()),
        login_hint=query.get("login_hint", ""),
        include_granted=query.get("include_granted_scopes") == "true",
    )


def is_loopback(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1") and not parts.fragment


def known_scopes() -> frozenset[str]:
    methods = [*description("drive").methods, *description("sheets").methods]
    return frozenset(SIGN_IN.values()).union(*(method.scopes for method in methods))


def decide(state: State, asked: Authorization, *, account: str, ticked: list[str], allow: bool) -> str:
    """Carry out what a person chose on the consent page. Returns where the browser goes next."""
    if state.accounts.get(account) is None:
        raise OAuthError("invalid_request", "Choose one of the accounts.")
    granted = [scope for scope in asked.scopes if scope in ticked or scope in SIGN_IN.values()]
    if not allow or not granted:
        return asked.back(error="access_denied")
    key = f"{account}|{CLIENT_ID}"
    earlier = state.consents.get(key)
    state.consents.put(
        Consent(user=account, client_id=CLIENT_ID, scopes=merged(earlier.scopes if earlier else [], granted))
    )
    code = Code(
        code="4/0A" + secrets.token_urlsafe(40),
        user=account,
        client_id=CLIENT_ID,
        redirect_uri=asked.redirect_uri,
        scopes=merged(granted, earlier.scopes) if earlier and asked.include_granted else granted,
        challenge=asked.challenge,
        wants_refresh=asked.offline and (earlier is None or "consent" in asked.prompts),
        expires_at=state.now() + CODE_LIFETIME,
    )
    state.codes.put(code)
    return asked.back(code=code.code, scope=" ".join(code.scopes))


def merged(first: list[str], second: list[str]) -> list[str]:
    return list(dict.fromkeys([*first, *second]))


def token(state: State, form: dict[str, str], authorization: str) -> dict[str, Any]:
    """POST /token: exchange a code, or refresh."""
    check_client(form, authorization)
    kind = form.get("grant_type", "")
    if kind == "authorization_code":
        return exchange(state, form)
    if kind == "refresh_token":
        return refresh(state, form)
    raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {kind}")


def check_client(form: dict[str, str], authorization: str) -> None:
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    kind, _, text = authorization.partition(" ")
    if kind.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(text).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise OAuthError("invalid_client", "Unauthorized", 401) from None
        client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    if client_id != CLIENT_ID:
        raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
    if not hmac.compare_digest(secret.encode(), CLIENT_SECRET.encode()):
        raise OAuthError("invalid_client", "Unauthorized", 401)


def exchange(state: State, form: dict[str, str]) -> dict[str, Any]:
    if "code" not in form:
        raise OAuthError("invalid_request", "Missing required parameter: code")
    code = state.codes.get(form["code"])
    if code is None:
        raise OAuthError("invalid_grant", "Malformed auth code.")
    if code.used or code.expires_at <= state.now():
        raise OAuthError("invalid_grant", "Bad Request")
    if form.get("redirect_uri") != code.redirect_uri:
        raise OAuthError("redirect_uri_mismatch", "Bad Request")
    check_verifier(form.get("code_verifier", ""), code.challenge)
    code.used = True
    state.codes.put(code)
    answer = issue(state, code.user, code.scopes)
    if "openid" in code.scopes:
        answer["id_token"] = id_token(state, code)
    if code.wants_refresh:
        answer["refresh_token"] = issue_refresh_token(state, code)
    return answer


def id_token(state: State, code: Code) -> str:
    """Say who signed in, as a JWT. Signed with the client's secret (HS256), where Google uses a key pair."""
    issued = int(state.now().timestamp())
    claims = {"iss": "https://accounts.google.com", "aud": code.client_id, "azp": code.client_id}
    claims |= userinfo(state, code.user, frozenset(code.scopes))
    payload = claims | {"iat": issued, "exp": issued + state.settings.token_lifetime}
    text = b".".join(base64url(msgspec.json.encode(part)) for part in ({"alg": "HS256", "typ": "JWT"}, payload))
    signature = hmac.new(CLIENT_SECRET.encode(), text, hashlib.sha256).digest()
    return b".".join((text, base64url(signature))).decode()


def base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def check_verifier(verifier: str, challenge: str) -> None:
    if not verifier:
        raise OAuthError("invalid_grant", "Missing code verifier.")
    digest = hashlib.sha256(verifier.encode()).digest()
    if not hmac.compare_digest(base64url(digest).decode(), challenge):
        raise OAuthError("invalid_grant", "Invalid code verifier.")


def issue(state: State, user: str, scopes: list[str]) -> dict[str, Any]:
    drop_old_tokens(state)
    lifetime = state.settings.token_lifetime
    access = AccessToken(
        token="ya29.sandbox-" + secrets.token_urlsafe(48),
        user=user,
        client_id=CLIENT_ID,
        scopes=scopes,
        expires_at=state.now() + timedelta(seconds=lifetime),
    )
    state.access_tokens.put(access)
    return {
        "access_token": access.token,
        "expires_in": lifetime,
        "scope": " ".join(scopes),
        "token_type": "Bearer",
    }


def drop_old_tokens(state: State) -> None:
    """Keep the state file small: what ended a day ago is as unknown as what never was."""
    horizon = state.now() - timedelta(days=1)
    for shelf in (state.access_tokens, state.codes):
        for record in shelf:
            if record.expires_at < horizon:
                shelf.drop(record)  # type: ignore[arg-type]


def issue_refresh_token(state: State, code: Code) -> str:
    mine = [token for token in state.refresh_tokens if token.user == code.user]
    if len(mine) >= REFRESH_TOKENS_PER_CONSENT:
        state.refresh_tokens.drop(min(mine, key=issued_at))
    fresh = RefreshToken(
        token="1//0sandbox-" + secrets.token_urlsafe(48),
        user=code.user,
        client_id=code.client_id,
        scopes=code.scopes,
        issued_at=state.now(),
    )
    state.refresh_tokens.put(fresh)
    return fresh.token


def issued_at(token: RefreshToken) -> datetime:
    return token.issued_at


def refresh(state: State, form: dict[str, str]) -> dict[str, Any]:
    if "refresh_token" not in form:
        raise OAuthError("invalid_request", "Missing required parameter: refresh_token")
    kept = state.refresh_tokens.get(form["refresh_token"])
    if kept is None:
        raise OAuthError("invalid_grant", "Token has been expired or revoked.")
    wanted = form.get("scope", "").split() or kept.scopes
    if not set(wanted) <= set(kept.scopes):
        raise OAuthError("invalid_scope", "Bad Request")
    return issue(state, kept.user, wanted)


def revoke(state: State, text: str) -> None:
    """POST /revoke: either token takes the whole grant with it."""
    found = state.refresh_tokens.get(text) or state.access_tokens.get(text)
    if found is None:
        raise OAuthError("invalid_token", "Token expired or revoked")
    revoke_grant(state, found.user)


def revoke_grant(state: State, user: str) -> None:
    """Forget everything that a person ever allowed, as the permissions page of a Google account does."""
    for shelf in (state.refresh_tokens, state.access_tokens, state.codes, state.consents):
        for record in shelf:
            if record.user == user:
                shelf.drop(record)  # type: ignore[arg-type]


def expire_access_tokens(state: State, user: str | None) -> int:
    """End all access tokens of a user, or of everybody; refresh tokens stay. Returns how many ended."""
    ended = [token for token in state.access_tokens if user in (None, token.user) and token.expires_at > state.now()]
    for record in ended:
        record.expires_at = state.now()
        state.access_tokens.put(record)
    return len(ended)


def userinfo(state: State, user: str, scopes: frozenset[str]) -> dict[str, Any]:
    """GET /oauth2/v3/userinfo."""
    account = state.accounts.get(user)
    info: dict[str, Any] = {"sub": permission_id(user)}
    if SIGN_IN["profile"] in scopes and account:
        info["name"] = account.name
    if SIGN_IN["email"] in scopes:
        info |= {"email": user, "email_verified": True}
    return info
