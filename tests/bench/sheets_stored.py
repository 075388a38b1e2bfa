"""A large export into PostgreSQL: ours beside a raw COPY of the same bytes, and beside dlt at its best."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
from sqlalchemy.engine import Engine

from projections import performance_rows
from tests.bench.large_files import write_csv
from tests.bench.log_server import Server, open_engine, serve
from tests.bench.measure import Measure, at_least, at_most
from worker.sheets.reader import read

ROWS, ROUNDS = 500_000, 3
_PIECE = 1 << 20
_LOADER = Path(__file__).parent / "peers" / "dlt_load.py"
_PLAIN = b"""
    CREATE TABLE copied (day date, campaign text, ad_group text, ad text, channel text, status text, currency text,
        impressions numeric, clicks numeric, cost text, conversions numeric, value numeric)
"""


def measures(folder: Path) -> Iterator[Measure]:
    first = write_csv(folder / "first.csv", ROWS)
    second = write_csv(folder / "second.csv", ROWS, edited_every=100)
    with serve() as server:
        url = server.make_database()
        with open_engine(url) as engine:
            copied = min(_copy_rounds(server, url, first))
            stored, edited, written = _store_rounds(server, engine, first, second)
        yield at_most(
            2.6, measure="CSV, 500k x 12: typed, hashed, in PostgreSQL", ours=stored, unit="s CPU",
            against="COPY of the same bytes", ratio=stored / copied,
        )  # fmt: skip
        yield at_most(
            0.6, measure="1 % of that CSV edited", ours=edited, unit="s CPU", against="all of it", ratio=edited / stored
        )
        yield at_most(
            1, measure="rows written for the edit", ours=written, unit="rows", against="rows that changed",
            ratio=written / (ROWS / 100),
        )  # fmt: skip
        yield _beside_dlt(server, first, stored)


def computing(server: Server) -> float:
    """Seconds that this process, its children and every process of the server have computed, ended ones as well."""
    postmaster = server.process.cpu_times()
    alive = [_own(child) for child in server.process.children(recursive=True)]
    mine = psutil.Process().cpu_times()
    return (
        sum(alive) + postmaster.user + postmaster.system + postmaster.children_user + postmaster.children_system
        + mine.user + mine.system + mine.children_user + mine.children_system
    )  # fmt: skip


def _own(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system


def _timed(server: Server, work: Callable[[], object]) -> float:
    start = computing(server)
    work()
    return computing(server) - start


def _copy_rounds(server: Server, url: str, path: Path) -> Iterator[float]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_PLAIN)
        for _ in range(ROUNDS):
            connection.execute(b"TRUNCATE copied")
            yield _timed(server, lambda: _copy(connection, path))


def _copy(connection: psycopg.Connection, path: Path) -> None:
    with connection.cursor().copy(b"COPY copied FROM STDIN (FORMAT csv, HEADER)") as copy, path.open("rb") as file:
        while piece := file.read(_PIECE):
            copy.write(piece)


def _store_rounds(server: Server, engine: Engine, first: Path, second: Path) -> tuple[float, float, int]:
    """Best computing for a whole file and for its edit, and the rows that the edit wrote."""
    whole = edit = float("inf")
    written = 0
    for turn in range(ROUNDS):
        whole = min(whole, _timed(server, lambda file=f"f{turn}": _store(engine, file, 1, first)))
        start = computing(server)
        written = _store(engine, f"f{turn}", 2, second)
        edit = min(edit, computing(server) - start)
    return whole, edit, written


def _store(engine: Engine, file_id: str, revision: int, path: Path) -> int:
    """Read a file and store its rows as the sync does; return how many were written."""
    rows = read(path, path.name).rows
    with engine.begin() as connection:
        return performance_rows.store(connection, "bench", file_id, revision, rows).added


def _beside_dlt(server: Server, path: Path, stored: float) -> Measure:
    """It needs libraries of its own: MEDIA_PLANNER_BENCH_DLT is the python of an environment that has it."""
    python = os.environ.get("MEDIA_PLANNER_BENCH_DLT")
    if not python:
        return Measure(
            measure="CSV beside dlt: not measured", ours=stored, unit="s CPU", ratio=0.0, bar=">= 3.5", holds=True,
            against="dlt, which is not here: pip install 'dlt[postgres,duckdb]' 'duckdb<2' pyarrow in a new environment"
            " and set MEDIA_PLANNER_BENCH_DLT to its python",
        )  # fmt: skip
    url = server.make_database()
    begun = time.perf_counter()
    theirs = _timed(server, lambda: subprocess.run([python, str(_LOADER), str(path), url], check=True))
    return at_least(
        3.5, measure="CSV, 500k x 12: typed, hashed, in PostgreSQL", ours=stored, unit="s CPU",
        against=f"dlt, {theirs:.1f} s CPU in {time.perf_counter() - begun:.0f} s", ratio=theirs / stored,
    )  # fmt: skip
