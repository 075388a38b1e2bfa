"""The content of one Drive file, into a local file that is hashed while it is written."""

import hashlib
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload

from worker.google_drive import sheet_values
from worker.google_drive.refusals import DAMAGED, TOO_LARGE, TooBigToExport, google_refusals, sorted_out
from worker.google_drive.service import Google
from worker.google_drive.steady import steady
from worker.platform import FileNotReadable, FileTooLarge, PlatformUnavailable, RemoteFile

GOOGLE_SHEET = "application/vnd.google-apps.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_CHUNK = 8 * 1024 * 1024
_OK = 200


class Spool:
    """A local file of at most `limit` bytes. Knows its size and sha256 without being read again."""

    def __init__(self, path: Path, limit: int) -> None:
        self._file = path.open("wb")
        self._limit = limit
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        if self.size > self._limit:
            raise FileTooLarge(TOO_LARGE)
        self._hash.update(data)
        try:
            return self._file.write(data)
        except OSError as error:
            message = f"The download could not be stored on Media Planner's machine: {error.strerror}."
            raise PlatformUnavailable(message) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def fetch(google: Google, file: RemoteFile, spool: Spool) -> None:
    """Write the file's bytes; a native Sheet becomes a workbook with all its tabs. Raises PlatformError."""
    if file.mime_type == GOOGLE_SHEET:
        _export(google, file, spool)
    elif file.size != 0:  # of an empty file Google serves no range
        _download(google, file, spool)


def first_bytes(google: Google, file: RemoteFile, limit: int) -> bytes:
    """Give at most `limit` bytes from the beginning of a file with bytes of its own."""
    if file.size == 0:
        return b""
    request = google.drive.files().get_media(fileId=file.id, supportsAllDrives=True)
    request.headers["range"] = f"bytes=0-{limit - 1}"
    return bytes(google.ask(request))[:limit]


def _download(google: Google, file: RemoteFile, spool: Spool) -> None:
    request = google.drive.files().get_media(fileId=file.id, supportsAllDrives=True)
    loader = MediaIoBaseDownload(spool, request, chunksize=_CHUNK)
    done = False
    while not done:
        with google_refusals():
            _, done = loader.next_chunk(num_retries=0)


def _export(google: Google, file: RemoteFile, spool: Spool) -> None:
    """Export in one request; what is too big for that comes by its export link, or else cell by cell."""
    try:
        data = bytes(google.ask(google.drive.files().export_media(fileId=file.id, mimeType=XLSX)))
    except TooBigToExport:
        data = _by_link(google, file) or sheet_values.workbook(google, file.id)
    try:
        spool.write(steady(data))
    except zipfile.BadZipFile:
        raise PlatformUnavailable(DAMAGED) from None


def _by_link(google: Google, file: RemoteFile) -> bytes | None:
    request = google.drive.files().get(fileId=file.id, fields="exportLinks", supportsAllDrives=True)
    link = google.ask(request).get("exportLinks", {}).get(XLSX)
    if link is None or not _is_google(google, link):
        return None
    try:
        with google_refusals():
            return _get(google, link)
    except (FileTooLarge, FileNotReadable, PlatformUnavailable):
        return None


def _get(google: Google, link: str) -> bytes:
    answer: Any
    answer, content = google.http.request(link)
    if answer.status != _OK:
        raise sorted_out(HttpError(answer, content, uri=link))
    return bytes(content)


def _is_google(google: Google, link: str) -> bool:
    """Tell whether our access may be sent there."""
    parts, home = urlsplit(link), urlsplit(google.places.drive_root)
    if (parts.scheme, parts.netloc) == (home.scheme, home.netloc):
        return True
    return parts.scheme == "https" and f".{parts.hostname}".endswith(".google.com")
