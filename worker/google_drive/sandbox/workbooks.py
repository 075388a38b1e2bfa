"""Sheets in and out of XLSX and CSV. Imported only when needed: openpyxl is slow to load."""

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.datetime import from_excel, to_excel
from openpyxl.utils.exceptions import InvalidFileException

from worker.google_drive.sandbox.cell_formats import entered, is_date_format, shown
from worker.google_drive.sandbox.csv_tables import read_rows
from worker.google_drive.sandbox.native_sheets import Cell, Content, Scalar, Tab, trim

# What openpyxl raises on files that are damaged, or no workbooks at all. SyntaxError is the XML parser's.
DAMAGE = (BadZipFile, InvalidFileException, AttributeError, IndexError, KeyError, OSError, SyntaxError, TypeError)


def from_xlsx(data: bytes) -> list[Tab]:
    """Read the values that Excel last saved; formulas are not computed. Raise ValueError when it is no workbook."""
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        found = [read_sheet(number, sheet) for number, sheet in enumerate(workbook.worksheets)]
        workbook.close()
    except DAMAGE as error:
        raise ValueError("This is no XLSX file.") from error
    return found


def read_sheet(number: int, sheet: Any) -> Tab:
    rows = [[read_cell(cell) for cell in row] for row in sheet.iter_rows()]
    tab = Tab(id=number, title=sheet.title, rows=rows, hidden=sheet.sheet_state != "visible")
    trim(tab)
    return tab


def read_cell(cell: Any) -> Content:
    value = cell.value
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, datetime | date | time | timedelta):
        return Cell(whole(to_excel(value)), cell.number_format)
    number = whole(value)
    return number if cell.number_format in ("General", None) else Cell(number, cell.number_format)


def whole(number: float) -> float:
    """A number without a fraction as an int, the way Google writes it in JSON."""
    return int(number) if isinstance(number, float) and number.is_integer() and abs(number) < 1e15 else number


def from_csv(data: bytes) -> list[Tab]:
    tab = Tab(id=0, title="Sheet1", rows=[[entered(value) for value in row] for row in read_rows(data)])
    trim(tab)
    return [tab]


def to_xlsx(tabs: list[Tab], changed_at: datetime) -> bytes:
    workbook = openpyxl.Workbook(write_only=True)
    workbook.properties.modified = changed_at.replace(tzinfo=None)
    for tab in tabs:
        sheet = workbook.create_sheet(tab.title)
        sheet.sheet_state = "hidden" if tab.hidden else "visible"
        for row in tab.rows:
            sheet.append([written(sheet, content) for content in row])
        for area in tab.merged:
            sheet.merged_cells.add(area)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def written(sheet: Any, content: Content) -> Any:
    if not isinstance(content, Cell | str):
        return content
    cell: Any = WriteOnlyCell(sheet)
    if isinstance(content, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", content)
        # Text that begins with "=" is text here, not a formula.
        cell.data_type = "s" if cell.data_type == "f" else cell.data_type
        return cell
    cell.value = excel_value(content)
    cell.number_format = content.format
    return cell


def excel_value(cell: Cell) -> Scalar | datetime | time | timedelta:
    if is_date_format(cell.format) and isinstance(cell.value, int | float):
        return from_excel(cell.value)
    return cell.value


def to_csv(tab: Tab, locale: str) -> bytes:
    """Write one tab as people see it: formatted, every row as wide as the widest."""
    width = max((len(row) for row in tab.rows), default=0)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in tab.rows:
        cells = [shown(content, locale) for content in row]
        writer.writerow(cells + [""] * (width - len(cells)))
    return buffer.getvalue().removesuffix("\r\n").encode()


def with_cell(data: bytes, tab: str | None, row: int, column: int, content: Content) -> bytes:
    """Change one cell of an XLSX and keep its number format."""
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(data))
    except DAMAGE as error:
        raise ValueError("This is no XLSX file.") from error
    if tab is not None and tab not in workbook.sheetnames:
        raise ValueError(f"There is no tab {tab}.")
    sheet: Any = workbook[tab] if tab is not None else workbook.worksheets[0]
    cell = sheet.cell(row + 1, column + 1)
    cell.value = excel_value(content) if isinstance(content, Cell) else content
    if isinstance(content, Cell) and cell.number_format == "General":
        cell.number_format = content.format
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
