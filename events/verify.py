"""Proves that the log is what was written: every event's hash, no gap, one chain from the first event to the last.

Each event carries a hash of itself (`leaf`); the last event of each append carries a hash of the root before and of
the append's leaves (`root`). So every event is under the chain from the moment it is stored. Someone who may change
everything could compute the whole chain anew: against that, keep the root of some position outside the database (an
anchor) and verify against it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from events.database import cursor

_PAGE = 5000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNCHAINED_HERE = "The hashes of these events do not continue the chain: one of them was changed or replaced."


@dataclass(frozen=True)
class Anchor:
    """What to keep elsewhere: the root, in hexadecimal, after the event at a position."""

    position: int
    root: str


@dataclass(frozen=True)
class Problem:
    """The first place where the log is not what was written. `last` is larger when only an append is known."""

    position: int
    last: int
    what: str


@dataclass(frozen=True)
class Verdict:
    events: int
    anchor: Anchor
    """Of the log's end."""
    problem: Problem | None


class Exported(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of an export. `meta` and `data` are the exact text that was hashed."""

    position: int
    stream: str
    version: int
    name: str
    schema: int
    at: datetime
    key: str | None
    size: int
    meta: msgspec.Raw
    data: msgspec.Raw
    """null when the body is in `state`, in hexadecimal."""
    state: str | None
    leaf: str
    root: str | None


def verify(connection: Connection, anchor: Anchor | None = None) -> Verdict:
    """Check the whole log in the database; memory does not grow with it."""
    run = cursor(connection)
    found: list[Problem] = []
    for query, what in (
        (_CHANGED, "The event was changed after it was written."),
        (_MISSING, "Events are missing, or stand out of order, from here on."),
        (_UNCHAINED, _UNCHAINED_HERE),
    ):
        row = run.execute(query).fetchone()
        if row:
            found.append(Problem(row[0], row[1], what))
    end = run.execute(_END).fetchone() or (0, 0, "")
    if anchor is not None:
        row = run.execute(_ROOT, (anchor.position,)).fetchone()
        if row is None or row[0] != anchor.root:
            found.append(_anchor_problem(anchor))
    first = min(found, key=lambda problem: problem.position, default=None)
    return Verdict(events=end[0], anchor=Anchor(position=end[1], root=end[2]), problem=first)


def export(connection: Connection) -> Iterator[bytes]:
    """The log as lines of JSON, oldest first, with everything that is needed to verify it without the database."""
    after, encode = 0, msgspec.json.Encoder().encode
    while True:
        rows = cursor(connection).execute(_EXPORT, (after, _PAGE), binary=True).fetchall()
        for row in rows:
            yield encode(exported(row)) + b"\n"
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]


def verify_export(lines: Iterable[bytes], anchor: Anchor | None = None) -> Verdict:
    """Check an export as `verify` checks the log, with no help from the database that made it."""
    events, root, leaves, anchored = 0, b"", list[bytes](), anchor is None
    decode = msgspec.json.Decoder(Exported).decode
    for line in lines:
        event = decode(line)
        if event.position != events + 1:
            return _broken(events, root, events + 1, events + 1, "Events are missing from here on.")
        leaf = leaf_of(event)
        if leaf.hex() != event.leaf:
            return _broken(events, root, event.position, event.position, "The event was changed after it was written.")
        events += 1
        leaves.append(leaf)
        if event.root is not None:
            continued = hashlib.sha256(root + b"".join(leaves)).digest()
            if continued.hex() != event.root or len(leaves) != event.size:
                return _broken(events - 1, root, events - len(leaves) + 1, events, _UNCHAINED_HERE)
            root = continued
            leaves.clear()
            anchored = anchored or anchor == Anchor(events, event.root)
    if leaves:
        what = "The hashes of these events do not continue the chain: the end of their append is missing."
        return _broken(events, root, events - len(leaves) + 1, events, what)
    problem = None if anchored or anchor is None else _anchor_problem(anchor)
    return Verdict(events, Anchor(events, root.hex()), problem)


def _broken(events: int, root: bytes, first: int, last: int, what: str) -> Verdict:
    return Verdict(events, Anchor(events, root.hex()), Problem(first, last, what))


def _anchor_problem(anchor: Anchor) -> Problem:
    what = "The log up to here is not the one that the anchor was taken from: it was rewritten or cut."
    return Problem(anchor.position, anchor.position, what)


def leaf_of(event: Exported) -> bytes:
    """Do as events/sql/event_leaf.sql does."""
    head = (
        f"{event.position}\x1f{event.stream}\x1f{event.version}\x1f{event.name}\x1f{event.schema}"
        f"\x1f{(event.at - _EPOCH) // _MICROSECOND}\x1f{event.key or ''}\x1f{event.size}\x1f"
    )
    body = event.data if event.state is None else event.state.encode()
    return hashlib.sha256(b"".join((head.encode(), event.meta, b"\x1f", body))).digest()


def exported(row: tuple[Any, ...]) -> Exported:
    position, stream, version, name, schema, at, key, size, meta, data, state, leaf, root = row
    return Exported(
        position=position,
        stream=stream,
        version=version,
        name=name,
        schema=schema,
        at=at,
        key=key,
        size=size,
        meta=msgspec.Raw(meta.encode()),
        data=msgspec.Raw(b"null" if data is None else data.encode()),
        state=state,
        leaf=leaf,
        root=root,
    )


_CHANGED = b"""
    SELECT first, first FROM (
        SELECT min(position + 0) AS first FROM event  -- + 0: read the table, in parallel, and not an index
        WHERE workspace <> split_part(stream, '/', 1) OR leaf IS DISTINCT FROM
              event_leaf(position, stream, version, name, schema, at, key, size, meta, data, state)
    ) changed
    WHERE first IS NOT NULL
"""
_MISSING = b"""
    SELECT before + 1, position - 1
    FROM (SELECT position, at, lag(position, 1, 0::bigint) OVER w AS before, lag(at) OVER w AS earlier
          FROM event WINDOW w AS (ORDER BY position)) e
    WHERE position <> before + 1 OR at < earlier
    ORDER BY position LIMIT 1
"""
_UNCHAINED = b"""
    SELECT before_last + 1, position FROM (
        SELECT position, size, leaf, root, lag(position, 1, 0::bigint) OVER w AS before_last,
               lag(root, 1, ''::bytea) OVER w AS before
        FROM event WHERE root IS NOT NULL WINDOW w AS (ORDER BY position)
    ) ends
    WHERE position - size <> before_last
       OR root <> sha256(before || CASE size WHEN 1 THEN leaf ELSE (
              SELECT string_agg(e.leaf, ''::bytea ORDER BY e.position) FROM event e
              WHERE e.position > ends.before_last AND e.position <= ends.position) END)
    UNION ALL
    SELECT rooted + 1, head FROM (
        SELECT max(position) AS head, coalesce((
            SELECT position FROM event WHERE root IS NOT NULL ORDER BY position DESC LIMIT 1), 0) AS rooted
        FROM event
    ) tail
    WHERE head > rooted
    ORDER BY 2 LIMIT 1
"""
_END = b"""
    SELECT position, position, encode(root, 'hex') FROM event ORDER BY position DESC LIMIT 1
"""
_ROOT = b"SELECT encode(root, 'hex') FROM event WHERE position = %s"
_EXPORT = b"""
    SELECT position, stream, version, name, schema, at, key::text, size, meta::text, data::text, encode(state, 'hex'),
           encode(leaf, 'hex'), encode(root, 'hex')
    FROM event WHERE position > %s ORDER BY position LIMIT %s
"""
