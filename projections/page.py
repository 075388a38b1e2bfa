"""One page of the log becomes rows: positions locked, events folded, rows written, positions moved, all or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from events import store
from events.database import cursor, pipeline
from events.envelope import Recorded
from projections.as_of import CHECKPOINT_EVERY, write_checkpoint
from projections.models import MODELS
from projections.read_model import (
    METADATA,
    Folded,
    Key,
    Listed,
    ask,
    keeping_everything,
    list_events,
    load,
    loaded,
    write,
)

PAGE = 5000

POSITIONS = sa.Table(
    "read_position",
    METADATA,
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
)
PARKED = sa.Table(
    "parked",
    METADATA,
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
)


_LOCK = b"SELECT model, version, position FROM read_position ORDER BY model FOR UPDATE"
FOLDED = tuple(model for model in MODELS if isinstance(model, Folded))


class Fenced(Exception):
    """Someone else moved the read models, or a newer version of the software took them over."""


class LogWentBack(Exception):
    """The read models have seen more events than the log holds."""

    def __init__(self, position: int, head: int) -> None:
        super().__init__(
            f"The read models stand at {position} and the log ends at {head}: the log was restored from an older copy."
            " Rebuild every read model."
        )


@dataclass(frozen=True)
class Poison:
    """An event that a read model could not take in. The rest goes on; rebuild the model once the cause is gone."""

    model: str
    position: int
    reason: str


class Taken(NamedTuple):
    """What became of a page: how far the slowest model moved, where all stand now, and where the log ended."""

    moved: int
    until: int
    head: int


Page = tuple[list[Recorded], list[Poison]]


@keeping_everything()
def advance(connection: Connection, size: int = PAGE, *, guess: int = 0, careful: bool = False) -> Taken:
    """Take the next page into every read model. A good `guess` where they stand saves asking twice.

    When the database refuses a value, psycopg's DataError or IntegrityError comes out: roll back and call again,
    `careful`, to find the event, park it and go on.
    """
    standing, head, guessed = _look(connection, guess, size)
    start = min(standing.values())
    if max(standing.values()) > head:
        raise LogWentBack(max(standing.values()), head)
    end = min(head, start + size, (start // CHECKPOINT_EVERY + 1) * CHECKPOINT_EVERY)
    if end > start:
        page = _up_to(end, *guessed) if guess == start else read_page(connection, start, end, FOLDED)
        waiting = {name: position for name, position in standing.items() if position < end}
        _take(connection, waiting, page, end, careful=careful)
    return Taken(end - start, end, head)


def _look(connection: Connection, guess: int, size: int) -> tuple[dict[str, int], int, Page]:
    """Lock where the models stand, see where the log ends, and read what follows the guess, in one round trip."""
    with pipeline(connection):
        locked = cursor(connection).execute(_LOCK)
        head = cursor(connection).execute(store.HEAD)
        page = read_page(connection, guess, guess + size, FOLDED)
    row = head.fetchone()
    return _standing(locked.fetchall()), row[0] if row and row[0] else 0, page


def _up_to(end: int, events: list[Recorded], poison: list[Poison]) -> Page:
    """Leave out what was appended while looking, or follows the next checkpoint."""
    if events and events[-1].position > end:
        events = [recorded for recorded in events if recorded.position <= end]
    return events, [each for each in poison if each.position <= end]


def _take(connection: Connection, waiting: Mapping[str, int], page: Page, end: int, *, careful: bool) -> None:
    """Fold a page into the models that wait for it, and move them."""
    events, poison = page
    told = {type(recorded.event).NAME for recorded in events} | {"" for _ in poison}
    changes: list[tuple[Folded[Any], dict[Key, Any]]] = []
    if careful:
        poison += _fold_each(connection, waiting, events)
    else:
        changes, odd = _fold_together(connection, waiting, events)
        poison += odd
    with pipeline(connection):
        for model, changed in changes:
            write(connection, model, changed, model.table.name)
        for model in MODELS:
            if isinstance(model, Listed) and model.name in waiting and model.wants(told):
                list_events(connection, model, waiting[model.name], end, model.table.name)
            elif isinstance(model, Folded) and model.name in waiting and end % CHECKPOINT_EVERY == 0:
                write_checkpoint(connection, model, end, model.table.name)
        moved = _move(connection, waiting, end)
    if moved.rowcount != len(waiting):
        raise Fenced("Someone else moved the read models.")
    park(connection, poison)


def _fold_each(connection: Connection, waiting: Mapping[str, int], events: Sequence[Recorded]) -> list[Poison]:
    """Model by model; what a table refuses is found and left out."""
    poison: list[Poison] = []
    for model in FOLDED:
        if model.name in waiting:
            fresh = [recorded for recorded in events if recorded.position > waiting[model.name]]
            poison += fold_events(connection, model, fresh, model.table.name)
    return poison


def _fold_together(
    connection: Connection, waiting: Mapping[str, int], events: Sequence[Recorded]
) -> tuple[list[tuple[Folded[Any], dict[Key, Any]]], list[Poison]]:
    """Give what changes in all models, with one question to the database for all their rows."""
    with pipeline(connection):
        asked = [
            (model, mine, ask(connection, model, {key for key, _ in mine}, model.table.name))
            for model in FOLDED
            if (mine := _mine(model, events, waiting.get(model.name)))
        ]
    folded = [(model, *_fold(model, loaded(model, answer), mine)) for model, mine, answer in asked]
    return [(model, changed) for model, changed, _ in folded], [one for _, _, odd in folded for one in odd]


@keeping_everything()
def fold_range(connection: Connection, model: Folded[Any], after: int, until: int, table: str) -> list[Poison]:
    """Fold the events with `after` < position <= `until` into a table; return what could not be folded."""
    events, poison = read_page(connection, after, until, [model])
    return poison + fold_events(connection, model, events, table)


def read_page(connection: Connection, after: int, until: int, folded: Iterable[Folded[Any]]) -> Page:
    """Events of a page that these models want, without the ones that cannot be decoded."""
    names = frozenset[str]().union(*(model.names for model in folded))
    unreadable: list[store.Unreadable] = []
    events = store.read(connection, after=after, until=until, names=names, limit=until - after, unreadable=unreadable)
    poison = [
        Poison(model.name, each.position, each.reason)
        for each in unreadable
        for model in folded
        if each.name in model.names
    ]
    return events, poison


def fold_events(connection: Connection, model: Folded[Any], events: Sequence[Recorded], table: str) -> list[Poison]:
    """Load the rows that the events are about, fold, write what changed; return what could not be folded."""
    mine = _mine(model, events, 0)
    if not mine:
        return []
    rows = load(connection, model, {key for key, _ in mine}, table)
    changed, poison = _fold(model, rows, mine)
    try:
        with connection.begin_nested():
            write(connection, model, changed, table)
    except (psycopg.DataError, psycopg.IntegrityError) as problem:
        if len(mine) == 1:
            return [Poison(model.name, mine[0][1].position, str(problem))]
        return [each for _, recorded in mine for each in fold_events(connection, model, [recorded], table)]
    return poison


def _mine(model: Folded[Any], events: Sequence[Recorded], after: int | None) -> list[tuple[Key, Recorded]]:
    """The events that a model wants, each with the row that it is about; none when `after` is None."""
    if after is None:
        return []
    key, folds = model.key, model.folds
    return [
        (key(recorded), recorded) for recorded in events if recorded.position > after and type(recorded.event) in folds
    ]


def park(connection: Connection, poison: Sequence[Poison]) -> None:
    for each in poison:
        connection.execute(
            sa.text("INSERT INTO parked (model, position, reason) VALUES (:m, :p, :r) ON CONFLICT DO NOTHING"),
            {"m": each.model, "p": each.position, "r": each.reason},
        )


def _fold(
    model: Folded[Any], rows: dict[Key, Any], events: Sequence[tuple[Key, Recorded]]
) -> tuple[dict[Key, Any], list[Poison]]:
    changed: dict[Key, Any] = {}
    poison: list[Poison] = []
    folds = model.folds
    for key, recorded in events:
        event = recorded.event
        try:
            rows[key] = changed[key] = folds[type(event)](rows.get(key), event, recorded)
        except Exception as problem:  # noqa: BLE001 - one odd event must not stop the others
            poison.append(Poison(model.name, recorded.position, f"{type(problem).__name__}: {problem}"))
    return changed, poison


def _standing(rows: Iterable[tuple[Any, ...]]) -> dict[str, int]:
    """Positions by the model's name, if all are there in the version that this software knows."""
    standing = {(model, version): position for model, version, position in rows}
    try:
        return {model.name: standing[model.name, model.version] for model in MODELS}
    except KeyError as missing:
        raise Fenced(f"The read models were made by another version of the software: {missing}.") from None


def _move(connection: Connection, waiting: Mapping[str, int], until: int) -> psycopg.Cursor[Any]:
    """Move forward only; the rows were locked when their positions were read."""
    return cursor(connection).execute(
        b"UPDATE read_position SET position = %s, updated_at = now() WHERE model = ANY(%s) AND position < %s",
        (until, list(waiting), until),
    )
