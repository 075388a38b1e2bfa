"""The Drive and Sheets APIs behind one grant, made from the discovery documents that ship with Google's client."""

import json
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

import httplib2
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError

from worker.google_drive.consent import GoogleSettings, endpoints
from worker.google_drive.refusals import SILENT, google_refusals, sorted_out
from worker.platform import PlatformError, PlatformUnavailable
from worker.vault import Tokens

Renew = Callable[[str], Tokens]
"""Gives working tokens for an access token that expired or was refused."""


class Google:
    """One grant's way to both APIs. Not thread-safe, as httplib2 is not: make one per activity."""

    def __init__(self, settings: GoogleSettings, tokens: Tokens, renew: Renew) -> None:
        self.places = endpoints(settings)
        plain = httplib2.Http(timeout=settings.timeout_seconds)
        # One renewal after a 401 decides: a token that is refused when fresh stays refused.
        weakref.finalize(self, plain.close)
        self.http = AuthorizedHttp(_credentials(tokens, renew), http=plain, max_refresh_attempts=1)

    @cached_property
    def drive(self) -> Any:
        return self._service("drive", "v3", self.places.drive_root)

    @cached_property
    def sheets(self) -> Any:
        return self._service("sheets", "v4", self.places.sheets_root)

    def ask(self, request: Any) -> Any:
        """Send one request once: whether to try again is for the workflow to decide. Raises PlatformError."""
        with google_refusals():
            answer = request.execute(num_retries=0)
            if isinstance(answer, str):  # Google's client hands out unreadable JSON as it came
                raise PlatformUnavailable(SILENT)
            return answer

    def ask_together(self, requests: list[Any]) -> list[Any]:
        """Send Drive requests as one HTTP request. A part that fails has its PlatformError in place of an answer."""
        if len(requests) == 1:
            return [self._answer(requests[0])]
        answers: dict[str, Any] = {}

        def keep(number: str, answer: Any, error: HttpError | None) -> None:
            answers[number] = answer if error is None else sorted_out(error)

        batch = self.drive.new_batch_http_request(callback=keep)
        for number, request in enumerate(requests):
            batch.add(request, request_id=str(number))
        with google_refusals():
            batch.execute()
        return [answers[str(number)] for number in range(len(requests))]

    def _answer(self, request: Any) -> Any:
        try:
            return self.ask(request)
        except PlatformError as error:
            return error

    def _service(self, name: str, version: str, root: str) -> Any:
        return build_from_document(_document(name, version, root), http=self.http)


def _credentials(tokens: Tokens, renew: Renew) -> Credentials:
    def handler(_request: object, scopes: object = None) -> tuple[str, datetime]:  # noqa: ARG001 - Google's signature
        fresh = renew(str(credentials.token))
        return fresh.access, _naive(fresh.expires_at)

    # Without a refresh token of its own, the library calls the handler for every renewal.
    credentials = Credentials(token=tokens.access, expiry=_naive(tokens.expires_at), refresh_handler=handler)
    return credentials


def _naive(moment: datetime) -> datetime:
    """Write a moment the way google-auth wants it: UTC without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


@cache
def _document(name: str, version: str, root: str) -> dict[str, Any]:
    text = get_static_doc(name, version)
    assert text is not None, f"google-api-python-client carries no {name} {version}"
    document: dict[str, Any] = json.loads(text)
    # Both addresses must change, or uploads and batches would still go to Google.
    document["rootUrl"] = root
    document["baseUrl"] = root + document["servicePath"]
    document.pop("mtlsRootUrl", None)
    return document
