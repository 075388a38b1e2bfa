"""Events become rows of a table: the rows they are about are loaded unless known, folded, and written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from events import store
from events.database import pipeline
from events.envelope import Recorded
from projections.read_model import Folded, Key, Rows, ask, keeping_everything, loaded, write

MOST_KEPT = 5000
"""Rows of a model that stay in memory between pages, about as many as one page changes."""


@dataclass(frozen=True)
class Poison:
    """An event that a read model could not take in. The rest goes on; rebuild the model once the cause is gone."""

    model: str
    position: int
    reason: str


Keyed = list[tuple[Key, Recorded]]
"""Events, each with the key of the row that it is about."""


class Task(NamedTuple):
    """What a page has for one model."""

    model: Folded[Any]
    table: str
    known: Rows
    """Rows as the table holds them; those that are missing are loaded."""
    events: Keyed


Page = tuple[list[Recorded], list[Poison]]


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


@keeping_everything()
def fold_range(
    connection: Connection, model: Folded[Any], after: int, until: int, table: str, known: Rows
) -> list[Poison]:
    """Fold the events with `after` < position <= `until` into a table; return what could not be folded.

    `known` serves the next page of the same table, as long as nobody else writes it.
    """
    events, poison = read_page(connection, after, until, [model])
    return poison + fold_events(connection, task(model, table, known, events, after))


def fold_events(connection: Connection, work: Task) -> list[Poison]:
    """Load, fold and write what changed; an event that the table refuses is found and left out."""
    if not work.events:
        return []
    load_missing(connection, [work])
    changed, poison = fold(work.model, work.known, work.events)
    try:
        with connection.begin_nested():
            write(connection, work.model, changed, work.table)
    except (psycopg.DataError, psycopg.IntegrityError) as problem:
        work.known.clear()  # they hold what the table refused
        if len(work.events) == 1:
            return [Poison(work.model.name, work.events[0][1].position, str(problem))]
        return [each for event in work.events for each in fold_events(connection, work._replace(events=[event]))]
    return poison


def task(model: Folded[Any], table: str, known: Rows, events: Sequence[Recorded], after: int) -> Task:
    if len(known) > MOST_KEPT:
        known.clear()
    return Task(model, table, known, wanted(model, events, after))


def wanted(model: Folded[Any], events: Sequence[Recorded], after: int) -> Keyed:
    """Pick the events behind `after` that a model wants."""
    key, folds = model.key, model.folds
    return [
        (key(recorded), recorded) for recorded in events if recorded.position > after and type(recorded.event) in folds
    ]


def load_missing(connection: Connection, tasks: Iterable[Task]) -> None:
    """Ask for the rows that are not known, those of all models at once; nothing is asked when all are known."""
    missing = [(each, keys) for each in tasks if (keys := {key for key, _ in each.events if key not in each.known})]
    if missing:
        with pipeline(connection):
            asked = [(each, ask(connection, each.model, keys, each.table)) for each, keys in missing]
        for each, answer in asked:
            each.known.update(loaded(each.model, answer))


def fold(model: Folded[Any], known: Rows, events: Keyed) -> tuple[Rows, list[Poison]]:
    """Fold events into the known rows; give those that changed, and the events that could not be folded."""
    changed: Rows = {}
    poison: list[Poison] = []
    folds = model.folds
    for key, recorded in events:
        event = recorded.event
        try:
            known[key] = changed[key] = folds[type(event)](known.get(key), event, recorded)
        except Exception as problem:  # noqa: BLE001 - one odd event must not stop the others
            poison.append(Poison(model.name, recorded.position, f"{type(problem).__name__}: {problem}"))
    return changed, poison


def park(connection: Connection, poison: Sequence[Poison]) -> None:
    for each in poison:
        connection.execute(
            sa.text("INSERT INTO parked (model, position, reason) VALUES (:m, :p, :r) ON CONFLICT DO NOTHING"),
            {"m": each.model, "p": each.position, "r": each.reason},
        )
