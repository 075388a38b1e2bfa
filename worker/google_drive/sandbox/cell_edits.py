"""One changed cell in a sheet, an XLSX or a CSV file, and the grids that the pages show."""

import csv
import io
from dataclasses import dataclass

from worker.google_drive.sandbox import edits, native_sheets
from worker.google_drive.sandbox.a1_ranges import CORNER, column_number
from worker.google_drive.sandbox.cell_formats import entered, shown
from worker.google_drive.sandbox.state import SPREADSHEET, XLSX, File, State

ENCODINGS = ("utf-8-sig", "utf-16", "cp1252", "latin-1")


@dataclass(frozen=True)
class Grid:
    """One tab as text."""

    title: str
    rows: list[list[str]]


def grids(state: State, file: File) -> list[Grid]:
    """Show a file's tabs as text. Empty for files that hold no table."""
    if file.mime_type == SPREADSHEET:
        return [shown_tab(tab, file.locale) for tab in native_sheets.tabs(state, file)]
    if file.mime_type == XLSX:
        from worker.google_drive.sandbox import workbooks

        return [shown_tab(tab, file.locale) for tab in workbooks.from_xlsx(state.content(file.id))]
    if not is_text_table(file):
        return []
    text, _ = decode(state.content(file.id))
    return [Grid(file.name, list(csv.reader(io.StringIO(text), delimiter=delimiter_of(text))))]


def shown_tab(tab: native_sheets.Tab, locale: str) -> Grid:
    return Grid(tab.title, [[shown(cell, locale) for cell in row] for row in tab.rows])


def is_text_table(file: File) -> bool:
    return file.mime_type.startswith("text/") or file.name.lower().endswith((".csv", ".tsv", ".txt"))


def edit_cell(state: State, file: File, tab: str | None, cell: str, value: str, by: str) -> None:
    """Type a value into a cell. Raise ValueError when there is no such place."""
    row, column = place_of(cell)
    if file.mime_type == SPREADSHEET:
        tabs = native_sheets.tabs(state, file)
        chosen = [candidate for candidate in tabs if tab in (None, candidate.title)]
        if not chosen:
            raise ValueError(f"There is no tab {tab}.")
        native_sheets.put_cell(chosen[0], row, column, entered(value))
        native_sheets.change_tabs(state, file, tabs, by)
    elif file.mime_type == XLSX:
        from worker.google_drive.sandbox import workbooks

        data = workbooks.with_cell(state.content(file.id), tab, row, column, entered(value))
        edits.replace_content(state, file, data, by)
    elif is_text_table(file):
        edits.replace_content(state, file, csv_with_cell(state.content(file.id), row, column, value), by)
    else:
        raise ValueError("Only sheets, XLSX and CSV files have cells to edit.")


def place_of(cell: str) -> tuple[int, int]:
    match = CORNER.fullmatch(cell.strip())
    if match is None or not (match[1] and match[2]) or int(match[2]) == 0:
        raise ValueError(f"{cell!r} is no cell. Write it like C5.")
    return int(match[2]) - 1, column_number(match[1])


def decode(data: bytes) -> tuple[str, str]:
    for encoding in ENCODINGS[:-1]:
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode(ENCODINGS[-1]), ENCODINGS[-1]


def delimiter_of(text: str) -> str:
    """Guess by counting: the separator that stands most often in the busiest of the first lines."""
    lines = text.splitlines()[:20]
    return max(",;\t|", key=lambda mark: max((line.count(mark) for line in lines), default=0))


def csv_with_cell(data: bytes, row: int, column: int, value: str) -> bytes:
    """Rewrite the lines of one record; every other byte of the file stays as it is."""
    text, encoding = decode(data)
    mark = data[:3] if encoding == "utf-8-sig" and data.startswith(b"\xef\xbb\xbf") else b""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter_of(text))
    begin, record = 0, next(reader, None)
    for _ in range(row):
        begin, record = reader.line_num, next(reader, None)
    if record is None:
        raise ValueError(f"The file has no row {row + 1}.")
    cells = record + [""] * (column + 1 - len(record))
    cells[column] = value
    end = reader.line_num
    ending = lines[end - 1][len(lines[end - 1].rstrip("\r\n")) :]
    rewritten = io.StringIO()
    csv.writer(rewritten, delimiter=delimiter_of(text), lineterminator=ending).writerow(cells)
    changed = "".join([*lines[:begin], rewritten.getvalue(), *lines[end:]])
    return mark + changed.encode("utf-8" if encoding == "utf-8-sig" else encoding)
