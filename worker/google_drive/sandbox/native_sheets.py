"""The inside of a native sheet: tabs of cells, kept as JSON."""

import re

import msgspec

from worker.google_drive.sandbox.state import SPREADSHEET, XLSX, File, State

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
    """Look inside a sheet."""
    if file.holds != "tabs":
        return [Tab(id=0, title="Sheet1", rows=[])]
    return msgspec.json.decode(state.content(file.id), type=list[Tab])


def keep_tabs(state: State, file: File, content: list[Tab]) -> None:
    data = msgspec.json.encode(content)
    state.keep_content(file.id, data)
    file.holds = "tabs"
    file.size = len(data)


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
    is_text = file.mime_type.startswith("text/") or re.search(r"\.(csv|tsv|txt)$", file.name, re.IGNORECASE)
    if not is_text or file.mime_type == XLSX:
        return file.description or ""
    return state.content(file.id).decode("utf-8", "replace")
