"""The log: append facts, read them in order.

Plain functions on a connection: the caller owns the transaction. An append is the last statement before the commit,
because every other writer waits from here to there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, LiteralString
from uuid import UUID

import msgspec
import psycopg
from sqlalchemy.engine import Connection

from events.catalogue import CATALOGUE, UnknownEvent, UnreadableEvent
from events.database import cursor, writer
from events.envelope import Event, Meta, Recorded

CHANNEL = "media_planner_events"
"""PostgreSQL notifies here when events were committed; the payload is the newest position."""

_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
APPEND = b"SELECT append_events(%s, %s, %s, %s, %s, %s, %s, %s)"
"""Takes and returns what events/sql/append_events.sql does."""

OF_STREAM = "hashtextextended(stream, 0) = hashtextextended(%(stream)s, 0) AND stream = %(stream)s"
"""The events of a stream, by the index over the hash of its name."""

HEAD = b"SELECT max(position) FROM event"
_READ = "SELECT position, stream, workspace, version, at, name, schema, meta::text, data::text FROM event"
_FROM = "schema > 0 AND position > %(after)s"  # schema 0: written by events/recorder.py
_WHERE: dict[str, LiteralString] = {
    "until": "position <= %(until)s",
    "workspace": "workspace = %(workspace)s",
    "stream": OF_STREAM,
    "names": "name = ANY(%(names)s)",
    "positions": "position = ANY(%(positions)s)",
}
_decode_meta = msgspec.json.Decoder(Meta).decode
_encode = msgspec.json.Encoder().encode


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


@dataclass(frozen=True)
class Unreadable:
    """A stored event that this version of the software does not know or cannot decode."""

    position: int
    name: str
    reason: str


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
    kinds = "\n".join([kind(event.NAME, event.VERSION) for event in events])
    bodies = b"\n".join([encode(event) for event in events]).decode()
    about = _encode(meta).decode()
    try:
        told = (stream, key, expected, None, about, kinds, bodies, False)
        row = writer(connection).execute(APPEND, told, prepare=True).fetchone()
    except psycopg.Error as error:
        if error.sqlstate == "MP001":
            raise StreamMoved(stream, expected, int(error.diag.message_detail or 0)) from None
        if error.sqlstate == "MP002":
            raise KeyReused(stream, key) from None
        raise
    assert row is not None
    return Appended(positions=tuple(positions(row[0], len(events))), repeated=row[0] < 0)


def positions(first: int, count: int) -> range:
    """Positions of an append of so many events, from what the SQL function returned."""
    return range(abs(first), abs(first) + count)


@cache
def kind(name: str, version: int) -> str:
    """Name a kind of event as the SQL function takes it."""
    return f"{name}\x1f{version}"


def encode(event: Event) -> bytes:
    """Encode an event as a line of JSON that decodes to the same event. Raises NotStorable, naming what would be lost.

    The line holds no line break: JSON writes those inside a text as two characters.
    """
    try:
        data = _encode(event)
        same = CATALOGUE.decode(event.NAME, event.VERSION, data) == event
    except (UnicodeEncodeError, UnreadableEvent) as problem:
        raise NotStorable(f"{event.NAME} cannot be stored: {problem}") from problem
    if not same:
        raise NotStorable(f"{event.NAME} cannot be stored: a number in it is not finite, or a field has another type.")
    if b"\\" in data and b"\\u0000" in data:  # PostgreSQL keeps no NUL; the symbol for it keeps the place visible
        data = _NUL.sub(rb"\1\\u2400", data)
    return data


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
    unreadable: list[Unreadable] | None = None,
) -> list[Recorded]:
    """Events with `after` < position <= `until`, in order of position (the newest first when `backwards`).

    An event that cannot be decoded raises UnknownEvent or UnreadableEvent; with `unreadable`, it goes there instead
    and does not hide the others.
    """
    filters = {
        "until": until,
        "workspace": workspace,
        "stream": stream,
        "names": None if names is None else list(names),
        "positions": None if positions is None else list(positions),
    }
    given = {condition: value for condition, value in filters.items() if value is not None}
    query = _query(tuple(given), "DESC" if backwards else "ASC")
    rows = cursor(connection).execute(query, {**given, "after": after, "limit": limit}, binary=True)
    return _decoded(rows.fetchall(), unreadable)


@cache
def _query(conditions: tuple[str, ...], direction: LiteralString) -> bytes:
    order = "version" if "stream" in conditions else "position"  # the same order, and each has its index
    where = " AND ".join([_FROM, *(_WHERE[condition] for condition in conditions)])
    return f"{_READ} WHERE {where} ORDER BY {order} {direction} LIMIT %(limit)s".encode()


def _decoded(rows: Iterable[tuple[Any, ...]], unreadable: list[Unreadable] | None) -> list[Recorded]:
    """Make events of rows; in the order of their fields and with nothing called twice, for pages hold thousands."""
    events: list[Recorded] = []
    decode = CATALOGUE.decode
    for position, stream, workspace, version, at, name, schema, meta, data in rows:
        try:
            event = decode(name, schema, data)
        except (UnknownEvent, UnreadableEvent) as problem:
            if unreadable is None:
                raise
            unreadable.append(Unreadable(position, name, str(problem)))
            continue
        events.append(Recorded(position, stream, workspace, version, at, _meta(meta), event))
    return events


@lru_cache(maxsize=1024)
def _meta(text: str) -> Meta:
    """Events of one activity share it."""
    return _decode_meta(text)


def head(connection: Connection) -> int:
    """Position of the newest event; 0 when the log is empty."""
    row = cursor(connection).execute(HEAD).fetchone()
    return row[0] if row and row[0] else 0


def newest(connection: Connection, workspace: str, until: int) -> int:
    """Position of a workspace's newest event up to a position; 0 when there is none."""
    query = b"SELECT max(position) FROM event WHERE workspace = %s AND position <= %s AND schema > 0"
    row = cursor(connection).execute(query, (workspace, until)).fetchone()
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
