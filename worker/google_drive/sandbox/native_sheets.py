"""The inside of a native sheet: tabs of cells, kept as JSON."""

import re
from datetime import datetime

import msgspec

from worker.google_drive.sandbox import edits
from worker.google_drive.sandbox.state import CSV, SPREADSHEET, XLSX, File, State

Scalar = bool | int | float | str | None


class Cell(msgspec.Struct, array_like=True, frozen=True):
    """A value that is shown in a format of its own. A date is a number of days since 1899-12-30."""

    value: Scalar
    format: str


Content = bool | int | float | str | Cell | None


class Tab(msgspec.Struct, kw_only=True):
    id: int
    title: str
    rows: list[list[Content]]
    hidden: bool = False
    merged: list[str] = []
    """Merged ranges in A1 notation."""

    @property
    def row_count(self) -> int:
        return max(1000, len(self.rows))

    @property
    def column_count(self) -> int:
        return max(26, max((len(row) for row in self.rows), default=0))


def tabs(state: State, file: File) -> list[Tab]:
    """Look inside a sheet. The first look turns what it was made from into tabs."""
    data = state.content(file.id)
    if file.holds == "nothing":
        return [Tab(id=0, title="Sheet1", rows=[])]
    if file.holds == "tabs":
        return msgspec.json.decode(data, type=list[Tab])
    from worker.google_drive.sandbox import workbooks

    read = workbooks.from_csv(data) if file.holds == "table" else workbooks.from_xlsx(data)
    keep_tabs(state, file, read)
    state.files.put(file)
    return read


def keep_tabs(state: State, file: File, content: list[Tab]) -> None:
    file.holds = "tabs"
    state.keep_content(file.id, msgspec.json.encode(content))


def change_tabs(state: State, file: File, content: list[Tab], by: str, at: datetime | None = None) -> None:
    keep_tabs(state, file, content)
    edits.edited(state, file, by, at)


def value_of(content: Content) -> Scalar:
    return content.value if isinstance(content, Cell) else content


def put_cell(tab: Tab, row: int, column: int, content: Content) -> None:
    """Write one cell, 0-based; the number format that stands there stays when a bare number comes."""
    while len(tab.rows) <= row:
        tab.rows.append([])
    cells = tab.rows[row]
    cells.extend([None] * (column + 1 - len(cells)))
    before = cells[column]
    if isinstance(before, Cell) and isinstance(content, int | float) and not isinstance(content, bool):
        content = Cell(content, before.format)
    cells[column] = content
    trim(tab)


def trim(tab: Tab) -> None:
    """Drop empty cells at the end of rows, and empty rows at the end of the tab."""
    for cells in tab.rows:
        while cells and value_of(cells[-1]) in (None, ""):
            cells.pop()
    while tab.rows and not tab.rows[-1]:
        tab.rows.pop()


def searchable_text(state: State, file: File) -> str:
    """Words of a file for fullText: native sheets and text files. XLSX bytes are not searched."""
    if file.mime_type == SPREADSHEET:
        return " ".join(str(value_of(cell)) for tab in tabs(state, file) for row in tab.rows for cell in row)
    is_text = file.mime_type in (CSV, "text/plain") or re.search(r"\.(csv|tsv|txt)$", file.name, re.IGNORECASE)
    if not is_text or file.mime_type == XLSX:
        return file.description or ""
    return state.content(file.id).decode("utf-8", "replace")
