"""Workbooks: tabs that count and tabs that do not, merged cells, error cells, real dates, files that can't be read."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from worker.sheets.reader import read
from worker.sheets.reading import Pins, Reading, UnreadableFile

Xlsx = Callable[..., bytes]
HEADER = ["Day", "Campaign", "Channel", "Cost", "Clicks"]


def lines(cost: float, *, channel: str = "Search", campaign: str = "C", count: int = 4) -> list[list[Any]]:
    return [[date(2026, 1, 5 + i), f"{campaign}{i}", channel, cost + i, 10 + i] for i in range(count)]


def used(reading: Reading) -> list[str]:
    return [table.tab for table in reading.tables if table.used]


def test_days_and_numbers_of_cells_are_kept(xlsx: Xlsx) -> None:
    reading = read(xlsx({"Data": [HEADER, *lines(10.25)]}), "a.xlsx")

    assert reading.sums()["spend"] == Decimal(47)
    assert reading.rows["date"].to_list() == [date(2026, 1, 5 + i) for i in range(4)]
    assert reading.rows["row"].to_list() == [2, 3, 4, 5]


def test_an_error_cell_is_set_aside_and_no_zero(xlsx: Xlsx, with_error_cell: Xlsx) -> None:
    data = with_error_cell(xlsx({"Data": [HEADER, *lines(10)]}), "D3", "#DIV/0!")

    reading = read(data, "a.xlsx")

    assert [(cell.cell, cell.raw) for cell in reading.quarantined] == [("D3", "#DIV/0!")]
    assert reading.sums()["spend"] == Decimal(35)


def test_tabs_of_several_months_are_added_up(xlsx: Xlsx) -> None:
    tabs = {"January": [HEADER, *lines(10)], "February": [HEADER, *lines(99)]}

    reading = read(xlsx(tabs), "a.xlsx")

    assert used(reading) == ["January", "February"]
    assert reading.sums()["spend"] == Decimal(46 + 402)


def test_a_copy_of_a_tab_does_not_count_twice(xlsx: Xlsx) -> None:
    rows = lines(100)
    tabs = {"Raw": [HEADER, *rows], "Clean": [[h.upper() for h in HEADER], *rows]}

    reading = read(xlsx(tabs), "a.xlsx")

    assert used(reading) == ["Raw"]
    assert reading.sums()["spend"] == Decimal(406)
    assert any("Clean" in warning for warning in reading.warnings)


def test_a_summary_of_a_tab_does_not_count_twice(xlsx: Xlsx) -> None:
    rows = lines(100) + lines(50, channel="Display")
    summary = [["Channel", "Cost", "Clicks"], ["Search", 406, 46], ["Display", 206, 46]]

    reading = read(xlsx({"Summary": summary, "Data": [HEADER, *rows]}), "a.xlsx")

    assert used(reading) == ["Data"]
    assert reading.sums()["spend"] == Decimal(612)


def test_of_scenarios_one_counts(xlsx: Xlsx) -> None:
    header = ["Channel", "Placement", "Budget", "Impressions"]

    def plan(budget: int) -> list[list[Any]]:
        return [header, ["TV", "Prime time", budget, budget * 10], ["Radio", "Morning", budget // 2, budget * 4]]

    tabs = {"Scenario A": plan(1000), "Scenario B": plan(800), "Scenario C": plan(600)}

    reading = read(xlsx(tabs), "plan.xlsx")

    assert used(reading) == ["Scenario A"]
    assert reading.sums()["budget"] == Decimal(1500)
    assert reading.kind == "plan"
    assert used(read(xlsx(tabs), "plan.xlsx", Pins(tab="Scenario C"))) == ["Scenario C"]


def test_equal_plans_of_two_months_are_two_months(xlsx: Xlsx) -> None:
    plan = [["Channel", "Budget", "Impressions"], ["TV", 1000, 5000], ["Radio", 500, 2000]]

    reading = read(xlsx({"January": plan, "February": plan}), "plan.xlsx")

    assert used(reading) == ["January", "February"]
    assert reading.sums()["budget"] == Decimal(3000)


def test_an_edited_copy_of_a_tab_does_not_count_twice(xlsx: Xlsx) -> None:
    for copy in ("Plan (2)", "Copy of Plan", "Plan old"):
        tabs = {copy: [HEADER, *lines(70)], "Plan": [HEADER, *lines(10)]}

        assert used(read(xlsx(tabs), "plan.xlsx")) == ["Plan"], copy


def test_a_hidden_tab_does_not_count(xlsx: Xlsx) -> None:
    tabs = {"Data": [HEADER, *lines(10)], "Old": [HEADER, *lines(77)]}

    assert used(read(xlsx(tabs, hidden=["Old"]), "a.xlsx")) == ["Data"]


def test_a_name_merged_over_rows_names_each_of_them(xlsx: Xlsx) -> None:
    rows = [
        ["Media plan spring"],
        [],
        ["Channel", "Placement", "Budget", "Impressions"],
        ["TV", "Prime", 1000, 50],
        [None, "Late", 500, 20],
        ["Radio", "Morning", 200, 10],
        ["Total", None, 1700, 80],
    ]
    reading = read(xlsx({"Plan": rows}, merged={"Plan": ["A1:D1", "A4:A5"]}), "plan.xlsx")

    assert reading.rows["channel"].to_list() == ["TV", "TV", "Radio"]
    assert reading.sums()["budget"] == Decimal(1700)


def test_two_header_rows_are_read_together(xlsx: Xlsx) -> None:
    rows = [
        ["Channel", "Flight", "Delivery", None, "Money"],
        [None, None, "Impressions", "Clicks", "Net budget (EUR)"],
        ["Video", "01.09.2026 - 30.09.2026", 1000, 10, 500],
        ["Audio", "01.10.2026 - 31.10.2026", 2000, 20, 700],
    ]
    reading = read(xlsx({"Plan": rows}, merged={"Plan": ["C1:D1"]}), "plan.xlsx")

    assert reading.tables[0].header_rows == (1, 2)
    assert reading.sums() | {"conversions": None} == {
        "spend": None, "budget": 1200, "impressions": 3000, "clicks": 30, "conversions": None, "revenue": None,
    }  # fmt: skip
    assert reading.currency == "EUR"


def test_ods_is_read_like_any_workbook(ods: Xlsx) -> None:
    reading = read(ods([["Campaign", "Cost", "Clicks"], ["A", 10.5, 3], ["B", 2, 4]]), "a.ods")

    assert reading.sums()["spend"] == Decimal("12.5")


def test_pins_are_stronger_than_what_the_reader_concludes(xlsx: Xlsx) -> None:
    rows = [
        ["Campaign", "Cost", "Net cost", "Clicks", "Day"],
        ["A", 120, 100, 3, "03/04/2026"],
        ["B", 60, 50, 4, "04/04/2026"],
    ]
    data = xlsx({"Data": rows})

    free = read(data, "a.xlsx")
    pinned = read(data, "a.xlsx", Pins(columns={"Cost": "other", "C": "spend"}, currency="NOK", date_order="mdy"))

    assert free.sums()["spend"] == 180
    assert free.rows["date"].null_count() == 2 - (free.rows["date"][1] is not None) - (free.rows["date"][0] is not None)
    assert pinned.sums()["spend"] == 150
    assert pinned.currency == "NOK"
    assert pinned.rows["date"].to_list() == [date(2026, 3, 4), date(2026, 4, 4)]


def bomb(xlsx: Xlsx) -> bytes:
    out = io.BytesIO()
    out.write(xlsx({"Data": [HEADER]}))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/huge.bin", b"\0" * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "no_table"),
        (b"\n\n  \n", "a.csv", "no_table"),
        (b"%PDF-1.7 ...", "a.csv", "not_a_spreadsheet"),
        (b"\x89PNG\r\n", "a.xlsx", "not_a_spreadsheet"),
        (b"<!DOCTYPE html><html></html>", "a.xls", "not_a_spreadsheet"),
        (b"PK\x03\x04 broken", "a.xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "damaged"),
        (bytes(range(256)) * 20, "a.csv", "not_a_spreadsheet"),
        (b"\x7fELF\x02\x01\x01" + b"\0\0\x07\0\0\x90\0" * 600, "a.xlsx", "not_a_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "protected"),
    ],
    ids=["empty", "blank", "pdf", "picture", "web page", "broken zip", "broken xls", "binary", "program", "password"],
)
def test_an_unreadable_file_says_why(data: bytes, name: str, code: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(data, name)

    assert refused.value.code == code
    assert str(refused.value).endswith(".")


def test_a_zip_bomb_is_not_unpacked(xlsx: Xlsx) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(bomb(xlsx), "a.xlsx")

    assert refused.value.code == "too_large"


@pytest.mark.parametrize("count", [1, 15_000], ids=["small", "large"])
@pytest.mark.parametrize(
    ("place", "declared"), [("XFD1048576", ""), ("ABC200000", '<dimension ref="A1:L9"/>'), ("A987654321", "")]
)
def test_one_cell_in_the_far_corner_does_not_fill_the_memory(xlsx: Xlsx, count: int, place: str, declared: str) -> None:
    out, row = io.BytesIO(), b'<row r="2"><c r="A2" t="str"><v>Campaign A</v></c>' + b'<c r="B2"><v>10</v></c>' * 20
    with zipfile.ZipFile(io.BytesIO(xlsx({"Data": [["x"]]}))) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.infolist():
            rows = row + b"</row>"
            far = f'<row><c r="{place}"><v>1</v></c></row>'.encode()
            sheet = b"<worksheet>%s<sheetData>%s%s</sheetData></worksheet>" % (declared.encode(), rows * count, far)
            target.writestr(item.filename, sheet if "sheet1" in item.filename else source.read(item.filename))

    with pytest.raises(UnreadableFile) as refused:
        read(out.getvalue(), "a.xlsx")

    assert refused.value.code == "too_large"


def test_a_truncated_workbook_is_damaged(xlsx: Xlsx) -> None:
    whole = xlsx({"Data": [HEADER, *lines(1)]})

    for end in (100, len(whole) // 2, len(whole) - 30):
        with pytest.raises(UnreadableFile) as refused:
            read(whole[:end], "a.xlsx")
        assert refused.value.code == "damaged"


def test_an_ods_file_that_repeats_a_cell_for_ever_is_too_large(ods: Xlsx) -> None:
    data = ods([["Campaign", "Cost"], ["A", 1]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.infolist():
            content = source.read(item.filename)
            repeated = b'<table:table-cell table:number-columns-repeated="16000" office:value-type="float"'
            target.writestr(item.filename, content.replace(b'<table:table-cell office:value-type="float"', repeated))

    with pytest.raises(UnreadableFile) as refused:
        read(out.getvalue(), "a.ods")

    assert refused.value.code == "too_large"


@pytest.mark.parametrize(
    ("number_format", "currency"),
    [
        ("[$€-407] #,##0.00", "EUR"),
        ('#,##0.00 "zł"', "PLN"),
        ("[$R$-416] #,##0", "BRL"),
        ("£#,##0", "GBP"),
        ("0.00", None),
    ],
)
def test_the_currency_may_stand_in_the_format_of_the_cells(number_format: str, currency: str | None) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in ([*HEADER], *lines(10.5)):
        book.active.append(row)
    for cell in book.active["D"][1:]:
        cell.number_format = number_format
    out = io.BytesIO()
    book.save(out)

    assert read(out.getvalue(), "a.xlsx").currency == currency


def test_a_chosen_tab_whose_chosen_header_names_no_amount_holds_no_campaign(xlsx: Xlsx) -> None:
    data = xlsx({"Data": [["Our year"], HEADER, *lines(10)], "Other": [HEADER, *lines(20)]})

    assert read(data, "a.xlsx", Pins(tab="Data", header_row=2)).rows.height == 4
    with pytest.raises(UnreadableFile, match="“Data”, and it holds no campaign data"):
        read(data, "a.xlsx", Pins(tab="Data", header_row=1))


def test_tabs_that_may_be_alternatives_or_hold_other_currencies_are_asked_about(xlsx: Xlsx) -> None:
    tabs = {
        "Idee 1": [
            ["Channel", "Month", "Budget", "Currency"],
            ["TV", "2026-01", 300, "EUR"],
            ["Radio", "2026-01", 100, "EUR"],
        ],
        "Idee 2": [
            ["Channel", "Month", "Budget", "Currency"],
            ["TV", "2026-01", 280, "GBP"],
            ["Radio", "2026-01", 90, "GBP"],
        ],
    }

    reading = read(xlsx(tabs), "Media plan.xlsx")

    assert reading.sums()["budget"] == 770
    either, currencies = reading.warnings
    assert either.startswith("The tabs “Idee 1” and “Idee 2” are added up. If they are alternatives of one plan")
    assert currencies == "The amounts are in several currencies: EUR, GBP. They are not converted."


def test_a_currency_is_known_by_its_word_above_the_table(xlsx: Xlsx) -> None:
    tabs = {"Plan": [["Bedragen in euro"], ["Kanaal", "Maand", "Budget"], ["TV", "2026-01", 300]]}

    assert read(xlsx(tabs), "Mediaplan.xlsx").currency == "EUR"
