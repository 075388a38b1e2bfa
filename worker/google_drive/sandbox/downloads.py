"""Content of files: alt=media with ranges, files.export, and the export links of native sheets."""

import re
from typing import Any
from urllib.parse import parse_qs

from worker.google_drive.sandbox import native_sheets
from worker.google_drive.sandbox.api import (
    Answer,
    Ask,
    Call,
    Handler,
    Later,
    authenticate,
    error_answer,
    scope_refusal,
)
from worker.google_drive.sandbox.edits import NATIVE_PREFIX, may_see
from worker.google_drive.sandbox.errors import ApiError, file_not_found
from worker.google_drive.sandbox.file_view import EXPORTS
from worker.google_drive.sandbox.google_methods import SCOPE_PREFIX
from worker.google_drive.sandbox.state import CSV, SPREADSHEET, File, State

CONTENT_SCOPES = frozenset(
    SCOPE_PREFIX + name for name in ("drive", "drive.readonly", "drive.file", "drive.meet.readonly")
)


def media(call: Call, file: File) -> Answer:
    """Bytes of a file that has bytes of its own."""
    if not call.scopes & CONTENT_SCOPES:
        raise scope_refusal(CONTENT_SCOPES)
    if file.mime_type.startswith(NATIVE_PREFIX):
        message = "Only files with binary content can be downloaded. Use Export with Docs Editors files."
        raise ApiError(403, "fileNotDownloadable", message, location="alt")
    check_download(call.user, file)
    headers = {"content-type": file.mime_type, "accept-ranges": "bytes", "content-disposition": "attachment"}
    wanted = call.ask.headers.get("range")
    if wanted is None:
        return Answer(200, call.state.content(file.id), headers)
    span = read_range(wanted, file.size)
    if span is None:
        return Answer(416, headers={"content-range": f"bytes */{file.size}"})
    start, end = span
    headers["content-range"] = f"bytes {start}-{end}/{file.size}"
    return Answer(206, call.state.content(file.id, start, end - start + 1), headers)


def check_download(user: str, file: File) -> None:
    if file.download_forbidden and file.owner != user:
        message = "This file cannot be downloaded by the user."
        raise ApiError(403, "cannotDownloadFile", message, location="alt")


def read_range(text: str, size: int) -> tuple[int, int] | None:
    """Resolve a range to first and last byte. None when it lies outside of the file."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", text.strip())
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match.groups()
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    return (start, end) if start <= end else None


def export_file(call: Call) -> Later:
    return export(call.state, call.user, call.file(call.ids["fileId"]), call.params["mimeType"], limited=True)


def export(state: State, user: str, file: File, mime_type: str, *, limited: bool) -> Later:
    """Prepare the export of a native sheet. It is made later, in a thread; what it needs is read now."""
    if file.mime_type != SPREADSHEET:
        raise ApiError(403, "fileNotExportable", "Export only supports Docs Editors files.")
    check_download(user, file)
    if mime_type not in EXPORTS:
        raise ApiError(400, "badRequest", "The requested conversion is not supported.", location="convertTo")
    tabs, locale, changed_at = native_sheets.tabs(state, file), file.locale, file.modified_at
    limit = state.settings.export_limit if limited else None

    def make() -> Answer:
        from worker.google_drive.sandbox import workbooks

        data = workbooks.to_csv(tabs[0], locale) if mime_type == CSV else workbooks.to_xlsx(tabs, changed_at)
        if limit is not None and len(data) > limit:
            message = "This file is too large to be exported."
            return error_answer(ApiError(403, "exportSizeLimitExceeded", message), "drive")
        return Answer(200, data, {"content-type": mime_type})

    return make


def follow_export_link(state: State, ask: Ask) -> Answer | Later:
    """Serve an address out of `exportLinks`: no size limit, but the bearer token is needed like everywhere."""
    try:
        user, scopes = authenticate(state, ask)
        if not scopes & CONTENT_SCOPES:
            raise scope_refusal(CONTENT_SCOPES)
        query: dict[str, list[str]] = parse_qs(ask.query)
        file_id = query.get("id", [""])[0]
        endings: dict[str, Any] = {ending: mime for mime, ending in EXPORTS.items()}
        file = state.files.get(file_id)
        if file is None or not may_see(state, file, user):
            raise file_not_found(file_id)
        return export(state, user, file, endings.get(query.get("exportFormat", ["xlsx"])[0], ""), limited=False)
    except ApiError as error:
        return error_answer(error, "drive")


HANDLERS: dict[str, Handler] = {"drive.files.export": export_file}
