"""Goes through what happened in order, and shows the state of a workspace as it was after any event."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from events import store
from events.envelope import Recorded
from projections import connections, files, performance, plans
from projections.files import CampaignFile
from projections.plans import Plan


@dataclass(frozen=True, kw_only=True)
class State:
    """A workspace right after the event at `position`."""

    position: int
    connections: list[connections.Connection]
    files: list[CampaignFile]
    plans: list[Plan]
    rows: int
    """Performance rows that counted."""


def events(
    connection: Connection, *, until: int, workspace: str | None = None, stream: str | None = None
) -> Iterator[Recorded]:
    """Everything that happened up to a position, in order; a page at a time.

    Raises UnknownEvent or UnreadableEvent at one that this version of the software cannot decode.
    """
    after = 0
    while page := store.read(connection, after=after, until=until, workspace=workspace, stream=stream):
        yield from page
        after = page[-1].position


def state(connection: Connection, workspace: str, position: int) -> State:
    return State(
        position=position,
        connections=connections.of(connection, workspace, position),
        files=files.of(connection, workspace, position),
        plans=plans.of(connection, workspace, position),
        rows=performance.count(connection, workspace, position),
    )
