"""One page of the log becomes rows: positions locked, events folded, rows written, positions moved, all or nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from events import store
from events.database import cursor, pipeline
from events.envelope import Recorded
from projections.as_of import CHECKPOINT_EVERY, write_checkpoint
from projections.folding import Page, Poison, Task, fold, fold_events, load_missing, park, read_page, task
from projections.memory import Memory
from projections.models import MODELS
from projections.read_model import METADATA, Folded, Listed, Rows, keeping_everything, list_events, write

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


_LOCK = b"SELECT model, version, position, xmin::text FROM read_position ORDER BY model FOR UPDATE"
_MOVE = b"""
    UPDATE read_position SET position = %s, updated_at = now() WHERE model = ANY(%s) AND position < %s
    RETURNING xmin::text
"""
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


class Taken(NamedTuple):
    """What became of a page: how far the slowest model moved, where all stand now, and where the log ended."""

    moved: int
    until: int
    head: int


class _Standing(NamedTuple):
    position: int
    mark: str
    """Of the transaction that wrote the position."""


@keeping_everything()
def advance(connection: Connection, memory: Memory, size: int = PAGE, *, careful: bool = False) -> Taken:
    """Take the next page into every read model. The memory belongs to the connection and to nobody else.

    When the database refuses a value, psycopg's DataError or IntegrityError comes out: roll back and call again,
    `careful`, to find the event, park it and go on.
    """
    standing, head, guessed = _look(connection, memory.position, size)
    positions = [each.position for each in standing.values()]
    start = min(positions)
    if max(positions) > head:
        raise LogWentBack(max(positions), head)
    end = min(head, start + size, (start // CHECKPOINT_EVERY + 1) * CHECKPOINT_EVERY)
    if end > start:
        page = _up_to(end, *guessed) if memory.position == start else read_page(connection, start, end, FOLDED)
        waiting = {name: each for name, each in standing.items() if each.position < end}
        _take(connection, memory, waiting, page, end, careful=careful)
    memory.position = end
    return Taken(end - start, end, head)


def _look(connection: Connection, guess: int, size: int) -> tuple[dict[str, _Standing], int, Page]:
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


def _take(
    connection: Connection, memory: Memory, waiting: Mapping[str, _Standing], page: Page, end: int, *, careful: bool
) -> None:
    """Fold a page into the models that wait for it, and move them."""
    events, poison = page
    told = {type(recorded.event).NAME for recorded in events} | {"" for _ in poison}
    tasks = [
        task(model, model.table.name, memory.take(model.name, stands.mark), events, stands.position)
        for model in FOLDED
        if (stands := waiting.get(model.name))
    ]
    changes: list[tuple[Task, Rows]] = []
    for each, changed, odd in _fold_each(connection, tasks) if careful else _fold_together(connection, tasks):
        changes.append((each, changed))
        poison += odd
    mark = _write(connection, changes, waiting, told, end)
    for each in tasks:
        memory.keep(each.model.name, mark, each.known)
    park(connection, poison)


def _fold_each(connection: Connection, tasks: Iterable[Task]) -> Iterable[tuple[Task, Rows, list[Poison]]]:
    """Model by model, and written at once; what a table refuses is found and left out."""
    return [(each, {}, fold_events(connection, each)) for each in tasks]


def _fold_together(connection: Connection, tasks: Sequence[Task]) -> Iterable[tuple[Task, Rows, list[Poison]]]:
    """Give what changes in all models, with one question to the database for all the rows that are not known."""
    load_missing(connection, tasks)
    return [(each, *fold(each.model, each.known, each.events)) for each in tasks]


def _write(
    connection: Connection,
    changes: Iterable[tuple[Task, Rows]],
    waiting: Mapping[str, _Standing],
    told: Collection[str],
    end: int,
) -> str:
    """Write what changed and move the positions, in one round trip; return how the positions are marked now."""
    with pipeline(connection):
        for each, changed in changes:
            write(connection, each.model, changed, each.table)
        for model in MODELS:
            if isinstance(model, Listed) and model.name in waiting and model.wants(told):
                list_events(connection, model, waiting[model.name].position, end, model.table.name)
            elif isinstance(model, Folded) and model.name in waiting and end % CHECKPOINT_EVERY == 0:
                write_checkpoint(connection, model, end, model.table.name)
        # forward only; the rows were locked when their positions were read
        moved = cursor(connection).execute(_MOVE, (end, list(waiting), end))
    marks = moved.fetchall()
    if len(marks) != len(waiting):
        raise Fenced("Someone else moved the read models.")
    return marks[0][0]


def _standing(rows: Iterable[tuple[Any, ...]]) -> dict[str, _Standing]:
    """Positions by the model's name, if all are there in the version that this software knows."""
    standing = {(model, version): _Standing(position, mark) for model, version, position, mark in rows}
    try:
        return {model.name: standing[model.name, model.version] for model in MODELS}
    except KeyError as missing:
        raise Fenced(f"The read models were made by another version of the software: {missing}.") from None
