"""Folding the log, verifying it, and looking into its past."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import msgspec
import psutil
import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from events import store, verify
from events.campaign_file import FileSynced
from events.envelope import Recorded
from projections import files, follower, history, page
from projections.as_of import rows_as_of
from projections.folding import fold_range
from projections.models import MODELS
from projections.read_model import LEAVE_ROOM, METADATA, Folded, Rows, list_events, of_stream
from tests.bench.log_samples import META, event
from tests.bench.log_server import Pace, Server, best, faster, open_engine
from tests.bench.measure import Measure, at_most
from tests.bench.peers import library, plain_log

LOG = 20_000


class Totals(msgspec.Struct, frozen=True):
    """The floor's read model, kept the way that ours are."""

    workspace: str
    file_id: str
    revisions: int
    rows: int
    at_position: int


def _total(row: Totals | None, event: FileSynced, recorded: Recorded) -> Totals:
    before = row or Totals(recorded.workspace, event.file_id, 0, 0, 0)
    return Totals(before.workspace, before.file_id, before.revisions + 1, before.rows + event.rows, recorded.position)


TOTALS = Folded(
    name="totals",
    version=1,
    table=sa.Table(
        "totals",
        METADATA,
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("file_id", sa.Text, primary_key=True),
        sa.Column("revisions", sa.BigInteger),
        sa.Column("rows", sa.BigInteger),
        sa.Column("at_position", sa.BigInteger),
    ),
    row=Totals,
    key=of_stream,
    folds={FileSynced: _total},
)


def measures(server: Server) -> Iterator[Measure]:
    url = server.make_database()
    with ExitStack() as stack:
        engine = stack.enter_context(open_engine(url))
        plain = stack.enter_context(psycopg.connect(url, autocommit=True))
        plain.execute("SET synchronous_commit = off")  # a fold that a crash takes back is done again
        plain.execute(LEAVE_ROOM.format(TOTALS.table.name).encode())
        _fill(engine, LOG)
        plain_log.copy_events(plain)
        paces = best(
            server,
            {
                "ours": lambda: _fold(engine),
                "floor": lambda: _drain(plain),
                "every model": lambda: _everything(engine),
                "listed": lambda: _list(engine, page.PAGE),
                "bare listed": lambda: _list(engine, LOG),
                "set based": lambda: _count(plain_log.set_based(plain)),
                "read only": lambda: plain_log.read_only(plain),
                "verify": lambda: _verify(engine),
                "verify export": lambda: _verify_export(engine),
            },
            rounds=5,
        )
        yield faster(0.85, "fold the log into a read model", paces, "ours", "floor", "psycopg, msgspec and one upsert")
        paces["runner"] = _runner(server)
        yield faster(55, "fold the log into a read model", paces, "ours", "runner", "ProjectionRunner")
        yield faster(10, "fold the log into all read models", paces, "every model", "runner", "ProjectionRunner")
        yield faster(0.9, "list the log's events", paces, "listed", "bare listed", "one bare INSERT from SELECT")
        yield faster(0.45, "verify in the database", paces, "verify", "set based", "one set-based statement")
        yield faster(0.38, "verify an export", paces, "verify export", "read only", "reading alone")
        yield from _time_and_memory(engine)
        yield _past(engine)


def _fill(engine: Engine, count: int) -> None:
    for start in range(0, count, 1000):
        with engine.begin() as connection:
            for number in range(start, start + 1000):
                one = event(number)
                store.append(connection, f"w/file/{one.file_id}", [one], meta=META)


def _count(_: None) -> int:
    return LOG


def _fold(engine: Engine) -> int:
    return _fold_pages(engine, LOG, page.PAGE)


def _fold_pages(engine: Engine, count: int, size: int) -> int:
    """Take pages in as the follower does: each in a transaction of its own, which does not wait for the disk."""
    with engine.connect() as connection:
        connection.execute(sa.text("SET synchronous_commit = off"))
        connection.execute(TOTALS.table.delete())
        connection.commit()
        known: Rows = {}
        for after in range(0, count, size):
            with connection.begin():
                fold_range(connection, TOTALS, after, after + size, TOTALS.table.name, known)
        connection.execute(sa.text("RESET synchronous_commit"))
        connection.commit()
    return count


def _list(engine: Engine, size: int) -> int:
    with engine.begin() as connection:
        connection.execute(history.TABLE.delete())
        for after in range(0, LOG, size):
            list_events(connection, history.MODEL, after, after + size, history.TABLE.name)
    return LOG


def _drain(connection: psycopg.Connection) -> int:
    connection.execute("DELETE FROM plain_totals")
    connection.execute("UPDATE plain_position SET position = 0")
    while plain_log.fold_page(connection):
        pass
    return LOG


def _everything(engine: Engine) -> int:
    with engine.begin() as connection:
        for model in MODELS:
            connection.execute(model.table.delete())
        connection.execute(sa.text("DELETE FROM checkpoint"))
        connection.execute(sa.text("UPDATE read_position SET position = 0"))
    return follower.catch_up(engine)


def _verify(engine: Engine) -> int:
    with engine.connect() as connection:
        verdict = verify.verify(connection)
    assert verdict.problem is None
    return verdict.events


def _verify_export(engine: Engine) -> int:
    with engine.connect() as connection:
        verdict = verify.verify_export(verify.export(connection))
    assert verdict.problem is None
    return verdict.events


def _runner(server: Server) -> Pace:
    """The library's runner makes one transaction per event; the best of three rounds."""
    count, pace = 2000, Pace()
    for _ in range(3):
        url = server.make_database()
        found, close = library.event_store(url, "eventsourcing.postgres")
        found.put([made for number in range(count) for made in library.events(msgspec.to_builtins(event(number)), 1)])
        before = server.computed()
        seconds = library.project(url, count)
        pace = Pace(max(pace.rate, count / seconds), min(pace.cpu, server.computed_since(before) / count))
        close()
    return pace


def _time_and_memory(engine: Engine) -> Iterator[Measure]:
    """Four times the events: four times the time, and no more memory."""
    quarter, process = LOG // 4, psutil.Process()
    short = long = float("inf")

    def fold_first(count: int) -> float:
        began = time.perf_counter()
        _fold_pages(engine, count, 1000)
        return time.perf_counter() - began

    fold_first(quarter)
    before = process.memory_info().rss
    for _ in range(8):
        short, long = min(short, fold_first(quarter)), min(long, fold_first(LOG))
    grown = (process.memory_info().rss - before) / 2**20
    times, more = "time for four times the events", "memory for four times the events"
    yield at_most(4.4, measure=times, ours=long, unit="s", against="a quarter of the log", ratio=long / short)
    yield at_most(10, measure=more, ours=grown, unit="MB", against="a quarter of the log, in MB more", ratio=grown)


def _past(engine: Engine) -> Measure:
    """Any past state of a workspace's files, at most CHECKPOINT_EVERY events after a checkpoint."""
    with engine.connect() as connection:
        seconds = float("inf")
        for back in range(1, 4):  # another state each time: one that was asked for before is kept
            began = time.perf_counter()
            rows = rows_as_of(connection, files.MODEL, "w", LOG - back)
            seconds = min(seconds, time.perf_counter() - began)
            assert len(rows) == 2000
    return at_most(
        1.0,
        measure=f"files as of a position, {LOG} events back",
        ours=seconds,
        unit="s",
        against="one second",
        ratio=seconds,
    )
