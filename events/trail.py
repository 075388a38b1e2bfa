"""The audit trail of one workspace: its events as they stand in the log, with all that proves them unchanged.

The chain runs through the events of every workspace. Those of others are sealed: only their hash is given, which tells
nothing about them but keeps the chain whole. Whoever has the trail can compute the hash of each event and the root of
each append anew, from the first to the last, and compare the last root with one that was kept elsewhere: so does
`verify.Chain`.
"""

from collections.abc import Iterator

from sqlalchemy.engine import Connection

from events.database import cursor
from events.verify import Exported, Sealed, exported

_PAGE = 5000


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
