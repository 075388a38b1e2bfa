"""A native Sheet that is too big to export, read through the Sheets API in windows of rows."""

import io
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from worker.google_drive.service import Google

Cells = list[Any]

_WINDOW = 10_000
_TABS = "sheets.properties(title,sheetType,hidden,gridProperties(rowCount,columnCount))"


def workbook(google: Google, file_id: str) -> bytes:
    """Give the Sheet as XLSX. Numbers stay numbers; dates arrive as the text that the Sheet shows."""
    book = Workbook(write_only=True)
    request = google.sheets.spreadsheets().get(spreadsheetId=file_id, fields=_TABS)
    for properties in (sheet["properties"] for sheet in google.ask(request).get("sheets", [])):
        if properties.get("sheetType", "GRID") != "GRID":
            continue
        tab = book.create_sheet(properties["title"])
        tab.sheet_state = "hidden" if properties.get("hidden") else "visible"
        for row in _rows(google, file_id, properties):
            tab.append([_cell(tab, value) for value in row])
    result = io.BytesIO()
    book.save(result)
    return result.getvalue()


def _rows(google: Google, file_id: str, properties: dict[str, Any]) -> Iterator[Cells]:
    """Read row by row. Google leaves out empty rows at the end of a window: they are put back between windows."""
    grid = properties["gridProperties"]
    count, title = grid["rowCount"], properties["title"].replace("'", "''")
    last_column = get_column_letter(grid["columnCount"])
    left_out = 0
    for first in range(1, count + 1, _WINDOW):
        last = min(first + _WINDOW - 1, count)
        rows = _window(google, file_id, f"'{title}'!A{first}:{last_column}{last}")
        if rows:
            yield from ([] for _ in range(left_out))
            left_out = 0
        yield from rows
        left_out += last - first + 1 - len(rows)


def _window(google: Google, file_id: str, area: str) -> list[Cells]:
    request = (
        google.sheets.spreadsheets()
        .values()
        .get(
            spreadsheetId=file_id,
            range=area,
            valueRenderOption="UNFORMATTED_VALUE",
            dateTimeRenderOption="FORMATTED_STRING",
        )
    )
    return google.ask(request).get("values", [])


def _cell(tab: Any, value: Any) -> Any:
    """Keep text that begins with "=" from turning into a formula."""
    cell = WriteOnlyCell(tab, value)
    if isinstance(value, str) and value.startswith("="):
        cell.data_type = "s"
    return cell
