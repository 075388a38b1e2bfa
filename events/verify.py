"""Proves that the log is what was written: every event's hash, no gap, one chain from the first event to the last.

Each event carries a hash of itself (`leaf`); the last event of each append carries a hash of the root before and of
the append's leaves (`root`). So every event is under the chain from the moment it is stored. Someone who may change
everything could compute the whole chain anew: against that, keep the root of some position outside the database (an
anchor) and verify against it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy.engine import Connection

from events.database import cursor

_PAGE = 5000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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


class Exported(msgspec.Struct, frozen=True, kw_only=True):
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
        (_UNCHAINED, "The hashes of these events do not continue the chain: one of them was changed or replaced."),
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
    after = 0
    while True:
        rows = cursor(connection).execute(_EXPORT, (after, _PAGE)).fetchall()
        for row in rows:
            yield msgspec.json.encode(_exported(row)) + b"\n"
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]


def verify_export(lines: Iterable[bytes], anchor: Anchor | None = None) -> Verdict:
    """Check an export as `verify` checks the log, with no help from the database that made it."""
    events, root, leaves, anchored = 0, "", list[bytes](), anchor is None
    decoder = msgspec.json.Decoder(Exported)
    for line in lines:
        event = decoder.decode(line)
        standing = Anchor(events, root)
        if event.position != events + 1:
            return Verdict(events, standing, Problem(events + 1, events + 1, "Events are missing from here on."))
        if _leaf(event).hex() != event.leaf:
            what = "The event was changed after it was written."
            return Verdict(events, standing, Problem(event.position, event.position, what))
        events += 1
        leaves.append(bytes.fromhex(event.leaf))
        if event.root is not None:
            root = hashlib.sha256(bytes.fromhex(root) + b"".join(leaves)).hexdigest()
            if root != event.root or len(leaves) != event.size:
                what = "The hashes of these events do not continue the chain: one of them was changed or replaced."
                return Verdict(events, standing, Problem(events - len(leaves) + 1, events, what))
            leaves.clear()
            anchored = anchored or (anchor is not None and anchor == Anchor(events, root))
    if leaves:
        what = "The hashes of these events do not continue the chain: the end of their append is missing."
        return Verdict(events, Anchor(events, root), Problem(events - len(leaves) + 1, events, what))
    problem = None if anchored or anchor is None else _anchor_problem(anchor)
    return Verdict(events, Anchor(events, root), problem)


def _anchor_problem(anchor: Anchor) -> Problem:
    what = "The log up to here is not the one that the anchor was taken from: it was rewritten or cut."
    return Problem(anchor.position, anchor.position, what)


def _leaf(event: Exported) -> bytes:
    """Do as events/sql/event_leaf.sql does."""
    since = event.at - _EPOCH
    parts = (
        str(event.position),
        event.stream,
        str(event.version),
        event.name,
        str(event.schema),
        str((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds),
        event.key or "",
        str(event.size),
        bytes(event.meta).decode(),
        event.state if event.state is not None else bytes(event.data).decode(),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).digest()


def _exported(row: tuple[object, ...]) -> Exported:
    position, stream, version, name, schema, at, key, size, meta, data, state, leaf, root = row
    raw = msgspec.convert(
        (position, stream, version, name, schema, at, key, size, state, leaf, root),
        tuple[int, str, int, str, int, datetime, str | None, int, str | None, str, str | None],
    )
    return Exported(
        position=raw[0],
        stream=raw[1],
        version=raw[2],
        name=raw[3],
        schema=raw[4],
        at=raw[5],
        key=raw[6],
        size=raw[7],
        meta=msgspec.Raw(str(meta).encode()),
        data=msgspec.Raw(b"null" if data is None else str(data).encode()),
        state=raw[8],
        leaf=raw[9],
        root=raw[10],
    )


_CHANGED = b"""
    SELECT position, position FROM event
    WHERE leaf IS DISTINCT FROM
          event_leaf(position, stream, version, name, schema, at, key, size, meta, data, state)
    ORDER BY position LIMIT 1
"""
_MISSING = b"""
    SELECT before + 1, position - 1
    FROM (SELECT position, at, lag(position, 1, 0::bigint) OVER w AS before, lag(at) OVER w AS earlier
          FROM event WINDOW w AS (ORDER BY position)) e
    WHERE position <> before + 1 OR at < earlier
    ORDER BY position LIMIT 1
"""
_UNCHAINED = b"""
    SELECT first, last FROM (
        SELECT first, last, size, events, leaves, root, lag(root, 1, ''::bytea) OVER (ORDER BY last) AS before
        FROM (SELECT min(position) AS first, max(position) AS last, max(size) AS size, count(*) AS events,
                     string_agg(leaf, ''::bytea ORDER BY position) AS leaves,
                     (array_agg(root ORDER BY position DESC))[1] AS root
              FROM (SELECT position, size, leaf, root,
                           count(root) OVER (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                               AS append
                    FROM event) e
              GROUP BY append) appends
    ) a
    WHERE root IS NULL OR root <> sha256(before || leaves) OR size <> events
    ORDER BY last LIMIT 1
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
