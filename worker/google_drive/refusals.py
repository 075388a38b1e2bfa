"""Google's refusals of a request, sorted into ours: what a marketer should do, and whether trying again can help."""

import http.client
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager

import google.auth.exceptions
import googleapiclient.errors
import httplib2
from googleapiclient.errors import HttpError

from worker.platform import (
    FileGone,
    FileNotReadable,
    FileTooLarge,
    GrantLost,
    PlatformBusy,
    PlatformError,
    PlatformUnavailable,
)

_SLOW_DOWN = {
    "rateLimitExceeded",
    "userRateLimitExceeded",
    "sharingRateLimitExceeded",
    "dailyLimitExceeded",
    "downloadQuotaExceeded",
    "quotaExceeded",
    "RESOURCE_EXHAUSTED",
}
_NO_ACCESS = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domainPolicy", "authError"}
_SWITCHED_OFF = {"accessNotConfigured", "SERVICE_DISABLED"}
_BROKEN_ANSWER = (
    OSError,
    ValueError,
    http.client.HTTPException,
    httplib2.HttpLib2Error,
    googleapiclient.errors.Error,
    google.auth.exceptions.GoogleAuthError,
)

TOO_LARGE = "The file is larger than Media Planner reads. Split it, for example by year, and it will be found."
DAMAGED = "The file arrived damaged. It is fetched again at the next try."
SILENT = "Google Drive did not answer properly. This usually passes by itself within minutes."
_GRANT_REFUSED = (
    "Google no longer lets Media Planner read this account's Drive. "
    "Connect Google Drive again; everything that was read so far stays."
)
_GONE = "The file does not exist any more, or it is no longer shared with the connected account."
_NO_DOWNLOAD = (
    "Google does not let the connected account download this file. "
    "Ask its owner to allow downloading, or share a copy of it."
)
_SWITCHED_OFF_SENTENCE = (
    "The Drive or Sheets API is not switched on for this installation. "
    "Ask whoever runs Media Planner to enable both in the Google Cloud console."
)


class TooBigToExport(FileTooLarge):
    """The native document is larger than Google exports; there are other ways to its content."""


class CursorRefused(PlatformUnavailable):
    """A page token is not known to Google (any more)."""


@contextmanager
def google_refusals() -> Generator[None]:
    """Raise a PlatformError for whatever the Google libraries raise.

    Their errors are not chained: they quote whole answers, which belong into no log.
    """
    try:
        yield
    except HttpError as error:
        raise sorted_out(error) from None
    except _BROKEN_ANSWER:
        raise PlatformUnavailable(SILENT) from None


def sorted_out(error: HttpError) -> PlatformError:
    """Find the PlatformError that says what to do."""
    status, reason, location = int(error.resp.status), *_reason(error)
    if reason == "exportSizeLimitExceeded":
        return TooBigToExport(TOO_LARGE)
    if status == http.client.BAD_REQUEST and location == "pageToken":
        return CursorRefused(SILENT)
    if status == http.client.TOO_MANY_REQUESTS or reason in _SLOW_DOWN:
        return PlatformBusy("Google asks us to slow down.", _retry_after(error.resp))
    if status == http.client.UNAUTHORIZED or reason in _NO_ACCESS:
        return GrantLost(_GRANT_REFUSED)
    if status in {http.client.NOT_FOUND, http.client.GONE}:
        return FileGone(_GONE)
    return _other(status, reason)


def _other(status: int, reason: str) -> PlatformError:
    if reason in _SWITCHED_OFF:
        return PlatformUnavailable(_SWITCHED_OFF_SENTENCE)
    if status == http.client.FORBIDDEN:
        return FileNotReadable(_NO_DOWNLOAD)
    return PlatformUnavailable(SILENT)


def _reason(error: HttpError) -> tuple[str, str]:
    """Find the reason's short name and the parameter it blames: Drive lists errors, Sheets gives a status."""
    try:
        body = json.loads(error.content)["error"]
        first = next(iter(body.get("errors", [])), {})
        return str(first.get("reason") or body.get("status", "")), str(first.get("location", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""


def _retry_after(headers: Mapping[str, str]) -> float | None:
    wait = headers.get("retry-after", "")
    return float(wait) if wait.isdigit() else None
