"""Codes into tokens, old tokens into new ones, and tokens into nothing. Knows Google's words for "no"."""

import logging
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import requests
from oauthlib.oauth2 import OAuth2Error

from worker.google_drive.consent import DRIVE_READONLY, GoogleSettings, endpoints, explain, flow
from worker.platform import ConsentRefused, GrantLost, PlatformBusy, PlatformError, PlatformUnavailable
from worker.vault import Tokens

# At debug level these two write codes and tokens into the log.
for _talkative in ("requests_oauthlib", "oauthlib"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)

_TIMEOUT = 15.0
"""Seconds. Others wait for a renewal, so it must not take long to fail."""
_GRANT_ENDED = (
    "Google no longer accepts the access that was given: it was withdrawn or has expired. "
    "Connect Google Drive again; everything that was read so far stays."
)
_ADMINISTRATOR_ENDED = (
    "The administrator of this Google account ended the access of Media Planner. "
    "Ask them to allow the app, then connect again; everything that was read so far stays."
)
_CODE_USELESS = "That sign-in was used already or is too old. Connect Google Drive again."
_DRIVE_UNTICKED = (
    "Google signed you in, but without the right to see your Drive files. "
    "Connect again and tick the box about Google Drive."
)
_ONE_HOUR_ONLY = (
    "Google gave access for one hour only, which is too short to keep files in sync. Connect again and choose Allow."
)
_SILENT = "Google could not be reached or gave no proper answer. This usually passes by itself within minutes."


def exchange(settings: GoogleSettings, code: str, verifier: str, now: datetime) -> Tokens:
    """Trade a one-time code for tokens. Raises ConsentRefused when the code, or what it allows, is of no use."""
    opened = _flow(settings, verifier)
    with _refusals(ConsentRefused, _CODE_USELESS):
        answer = _grant(lambda: opened.fetch_token(code=code, timeout=_TIMEOUT))
    scopes = _words(answer.get("scope"))
    if DRIVE_READONLY not in scopes:
        raise ConsentRefused(_DRIVE_UNTICKED)
    if not answer.get("refresh_token"):
        raise ConsentRefused(_ONE_HOUR_ONLY)
    return Tokens(
        access=str(answer["access_token"]),
        refresh=str(answer["refresh_token"]),
        expires_at=_expiry(answer, now),
        scopes=scopes,
    )


def refresh(settings: GoogleSettings, tokens: Tokens, now: datetime) -> Tokens:
    """Trade the refresh token for a new access token. Raises GrantLost when Google no longer accepts it."""
    opened = _flow(settings)
    client = opened.client_config
    with _refusals(GrantLost, _GRANT_ENDED):
        answer = _grant(
            lambda: opened.oauth2session.refresh_token(
                client["token_uri"],
                refresh_token=tokens.refresh,
                client_id=client["client_id"],
                client_secret=client["client_secret"],
                timeout=_TIMEOUT,
            )
        )
    return replace(
        tokens,
        access=str(answer["access_token"]),
        refresh=str(answer.get("refresh_token") or tokens.refresh),
        expires_at=_expiry(answer, now),
    )


def revoke(settings: GoogleSettings, tokens: Tokens) -> None:
    """Give the grant back. One that is gone already is fine."""
    with _refusals(GrantLost, _GRANT_ENDED):
        address, data = endpoints(settings).revoke, {"token": tokens.refresh}
        answer = _check(requests.post(address, data=data, timeout=_TIMEOUT))
    already_gone = answer.status_code == HTTPStatus.BAD_REQUEST
    if not answer.ok and not already_gone:
        raise PlatformUnavailable(_SILENT)


def _flow(settings: GoogleSettings, verifier: str | None = None) -> Any:
    opened = flow(settings, verifier=verifier)
    for answer in ("access_token_response", "refresh_token_response"):
        opened.oauth2session.register_compliance_hook(answer, _check)
    return opened


def _grant(ask: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    try:
        return ask()
    except Warning as changed:  # oauthlib raises this when other scopes were granted than asked for
        return getattr(changed, "token", {})


def _check(response: requests.Response) -> requests.Response:
    """Keep a server in trouble apart from one that says no."""
    wait = response.headers.get("Retry-After", "")
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise PlatformBusy("Google asks us to slow down.", float(wait) if wait.isdigit() else None)
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PlatformUnavailable(_SILENT)
    return response


@contextmanager
def _refusals(kind: type[PlatformError], sentence: str) -> Generator[None]:
    """Turn the libraries' errors into ours. Theirs are not chained: what they quote is not ours to log."""
    try:
        yield
    except OAuth2Error as error:
        raise _refusal(error, kind, sentence) from None
    except (requests.RequestException, ValueError):
        raise PlatformUnavailable(_SILENT) from None


def _refusal(error: OAuth2Error, kind: type[PlatformError], sentence: str) -> PlatformError:
    name, description = str(error.error), str(error.description or "")
    if name in {"admin_policy_enforced", "org_internal"} or "rapt" in description:
        return kind(_ADMINISTRATOR_ENDED)
    if name in {"invalid_grant", "access_denied"}:
        return kind(sentence)
    if name == "missing_token":
        return PlatformUnavailable(_SILENT)
    return PlatformUnavailable(explain(name).reason)


def _words(scope: str | Iterable[str] | None) -> tuple[str, ...]:
    return tuple(scope.split() if isinstance(scope, str) else scope or ())


def _expiry(answer: Mapping[str, Any], now: datetime) -> datetime:
    return now + timedelta(seconds=float(answer.get("expires_in") or 0))
