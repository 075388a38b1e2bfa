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

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CHANGED = "The event was changed after it was written."
_MISSING = "Events are missing, or stand out of order, from here on."
_UNCHAINED = "The hashes of these events do not continue the chain: one of them was changed, replaced or lost."
_REWRITTEN = "The log up to here is not the one that the anchor was taken from: it was rewritten or cut."


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


class Exported(msgspec.Struct, frozen=True, gc=False):
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


class Sealed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What `events/trail.py` gives of another workspace's event: its hash keeps the chain whole and tells nothing."""

    position: int
    leaf: str
    root: str | None


def verify(connection: Connection, anchor: Anchor | None = None) -> Verdict:
    """Check the whole log as one moment shows it; memory does not grow with it.

    The database sends what was hashed; the hashes are computed here, by a library that uses the processor's own
    instructions for them.
    """
    chain, total = Chain(anchor), 0
    with cursor(connection).copy(_PAGES) as copy:
        copy.set_types(("int8", "int8[]", "timestamptz[]", "int4[]", "bytea[]", "bytea[]", "bytea[]"))
        for total, *columns in copy.rows():  # noqa: B007  # every page says the same
            for position, at, size, text, leaf, root in zip(*columns, strict=True):
                chain.add(position, at, size, hashlib.sha256(text).digest(), leaf, root)
    return chain.verdict(total)


def export(connection: Connection) -> Iterator[bytes]:
    """The log as lines of JSON, oldest first, with everything that is needed to verify it without the database.

    As one moment shows it, some hundred lines at a time; memory does not grow with it.
    """
    encode = msgspec.json.Encoder().encode_lines
    with cursor(connection).copy(_LINES) as copy:
        copy.set_types(_TYPES_OF_LINES)
        for columns in copy.rows():
            yield encode([exported(row) for row in zip(*columns, strict=True)])


def verify_export(parts: Iterable[bytes], anchor: Anchor | None = None) -> Verdict:
    """Check an export as `verify` checks the log, with no help from the database that made it.

    Each part holds one whole line or several, as an open file and `export` give them.
    """
    chain, decode = Chain(anchor), msgspec.json.Decoder(Exported).decode_lines
    for part in parts:
        for line in decode(part):
            chain.add_line(line)
    return chain.verdict()


class Chain:
    """Follows the log from its first event and stops at the first place where it is not what was written."""

    def __init__(self, anchor: Anchor | None = None) -> None:
        self.events = 0
        self._at, self._root, self._leaves = _EPOCH, b"", list[bytes]()
        self._problem: Problem | None = None
        self._anchor, self._anchored = anchor, anchor is None

    def add_line(self, line: Exported | Sealed) -> None:
        leaf, root = bytes.fromhex(line.leaf), None if line.root is None else bytes.fromhex(line.root)
        if isinstance(line, Exported):
            self.add(line.position, line.at, line.size, leaf_of(line), leaf, root)
        else:
            self.add(line.position, self._at, None, leaf, leaf, root)

    def add(
        self, position: int, at: datetime, size: int | None, computed: bytes, leaf: bytes, root: bytes | None
    ) -> None:
        """Follow one more event; `size` is that of its append, None when it is sealed."""
        if self._problem is not None:
            return
        expected = self.events + 1
        if position != expected or at < self._at:
            self._problem = Problem(expected, max(expected, position - 1), _MISSING)
        elif computed != leaf:
            self._problem = Problem(position, position, _CHANGED)
        else:
            self.events, self._at = position, at
            self._leaves.append(leaf)
            if root is not None:
                self._close(size, root)

    def _close(self, size: int | None, root: bytes) -> None:
        continued = hashlib.sha256(self._root + b"".join(self._leaves)).digest()
        if continued != root or size not in (None, len(self._leaves)):
            self._problem = self._unchained()
            return
        self._root = root
        self._leaves.clear()
        if not self._anchored:
            self._anchored = Anchor(self.events, root.hex()) == self._anchor

    def _unchained(self) -> Problem:
        return Problem(self.events - len(self._leaves) + 1, self.events, _UNCHAINED)

    def verdict(self, total: int | None = None) -> Verdict:
        """Judge what was added; of a log of so many events, when that is known."""
        problem = self._problem
        if problem is None and self._leaves:
            problem = self._unchained()
        elif problem is None and total not in (None, self.events):
            problem = Problem(self.events + 1, self.events + 1, _MISSING)
        anchor = self._anchor
        if anchor is not None and not self._anchored and (problem is None or anchor.position < problem.position):
            problem = Problem(anchor.position, anchor.position, _REWRITTEN)
        return Verdict(self.events, Anchor(self.events, self._root.hex()), problem)


def leaf_of(event: Exported) -> bytes:
    """Do as events/sql/event_leaf.sql does."""
    head = (
        f"{event.position}\x1f{event.stream}\x1f{event.version}\x1f{event.name}\x1f{event.schema}"
        f"\x1f{(event.at - _EPOCH) // _MICROSECOND}\x1f{event.key or ''}\x1f{event.size}\x1f"
    )
    body = event.data if event.state is None else event.state.encode()
    return hashlib.sha256(b"".join((head.encode(), event.meta, b"\x1f", body))).digest()


def exported(row: tuple[Any, ...]) -> Exported:
    """Make a line of a row that holds its fields in their order, bodies as text."""
    position, stream, version, name, schema, at, key, size, meta, data, state, leaf, root = row
    body = msgspec.Raw("null" if data is None else data)
    return Exported(position, stream, version, name, schema, at, key, size, msgspec.Raw(meta), body, state, leaf, root)


# Arrays of two hundred events each: a row costs the driver as much as many values of an array.
_PAGES = b"""
    COPY (
        SELECT log.events, page.*
        FROM (SELECT count(*) AS events FROM event) log
        CROSS JOIN LATERAL generate_series(0, log.events - 1, 200) AS before
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(position), '{}'), coalesce(array_agg(at), '{}'), coalesce(array_agg(size), '{}'),
                   coalesce(array_agg(CASE WHEN workspace = split_part(stream, '/', 1) THEN event_text(
                       position, stream, version, name, schema, at, key, size, meta, data, state) ELSE '' END), '{}'),
                   coalesce(array_agg(leaf), '{}'), coalesce(array_agg(root), '{}')
            FROM (SELECT * FROM event WHERE position > before AND position <= before + 200 ORDER BY position) event
        ) page
    ) TO STDOUT (FORMAT binary)
"""
_LINES = b"""
    COPY (
        WITH RECURSIVE page(after) AS (
            SELECT 0::bigint
            UNION ALL
            SELECT (SELECT position FROM event WHERE position > page.after ORDER BY position OFFSET 199 LIMIT 1)
            FROM page WHERE page.after IS NOT NULL
        )
        SELECT lines.*
        FROM page
        CROSS JOIN LATERAL (
            SELECT array_agg(position), array_agg(stream), array_agg(version), array_agg(name), array_agg(schema),
                   array_agg(at), array_agg(key::text), array_agg(size), array_agg(meta::text), array_agg(data::text),
                   array_agg(encode(state, 'hex')), array_agg(encode(leaf, 'hex')), array_agg(encode(root, 'hex'))
            FROM (SELECT * FROM event WHERE position > page.after ORDER BY position LIMIT 200) event
            HAVING count(*) > 0
        ) lines
    ) TO STDOUT (FORMAT binary)
"""
_TYPES_OF_LINES = (
    *("int8[]", "text[]", "int4[]", "text[]", "int2[]", "timestamptz[]", "text[]", "int4[]"),
    *("text[]", "text[]", "text[]", "text[]", "text[]"),
)
