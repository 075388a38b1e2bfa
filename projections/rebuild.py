"""Makes a read model again from the log, beside the live one, and says whether they differ."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import Connection, Engine

from events import blobs, store
from events.campaign_file import FileContentsErased, FileSynced
from events.database import cursor
from events.envelope import Recorded
from projections import performance_rows
from projections.as_of import CHECKPOINT_EVERY, write_checkpoint
from projections.folding import Poison, fold_range, park
from projections.models import named
from projections.page import PAGE, Fenced
from projections.read_model import Folded, Listed, Rows, list_events

_BESIDE = "rebuilt"
_MOST_SHOWN = 60
"""Characters of a value in a sentence."""
_WHERE_IT_STANDS = sa.text("SELECT position FROM read_position WHERE model = :name AND version = :version")
_HOLD_BACK = sa.text(
    "UPDATE read_position SET position = least(position, (SELECT coalesce(max(position), 0) FROM event)),"
    " updated_at = now() WHERE model = :name AND version = :version RETURNING position"
)
"""Makes the follower wait, and then forget the rows that it remembers; a log that was cut ends earlier than they do."""

Reader = Callable[[bytes, FileSynced], pl.DataFrame]
"""Reads the kept bytes of a revision again; rows in the reader's ROW_SCHEMA."""


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    model: str
    position: int
    rows: int
    wrong: int
    """Rows that were live and should not have been, or the other way round, or had another content."""
    first_difference: str | None
    """A sentence for an operator: which row, and what was live in it instead of what."""
    parked: int
    unread: list[int] = field(default_factory=list[int])
    """Revisions of a file whose originals were erased: their rows stay as they are, and those of older ones."""

    @property
    def same(self) -> bool:
        return self.wrong == 0


def rebuild(engine: Engine, name: str) -> Rebuilt:
    """Fold the whole log into a table beside the live one, compare, and correct the live one in one step.

    Readers see the old rows until the new ones are there; the follower waits only for the comparison. Raises
    KeyError for a name that no read model has.
    """
    model = named(name)
    with engine.begin() as connection:
        table = sql.Identifier(model.table.name)
        cursor(connection).execute(
            sql.SQL("CREATE TEMP TABLE {} (LIKE {} INCLUDING ALL) ON COMMIT DROP").format(
                sql.Identifier(_BESIDE), table
            )
        )
        connection.execute(sa.text("DELETE FROM checkpoint WHERE model = :name"), {"name": name})
        known: Rows = {}
        before = _position(connection, _WHERE_IT_STANDS, model)
        poison = _fold_up_to(connection, model, 0, before, known)
        live = _position(connection, _HOLD_BACK, model)
        poison += _fold_up_to(connection, model, before, live, known)
        wrong, first = _compare(connection, model.table)
        if wrong:
            _correct(connection, model.table)
        connection.execute(sa.text("DELETE FROM parked WHERE model = :name"), {"name": name})
        park(connection, poison)
        rows = connection.execute(sa.select(sa.func.count()).select_from(model.table)).scalar_one()
    return Rebuilt(model=name, position=live, rows=rows, wrong=wrong, first_difference=first, parked=len(poison))


def rebuild_rows(engine: Engine, read: Reader) -> list[Rebuilt]:
    """Read the kept bytes of every revision again and store their rows.

    Gives one result for every file that differs or whose originals were erased in part.
    Each file is replaced in a transaction of its own, so readers see its old rows or its new ones.
    """
    synced: dict[str, list[Recorded]] = {}
    with engine.begin() as connection:
        after, head = 0, store.head(connection)
        while page := store.read(connection, after=after, until=head, names=[FileSynced.NAME], limit=PAGE):
            for recorded in page:
                synced.setdefault(recorded.stream, []).append(recorded)
            after = page[-1].position
    results = [_rebuild_file(engine, stream, revisions, read) for stream, revisions in synced.items()]
    return [result for result in results if result.unread or not result.same]


