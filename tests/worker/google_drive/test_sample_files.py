"""The sample Drive: the same bytes every time, no money twice, and numbers that follow known curves."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import polars as pl
import pytest

from worker.google_drive.sandbox.samples import GOOGLE_SHEET, bytes_of, history, sample_files, truth
from worker.sheets import reader

NOW = datetime(2026, 5, 20, 14, 30, tzinfo=UTC)
FILES = {file.name: file for file in sample_files(NOW)}


def test_the_same_moment_and_seed_give_the_same_bytes():
    again = sample_files(NOW)
    assert [file.download() for file in FILES.values()] == [file.download() for file in again]
    assert sample_files(NOW, seed=7)[0].data != again[0].data


def test_seven_campaign_files_stand_among_twelve_others():
    assert sum(file.is_campaign for file in FILES.values()) == 7
    assert len(FILES) == 19
    assert all(file.modified_at < NOW for file in FILES.values())


def test_history_ends_with_the_last_week_that_is_over():
    weeks = {week.week for week in history(NOW)}
    assert (min(weeks), max(weeks)) == (date(2024, 5, 20), date(2026, 5, 11))
    assert len(weeks) == 104


def test_every_euro_of_the_history_stands_in_exactly_one_file():
    spent = sum((file.expected_sums.get("spend", Decimal(0)) for file in FILES.values()), Decimal(0))
    assert abs(float(spent) - sum(week.spend for week in history(NOW))) < 20


@pytest.mark.parametrize("channel", truth())
def test_revenue_follows_the_known_curve(channel: str):
    """Averages over two years lie near the curve: off-air weeks and season pull, noise cancels."""
    curve = truth()[channel]
    felt, expected, seen = curve.usual, 0.0, 0.0
    for week in (week for week in history(NOW) if week.channel == channel):
        felt = curve.carry_over * felt + (1 - curve.carry_over) * week.spend
        expected += curve.revenue(felt)
        seen += week.revenue
    assert seen / expected == pytest.approx(1.04, abs=0.03)


def test_google_ads_total_lines_equal_the_rows():
    rows = list(csv.DictReader(io.StringIO(_text("Campaign report - Halden Outdoor.csv").split("\n", 2)[2])))
    data = [row for row in rows if not row["Week"].startswith("Total")]
    cost = sum(Decimal(row["Cost"].replace(",", "")) for row in data)
    total = next(row for row in rows if row["Week"] == "Total: Campaigns")
    assert cost == Decimal(total["Cost"].replace(",", "")) == _sums("Campaign report - Halden Outdoor.csv")["spend"]


def test_meta_export_opens_with_the_total_of_its_rows():
    total, *rows = csv.DictReader(io.StringIO(_text("Halden-Outdoor-Campaigns.csv")))
    assert total["Campaign name"] == ""
    assert sum(Decimal(row["Amount spent (EUR)"]) for row in rows) == Decimal(total["Amount spent (EUR)"])
    assert len(rows) == FILES["Halden-Outdoor-Campaigns.csv"].expected_rows


def test_linkedin_export_is_utf16_with_a_preamble():
    text = bytes_of("account_halden_campaign_performance_report.csv", NOW).decode("utf-16")
    rows = list(csv.DictReader(io.StringIO(text.split("\r\n", 5)[5]), delimiter="\t"))
    spent = sum(Decimal(row["Total Spent"]) for row in rows)
    assert spent == _sums("account_halden_campaign_performance_report.csv")["spend"]


def test_german_file_writes_numbers_the_german_way():
    name = "Affiliate Auswertung wöchentlich.csv"
    rows = list(csv.reader(io.StringIO(bytes_of(name, NOW).decode("cp1252")), delimiter=";"))
    costs = [Decimal(row[3].replace(".", "").replace(",", ".")) for row in rows[1:-1]]
    assert rows[-1][0] == "Summe"
    assert sum(costs) == _sums(name)["spend"]


def test_media_plan_has_merged_headers_and_its_total():
    book = openpyxl.load_workbook(io.BytesIO(bytes_of("Halden Outdoor Media Plan v3 FINAL.xlsx", NOW)))
    sheet = book["Media plan"]
    assert "D4:E4" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert book.sheetnames == ["Media plan", "Calendar", "Rate card", "Notes"]
    budgets = [row[5] for row in sheet.iter_rows(min_row=6, values_only=True)]
    assert sum(Decimal(str(value)) for value in budgets[:-1]) == Decimal(str(budgets[-1]))


def test_native_sheet_arrives_as_workbook_without_the_time_of_writing():
    data = bytes_of("TV + Radio weekly actuals", NOW)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book["Lookup"].sheet_state == "hidden"


@pytest.mark.parametrize("name", [file.name for file in FILES.values() if file.is_campaign])
def test_the_reader_gets_every_sum_and_row_right(name: str):
    reading = reader.read(FILES[name].download(), f"{name}.xlsx" if FILES[name].mime_type == GOOGLE_SHEET else name)
    assert {metric: value for metric, value in reading.sums().items() if value is not None} == _sums(name)
    assert reading.rows.height == FILES[name].expected_rows
    assert reading.currency == "EUR"
    assert not reading.quarantined


def test_every_row_of_actuals_has_its_day_and_channel():
    channels: set[str] = set()
    for file in FILES.values():
        if "spend" in file.expected_sums:
            rows = reader.read(
                file.download(), f"{file.name}.xlsx" if file.mime_type == GOOGLE_SHEET else file.name
            ).rows
            assert rows.select((pl.col("date").is_null() & pl.col("start_date").is_null()).any()).item() is False
            assert rows["channel"].null_count() == 0
            channels |= set(rows["channel"])
    assert len(channels) == len(truth())


def _text(name: str) -> str:
    return bytes_of(name, NOW).decode("utf-8-sig")


def _sums(name: str) -> dict[str, Decimal]:
    return FILES[name].expected_sums
