"""Large files are read in memory that grows with their size and no faster; the full bars stand in the bench."""

import csv
import subprocess
import sys
from pathlib import Path

from tests.bench.large_files import write_csv, write_xlsx
from tests.bench.sheets import PEAK

LIBRARIES = "import polars, python_calamine, worker.sheets.reader, worker.sheets.workbook; "


def peak(code: str, path: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-c", LIBRARIES + code, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    return int(done.stdout)


def growth(path: Path) -> float:
    """Megabytes that a fresh process needs on top of its libraries to read one file."""
    return peak(PEAK, path) - peak(PEAK.replace("read(Path(sys.argv[1]), sys.argv[1]); ", ""), path)


def megabytes(path: Path) -> float:
    return path.stat().st_size / 1e6


def test_a_csv_needs_a_few_times_its_size(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "large.csv", 100_000)

    assert growth(path) <= 80 + 5 * megabytes(path)


def test_a_workbook_needs_little_for_a_row(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "large.xlsx", 25_000)

    assert growth(path) <= 80 + 25_000 * 0.0014


def test_a_ragged_csv_needs_no_more(tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Campaign", "Day", "Cost", "Clicks"])
        writer.writerows(
            ["Name", "2026-01-05", "10.50", "3", *["x"] * (300 if i % 50_000 == 40_000 else 0)] for i in range(100_000)
        )

    assert growth(path) <= 150
