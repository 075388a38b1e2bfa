"""How fast the log and the read models are, beside plain psycopg and the eventsourcing library, in one run.

Rounds of the contenders take turns, and the best round of each counts, so that neighbors on the machine disturb all
of them alike.
"""

import signal
import statistics
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import msgspec
import psutil
import psycopg
import sqlalchemy as sa
from eventsourcing.persistence import EventStore
from psycopg.types.json import Jsonb
from sqlalchemy.engine import Connection, Engine

from events import database, store, verify
from events.campaign_file import FileDiscovered, FileSynced
from events.envelope import Meta, Recorded
from projections import files, follower, page
from projections import schema as read_models
from projections.as_of import rows_as_of
from projections.models import MODELS
from projections.read_model import METADATA, Folded
from tests.bench.measure import Measure, at_least, at_most
from tests.bench.peers import library, plain_log
from worker.embedded.ports import free
from worker.embedded.postgres import Postgres

META = Meta(actor="system", workflow_id="sync-bench", run_id=str(uuid.uuid4()), activity="SyncFileActivity")
LOG = 20_000
BATCH = 100


def event(number: int) -> FileSynced:
    return FileSynced(
        file_id=f"file-{number % 2000}",
        name="Spring campaign.xlsx",
        revision=f"{number:064x}",
        revision_number=number // 2000 + 1,
        drive_version=str(number),
        modified_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        bytes=48_213,
        mime_type="text/csv",
        kind="actuals",
        rows=number % 977,
        rows_added=3,
        rows_removed=1,
        sums={"spend": Decimal("1234.50")},
        currency="EUR",
        first_date="2026-01-01",
        last_date="2026-02-28",
        channels=["Search"],
        mapping=[],
        quarantined=0,
        quarantined_cells=[],
        dropped_rows=0,
        warnings=[],
        reader_version="1",
    )


EVENT = FileDiscovered(
    file_id="1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
    platform="google_drive",
    name="Spring campaign.xlsx",
    mime_type="text/csv",
    modified_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    link="https://drive.example/file/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
    owner="Ana",
    score=0.93,
    reasons=["columns Spend and Clicks"],
)
"""About 300 bytes."""
DATA = msgspec.json.encode(EVENT).decode()
META_TEXT = msgspec.json.encode(META).decode()
BUILTIN = msgspec.json.decode(DATA)
META_BUILTIN = msgspec.json.decode(META_TEXT)


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
    key=files.key,
    folds={FileSynced: _total},
)


def run() -> Iterator[Measure]:
    with _server() as make_database:
        yield from _appends(make_database)
        yield from _writers(make_database)
        yield from _replay(make_database)
        yield from _latency(make_database)


@contextmanager
def _server() -> Generator[Callable[[], str]]:
    """A PostgreSQL of its own; every call makes a database with all our tables.

    It does not wait for the disk: how long a flush takes is the machine's affair and would hide every difference.
    """
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder), free(), durable=False)
        server.prepare()
        with subprocess.Popen(server.command(), stderr=subprocess.DEVNULL, start_new_session=True) as process:
            while not server.ready():
                time.sleep(0.02)

            def make_database() -> str:
                name = f"bench_{uuid.uuid4().hex}"
                with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                    connection.execute(f"CREATE DATABASE {name}".encode())
                url = server.url(name)
                with _engine(url) as engine:
                    read_models.migrate(engine)
                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute(plain_log.TABLE.encode())
                return url

            try:
                yield make_database
            finally:
                process.send_signal(signal.SIGINT)


@contextmanager
def _engine(url: str) -> Generator[Engine]:
    engine = database.connect(url, pool_size=8)
    yield engine
    engine.dispose()


