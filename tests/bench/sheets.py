"""How fast and how lean campaign files are read and stored, beside the tools that it stands on, in one run."""

import csv
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import python_calamine as calamine

from tests.bench import sheets_stored
from tests.bench.large_files import HEADER, lines, write_csv, write_xlsx
from tests.bench.measure import Measure, at_least, at_most
from worker.sheets.reader import read

ROUNDS = 3
SMALL_FILES = 120
_IMPORTS = "import polars, typer, worker.sheets.reader"
"""What any reader that stands on these libraries has to load."""


PEAK = (
    "import sys; from pathlib import Path; from worker.sheets.reader import read; "
    "read(Path(sys.argv[1]), sys.argv[1]); "
    "status = Path('/proc/self/status').read_text(); print(int(status.split('VmHWM:')[1].split()[0]) // 1024)"
)
"""Prints the peak of this process in megabytes; what getrusage says begins with the parent's."""


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from sheets_stored.measures(folder)
        yield _large_xlsx(folder)
        yield _small_files()
        yield from _memory(folder)
        yield _start_up(folder)


def cpu(work: Callable[[], object]) -> float:
    """Seconds of processor time, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def _large_xlsx(folder: Path) -> Measure:
    path = write_xlsx(folder / "large.xlsx", 100_000)
    ours = cpu(lambda: read(path, path.name))
    floor = cpu(lambda: list(calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()))
    return at_most(
        1.6, measure="XLSX, 100k x 12: typed, with quarantine", ours=ours, unit="s CPU",
        against="python-calamine, cells only", ratio=ours / floor,
    )  # fmt: skip


def _small_files() -> Measure:
    """In a process whose libraries use one core: waking a second one for 150 rows costs more than it brings."""
    command = [sys.executable, "-c", "from tests.bench.sheets import small_files; print(small_files())"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"POLARS_MAX_THREADS": "1"}
    )
    speed = float(done.stdout)
    return at_least(
        1, measure="small exports on one core", ours=speed, unit="files/s", against="40 files/s", ratio=speed / 40
    )


def small_files() -> float:
    """Files a second, for exports of 150 rows with a preamble and totals, as they lie on a Drive by the dozen."""
    files: list[bytes] = []
    for i in range(SMALL_FILES):
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerows([["Campaign report"], [f"January {i % 27 + 1}, 2026 - January 31, 2026"], HEADER])
        writer.writerows(lines(150))
        writer.writerow(["Total: Account", "", "", "", "", "", "EUR", *[""] * 5])
        files.append(text.getvalue().encode())
    seconds = cpu(lambda: [read(data, f"export {i}.csv") for i, data in enumerate(files)])
    return len(files) / seconds


def _memory(folder: Path) -> Iterator[Measure]:
    """Peak of a fresh process that reads one file."""
    for name, path, bar in (
        ("CSV of 500k rows", write_csv(folder / "large.csv", 500_000), 450),
        ("CSV of 100 MB", write_csv(folder / "huge.csv", 1_150_000), 600),
        ("XLSX of 300k rows", write_xlsx(folder / "huge.xlsx", 300_000), 600),
    ):
        done = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
        peak = int(done.stdout)
        yield at_most(
            1, measure=f"peak memory, {name}", ours=peak, unit="MB", against=f"{bar} MB", ratio=peak / bar
        )  # fmt: skip


def _start_up(folder: Path) -> Measure:
    path = write_csv(folder / "small.csv", 50)
    command = [sys.executable, "-c", "from worker.cli import main; main()", "read", "--json", str(path)]
    ours, floor = _child_cpu(command), _child_cpu([sys.executable, "-c", _IMPORTS])
    alone = _child_cpu([sys.executable, "-c", "pass"])
    return at_most(
        1.8, measure="media-planner read, one small file", ours=ours, unit="s CPU",
        against=f"python with the same libraries; {ours / alone:.0f} x python alone", ratio=ours / floor,
    )  # fmt: skip


def _child_cpu(command: list[str]) -> float:
    best = float("inf")
    for _ in range(2 * ROUNDS):
        start = _of_children()
        subprocess.run(command, capture_output=True, check=True)
        best = min(best, _of_children() - start)
    return best


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
