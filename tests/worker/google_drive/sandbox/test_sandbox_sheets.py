"""Sheets v4 over real HTTP, and the cells behind it."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from googleapiclient.errors import HttpError
from hypothesis import given
from hypothesis import strategies as st

from worker.google_drive.sandbox.a1_ranges import column_letters, column_number
from worker.google_drive.sandbox.accounts import INES, MARA
from worker.google_drive.sandbox.cell_edits import place_of
from worker.google_drive.sandbox.cell_formats import entered, shown
from worker.google_drive.sandbox.csv_tables import read_rows, with_cell
from worker.google_drive.sandbox.native_sheets import Cell
from worker.google_drive.sandbox.running import Running

TABS = {
    "Plan": [["Day", "Spend", "Note"], ["2026-01-31", 1200.5, None], [], ["x", None, None, ""]],
    "Q1 'draft'": [["only"]],
}
Write = Callable[..., dict[str, Any]]


@pytest.fixture
def sheet(sandbox: Running) -> str:
    return sandbox.control.add_sheet(MARA.email, "Media plan", TABS)


@pytest.fixture
def values(sheets: Any, sheet: str) -> Callable[..., list[list[Any]] | None]:
    def get(area: str, **options: Any) -> list[list[Any]] | None:
        answer = sheets.spreadsheets().values().get(spreadsheetId=sheet, range=area, **options).execute()
        return answer.get("values")

    return get


@pytest.fixture
def write(sheets: Any, sheet: str) -> Write:
    def put(area: str, rows: list[list[Any]], option: str = "USER_ENTERED") -> dict[str, Any]:
        body = {"values": rows}
        request = sheets.spreadsheets().values()
        return request.update(spreadsheetId=sheet, range=area, valueInputOption=option, body=body).execute()

    return put


def test_a_spreadsheet_tells_its_tabs(sheets: Any, sheet: str) -> None:
    answer = sheets.spreadsheets().get(spreadsheetId=sheet).execute()

    assert answer["properties"]["title"] == "Media plan"
    assert [tab["properties"]["title"] for tab in answer["sheets"]] == list(TABS)
    assert {tab["properties"]["sheetType"] for tab in answer["sheets"]} == {"GRID"}
    assert answer["sheets"][0]["properties"]["gridProperties"] == {"rowCount": 1000, "columnCount": 26}
    narrow = sheets.spreadsheets().get(spreadsheetId=sheet, fields="sheets.properties(title,index)").execute()
    assert narrow["sheets"][1] == {"properties": {"title": "Q1 'draft'", "index": 1}}


def test_empty_ends_are_left_out(values: Any) -> None:
    assert values("Plan") == [["Day", "Spend", "Note"], ["2026-01-31", "1200.5"], [], ["x"]]
    assert values("Plan!D1:Z") is None


@pytest.mark.parametrize(
    ("area", "found"),
    [
        ("B2", [["1200.5"]]),
        ("Plan!A1:B2", [["Day", "Spend"], ["2026-01-31", "1200.5"]]),
        ("Plan!B:B", [["Spend"], ["1200.5"]]),
        ("Plan!4:4", [["x"]]),
        ("Plan!A2:B", [["2026-01-31", "1200.5"], [], ["x"]]),
        ("'Q1 ''draft'''!A1", [["only"]]),
        ("'Q1 ''draft'''", [["only"]]),
    ],
)
def test_ranges_in_a1_notation(values: Any, area: str, found: list[list[Any]]) -> None:
    assert values(area) == found


@pytest.mark.parametrize("area", ["Nowhere!A1", "Plan!", "Plan!A1:", "Plan!1A", "Plan!A1001", "Plan!AA1"])
def test_a_range_that_is_not_there_is_refused(values: Any, area: str) -> None:
    with pytest.raises(HttpError, match=r"Unable to parse range|exceeds grid limits") as error:
        values(area)

    assert error.value.status_code == 400


def test_columns_can_be_the_major_dimension(values: Any) -> None:
    assert values("Plan!A1:B2", majorDimension="COLUMNS") == [["Day", "2026-01-31"], ["Spend", "1200.5"]]


def test_many_ranges_come_in_one_answer(sheets: Any, sheet: str) -> None:
    answer = (
        sheets.spreadsheets().values().batchGet(spreadsheetId=sheet, ranges=["Plan!A1", "'Q1 ''draft'''!A1"]).execute()
    )

    assert answer["spreadsheetId"] == sheet
    assert [found["values"] for found in answer["valueRanges"]] == [[["Day"]], [["only"]]]
    assert [found["range"] for found in answer["valueRanges"]] == ["Plan!A1", "'Q1 ''draft'''!A1"]


def test_numbers_and_days_come_as_asked(values: Any, write: Write) -> None:
    write("Plan!A2:C2", [["2026-02-01", "$1,200.50", "12.5%"]])

    assert values("Plan!A2:C2") == [["2026-02-01", "$1,200.50", "12.50%"]]
    assert values("Plan!A2:C2", valueRenderOption="UNFORMATTED_VALUE") == [[46054, 1200.5, 0.125]]
    formatted_days = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "FORMATTED_STRING"}
    assert values("Plan!A2:C2", **formatted_days) == [["2026-02-01", 1200.5, 0.125]]


def test_raw_input_stays_text(values: Any, write: Write) -> None:
    write("Plan!A2:B2", [["2026-02-01", "=1+1"]], "RAW")

    assert values("Plan!A2:B2", valueRenderOption="UNFORMATTED_VALUE") == [["2026-02-01", "=1+1"]]


def test_a_changed_cell_moves_version_time_and_feed(drive: Any, sheet: str, write: Write) -> None:
    before = drive.files().get(fileId=sheet, fields="*").execute()
    token = drive.changes().getStartPageToken().execute()["startPageToken"]

    answer = write("Plan!B2", [[1300]])

    after = drive.files().get(fileId=sheet, fields="*").execute()
    assert answer["updatedRange"] == "Plan!B2"
    assert (answer["updatedRows"], answer["updatedColumns"], answer["updatedCells"]) == (1, 1, 1)
    assert int(after["version"]) == int(before["version"]) + 1
    assert after["modifiedTime"] > before["modifiedTime"]
    assert [sheet] == [change["fileId"] for change in drive.changes().list(pageToken=token).execute()["changes"]]
    assert b"1300" in drive.files().export(fileId=sheet, mimeType="text/csv").execute()


def test_null_leaves_a_cell_alone_and_empty_text_clears_it(values: Any, write: Write) -> None:
    write("Plan!A1:C1", [[None, "", "New"]])

    assert values("Plan!A1:C1") == [["Day", "", "New"]]


@pytest.mark.parametrize(
    ("area", "rows", "option", "words"),
    [
        ("Plan!A1:B1", [[1, 2, 3]], "RAW", "do not fit"),
        ("Plan!A1", [["=1+1"]], "USER_ENTERED", "computes no formulas"),
        ("Plan!A1", [[{"a": 1}]], "RAW", "a cell holds"),
        ("Plan!A1", [[1]], "INPUT_VALUE_OPTION_UNSPECIFIED", "valueInputOption"),
    ],
)
def test_a_wrong_write_changes_nothing(
    values: Any, write: Write, area: str, rows: list[list[Any]], option: str, words: str
) -> None:
    before = values("Plan")

    with pytest.raises(HttpError, match=words):
        write(area, rows, option)

    assert before == values("Plan")


def test_only_native_sheets_are_spreadsheets(sandbox: Running, sheets: Any) -> None:
    csv = sandbox.control.add_file(MARA.email, "a.csv", b"a", "text/csv")

    with pytest.raises(HttpError) as other:
        sheets.spreadsheets().get(spreadsheetId=csv).execute()
    with pytest.raises(HttpError) as nothing:
        sheets.spreadsheets().get(spreadsheetId="nothing").execute()

    assert (other.value.status_code, nothing.value.status_code) == (400, 404)
    assert b"FAILED_PRECONDITION" in other.value.content
    assert b"NOT_FOUND" in nothing.value.content


def test_readers_may_not_write(sandbox: Running, sheets: Any) -> None:
    theirs = sandbox.control.add_sheet(INES.email, "S", {"One": [["a"]]}, shared_with=[MARA.email])
    request = sheets.spreadsheets().values()

    with pytest.raises(HttpError, match="does not have permission") as error:
        request.update(spreadsheetId=theirs, range="A1", valueInputOption="RAW", body={"values": [["b"]]}).execute()

    assert error.value.status_code == 403
    assert request.get(spreadsheetId=theirs, range="A1").execute()["values"] == [["a"]]


@pytest.mark.parametrize(
    ("cell", "locale", "text"),
    [
        (Cell(46054, "yyyy-mm-dd"), "en_US", "2026-02-01"),
        (Cell(46054, "d.m.yy"), "de_DE", "1.2.26"),
        (Cell(46054.75, "dd/mm/yyyy hh:mm"), "en_GB", "01/02/2026 18:00"),
        (Cell(46054, "mmm yyyy"), "en_US", "Feb 2026"),
        (Cell(1234.5, "#,##0.00"), "de_DE", "1.234,50"),
        (Cell(1234.5, '#,##0.00 "EUR"'), "en_US", "1,234.50 EUR"),
        (Cell(0.125, "0.0%"), "en_US", "12.5%"),
        (Cell(-5, "0.00;[Red](0.00)"), "en_US", "-5.00"),
        (1234.5, "de_DE", "1234,5"),
        (3, "en_US", "3"),
        (True, "en_US", "TRUE"),
        (None, "en_US", ""),
        ("#DIV/0!", "en_US", "#DIV/0!"),
    ],
)
def test_cells_are_shown_as_people_see_them(cell: Any, locale: str, text: str) -> None:
    assert shown(cell, locale) == text


@given(st.integers(-(10**12), 10**12) | st.decimals(-(10**9), 10**9, places=3))
def test_typed_numbers_become_numbers(number: Any) -> None:
    content = entered(f"{number}")

    assert isinstance(content, int | float)
    assert content == float(number)


@given(st.text(max_size=12))
def test_typing_never_fails(text: str) -> None:
    content = entered(text)

    assert content is None or shown(content, "en_US") != ""


@given(st.integers(0, 17_000))
def test_column_letters_count(number: int) -> None:
    letters = column_letters(number)

    assert re.fullmatch("[A-Z]{1,3}", letters)
    assert column_number(letters) == number
    assert place_of(f"{letters.lower()}7") == (6, number)


cells = st.text(alphabet=st.sampled_from("ab1 ,;\"'\n\r.ü"), max_size=5)
tables = st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=5)


@given(tables, st.data(), st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]), st.sampled_from(["\n", "\r\n"]))
def test_one_csv_cell_changes_and_no_other(
    table: list[list[str]], data: st.DataObject, encoding: str, line_end: str
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(table)
    raw = text.getvalue().encode(encoding)
    row = data.draw(st.integers(0, len(table) - 1))
    column = data.draw(st.integers(0, len(table[row]) - 1))

    changed = read_rows(with_cell(raw, row, column, "42"))

    expected = read_rows(raw)
    if len(expected) == len(table) and len(expected[row]) == len(table[row]):  # the separator was guessed right
        expected[row][column] = "42"
        assert changed == expected


def test_an_edit_keeps_every_other_byte(sandbox: Running, drive: Any) -> None:
    raw = b'\xef\xbb\xbfDay;Spend;Note\r\n"2026-01-01";1,5;"a ""b"""\r\n2026-01-02;2,5;\r\n'
    file_id = sandbox.control.add_file(MARA.email, "plan.csv", raw, "text/csv")

    sandbox.control.edit_cell(file_id, "B3", "99,5")

    assert drive.files().get_media(fileId=file_id).execute() == raw.replace(b"2,5;", b"99,5;")


def test_a_cell_of_a_workbook_can_be_edited(sandbox: Running, drive: Any) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Plan"
    book.active.append(["Day", "Spend"])
    book.active.append(["x", 5])
    book.active["B2"].number_format = "0.00"
    buffer = io.BytesIO()
    book.save(buffer)
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file_id = sandbox.control.add_file(MARA.email, "plan.xlsx", buffer.getvalue(), mime)

    sandbox.control.edit_cell(file_id, "B2", "7.5", tab="Plan")

    raw = drive.files().get_media(fileId=file_id).execute()
    after = openpyxl.load_workbook(io.BytesIO(raw))["Plan"]
    assert (after["B2"].value, after["B2"].number_format, after["A2"].value) == (7.5, "0.00", "x")
    with pytest.raises(ValueError, match="no tab Other"):
        sandbox.control.edit_cell(file_id, "B2", "1", tab="Other")
