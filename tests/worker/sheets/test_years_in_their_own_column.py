"""Months, weeks and quarters whose year stands in another column."""

from datetime import date

import pytest

from worker.sheets import reader

BESIDE = [
    ("Year,Month", "2025,3", date(2025, 3, 1), date(2025, 3, 31)),
    ("Year,Month", "2025,March", date(2025, 3, 1), date(2025, 3, 31)),
    ("Jahr,Monat", "2025,März", date(2025, 3, 1), date(2025, 3, 31)),
    ("Année,Mois", "2025,mars", date(2025, 3, 1), date(2025, 3, 31)),
    ("Year,Week", "2025,12", date(2025, 3, 17), date(2025, 3, 23)),
    ("Year,Week", "2025,W12", date(2025, 3, 17), date(2025, 3, 23)),
    ("Jahr,KW", "2025,KW 12", date(2025, 3, 17), date(2025, 3, 23)),
    ("Year,Quarter", "2025,Q1", date(2025, 1, 1), date(2025, 3, 31)),
    ("Year,Quarter", "2025,1", date(2025, 1, 1), date(2025, 3, 31)),
    ("Year,Month", "2025,2025-03", date(2025, 3, 1), date(2025, 3, 31)),
]


@pytest.mark.parametrize(("headers", "cells", "first", "last"), BESIDE, ids=[cells for _, cells, _, _ in BESIDE])
def test_a_period_takes_its_year_from_the_column_beside_it(headers: str, cells: str, first: date, last: date):
    text = f"{headers},Channel,Spend,Clicks\n{cells},Google Ads,100.5,10\n{cells},Meta,50,5\n"
    reading = reader.read(text.encode(), "plan.csv")
    assert reading.rows.select("start_date", "end_date").rows() == [(first, last)] * 2
    assert not reading.quarantined


def test_a_month_that_can_not_be_read_is_shown_as_it_is_written():
    text = "Year,Month,Channel,Spend\n2025,March,Google Ads,100\n2025,Smarch,Meta,50\n2025,April,Meta,50\n"
    reading = reader.read(text.encode(), "plan.csv")
    assert [(cell.cell, cell.raw) for cell in reading.quarantined] == [("B3", "Smarch")]
    assert str(reading.sums()["spend"]) == "200.000000"


def test_a_day_with_its_own_year_stays_beside_year_and_month():
    text = "Date,Year,Month,Channel,Spend\n2025-03-05,2025,3,Google Ads,100\n2025-03-06,2025,3,Meta,50\n"
    reading = reader.read(text.encode(), "plan.csv")
    assert reading.rows["date"].to_list() == [date(2025, 3, 5), date(2025, 3, 6)]
