"""How long it takes until an appended event shows in the read models."""

import statistics
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.resources import files

import psycopg

from events import store
from projections import follower
from tests.bench.log_samples import META, event
from tests.bench.log_server import Server, open_engine
from tests.bench.measure import Measure, at_most
from tests.bench.peers import plain_log

ROUNDS = 5


def measures(server: Server) -> Iterator[Measure]:
    """Yield p50 and p99, each of the best round: the contenders take turns."""
    found: dict[str, list[list[float]]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        for name, loop, where in (
            ("ours", _following, b"SELECT min(position) FROM read_position"),
            ("bare", plain_log.listening, b"SELECT position FROM plain_position"),
        ):
            found[name].append(_until_visible(server.make_database(), loop, where))
    for percent, bar in ((50, 1.3), (99, 1.5)):
        ours, bare = (min(statistics.quantiles(r, n=100)[percent - 1] for r in rounds) for rounds in found.values())
        yield at_most(
            bar,
            measure=f"append to committed read models, p{percent}",
            ours=ours * 1000,
            unit="ms",
            against="a bare LISTEN loop with one model",
            ratio=ours / bare,
        )
    yield _without_notifications(server.make_database())


def _without_notifications(url: str) -> Measure:
    """The longest of some appends whose notification got lost: the follower looks again each second."""
    append = files("events").joinpath("sql", "append_events.sql").read_text("utf-8")
    silent = append.replace("PERFORM pg_notify", "PERFORM concat")
    assert silent != append
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(silent.encode())
    seconds = max(_until_visible(url, _following, b"SELECT min(position) FROM read_position", count=6, warm_up=1))
    return at_most(
        1.2,
        measure="append to committed read models, no NOTIFY",
        ours=seconds * 1000,
        unit="ms",
        against="one second, in seconds",
        ratio=seconds,
    )


@contextmanager
def _following(url: str) -> Generator[None]:
    stop = threading.Event()
    with open_engine(url) as engine:
        thread = threading.Thread(target=follower.follow, args=(engine, stop))
        thread.start()
        yield
        stop.set()
        thread.join()


def _until_visible(
    url: str,
    loop: Callable[[str], AbstractContextManager[None]],
    where: bytes,
    count: int = 200,
    warm_up: int = 10,
) -> list[float]:
    found: list[float] = []
    with (
        open_engine(url) as engine,
        engine.connect() as writer,
        psycopg.connect(url, autocommit=True) as watch,
        loop(url),
    ):
        for number in range(count + warm_up):
            began = time.perf_counter()
            with writer.begin():
                (position,) = store.append(writer, "w/file/f", [event(number)], meta=META).positions
            while (watch.execute(where, prepare=True).fetchone() or (0,))[0] < position:
                time.sleep(0.0001)  # looking takes the processor from those who work
            found.append(time.perf_counter() - began)
            time.sleep(0.003)
    return found[warm_up:]
