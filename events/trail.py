"""The audit trail of one workspace: its events as they stand in the log, with all that proves them unchanged.

The chain runs through the events of every workspace. Those of others are sealed: only their hash is given, which tells
nothing about them but keeps the chain whole. Whoever has the trail can compute the hash of each event and the root of
each append anew, from the first to the last, and compare the last root with one that was kept elsewhere.
"""

import hashlib
from collections.abc import Iterator

import msgspec
from sqlalchemy.engine import Connection

from events.database import cursor
from events.verify import Anchor, Exported, Problem, Verdict, exported, leaf_of

_PAGE = 5000


class Sealed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event of another workspace."""

    position: int
    leaf: str
    root: str | None


def trail(connection: Connection, workspace: str, at: int | None = None) -> Iterator[Exported | Sealed]:
    """Events from the first to the end of the last append up to a position, the oldest first."""
    run = cursor(connection)
    after, until = 0, (run.execute(_LAST_ROOT, (at, at)).fetchone() or (0,))[0]
    while after < until:
        asked = {"workspace": workspace, "after": after, "until": until, "page": _PAGE}
        rows = run.execute(_EVENTS, asked, binary=True).fetchall()
        for own, *row in rows:
            yield exported(tuple(row)) if own else Sealed(position=row[0], leaf=row[-2], root=row[-1])
        if len(rows) < _PAGE:
            return
        after = rows[-1][1]


class Chain:
    """Proves a trail while it passes by."""

    def __init__(self) -> None:
        self._events, self._root, self._leaves = 0, "", list[bytes]()
        self._problem: Problem | None = None

    def add(self, line: Exported | Sealed) -> None:
        if self._problem is not None:
            return
        self._events += 1
        if line.position != self._events:
            self._found("Events are missing from here on.", self._events)
        elif isinstance(line, Exported) and leaf_of(line).hex() != line.leaf:
            self._found("The event was changed after it was written.", line.position)
        else:
            self._leaves.append(bytes.fromhex(line.leaf))
            self._close(line.root)

    def verdict(self) -> Verdict:
        return Verdict(self._events, Anchor(self._events, self._root), self._problem)

    def _close(self, root: str | None) -> None:
        if root is None:
            return
        self._root = hashlib.sha256(bytes.fromhex(self._root) + b"".join(self._leaves)).hexdigest()
        if self._root != root:
            first = self._events - len(self._leaves) + 1
            self._found("The hashes of these events do not continue the chain.", first)
        self._leaves.clear()

    def _found(self, what: str, first: int) -> None:
        self._problem = Problem(first, self._events, what)


_LAST_ROOT = b"""
    SELECT position FROM event WHERE root IS NOT NULL AND (%s::bigint IS NULL OR position <= %s::bigint)
    ORDER BY position DESC LIMIT 1
"""
_EVENTS = b"""
    SELECT workspace = %(workspace)s, position, stream, version, name, schema, at, key::text, size,
           CASE WHEN workspace = %(workspace)s THEN meta::text ELSE '' END,
           CASE WHEN workspace = %(workspace)s THEN data::text END,
           CASE WHEN workspace = %(workspace)s THEN encode(state, 'hex') END,
           encode(leaf, 'hex'), encode(root, 'hex')
    FROM event WHERE position > %(after)s AND position <= %(until)s ORDER BY position LIMIT %(page)s
"""
