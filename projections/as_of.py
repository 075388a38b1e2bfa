"""The state of a read model as of a past position: the nearest checkpoint before it, and the events since."""

import threading
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import msgspec
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import Connection, Engine

from events import store
from events.database import cursor
from projections.folding import fold, wanted
from projections.read_model import METADATA, Folded, Rows, keeping_everything

Row = TypeVar("Row", bound=msgspec.Struct)
PAGE = 5000
CHECKPOINT_EVERY = 10_000
"""Events between two checkpoints: the most that a look into the past folds, a fraction of a second."""

KEPT = 16
"""Past states that a process keeps, the newest asked for: one page asks for the same state several times."""

State = tuple[str, int, str, int]
_kept: WeakKeyDictionary[Engine, dict[State, list[Any]]] = WeakKeyDictionary()
_keeping = threading.Lock()

CHECKPOINTS = sa.Table(
    "checkpoint",
    METADATA,
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("workspace", sa.Text, primary_key=True),  # "" is always there: it says that the checkpoint exists
    sa.Column("rows", sa.JSON, nullable=False),
)


def rows_as_of(
    connection: Connection, model: Folded[Row], workspace: str, at: int, *, stream: str | None = None
) -> list[Row]:
    """Rows as they stood right after the event at position `at`; with `stream`, only what that stream made."""
    if stream:
        return _folded(connection, model, workspace, at, 0, {}, stream)
    start, rows = _kept_before(connection.engine, model, workspace, at)
    if start == at:
        return rows
    start, known = _checkpoint(connection, model, workspace, start, at) or (start, _by_key(model, rows))
    rows = _folded(connection, model, workspace, at, start, known)
    if at <= store.head(connection):
        _keep(connection.engine, (model.name, model.version, workspace, at), list(rows))
    return rows


def _by_key(model: Folded[Row], rows: list[Row]) -> Rows:
    return {model.key_of(row): row for row in rows}


def _kept_before(engine: Engine, model: Folded[Row], workspace: str, at: int) -> tuple[int, list[Row]]:
    """Give the newest kept state that is not after a position: who goes through the past goes in small steps."""
    of_model = model.name, model.version, workspace
    with _keeping:
        states = _kept.get(engine, {})
        start = max((state[3] for state in states if state[:3] == of_model and state[3] <= at), default=0)
        return start, list(states.get((*of_model, start), ()))


def _keep(engine: Engine, state: State, rows: list[Any]) -> None:
    with _keeping:
        states = _kept.setdefault(engine, {})
        states[state] = rows
        while len(states) > KEPT:
            del states[next(iter(states))]


def _folded(
    connection: Connection,
    model: Folded[Row],
    workspace: str,
    at: int,
    start: int | None,
    rows: Rows,
    stream: str | None = None,
) -> list[Row]:
    while start is not None:
        start = _fold_page(connection, model, workspace, at, start, rows, stream)
    return [row for row in rows.values() if row is not None]


@keeping_everything()
def _fold_page(
    connection: Connection,
    model: Folded[Row],
    workspace: str,
    at: int,
    start: int,
    rows: Rows,
    stream: str | None,
) -> int | None:
    """Fold one page into the rows; return where the next begins, if there is one.

    What cannot be decoded or folded is left out, as the follower leaves it out.
    """
    unreadable: list[store.Unreadable] = []
    events = store.read(
        connection,
        after=start,
        until=at,
        workspace=workspace,
        stream=stream,
        names=model.names,
        limit=PAGE,
        unreadable=unreadable,
    )
    fold(model, rows, wanted(model, events, start))
    positions = [each.position for each in (*events[-1:], *unreadable[-1:])]
    return max(positions) if len(events) + len(unreadable) == PAGE else None


def write_checkpoint(connection: Connection, model: Folded[Row], position: int, table: str) -> None:
    """Copy the rows of a table that stands at `position`."""
    query = sql.SQL(
        "INSERT INTO checkpoint SELECT %(model)s, %(version)s, %(position)s, workspace, json_agg(to_json(t))"
        " FROM {} t GROUP BY workspace UNION ALL SELECT %(model)s, %(version)s, %(position)s, '', '[]'"
        " ON CONFLICT (model, version, position, workspace) DO UPDATE SET rows = excluded.rows"
    ).format(sql.Identifier(table))
    cursor(connection).execute(query, {"model": model.name, "version": model.version, "position": position})


def _checkpoint(
    connection: Connection, model: Folded[Row], workspace: str, after: int, at: int
) -> tuple[int, Rows] | None:
    """Give the newest checkpoint between two positions, if there is one."""
    found = cursor(connection).execute(_NEWEST, (model.name, model.version, after, at)).fetchone()
    if found is None:
        return None
    kept = cursor(connection).execute(_ROWS, (model.name, model.version, found[0], workspace)).fetchone()
    return found[0], _by_key(model, msgspec.json.decode(kept[0], type=list[model.row]) if kept else [])


_NEWEST = b"""
    SELECT position FROM checkpoint
    WHERE model = %s AND version = %s AND position > %s AND position <= %s AND workspace = ''
    ORDER BY position DESC LIMIT 1
"""
_ROWS = b"""
    SELECT rows::text FROM checkpoint WHERE model = %s AND version = %s AND position = %s AND workspace = %s
"""
