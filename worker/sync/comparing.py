"""Compare stored files that were not compared with the others yet: kept by an older version, or counting again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine

from events import store
from events.envelope import Meta, stream_of
from projections import performance_sums
from worker.sync import known_file, overlapping

AT_MOST = timedelta(seconds=20)
"""Of a check's minute. What is left is compared at the next check."""


def stored(engine: Engine, workspace: str, clock: Callable[[], datetime], meta: Meta) -> None:
    """Tell the overlaps among stored files. Asks one question when every counted file was compared as it stands."""
    until = clock() + AT_MOST
    with engine.begin() as database:
        waiting = performance_sums.uncompared(database, workspace, overlapping.RULES)
    for file_id in waiting:
        if clock() >= until:
            return
        _compare(engine, workspace, file_id, meta)


def _compare(engine: Engine, workspace: str, file_id: str, meta: Meta) -> None:
    with engine.begin() as database:
        known = known_file.load(database, workspace, file_id)
        if known.synced is None or known.status in {"removed", "not_campaign"}:
            return
        overlaps = overlapping.noticed(database, known, known.synced)
        if overlaps:
            store.append(database, stream_of(workspace, "overlap", "self"), overlaps, meta=meta)