def _fold_up_to(
    connection: Connection, model: Folded[Any] | Listed, after: int, until: int, known: Rows
) -> list[Poison]:
    poison: list[Poison] = []
    while after < until:
        end = min(until, after + PAGE, (after // CHECKPOINT_EVERY + 1) * CHECKPOINT_EVERY)
        if isinstance(model, Folded):
            poison += fold_range(connection, model, after, end, _BESIDE, known)
            if end % CHECKPOINT_EVERY == 0:
                write_checkpoint(connection, model, end, _BESIDE)
        else:
            list_events(connection, model, after, end, _BESIDE)
        after = end
    return poison


def _position(connection: Connection, query: sa.TextClause, model: Folded[Any] | Listed) -> int:
    """Raises Fenced when the live table belongs to another version of the software."""
    found = connection.execute(query, {"name": model.name, "version": model.version}).scalar()
    if found is None:
        raise Fenced(f"The read model {model.name} was made by another version of the software.")
    return found


def _compare(connection: Connection, table: sa.Table) -> tuple[int, str | None]:
    names = {"live": sql.Identifier(table.name), "beside": sql.Identifier(_BESIDE)}
    sums = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {} t").format(name) for name in names.values()
    )
    live, beside = cursor(connection).execute(sums).fetchall()
    if live == beside:
        return 0, None
    keys = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.primary_key.columns)
    differences = sql.SQL(
        "SELECT count(*) OVER (), to_jsonb(l), to_jsonb(r) FROM {live} l FULL JOIN {beside} r USING ({keys})"
        " WHERE l::text IS DISTINCT FROM r::text ORDER BY {keys} LIMIT 1"
    ).format(**names, keys=keys)
    found = cursor(connection).execute(differences).fetchone()
    return (found[0], _difference(table, found[1], found[2])) if found else (0, None)


def _difference(table: sa.Table, live: dict[str, Any] | None, right: dict[str, Any] | None) -> str:
    row = live or right or {}
    name = " / ".join(str(row[column.name]) for column in table.primary_key.columns)
    if live is None or right is None:
        return f"{name} {'was missing' if live is None else 'should not have been there'}"
    wrong = [column for column in live if live[column] != right[column]]
    return f"{name} held " + ", ".join(
        f"{column} {_short(live[column])} instead of {_short(right[column])}" for column in wrong
    )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def _correct(connection: Connection, table: sa.Table) -> None:
    """Write the differences only: what is right stays untouched."""
    names = {"live": sql.Identifier(table.name), "beside": sql.Identifier(_BESIDE)}
    keys = [column.name for column in table.primary_key.columns]
    same = sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier("l", key), sql.Identifier("r", key)) for key in keys
    )
    for query in (
        "DELETE FROM {live} l WHERE NOT EXISTS (SELECT FROM {beside} r WHERE {same} AND l::text = r::text)",
        "INSERT INTO {live} SELECT r.* FROM {beside} r WHERE NOT EXISTS (SELECT FROM {live} l WHERE {same})",
    ):
        cursor(connection).execute(sql.SQL(query).format(**names, same=same))


def _rebuild_file(engine: Engine, stream: str, revisions: list[Recorded], read: Reader) -> Rebuilt:
    workspace, _, file_id = stream.split("/", 2)
    about = {"workspace": workspace, "file_id": file_id}
    with engine.begin() as connection:
        before = connection.execute(_CONTENT, about).one()
        told = [one.event for one in revisions if isinstance(one.event, FileSynced)]
        unread = _erased(connection, stream)
        last_unread = max(unread, default=0)
        performance_rows.forget_after(connection, workspace, file_id, last_unread)
        for event in told:
            if event.revision_number > last_unread:
                rows = read(blobs.get(connection, event.revision), event)
                performance_rows.store(connection, workspace, file_id, event.revision_number, rows)
        after = connection.execute(_CONTENT, about).one()
    return Rebuilt(
        model=f"performance of {stream}",
        position=revisions[-1].position,
        rows=after.rows,
        wrong=0 if before == after else max(1, abs(after.rows - before.rows)),
        first_difference=None if before == after else f"{before.rows} rows before, {after.rows} now",
        parked=0,
        unread=unread,
    )


def _erased(connection: Connection, stream: str) -> list[int]:
    """Revisions whose originals were erased under the retention setting."""
    told = store.read(connection, stream=stream, names=[FileContentsErased.NAME])
    return sorted(number for one in told if isinstance(one.event, FileContentsErased) for number in one.event.revisions)


_CONTENT = sa.text("""
    SELECT coalesce(sum(length(identities) / 16), 0) AS rows,
           sum(hashtextextended(since || md5(identities), 0)) AS known,
           sum((SELECT sum(hashtextextended(number || ' ' || until, 0)) FROM performance_gone WHERE content = id)) gone
    FROM performance_content WHERE workspace = :workspace AND file_id = :file_id
""")
