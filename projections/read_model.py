"""What a read model is, and how its rows come from and go to its table.

Folded models hold the newest state of things: the same pure fold serves the follower, a rebuild and the past.
Listed models hold one row per event, which one SQL statement makes.
"""

import gc
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import Any, Generic, LiteralString, TypeVar

import msgspec
import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import Connection

from events.database import cursor
from events.envelope import Event, Recorded

Key = tuple[Any, ...]
Row = TypeVar("Row", bound=msgspec.Struct)

Rows = dict[Key, Any]
"""Rows by key; None where there is no row."""

METADATA = sa.MetaData()
LEAVE_ROOM = "ALTER TABLE {} SET (fillfactor = 50)"
"""For a folded model's table: a new version of a row finds its place beside the old one, and no index changes."""


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
    decoder: msgspec.json.Decoder[Row] = field(init=False)
    key_of: Callable[[Row], Key] = field(init=False)
    """The key that a row has: the values of the key columns."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset(cls.NAME for cls in self.folds))
        object.__setattr__(self, "key_columns", tuple(column.name for column in self.table.primary_key.columns))
        object.__setattr__(self, "decoder", msgspec.json.Decoder(self.row))
        object.__setattr__(self, "key_of", _values(self.key_columns))

    def fold(self, row: Row | None, recorded: Recorded) -> Row | None:
        return self.folds[type(recorded.event)](row, recorded.event, recorded)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """`statement` selects the table's columns, in order, from events with %(after)s < position <= %(until)s."""

    name: str
    version: int
    table: sa.Table
    statement: LiteralString
    names: frozenset[str] | None = None
    """Of the events that it selects, if a folded model takes them too; None for every event."""

    def wants(self, told: Collection[str]) -> bool:
        """Tell whether events of these names may have rows here; the empty name stands for an unknown one."""
        return self.names is None or "" in told or not self.names.isdisjoint(told)


def of_stream(recorded: Recorded) -> tuple[str, str]:
    """Key of a row for each stream: the workspace, and which file, plan or platform the stream is about."""
    return recorded.workspace, recorded.stream.split("/", 2)[2]


def select(connection: Connection, model: Folded[Row], condition: LiteralString, values: Sequence[object]) -> list[Row]:
    """Rows of the live table for a condition over its columns, as the row type."""
    query = sql.SQL("SELECT to_json(t)::text FROM {} t WHERE {}").format(
        sql.Identifier(model.table.name), sql.SQL(condition)
    )
    return [model.decoder.decode(row[0]) for row in cursor(connection).execute(query, values).fetchall()]


def ask(connection: Connection, model: Folded[Any], keys: Iterable[Key], table: str) -> psycopg.Cursor[Any]:
    """Ask for the rows of these keys; `loaded` takes the answer."""
    return cursor(connection).execute(_select_keys(table, model.key_columns), (_keys(model, keys),))


def loaded(model: Folded[Any], answer: psycopg.Cursor[Any]) -> Rows:
    decode, key_of = model.decoder.decode, model.key_of
    rows = [decode(text) for (text,) in answer.fetchall()]
    return {key_of(row): row for row in rows}


def write(connection: Connection, model: Folded[Any], rows: Rows, table: str) -> None:
    """One upsert for the rows that are there, one delete for the keys that lost theirs."""
    present = [row for row in rows.values() if row is not None]
    gone = [key for key, row in rows.items() if row is None]
    if present:
        columns = tuple(column.name for column in model.table.columns)
        cursor(connection).execute(_upsert(table, columns, model.key_columns), (_json(present),))
    if gone:
        cursor(connection).execute(_delete_keys(table, model.key_columns), (_keys(model, gone),))


def list_events(connection: Connection, model: Listed, after: int, until: int, table: str) -> None:
    cursor(connection).execute(_insert(table, model.statement), {"after": after, "until": until})


def _values(columns: tuple[str, ...]) -> Callable[[Any], Key]:
    """Make a function that takes values out of a row, always as a tuple; the library's own gives one value bare."""
    if len(columns) == 1:
        return lambda row: (getattr(row, columns[0]),)
    return attrgetter(*columns)


@contextmanager
def keeping_everything() -> Generator[None]:
    """Do not look for garbage meanwhile: a page's events live until its end, and looking through them costs double.

    Around a whole function, so that they are gone before garbage is looked for again.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@cache
def _insert(table: str, statement: LiteralString) -> bytes:
    return sql.SQL("INSERT INTO {} " + statement).format(sql.Identifier(table)).as_bytes()


@cache
def _select_keys(table: str, keys: tuple[str, ...]) -> bytes:
    return (
        sql.SQL(
            "SELECT to_json(t)::text FROM {table} t JOIN json_populate_recordset(NULL::{table}, %s::json) w"
            " ON ({key}) = ({wanted})"
        )
        .format(table=sql.Identifier(table), key=_list("t", keys), wanted=_list("w", keys))
        .as_bytes()
    )


@cache
def _delete_keys(table: str, keys: tuple[str, ...]) -> bytes:
    return (
        sql.SQL(
            "DELETE FROM {table} t USING json_populate_recordset(NULL::{table}, %s::json) w WHERE ({key}) = ({gone})"
        )
        .format(table=sql.Identifier(table), key=_list("t", keys), gone=_list("w", keys))
        .as_bytes()
    )


@cache
def _upsert(table: str, columns: tuple[str, ...], keys: tuple[str, ...]) -> bytes:
    changes = [sql.SQL("{c} = excluded.{c}").format(c=sql.Identifier(c)) for c in columns if c not in keys]
    return (
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)"
            " ON CONFLICT ({key}) DO UPDATE SET {changes}"
        )
        .format(
            table=sql.Identifier(table),
            columns=_list(None, columns),
            key=_list(None, keys),
            changes=sql.SQL(", ").join(changes),
        )
        .as_bytes()
    )


def _keys(model: Folded[Any], keys: Iterable[Key]) -> str:
    return _json([dict(zip(model.key_columns, key, strict=True)) for key in keys])


def _list(alias: str | None, names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) if alias else sql.Identifier(name) for name in names)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
