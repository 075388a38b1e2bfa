"""Original bytes, kept once under the hash of their content, so that history can be read again."""

import hashlib
import zlib
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_PUTTING = 7305513410017
"""Lock that those who put share and erase_superseded takes alone: bytes whose event is still to come must stay."""


class BlobMissing(Exception):
    def __init__(self, address: str) -> None:
        super().__init__(f"No bytes are kept under {address}.")
        self.address = address


class BlobDamaged(Exception):
    def __init__(self, address: str) -> None:
        super().__init__(f"The bytes kept under {address} are not the ones that were stored.")
        self.address = address


def put(connection: Connection, data: bytes) -> str:
    """Keep bytes (at most 1 GB) and return their address: sha256 of the original, in hexadecimal."""
    address = hashlib.sha256(data).hexdigest()
    connection.execute(sa.text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": _PUTTING})
    if connection.execute(sa.text("SELECT 1 FROM blob WHERE address = :a"), {"a": address}).scalar():
        return address
    packed = zlib.compress(data, 3)
    codec = "zlib" if len(packed) < len(data) else "plain"
    connection.execute(
        sa.text("INSERT INTO blob VALUES (:address, :codec, :size, :data) ON CONFLICT (address) DO NOTHING"),
        {"address": address, "codec": codec, "size": len(data), "data": packed if codec == "zlib" else data},
    )
    return address


def get(connection: Connection, address: str) -> bytes:
    """Return the original bytes. Raises BlobMissing, or BlobDamaged when they no longer have this hash."""
    row = connection.execute(sa.text("SELECT codec, data FROM blob WHERE address = :a"), {"a": address}).one_or_none()
    if row is None:
        raise BlobMissing(address)
    try:
        data = zlib.decompress(row.data) if row.codec == "zlib" else bytes(row.data)
    except zlib.error:
        raise BlobDamaged(address) from None
    if hashlib.sha256(data).hexdigest() != address:
        raise BlobDamaged(address)
    return data


class Erased(NamedTuple):
    stream: str
    """Of the file."""
    revisions: list[int]
    freed: int
    """Bytes of the originals; none for what another file with the same content counts."""


def erase_superseded(connection: Connection, workspace: str, moment: datetime) -> list[Erased]:
    """Erase the contents that a workspace's setting lets go by a moment; one result a file.

    Whoever calls tells of them in the same transaction, or they are given again.
    """
    found = connection.execute(
        sa.text("SELECT * FROM erase_superseded(:workspace, :moment)"), {"workspace": workspace, "moment": moment}
    )
    return [Erased(*row) for row in found]
