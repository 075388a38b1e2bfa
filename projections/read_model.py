"""What a read model is, and how its rows come from and go to its table.

Folded models hold the newest state of things: the same pure fold serves the follower, a rebuild and the past.
Listed models hold one row per event, which one SQL statement makes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, LiteralString, TypeVar

import msgspec
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import Connection

from events.database import cursor
from events.envelope import Event, Recorded

Key = tuple[Any, ...]
Row = TypeVar("Row", bound=msgspec.Struct)

METADATA = sa.MetaData()


@dataclass(frozen=True, kw_only=True)
class Folded(Generic[Row]):
    """`key` names the row that an event is about; the event's entry in `folds` makes the new row, or None for none.

    Folds are pure. The row type's fields are the table's columns; the first column of the primary key is the workspace.
    """

    name: str
    version: int
    table: sa.Table
    row: type[Row]
    key: Callable[[Recorded], Key]
    folds: Mapping[type[Event], Callable[[Row | None, Any, Recorded], Row | None]]
    names: frozenset[str] = field(init=False)
    key_columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset(cls.NAME for cls in self.folds))
        object.__setattr__(self, "key_columns", tuple(column.name for column in self.table.primary_key.columns))

    def fold(self, row: Row | None, recorded: Recorded) -> Row | None:
        return self.folds[type(recorded.event)](row, recorded.event, recorded)

    def key_of(self, row: Row) -> Key:
        return tuple(getattr(row, column) for column in self.key_columns)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """`statement` selects the table's columns, in order, from events with %(after)s < position <= %(until)s."""

    name: str
    version: int
    table: sa.Table
    statement: LiteralString


def select(connection: Connection, model: Folded[Row], condition: LiteralString, values: Sequence[object]) -> list[Row]:
    """Rows of the live table for a condition over its columns, as the row type."""
    query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t WHERE {}").format(
        sql.Identifier(model.table.name), sql.SQL(condition)
    )
    decoder = msgspec.json.Decoder(model.row)
    return [decoder.decode(row[0]) for row in cursor(connection).execute(query, values)]


def load(connection: Connection, model: Folded[Row], keys: Iterable[Key], table: str) -> dict[Key, Row | None]:
    wanted = [dict(zip(model.key_columns, key, strict=True)) for key in keys]
    query = sql.SQL(
        "SELECT to_jsonb(t)::text FROM {table} t JOIN jsonb_populate_recordset(NULL::{table}, %s::jsonb) w"
        " ON ({key}) = ({wanted})"
    ).format(table=sql.Identifier(table), key=_list("t", model.key_columns), wanted=_list("w", model.key_columns))
    decoder = msgspec.json.Decoder(model.row)
    rows = [decoder.decode(row[0]) for row in cursor(connection).execute(query, (_json(wanted),))]
    return {model.key_of(row): row for row in rows}


def write(connection: Connection, model: Folded[Row], rows: dict[Key, Row | None], table: str) -> None:
    """One upsert for the rows that are there, one delete for the keys that lost theirs."""
    present = [row for row in rows.values() if row is not None]
    gone = [dict(zip(model.key_columns, key, strict=True)) for key, row in rows.items() if row is None]
    if present:
        cursor(connection).execute(_upsert(model, table), (_json(present),))
    if gone:
        query = sql.SQL(
            "DELETE FROM {table} t USING jsonb_populate_recordset(NULL::{table}, %s::jsonb) w WHERE ({key}) = ({gone})"
        ).format(table=sql.Identifier(table), key=_list("t", model.key_columns), gone=_list("w", model.key_columns))
        cursor(connection).execute(query, (_json(gone),))


def list_events(connection: Connection, model: Listed, after: int, until: int, table: str) -> None:
    query = sql.SQL("INSERT INTO {} " + model.statement).format(sql.Identifier(table))
    cursor(connection).execute(query, {"after": after, "until": until})


def _upsert(model: Folded[Row], table: str) -> sql.Composed:
    columns = [column.name for column in model.table.columns]
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
        " ON CONFLICT ({key}) DO UPDATE SET {changes}"
    ).format(
        table=sql.Identifier(table),
        columns=_list(None, columns),
        key=_list(None, model.key_columns),
        changes=sql.SQL(", ").join(
            sql.SQL("{c} = excluded.{c}").format(c=sql.Identifier(c)) for c in columns if c not in model.key_columns
        ),
    )


def _list(alias: str | None, names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) if alias else sql.Identifier(name) for name in names)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
