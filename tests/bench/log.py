"""How fast the log and the read models are, beside plain psycopg and the eventsourcing library, in one run."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import UUID

import psycopg
from eventsourcing.persistence import EventStore
from psycopg.types.json import Jsonb

from tests.bench import log_latency, log_reading, log_stores
from tests.bench.log_samples import BUILTIN, DATA, EVENT, META_BUILTIN, META_TEXT, append
from tests.bench.log_server import Server, best, faster, open_engine, serve
from tests.bench.measure import Measure, Skipped, at_most
from tests.bench.peers import library, lock_free, plain_log

BATCH = 100
READY = META_TEXT, DATA
"""What a client stores that holds JSON already."""
READY_TO_COPY = Jsonb(META_TEXT, dumps=str), Jsonb(DATA, dumps=str)
DICTIONARIES = Jsonb(META_BUILTIN), Jsonb(BUILTIN)
"""What a client stores that makes JSON of what it holds, as we do of events."""


def run() -> Iterator[Measure | Skipped]:
    with serve() as server:
        yield from _appends(server)
        yield from _writers(server)
        yield from log_reading.measures(server)
        yield from log_latency.measures(server)
        yield from log_stores.measures(server)


def _plain(connection: psycopg.Connection, size: int, appends: int, about: tuple[object, object] = READY) -> int:
    for _ in range(appends):
        stream = f"w/file/{uuid.uuid4()}"
        rows = [(stream, version, EVENT.NAME, *about) for version in range(size)]
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
                copy.write_row((stream, version, EVENT.NAME, *READY_TO_COPY))
    return size * appends


def _library(put: EventStore[UUID], size: int, appends: int) -> int:
    for _ in range(appends):
        put.put(library.events(BUILTIN, size))
    return size * appends


def _appends(server: Server) -> Iterator[Measure]:
    url = server.make_database()
    with ExitStack() as stack:
        ours = stack.enter_context(stack.enter_context(open_engine(url)).connect())
        plain = stack.enter_context(psycopg.connect(url))
        on_ours, on_own = (_store(stack, url, module) for module in ("events.recorder", "eventsourcing.postgres"))
        single = best(
            server,
            {
                "ours": lambda: append(ours, 1, 50),
                "plain": lambda: _plain(plain, 1, 50),
                "on ours": lambda: _library(on_ours, 1, 50),
                "on own": lambda: _library(on_own, 1, 50),
            },
            rounds=30,
        )
        batch = best(
            server,
            {
                "ours": lambda: append(ours, BATCH, 5),
                "plain": lambda: _plain(plain, BATCH, 5),
                "dictionaries": lambda: _plain(plain, BATCH, 5, DICTIONARIES),
                "copy": lambda: _copied(plain, BATCH, 5),
                "on ours": lambda: _library(on_ours, BATCH, 5),
                "on own": lambda: _library(on_own, BATCH, 5),
            },
            rounds=24,
        )
        bytes_each = _bytes_an_event(plain)
    yield faster(0.65, "append one event", single, "ours", "plain", "a prepared INSERT")
    yield at_most(
        2.0,
        measure="computing for one appended event",
        ours=single["ours"].cpu * 1e6,
        unit="us",
        against="a prepared INSERT",
        ratio=single["ours"].cpu / single["plain"].cpu,
    )
    yield faster(2.0, "append one event, library API on our log", single, "on ours", "on own", "the library's recorder")
    yield faster(1.5, "append 100 at once", batch, "ours", "dictionaries", "executemany of dictionaries")
    yield faster(1.5, "append 100 at once", batch, "ours", "plain", "executemany of ready JSON")
    yield faster(0.65, "append 100 at once", batch, "ours", "copy", "binary COPY of ready JSON")
    yield faster(1.8, "append 100, library API on our log", batch, "on ours", "on own", "the library's recorder")
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


def _writers(server: Server) -> Iterator[Measure]:
    url = server.make_database()
    with ExitStack() as stack, ThreadPoolExecutor(4) as pool:
        engine = stack.enter_context(open_engine(url))
        alone = engine.execution_options(isolation_level="AUTOCOMMIT")  # as the library's: one call, one transaction
        connections = [stack.enter_context(alone.connect()) for _ in range(4)]
        free = [stack.enter_context(psycopg.connect(url, autocommit=True)) for _ in range(4)]
        free[0].execute(lock_free.TABLE)
        on_own = _store(stack, url, "eventsourcing.postgres")
        paces = best(
            server,
            {
                "ours": lambda: sum(pool.map(lambda each: append(each, 1, 25), connections)),
                "free": lambda: sum(pool.map(lambda each: lock_free.append(each, 25), free)),
                "on own": lambda: sum(pool.map(lambda _: _library(on_own, 1, 25), range(4))),
            },
            rounds=15,
        )
    yield faster(2.2, "append one event, 4 writers", paces, "ours", "on own", "the library's recorder")
    yield faster(0.85, "append one event, 4 writers, no gaps", paces, "ours", "free", "a log without a lock (xid8)")
