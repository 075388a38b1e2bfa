"""A native Sheet holds the same campaign rows whichever way it comes: exported, by its link, or cell by cell."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from worker.google_drive.client import GoogleDrive
from worker.google_drive.sandbox.accounts import MARA
from worker.google_drive.sandbox.running import Running
from worker.sheets.reader import read
from worker.sheets.reading import Reading

COUNT = 259
ROWS = [[f"Campaign {i % 7}", f"2026-01-{i % 28 + 1:02d}", i * 1.25, i * 100, i] for i in range(1, COUNT + 1)]
COST = COUNT * (COUNT + 1) / 2 * 1.25
TABS = {
    "Report": [
        ["Campaign report"],
        [],
        ["Campaign", "Day", "Cost (EUR)", "Impr.", "Clicks"],
        *ROWS,
        ["Total: Account", "", COST, "", ""],
        ["", "", "see note", "", ""],
    ],
    "Notes": [["Ask Mara."]],
}
LINK = {"match": {"path": "/spreadsheets/export"}, "times": None, "do": {"status": 500}}


def read_from_drive(drive: GoogleDrive, file_id: str, folder: Path) -> Reading:
    download = drive.download(drive.file(file_id), folder)
    return read(download.path, download.name)


def test_all_ways_give_the_same_rows(
    drive: GoogleDrive, sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.google_drive.sheet_values._WINDOW", 100)
    file_id = sandbox.control.add_sheet(MARA.email, "Report", TABS)

    exported = read_from_drive(drive, file_id, tmp_path)
    sandbox.control.set_export_limit(100)
    linked = read_from_drive(drive, file_id, tmp_path)
    sandbox.control.faults(LINK)
    sandbox.control.clear_requests()
    in_windows = read_from_drive(drive, file_id, tmp_path)

    assert len(sandbox.control.requests("/values/")) > 2
    assert exported.sums()["spend"] == Decimal(str(COST))
    assert len(exported.rows) == len(ROWS)
    for other in (linked, in_windows):
        assert other.rows.equals(exported.rows)
        assert other.dropped == exported.dropped
    assert exported.rows["date"].null_count() == 0
    assert exported.rows["spend"].dtype == pl.Decimal(38, 6)
