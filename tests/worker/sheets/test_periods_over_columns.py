"""Dates of a spreadsheet that stand over columns for the months or weeks they begin."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from worker.sheets.reader import read

Xlsx = Callable[..., bytes]


def ends(xlsx: Xlsx, days: list[date]) -> list[Any]:
    title = "Media plan"
    data = xlsx({"Plan": [[title], ["Channel", *days], ["TV", *[100] * len(days)], ["Radio", *[10] * len(days)]]})
    return read(data, "plan.xlsx").rows["end_date"].to_list()[: len(days)]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([date(2026, m, 1) for m in (1, 2, 3)], [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]),
        ([date(2026, 1, d) for d in (5, 12, 19)], [date(2026, 1, 11), date(2026, 1, 18), date(2026, 1, 25)]),
        ([date(2026, 1, d) for d in (1, 2, 3)], [date(2026, 1, d) for d in (1, 2, 3)]),
    ],
    ids=["months", "weeks", "days"],
)
def test_a_day_over_a_column_ends_where_the_next_one_begins(
    xlsx: Xlsx, days: list[date], expected: list[date]
) -> None:  # fmt: skip
    assert ends(xlsx, days) == expected


@pytest.mark.parametrize("code", ["TRY", "MAD", "BDT", "EUR"])
def test_a_currency_code_in_a_header_is_known(code: str) -> None:
    reading = read(f"Day,Campaign,Cost ({code}),Clicks\n2026-01-05,A,10,3\n2026-01-06,A,11,4\n".encode(), "a.csv")

    assert reading.currency == code
    assert reading.sums()["spend"] == 21


@pytest.mark.parametrize("header", ["Cost all", "Top spend", "ALL COSTS"])
def test_words_of_headers_are_no_currency(header: str) -> None:
    reading = read(f"Day,Campaign,{header},Clicks\n2026-01-05,A,10,3\n2026-01-06,A,11,4\n".encode(), "a.csv")

    assert reading.currency is None


def test_months_with_short_years_are_months_and_not_days() -> None:
    text = "Budget 2026,,\nChannel,Jan 26,Feb 26\nTV,100,50\nSearch,10,20\n"

    rows = read(text.encode(), "plan.csv").rows.sort("date", "channel")

    assert rows["date"].unique().sort().to_list() == [date(2026, 1, 1), date(2026, 2, 1)]
    assert rows["budget"].sum() == 180


def test_a_title_above_the_first_column_gives_the_year_of_its_months() -> None:
    text = "Presupuesto de medios 2026,,,\nMedio,Soporte,Ene,Feb\nRadio,Sur,1000,500\nPrensa,Norte,10,20\n"

    reading = read(text.encode(), "plan.csv")

    assert reading.tables[0].header_rows == (2,)
    assert reading.rows["date"].min() == date(2026, 1, 1)
