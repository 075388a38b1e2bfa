"""Small files of every kind that lie on a marketer's Drive, with what a person would read in them."""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from worker.sheets.reader import read
from worker.sheets.reading import Reading

KINDS = Path(__file__).parent / "kinds"


def files(*kinds: str) -> list[Any]:
    found = [
        (kind, file) for kind in kinds for file in tomllib.loads((KINDS / f"{kind}.toml").read_text("utf-8"))["file"]
    ]
    return [pytest.param(file, id=f"{kind}: {file['name']}") for kind, file in found]


def content(file: dict[str, Any]) -> bytes:
    return file["text"].encode(file.get("encoding", "utf-8"))


def assert_read_right(reading: Reading, file: dict[str, Any]) -> None:
    assert reading.is_campaign, reading.reasons
    found = {metric: value for metric, value in reading.sums().items() if value is not None}
    assert found == {metric: Decimal(value) for metric, value in file["sums"].items()}
    assert sum(table.n_rows for table in reading.tables if table.used) == file["rows"]
    assert len(reading.quarantined) == file.get("set_aside", 0)


@pytest.mark.parametrize(
    "file", files("platforms", "totals", "levels", "choices", "numbers", "dates", "plans", "arithmetic")
)
def test_a_campaign_file_is_read_right(file: dict[str, Any]) -> None:
    assert_read_right(read(content(file), f"{file['name']}.csv"), file)


@pytest.mark.parametrize("file", files("workbooks"))
def test_a_workbook_is_read_right(file: dict[str, Any], xlsx: Callable[..., bytes]) -> None:
    tabs = {tab: [[None if cell == "" else cell for cell in row] for row in rows] for tab, rows in file["tabs"].items()}
    book = xlsx(tabs, merged=file.get("merged"), hidden=file.get("hidden", ()))

    assert_read_right(read(book, f"{file['name']}.xlsx"), file)


@pytest.mark.parametrize("file", files("no_campaigns"))
def test_another_table_is_no_campaign_file(file: dict[str, Any]) -> None:
    reading = read(content(file), f"{file['name']}.csv")

    assert not reading.is_campaign, reading.reasons
    assert reading.rows.is_empty()
