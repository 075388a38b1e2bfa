"""MIME multipart as Google's Python client writes it: bare line feeds, quoted boundary, raw bytes in the parts."""

import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.policy import compat32

from worker.google_drive.sandbox.errors import ApiError


@dataclass(frozen=True)
class Part:
    headers: dict[str, str]
    body: bytes


def boundary_of(content_type: str) -> bytes:
    match = re.search(r'boundary="?([^";]+)"?', content_type)
    if match is None:
        raise ApiError(400, "badRequest", "Missing end boundary in multipart body.")
    return match[1].encode()


def read_parts(body: bytes, content_type: str) -> list[Part]:
    """Split a multipart body; every byte of a part's content is kept as it is."""
    marker = b"--" + boundary_of(content_type)
    # The first line tells which line end is used, so that a part may end in a carriage return of its own.
    line_end = b"\r\n" if marker + b"\r\n" in body[:500] else b"\n"
    pieces = (line_end + body).split(line_end + marker)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise ApiError(400, "badRequest", "Missing end boundary in multipart body.")
    return [read_part(piece) for piece in pieces[1:-1]]


def read_part(piece: bytes) -> Part:
    match = re.search(rb"\r?\n\r?\n", piece)
    head, body = (piece[: match.start()], piece[match.end() :]) if match else (piece, b"")
    return Part(read_headers(head), body)


def read_headers(head: bytes) -> dict[str, str]:
    """Read header lines; a long one may go on in the next line."""
    message = BytesHeaderParser(policy=compat32).parsebytes(head.lstrip())
    return {name.lower(): re.sub(r"[\r\n]+", "", value) for name, value in message.items()}
