"""Damaged and random files end in a reading or in one sentence, and soon.

MEDIA_PLANNER_FUZZ is how many files each test tries: MEDIA_PLANNER_FUZZ=20000 ./dev test tests/worker/sheets
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from worker.sheets.reader import read
from worker.sheets.reading import METRICS, Reading, UnreadableFile

TRIES = int(os.environ.get("MEDIA_PLANNER_FUZZ", "40"))
SECONDS = 10
ROWS = [
    ["Campaign", "Day", "Cost (EUR)", "Impr.", "Clicks"],
    ["Spring", "2026-01-05", 1234.5, 30_000, 300],
    ["Summer", "2026-01-06", 99.5, 1_000, 10],
    ["Total", None, 1334, 31_000, 310],
]
TEXT = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in ROWS).encode()
OLD = (Path(__file__).parent / "kinds" / "old workbook.xls").read_bytes()
fuzz = settings(max_examples=TRIES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

damage = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "repeat", "end"]), st.integers(0, 2**31), st.binary(max_size=12)
    ),
    min_size=1,
    max_size=8,
)


def damaged(data: bytes, how: list[tuple[str, int, bytes]]) -> bytes:
    for kind, place, noise in how:
        at = place % (len(data) + 1)
        if kind == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << place % 8)]) + data[at + 1 :]
        elif kind == "cut":
            data = data[:at] + data[at + len(noise) :]
        elif kind == "insert":
            data = data[:at] + noise + data[at:]
        elif kind == "repeat":
            data = data[:at] + data[max(0, at - 40) : at] * 3 + data[at:]
        elif kind == "end":
            data = data[: max(at, len(data) // 2)]
    return data


def assert_ends_well(data: bytes, name: str) -> None:
    start = time.monotonic()
    ending = ending_of(data, name)
    assert time.monotonic() - start < SECONDS
    if isinstance(ending, Reading):
        assert_accounted(ending)
    else:
        assert ending.endswith(".")


def ending_of(data: bytes, name: str) -> Reading | str:
    try:
        return read(data, name)
    except UnreadableFile as error:
        return str(error)


def assert_accounted(reading: Reading) -> None:
    """What is stored adds up to what is said."""
    for metric in METRICS:
        stored = reading.rows[metric].drop_nulls()
        said = reading.sums()[metric]
        assert said is None or said == stored.sum()
    assert reading.is_campaign or reading.rows.is_empty()


@fuzz
@given(how=damage)
def test_damaged_text_files_end_well(how: list[tuple[str, int, bytes]]) -> None:
    assert_ends_well(damaged(TEXT, how), "export.csv")


@fuzz
@given(how=damage)
def test_damaged_utf16_files_end_well(how: list[tuple[str, int, bytes]]) -> None:
    assert_ends_well(damaged(TEXT.decode().replace(",", "\t").encode("utf-16"), how), "export.csv")


@fuzz
@given(how=damage)
def test_damaged_workbooks_end_well(xlsx: Callable[..., bytes], how: list[tuple[str, int, bytes]]) -> None:
    assert_ends_well(damaged(xlsx({"Data": ROWS}), how), "book.xlsx")


@fuzz
@given(how=damage)
def test_damaged_old_workbooks_end_well(how: list[tuple[str, int, bytes]]) -> None:
    assert_ends_well(damaged(OLD, how), "book.xls")


@fuzz
@given(how=damage)
def test_damaged_open_documents_end_well(ods: Callable[..., bytes], how: list[tuple[str, int, bytes]]) -> None:
    assert_ends_well(damaged(ods(ROWS), how), "book.ods")


@fuzz
@given(
    data=st.binary(max_size=400),
    start=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"sep=;\n"]),
)
def test_any_bytes_end_well(data: bytes, start: bytes) -> None:
    assert_ends_well(start + data, "file")


pieces = st.sampled_from(
    ["Campaign", "Cost", "Clicks", "Total", "Kosten", "1.234,5", "1,234", "--", "2026-01-05", "5.1.", "€", "%",
     "#DIV/0!", "(3)", "1k", "\n", "\n", ",", ";", "\t", '"', "'", " ", "\u00a0", "Σ", "費用", "9" * 45, "=1+1", "-"]
)  # fmt: skip


@fuzz
@given(text=st.lists(pieces, max_size=120))
def test_any_text_of_familiar_pieces_ends_well(text: list[str]) -> None:
    assert_ends_well("".join(text).encode(), "pieces.csv")


def test_an_old_workbook_that_claims_a_huge_area_is_too_large() -> None:
    """The parser would make room for four billion cells and take the whole process down."""
    place = OLD.index(b"\x00\x02\x0e\x00") + 4

    with pytest.raises(UnreadableFile) as refused:
        read(OLD[:place] + b"\0\0\0\0\xff\xff\xff\xff" + OLD[place + 8 :], "book.xls")

    assert refused.value.code == "too_large"


def test_an_old_workbook_is_read() -> None:
    reading = read(OLD, "old workbook.xls")

    assert {metric: value for metric, value in reading.sums().items() if value is not None} == {
        "spend": 1334, "impressions": 31_500, "clicks": 315
    }  # fmt: skip
    assert [(cell.cell, cell.raw) for cell in reading.quarantined] == [("C6", "siehe Notiz")]
    assert [dropped.row for dropped in reading.dropped] == [7]
    assert reading.currency == "EUR"
    assert str(reading.rows["date"][0]) == "2026-01-05"