def best(contenders: dict[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    """Events a second of each contender's best round; a contender does its work and says how many events it was."""
    rates = dict.fromkeys(contenders, 0.0)
    for turn in range(rounds + 1):
        for name, work in contenders.items():
            began = time.perf_counter()
            count = work()
            if turn > 0:  # the first warms up
                rates[name] = max(rates[name], count / (time.perf_counter() - began))
    return rates


def _ours(connection: Connection, size: int, appends: int) -> int:
    for _ in range(appends):
        with connection.begin():
            store.append(connection, f"w/file/{uuid.uuid4()}", [EVENT] * size, meta=META, key=uuid.uuid4())
    return size * appends


def _plain(connection: psycopg.Connection, size: int, appends: int) -> int:
    for _ in range(appends):
        stream = f"w/file/{uuid.uuid4()}"
        rows = [(stream, version, EVENT.NAME, META_TEXT, DATA) for version in range(size)]
        with connection.transaction(), connection.cursor() as cursor:
            if size == 1:
                cursor.execute(plain_log.INSERT, rows[0], prepare=True)
            else:
                cursor.executemany(plain_log.INSERT, rows)
    return size * appends


def _copied(connection: psycopg.Connection, size: int, appends: int) -> int:
    for _ in range(appends):
        stream = f"w/file/{uuid.uuid4()}"
        with connection.transaction(), connection.cursor() as cursor, cursor.copy(plain_log.COPY) as copy:
            copy.set_types(["text", "int4", "text", "jsonb", "jsonb"])
            for version in range(size):
                copy.write_row((stream, version, EVENT.NAME, Jsonb(META_BUILTIN), Jsonb(BUILTIN)))
    return size * appends


def _library(put: EventStore[UUID], size: int, appends: int) -> int:
    for _ in range(appends):
        put.put(library.events(BUILTIN, size))
    return size * appends


def _appends(make_database: Callable[[], str]) -> Iterator[Measure]:
    url = make_database()
    with ExitStack() as stack:
        ours = stack.enter_context(stack.enter_context(_engine(url)).connect())
        plain = stack.enter_context(psycopg.connect(url))
        on_ours, on_own = (_store(stack, url, module) for module in ("events.recorder", "eventsourcing.postgres"))
        single = best(
            {
                "ours": lambda: _ours(ours, 1, 200),
                "plain": lambda: _plain(plain, 1, 200),
                "on ours": lambda: _library(on_ours, 1, 200),
                "on own": lambda: _library(on_own, 1, 200),
            },
            rounds=8,
        )
        batch = best(
            {
                "ours": lambda: _ours(ours, BATCH, 15),
                "plain": lambda: _plain(plain, BATCH, 15),
                "copy": lambda: _copied(plain, BATCH, 15),
                "on ours": lambda: _library(on_ours, BATCH, 15),
                "on own": lambda: _library(on_own, BATCH, 15),
            },
            rounds=8,
        )
        bytes_each = _bytes_an_event(plain)
    yield _faster(0.65, "append one event", single, "ours", "plain", "a prepared INSERT")
    yield _faster(
        2.0, "append one event, library API on our log", single, "on ours", "on own", "the library's recorder"
    )
    yield _faster(1.5, "append 100 at once", batch, "ours", "plain", "executemany")
    yield _faster(0.65, "append 100 at once", batch, "ours", "copy", "binary COPY")
    yield _faster(1.8, "append 100, library API on our log", batch, "on ours", "on own", "the library's recorder")
    yield bytes_each


def _store(stack: ExitStack, url: str, module: str) -> EventStore[UUID]:
    found, close = library.event_store(url, module)
    stack.callback(close)
    return found


def _bytes_an_event(connection: psycopg.Connection) -> Measure:
    sizes: list[float] = []
    for query in (
        "SELECT pg_total_relation_size('event')::float8 / count(*) FROM event",
        "SELECT pg_total_relation_size('application_events')::float8 / count(*) FROM application_events",
    ):
        row = connection.execute(query).fetchone()
        assert row is not None
        sizes.append(row[0])
    return at_most(
        1.35,
        measure="storage of one event, indexes included",
        ours=sizes[0],
        unit="bytes",
        against="the library's table",
        ratio=sizes[0] / sizes[1],
    )


def _writers(make_database: Callable[[], str]) -> Iterator[Measure]:
    url = make_database()
    with ExitStack() as stack, ThreadPoolExecutor(4) as pool:
        engine = stack.enter_context(_engine(url))
        connections = [stack.enter_context(engine.connect()) for _ in range(4)]
        on_own = _store(stack, url, "eventsourcing.postgres")
        rates = best(
            {
                "ours": lambda: sum(pool.map(lambda each: _ours(each, 1, 60), connections)),
                "on own": lambda: sum(pool.map(lambda _: _library(on_own, 1, 60), range(4))),
            },
            rounds=4,
        )
    yield _faster(2.2, "append one event, 4 writers", rates, "ours", "on own", "the library's recorder")


def _replay(make_database: Callable[[], str]) -> Iterator[Measure]:
    url = make_database()
    with ExitStack() as stack:
        engine = stack.enter_context(_engine(url))
        plain = stack.enter_context(psycopg.connect(url, autocommit=True))
        _fill(engine, LOG)
        rates = best(
            {
                "ours": lambda: _fold(engine),
                "floor": lambda: _drain(plain),
                "every model": lambda: _everything(engine),
                "set based": lambda: _count(plain_log.set_based(plain)),
                "read only": lambda: plain_log.read_only(plain),
                "verify": lambda: _verify(engine),
                "verify export": lambda: _verify_export(engine),
            },
            rounds=4,
        )
        yield _faster(0.85, "fold the log into a read model", rates, "ours", "floor", "psycopg, msgspec and one upsert")
        runner = _library_runner(make_database())
        yield _faster(55, "fold the log into a read model", {**rates, **runner}, "ours", "runner", "ProjectionRunner")
        yield _faster(
            10, "fold the log into all read models", {**rates, **runner}, "every model", "runner", "ProjectionRunner"
        )
        yield _faster(0.45, "verify in the database", rates, "verify", "set based", "one set-based statement")
        yield _faster(0.38, "verify an export", rates, "verify export", "read only", "reading alone")
        yield _time_and_memory(engine)
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
    with engine.begin() as connection:
        connection.execute(TOTALS.table.delete())
        for after in range(0, LOG, page.PAGE):
            events, _ = page.read_page(connection, after, after + page.PAGE)
            page.fold_events(connection, TOTALS, events, TOTALS.table.name)
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


def _library_runner(url: str) -> dict[str, float]:
    count = 2000
    found, close = library.event_store(url, "eventsourcing.postgres")
    for start in range(0, count, 100):
        found.put(
            [made for i in range(start, start + 100) for made in library.events(msgspec.to_builtins(event(i)), 1)]
        )
    seconds = library.project(url, count)
    close()
    return {"runner": count / seconds}


def _time_and_memory(engine: Engine) -> Measure:
    """Four times the events: four times the time, and no more memory."""
    quarter, process = LOG // 4, psutil.Process()

    def fold_first(count: int) -> float:
        began = time.perf_counter()
        with engine.begin() as connection:
            for after in range(0, count, 1000):
                events, _ = page.read_page(connection, after, after + 1000)
                page.fold_events(connection, TOTALS, events, TOTALS.table.name)
        return time.perf_counter() - began

    short, before = min(fold_first(quarter) for _ in range(3)), process.memory_info().rss
    long = min(fold_first(LOG) for _ in range(3))
    grown = (process.memory_info().rss - before) / 2**20
    assert grown < 10, f"Folding four times the events took {grown:.0f} MB more."
    return at_most(
        4.4,
        measure="time for four times the events, same memory",
        ours=long,
        unit="s",
        against="a quarter of the log",
        ratio=long / short,
    )


def _past(engine: Engine) -> Measure:
    """Any past state of a workspace's files, at most CHECKPOINT_EVERY events after a checkpoint."""
    with engine.connect() as connection:
        began = time.perf_counter()
        rows = rows_as_of(connection, files.MODEL, "w", LOG - 1)
        seconds = time.perf_counter() - began
    assert len(rows) == 2000
    return at_most(
        1.0,
        measure=f"files as of a position, {LOG} events back",
        ours=seconds,
        unit="s",
        against="one second",
        ratio=seconds,
    )


def _latency(make_database: Callable[[], str]) -> Iterator[Measure]:
    seconds: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(3):
        seconds["ours"] += _until_visible(make_database(), _following, b"SELECT min(position) FROM read_position")
        seconds["bare"] += _until_visible(make_database(), plain_log.listening, b"SELECT position FROM plain_position")
    for percent, bar in ((50, 1.3), (99, 1.5)):
        ours, bare = (statistics.quantiles(each, n=100)[percent - 1] for each in seconds.values())
        yield at_most(
            bar,
            measure=f"append to committed read models, p{percent}",
            ours=ours * 1000,
            unit="ms",
            against="a bare LISTEN loop with one model",
            ratio=ours / bare,
        )


@contextmanager
def _following(url: str) -> Generator[None]:
    stop = threading.Event()
    with _engine(url) as engine:
        thread = threading.Thread(target=follower.follow, args=(engine, stop))
        thread.start()
        yield
        stop.set()
        thread.join()


def _until_visible(
    url: str, loop: Callable[[str], AbstractContextManager[None]], where: bytes, count: int = 100
) -> list[float]:
    found: list[float] = []
    with _engine(url) as engine, engine.connect() as writer, psycopg.connect(url, autocommit=True) as watch, loop(url):
        for number in range(count + 10):
            with writer.begin():
                (position,) = store.append(writer, "w/file/f", [event(number)], meta=META).positions
                began = time.perf_counter()
            while (watch.execute(where, prepare=True).fetchone() or (0,))[0] < position:
                pass
            found.append(time.perf_counter() - began)
            time.sleep(0.003)
    return found[10:]


def _faster(bar: float, measure: str, rates: dict[str, float], ours: str, peer: str, against: str) -> Measure:
    return at_least(
        bar, measure=measure, ours=rates[ours], unit="events/s", against=against, ratio=rates[ours] / rates[peer]
    )
