"""Whatever an append acknowledged, or a reader saw, is in the log after the database was killed in the middle."""

import signal
import subprocess
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from events import database, schema, store, verify
from events.envelope import Recorded
from tests.conftest import wait_until
from tests.events.samples import META, synced
from worker.embedded.ports import free
from worker.embedded.postgres import Postgres

WRITERS = 4
GONE = (psycopg.OperationalError, OperationalError)


@contextmanager
def running(server: Postgres) -> Generator[subprocess.Popen[bytes]]:
    server.prepare()
    with subprocess.Popen(server.command(), stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            wait_until(server.ready, "PostgreSQL's start")
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(timeout=20)


@contextmanager
def connected(server: Postgres) -> Generator[Engine]:
    engine = database.connect(server.url("postgres"), pool_size=WRITERS + 1)
    try:
        schema.migrate(engine)
        yield engine
    finally:
        engine.dispose()


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the server and all that it started at once, so that nobody tidies up."""
    postmaster = psutil.Process(process.pid)
    everyone = [postmaster, *postmaster.children(recursive=True)]
    for each in everyone:
        each.kill()
    psutil.wait_procs(everyone, timeout=10)


def write(engine: Engine, stream: str, acknowledged: dict[int, tuple[str, int]]) -> None:
    """Append until the server is gone; remember what it confirmed."""
    version = 0
    try:
        while True:
            with engine.begin() as connection:
                position = store.append(connection, stream, [synced(number=version + 1)], meta=META).positions[0]
            version += 1
            acknowledged[position] = (stream, version)
    except GONE:
        return


def tail(engine: Engine, seen: list[Recorded]) -> None:
    try:
        while True:
            with engine.connect() as connection:
                seen += store.read(connection, after=len(seen))
    except GONE:
        return


def test_what_was_acknowledged_or_seen_survives_a_killed_server(tmp_path: Path) -> None:
    made_fast = Postgres(tmp_path / "pg", free(), durable=False)
    made_fast.prepare()
    server = replace(made_fast, durable=True)
    acknowledged: dict[int, tuple[str, int]] = {}
    seen: list[Recorded] = []

    with running(server) as process, connected(server) as engine, ThreadPoolExecutor(WRITERS + 1) as pool:
        work = [pool.submit(write, engine, f"w/file/{number}", acknowledged) for number in range(WRITERS)]
        work.append(pool.submit(tail, engine, seen))
        wait_until(lambda: min(len(acknowledged), len(seen)) > 60, "writing and reading")
        kill(process)
        for each in work:
            each.result()

    with running(server), connected(server) as engine, engine.begin() as connection:
        stored = store.read(connection)
        assert list(range(1, len(stored) + 1)) == [each.position for each in stored]
        assert seen == stored[: len(seen)]
        assert acknowledged.items() <= {each.position: (each.stream, each.version) for each in stored}.items()
        assert verify.verify(connection).problem is None
        assert (len(stored) + 1,) == store.append(connection, "w/file/0", [synced()], meta=META).positions
