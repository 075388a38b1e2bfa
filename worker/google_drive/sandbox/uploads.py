"""files.create and files.update with content: in one go, as multipart, or resumable in chunks."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from worker.google_drive.sandbox import drive_files
from worker.google_drive.sandbox.api import Answer, Ask, Call, Handler, error_answer, masked
from worker.google_drive.sandbox.edits import short_id
from worker.google_drive.sandbox.errors import ApiError
from worker.google_drive.sandbox.google_methods import read_body
from worker.google_drive.sandbox.multipart import read_parts

Save = Callable[[Call, dict[str, Any], bytes | None, str | None], dict[str, Any]]


@dataclass
class Session:
    """A resumable upload under way. Held in memory: a restart of the sandbox ends it, and the client begins again."""

    call: Call
    save: Save
    metadata: dict[str, Any]
    content_type: str
    received: bytearray = field(default_factory=bytearray)


class Uploads:
    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def handlers(self) -> dict[str, Handler]:
        return {
            "drive.files.create": lambda call: self._save(call, drive_files.create),
            "drive.files.update": lambda call: self._save(call, drive_files.update),
        }

    def _save(self, call: Call, save: Save) -> dict[str, Any] | Answer:
        if "/upload/" not in call.ask.path:
            return save(call, call.json_body(), None, None)
        kind = parse_qs(call.ask.query).get("uploadType", ["media"])[0]
        save = refusing_what_cannot_be_read(save)
        content_type = call.ask.headers.get("content-type", "application/octet-stream")
        if kind == "media":
            return save(call, {}, call.ask.body, content_type)
        if kind == "multipart":
            return save_multipart(call, save, content_type)
        if kind == "resumable":
            return self._begin(call, save)
        raise ApiError(400, "badRequest", "uploadType must be media, multipart or resumable.", location="uploadType")

    def _begin(self, call: Call, save: Save) -> Answer:
        if "fileId" in call.ids:
            call.editable(call.ids["fileId"])
        content_type = call.ask.headers.get("x-upload-content-type", "application/octet-stream")
        upload_id = short_id("upload", len(self._sessions), call.state.now())
        self._sessions[upload_id] = Session(call, save, call.json_body(), content_type)
        place = f"{call.ask.base_url}{call.ask.path}?uploadType=resumable&upload_id={upload_id}"
        return Answer(200, headers={"location": place, "x-guploader-uploadid": upload_id})

    def proceed(self, ask: Ask) -> Answer:
        """Take the next chunk of a resumable upload, or tell how much has arrived."""
        upload_id = parse_qs(ask.query).get("upload_id", [""])[0]
        session = self._sessions.get(upload_id)
        if session is None:
            return error_answer(ApiError(404, "notFound", "This upload session does not exist any more."), "drive")
        try:
            if not take_chunk(session, ask):
                return incomplete(session)
            saved = session.save(session.call, session.metadata, bytes(session.received), session.content_type)
            answer = masked(session.call, saved)
        except ApiError as error:
            answer = error_answer(error, "drive")
        del self._sessions[upload_id]
        return answer


def refusing_what_cannot_be_read(save: Save) -> Save:
    def attempt(call: Call, metadata: dict[str, Any], data: bytes | None, content_type: str | None) -> dict[str, Any]:
        try:
            return save(call, metadata, data, content_type)
        except ValueError as error:
            raise ApiError(400, "badRequest", f"The content cannot be converted: {error}") from error

    return attempt


def save_multipart(call: Call, save: Save, content_type: str) -> dict[str, Any]:
    parts = read_parts(call.ask.body, content_type)
    if len(parts) != 2:
        raise ApiError(400, "badRequest", "A multipart upload has two parts: metadata and content.")
    metadata, content = parts
    return save(call, read_body(call.method, metadata.body), content.body, content.headers.get("content-type"))


def take_chunk(session: Session, ask: Ask) -> bool:
    """Append a chunk; say whether it was the last one."""
    text = ask.headers.get("content-range", "")
    if not text:
        session.received[:] = ask.body
        return True
    match = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", text)
    if match is None:
        raise ApiError(400, "badRequest", "Failed to parse Content-Range header.")
    start, _, total = match.groups()
    if start is not None:
        if int(start) > len(session.received):
            raise ApiError(400, "badRequest", "The chunk does not follow what has arrived so far.")
        session.received[int(start) :] = ask.body
    return total != "*" and len(session.received) >= int(total)


def incomplete(session: Session) -> Answer:
    arrived = len(session.received)
    return Answer(308, headers={"range": f"bytes=0-{arrived - 1}"} if arrived else {})
