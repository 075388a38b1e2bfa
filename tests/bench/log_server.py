"""A PostgreSQL of the bench's own, and rounds in which the contenders take turns."""

import os
import signal
import tempfile
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from sqlalchemy.engine import Engine

from events import database
from projections import schema as read_models
from tests.bench.measure import Measure, at_least
from tests.bench.peers import plain_log
from worker.embedded.ports import free
from worker.embedded.postgres import Postgres
from worker.embedded.supervisor import Service, Supervisor


@dataclass(frozen=True)
class Server:
    postgres: Postgres
    process: psutil.Process

    def make_database(self) -> str:
        """Make a database with all our tables and the floors' tables; return its URL."""
        name = f"bench_{uuid.uuid4().hex}"
        with psycopg.connect(self.postgres.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        url = self.postgres.url(name)
        with open_engine(url) as engine:
            read_models.migrate(engine)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(plain_log.TABLE.encode())
        return url

    def computed(self) -> dict[int, float]:
        """Seconds that this process and each process of the server have computed so far, by process id."""
        found = {each.pid: _computed(each.pid) for each in self.process.children(recursive=True)}
        return {os.getpid(): time.process_time(), **found}

    def computed_since(self, before: Mapping[int, float]) -> float:
        """Seconds of computing since then; what ended meanwhile, as housekeeping does, is left out."""
        return sum(seconds - before.get(pid, 0.0) for pid, seconds in self.computed().items())


@dataclass
class Pace:
    rate: float = 0.0
    """Events a second in the best round."""
    cpu: float = float("inf")
    """Seconds of computing for one event, ours and the server's, in the best round."""


@contextmanager
def serve() -> Generator[Server]:
    """Run a server that waits for the disk, as the product's does, and that ends when the bench is killed."""
    with tempfile.TemporaryDirectory() as folder:
        postgres, supervisor = Postgres(Path(folder), free()), Supervisor(print)
        postgres.prepare()
        service = Service(
            name="postgres",
            title="PostgreSQL",
            command=postgres.command(),
            environment=dict(os.environ),
            ready=lambda _: postgres.ready(),
            log=Path(folder) / "log",
            stop_signal=signal.SIGINT,
        )
        try:
            supervisor.launch(service)
            supervisor.wait(service)
            assert service.process is not None
            yield Server(postgres, psutil.Process(service.process.pid))
        finally:
            supervisor.stop()


@contextmanager
def open_engine(url: str) -> Generator[Engine]:
    engine = database.connect(url, pool_size=8)
    yield engine
    engine.dispose()


def best(server: Server, contenders: Mapping[str, Callable[[], int]], rounds: int) -> dict[str, Pace]:
    """Let contenders take turns, so that neighbors disturb all alike; each does its work and counts its events."""
    paces = {name: Pace() for name in contenders}
    for turn in range(rounds + 1):
        for name, work in contenders.items():
            before, began = server.computed(), time.perf_counter()
            count = work()
            seconds, computed = time.perf_counter() - began, server.computed_since(before)
            if turn > 0:  # the first warms up
                paces[name].rate = max(paces[name].rate, count / seconds)
                paces[name].cpu = min(paces[name].cpu, computed / count)
    return paces


def faster(bar: float, measure: str, paces: Mapping[str, Pace], ours: str, peer: str, against: str) -> Measure:
    """Compare by the clock; the computing beside it is what neighbors on the machine cannot spoil."""
    return at_least(
        bar,
        measure=measure,
        ours=paces[ours].rate,
        unit="events/s",
        against=f"{against}, {paces[ours].cpu / paces[peer].cpu:.2f} x its CPU",
        ratio=paces[ours].rate / paces[peer].rate,
    )


def _computed(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return 0.0
