"""A row for each metric and a column for each month or week: read as if it stood upright, with its own cell names."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from worker.sheets.reader import read

Xlsx = Callable[..., bytes]

MONTHS = """KPIs 2026,,,,
KPI,Jan,Feb,Mar,Total
Spend (EUR),"1,000.50",2000,oops,3000.5
Impressions,10000,20000,30000,60000
Clicks,100,200,300,600
CTR,1%,1%,1%,1%
"""
CHANNELS = """;2026-01;2026-02
Google Ads;;
Kosten;10,50;11,50
Klicks;100;110
Meta;;
Kosten;20;30
Klicks;50;60
Gesamt;;
Kosten;30,50;41,50
Klicks;150;170
"""


def test_months_become_rows() -> None:
    reading = read(MONTHS.encode(), "kpis.csv")

    assert reading.sums()["spend"] == Decimal("3000.5")
    assert reading.sums()["clicks"] == 600
    assert reading.currency == "EUR"
    assert reading.rows["date"].to_list() == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert reading.rows["end_date"].to_list() == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]


def test_a_cell_set_aside_keeps_the_name_that_it_has_in_the_sheet() -> None:
    (cell,) = read(MONTHS.encode(), "kpis.csv").quarantined

    assert (cell.cell, cell.raw) == ("D3", "oops")


def test_a_column_is_named_by_the_row_that_it_comes_from() -> None:
    (table,) = read(MONTHS.encode(), "kpis.csv").tables

    assert {column.field: column.letters for column in table.columns}["clicks"] == "5"
    assert (table.header_rows, table.first_data_row) == ((2,), 3)


def test_an_error_cell_keeps_its_name(xlsx: Xlsx, with_error_cell: Xlsx) -> None:
    days = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    rows = [["Overview"], [None, *days], ["Cost", 10, 20, 30], ["Clicks", 1, 2, 3]]
    reading = read(with_error_cell(xlsx({"KPI": rows}), "C3", "#DIV/0!"), "kpi.xlsx")

    assert [cell.cell for cell in reading.quarantined] == ["C3"]
    assert reading.sums()["spend"] == 40
    assert reading.rows["end_date"].to_list() == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]


def test_each_channel_has_its_own_metrics_and_their_total_is_left_out() -> None:
    reading = read(CHANNELS.encode(), "monate.csv")

    assert reading.sums()["spend"] == 72
    assert reading.sums()["clicks"] == 320
    assert reading.rows["channel"].to_list() == ["Google Ads", "Google Ads", "Meta", "Meta"]


def test_a_profit_and_loss_sheet_is_no_campaign_file() -> None:
    text = "P&L,Jan 2026,Feb 2026\nRevenue,100,110\nMarketing cost,20,20\nSalaries,40,40\nRent,5,5\n"

    assert not read(text.encode(), "pl.csv").is_campaign
