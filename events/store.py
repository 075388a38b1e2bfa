"""The log: append facts, read them in order.

Plain functions on a connection: the caller owns the transaction. An append is the last statement before the commit,
because every other writer waits from here to there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, LiteralString
from uuid import UUID

import msgspec
import psycopg
from sqlalchemy.engine import Connection

from events.catalogue import CATALOGUE, UnreadableEvent
from events.database import cursor
from events.envelope import Event, Meta, Recorded

CHANNEL = "media_planner_events"
"""PostgreSQL notifies here when events were committed; the payload is the newest position."""

_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
_APPEND = b"SELECT first, last, repeated FROM append_events(%s::jsonb)"
_READ = "SELECT position, stream, workspace, version, at, name, schema, meta::text, data::text FROM event"
_UNTIL = "position <= %s"
_WORKSPACE = "workspace = %s"
_STREAM = "stream = %s"
_NAMES = "name = ANY(%s)"
_POSITIONS = "position = ANY(%s)"
_meta = msgspec.json.Decoder(Meta)


@dataclass(frozen=True)
class Appended:
    positions: tuple[int, ...]
    repeated: bool
    """True when this fact had been told before: the positions are those of the first time."""


class StreamMoved(Exception):
    """Someone else appended to the stream first. Read it again and decide again."""

    def __init__(self, stream: str, expected: int | None, actual: int | None) -> None:
        super().__init__(f"The stream {stream} was expected at version {expected} and stands at {actual}.")
        self.actual = actual


class KeyReused(Exception):
    """The key stands for another fact already."""

    def __init__(self, stream: str, key: UUID | None) -> None:
        super().__init__(f"The key {key} belongs to another fact than this one of {stream}.")


class NotStorable(ValueError):
    """The event would not come back from the log as it is."""


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event as the SQL function takes it."""

    name: str
    schema: int
    data: msgspec.Raw | None = None
    state: str | None = None
    stream: str | None = None
    version: int | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    stream: str
    meta: Meta
    events: list[Item]
    key: UUID | None = None
    expected: int | None = None


def append(
    connection: Connection,
    stream: str,
    events: Sequence[Event],
    *,
    meta: Meta,
    key: UUID | None = None,
    expected: int | None = None,
) -> Appended:
    """Append facts, all or none.

    With `key`, telling the same fact again changes nothing and returns the first positions. With `expected`, the
    stream must stand at this version (0: it must be new). Raises StreamMoved, KeyReused or NotStorable; after the
    first two the transaction must be rolled back.
    """
    if not events:
        return Appended(positions=(), repeated=False)
    if not stream.isprintable():
        raise NotStorable(f"A stream's name may not hold control characters: {stream!r}")
    items = [Item(name=event.NAME, schema=event.VERSION, data=encode(event)) for event in events]
    return append_entry(connection, Entry(stream=stream, meta=meta, events=items, key=key, expected=expected))


def append_entry(connection: Connection, entry: Entry) -> Appended:
    try:
        row = cursor(connection).execute(_APPEND, (msgspec.json.encode(entry).decode(),), prepare=True).fetchone()
    except psycopg.Error as error:
        if error.sqlstate == "MP001":
            actual = int(error.diag.message_detail or 0)
            raise StreamMoved(entry.stream, entry.expected, actual) from None
        if error.sqlstate == "MP002":
            raise KeyReused(entry.stream, entry.key) from None
        raise
    assert row is not None
    return Appended(positions=tuple(range(row[0], row[1] + 1)), repeated=row[2])


def encode(event: Event) -> msgspec.Raw:
    """Encode an event as JSON that decodes to the same event. Raises NotStorable, naming what would be lost."""
    try:
        data = msgspec.json.encode(event)
        same = CATALOGUE.decode(event.NAME, event.VERSION, data) == event
    except (UnicodeEncodeError, UnreadableEvent) as problem:
        raise NotStorable(f"{event.NAME} cannot be stored: {problem}") from problem
    if not same:
        raise NotStorable(f"{event.NAME} cannot be stored: a number in it is not finite, or a field has another type.")
    if b"\\u0000" in data:  # PostgreSQL keeps no NUL; the symbol for it keeps the place visible
        data = _NUL.sub(rb"\1\\u2400", data)
    return msgspec.Raw(data)


def read(
    connection: Connection,
    *,
    after: int = 0,
    until: int | None = None,
    workspace: str | None = None,
    stream: str | None = None,
    names: Iterable[str] | None = None,
    positions: Iterable[int] | None = None,
    limit: int = 5000,
    backwards: bool = False,
) -> list[Recorded]:
    """Events with `after` < position <= `until`, in order of position (the newest first when `backwards`)."""
    rows = read_rows(
        connection,
        after=after,
        until=until,
        workspace=workspace,
        stream=stream,
        names=names,
        positions=positions,
        limit=limit,
        backwards=backwards,
    )
    return [decode(row) for row in rows]


def read_rows(
    connection: Connection,
    *,
    after: int = 0,
    until: int | None = None,
    workspace: str | None = None,
    stream: str | None = None,
    names: Iterable[str] | None = None,
    positions: Iterable[int] | None = None,
    limit: int = 5000,
    backwards: bool = False,
) -> list[tuple[Any, ...]]:
    """Do as `read` does, but leave decoding to `decode`, so that one unreadable event does not hide the others."""
    filters = {
        _UNTIL: until,
        _WORKSPACE: workspace,
        _STREAM: stream,
        _NAMES: None if names is None else list(names),
        _POSITIONS: None if positions is None else list(positions),
    }
    given = {condition: value for condition, value in filters.items() if value is not None}
    query = _query(tuple(given), "DESC" if backwards else "ASC")
    return cursor(connection).execute(query, (after, *given.values(), limit), binary=True).fetchall()


@cache
def _query(conditions: tuple[LiteralString, ...], direction: LiteralString) -> bytes:
    order = "version" if _STREAM in conditions else "position"  # the same order, and each has its index
    where = " AND ".join(("schema > 0", "position > %s", *conditions))  # schema 0: written by events/recorder.py
    return f"{_READ} WHERE {where} ORDER BY {order} {direction} LIMIT %s".encode()


def decode(row: tuple[Any, ...]) -> Recorded:
    """Make an event of a row of `read_rows`. Raises UnknownEvent or UnreadableEvent."""
    position, stream, workspace, version, at, name, schema, meta, data = row
    return Recorded(
        position=position,
        stream=stream,
        workspace=workspace,
        version=version,
        at=at,
        meta=_meta.decode(meta),
        event=CATALOGUE.decode(name, schema, data),
    )


def head(connection: Connection) -> int:
    """Position of the newest event; 0 when the log is empty."""
    row = cursor(connection).execute(b"SELECT max(position) FROM event").fetchone()
    return row[0] if row and row[0] else 0


def position_at(connection: Connection, moment: datetime) -> int:
    """Position of the newest event at or before a moment, by binary search: time never decreases with position."""
    low, high = 0, head(connection)
    find = cursor(connection)
    while low < high:
        middle = (low + high + 1) // 2
        row = find.execute(b"SELECT at <= %s FROM event WHERE position = %s", (moment, middle)).fetchone()
        low, high = (middle, high) if row and row[0] else (low, middle - 1)
    return low
