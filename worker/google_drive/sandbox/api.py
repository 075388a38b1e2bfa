"""One call of the API: who asks, with which scopes, for which method. Handlers see only checked and typed input."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from worker.google_drive.sandbox.edits import may_edit, may_see, root_id
from worker.google_drive.sandbox.errors import (
    ApiError,
    file_not_found,
    insufficient_scopes,
    invalid_credentials,
    invalid_value,
    no_write_access,
)
from worker.google_drive.sandbox.fields import apply, read_mask
from worker.google_drive.sandbox.google_methods import SCOPE_PREFIX, Method, find_method, read_body, read_parameters
from worker.google_drive.sandbox.state import File, State

EVERY_FILE = frozenset(
    SCOPE_PREFIX + name
    for name in (
        "drive",
        "drive.readonly",
        "drive.metadata",
        "drive.metadata.readonly",
        "spreadsheets",
        "spreadsheets.readonly",
    )
)
FILES_OF_THE_APP = SCOPE_PREFIX + "drive.file"


@dataclass(frozen=True)
class Ask:
    """An HTTP request. `path` is still percent-encoded; header names are in lower case."""

    http_method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    base_url: str


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Later = Callable[[], Answer]
"""An answer that takes long to make: the server makes it in a thread of its own."""


@dataclass(frozen=True)
class Call:
    state: State
    ask: Ask
    method: Method
    ids: dict[str, str]
    """What the placeholders of the path hold."""
    params: dict[str, Any]
    user: str
    scopes: frozenset[str]

    def sees(self, file: File) -> bool:
        own = (file.made_by_app or file.is_root) and FILES_OF_THE_APP in self.scopes
        return (own or bool(self.scopes & EVERY_FILE)) and may_see(self.state, file, self.user)

    def file(self, file_id: str) -> File:
        """Find a file that the user may see. Raise 404 for all others, as Drive does."""
        file = self.state.files.get(root_id(self.user) if file_id == "root" else file_id)
        drives_hidden = "supportsAllDrives" in self.method.parameters and not self.params["supportsAllDrives"]
        if file is None or not self.sees(file) or (file.drive_id and drives_hidden):
            raise file_not_found(file_id)
        return file

    def editable(self, file_id: str) -> File:
        file = self.file(file_id)
        if not may_edit(self.state, file, self.user):
            raise no_write_access()
        return file

    def json_body(self) -> dict[str, Any]:
        return read_body(self.method, self.ask.body)


Handler = Callable[[Call], "dict[str, Any] | Answer | Later"]


def json_answer(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Answer:
    kind = {"content-type": "application/json; charset=UTF-8"}
    return Answer(status, msgspec.json.encode(body), kind | (headers or {}))


def error_answer(error: ApiError, api: str) -> Answer:
    return json_answer(error.code, error.body(api), error.headers)


def serve(state: State, ask: Ask, handlers: dict[str, Handler]) -> Answer | Later:
    """Answer one request to the API."""
    api = "sheets" if ask.path.startswith("/v4/") else "drive"
    try:
        call = read_call(state, ask)
        check_mask(call)
        answer = handlers.get(call.method.id, not_served)(call)
        return masked(call, answer) if isinstance(answer, dict) else answer
    except ApiError as error:
        return error_answer(error, api)


def not_served(call: Call) -> dict[str, Any]:
    raise ApiError(501, "notImplemented", f"The sandbox does not serve {call.method.id}; its README says why.")


def read_call(state: State, ask: Ask) -> Call:
    path = ask.path.removeprefix("/resumable").removeprefix("/upload")
    found = find_method(ask.http_method, path)
    if found is None or (path != ask.path and not found[0].takes_upload):
        raise ApiError(404, "notFound", f"Nothing answers {ask.http_method} {ask.path}.")
    method, placeholders = found
    user, scopes = authenticate(state, ask)
    if not scopes & method.scopes:
        raise scope_refusal(method.scopes)
    query = [(name, text) for name, text in parse_qsl(ask.query, keep_blank_values=True) if name not in UPLOAD_WORDS]
    ids = {name: unquote(text) for name, text in placeholders.items()}
    return Call(state, ask, method, ids, read_parameters(method, query), user, scopes)


UPLOAD_WORDS = ("uploadType", "upload_id", "upload_protocol")


def authenticate(state: State, ask: Ask) -> tuple[str, frozenset[str]]:
    """Find the user and the scopes behind the bearer token."""
    kind, _, text = ask.headers.get("authorization", "").partition(" ")
    token = state.access_tokens.get(text) if kind.lower() == "bearer" else None
    if token is None or token.expires_at <= state.now():
        refusal = invalid_credentials()
        refusal.headers["www-authenticate"] = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
        raise refusal
    return token.user, frozenset(token.scopes)


def scope_refusal(wanted: frozenset[str]) -> ApiError:
    refusal = insufficient_scopes()
    refusal.headers["www-authenticate"] = (
        f'Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="{" ".join(sorted(wanted))}"'
    )
    return refusal


def check_mask(call: Call) -> None:
    text = call.params.get("fields")
    if text and call.method.answer:
        read_mask(text, call.method.api, call.method.answer)
    if call.method.id == "drive.about.get" and not text:
        message = "The 'fields' parameter is required for this method."
        raise ApiError(400, "required", message, location="fields")


DEFAULT_FIELDS = {
    "FileList": "kind,incompleteSearch,nextPageToken,files(kind,id,name,mimeType)",
    "File": "kind,id,name,mimeType",
    "ChangeList": "kind,newStartPageToken,nextPageToken,"
    "changes(kind,removed,file(kind,id,name,mimeType),fileId,time,type,changeType)",
    "DriveList": "kind,nextPageToken,drives(kind,id,name)",
    "Drive": "kind,id,name",
}


def masked(call: Call, body: dict[str, Any]) -> Answer:
    schema = call.method.answer or ""
    text = call.params.get("fields") or DEFAULT_FIELDS.get(schema, "*")
    return json_answer(200, apply(read_mask(text, call.method.api, schema), body))


def check_drive_flags(call: Call) -> None:
    """Refuse flags for shared drives that contradict each other."""
    corpora, drive_id = call.params.get("corpora"), call.params.get("driveId")
    if (corpora == "drive") != (drive_id is not None) and "corpora" in call.method.parameters:
        raise ApiError(400, "invalid", "driveId goes with corpora=drive, and only with it.", location="driveId")
    wide = corpora in ("drive", "allDrives") or drive_id is not None
    if wide and not (call.params["supportsAllDrives"] and call.params["includeItemsFromAllDrives"]):
        message = "supportsAllDrives and includeItemsFromAllDrives must both be true here."
        raise ApiError(403, "teamDrivesParameterRequired", message, location="includeItemsFromAllDrives")
    if drive_id is not None and not is_member(call, drive_id):
        raise ApiError(404, "notFound", f"Shared drive not found: {drive_id}", location="driveId")
    if corpora not in (None, "user", "drive", "allDrives", "domain"):
        raise invalid_value("corpora")


def is_member(call: Call, drive_id: str) -> bool:
    drive = call.state.drives.get(drive_id)
    return drive is not None and call.user in drive.members
