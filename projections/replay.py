"""Goes through what happened step by step, and shows the state of a workspace after any step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from events import store
from events.envelope import Recorded
from projections import connections, files, performance, plans
from projections.as_of import rows_as_of
from projections.files import CampaignFile
from projections.models import MODELS
from projections.plans import Plan
from projections.read_model import Folded

_PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class State:
    """A workspace right after the event at `position`."""

    position: int
    connections: list[connections.Connection]
    files: list[CampaignFile]
    plans: list[Plan]
    rows: int
    """Performance rows that counted."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one event made of the row that it is about; None where there is no row."""

    model: str
    before: Any
    after: Any


def events(connection: Connection, workspace: str, *, after: int = 0, until: int | None = None) -> Iterator[Recorded]:
    """Everything that happened in a workspace, in order; a page at a time."""
    while True:
        page = store.read(connection, workspace=workspace, after=after, until=until, limit=_PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].position


def state(connection: Connection, workspace: str, at: int | datetime) -> State:
    """The workspace as of a position, or as of a moment."""
    position = store.position_at(connection, at) if isinstance(at, datetime) else at
    return State(
        position=position,
        connections=connections.of(connection, workspace, position),
        files=files.of(connection, workspace, position),
        plans=plans.of(connection, workspace, position),
        rows=performance.count(connection, workspace, position),
    )


def changes(connection: Connection, recorded: Recorded) -> list[Change]:
    """What an event did to each read model: its row just before and just after."""
    return [
        Change(
            model=model.name,
            before=_row(connection, model, recorded, recorded.position - 1),
            after=_row(connection, model, recorded, recorded.position),
        )
        for model in MODELS
        if isinstance(model, Folded) and recorded.event.NAME in model.names
    ]


def _row(connection: Connection, model: Folded[Any], recorded: Recorded, at: int) -> Any:
    rows = rows_as_of(connection, model, recorded.workspace, at, stream=recorded.stream)
    return {model.key_of(row): row for row in rows}.get(model.key(recorded))
