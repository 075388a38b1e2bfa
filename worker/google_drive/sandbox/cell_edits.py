"""One changed cell in a sheet, an XLSX or a CSV file, and the grids that the pages show."""

from dataclasses import dataclass

from worker.google_drive.sandbox import csv_tables, edits, native_sheets
from worker.google_drive.sandbox.a1_ranges import CORNER, column_number
from worker.google_drive.sandbox.cell_formats import entered, shown
from worker.google_drive.sandbox.state import SPREADSHEET, XLSX, File, State


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
    return [Grid(file.name, csv_tables.read_rows(state.content(file.id)))]


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
        edits.replace_tabs(state, file, tabs, by)
    elif file.mime_type == XLSX:
        from worker.google_drive.sandbox import workbooks

        data = workbooks.with_cell(state.content(file.id), tab, row, column, entered(value))
        edits.replace_content(state, file, data, by)
    elif is_text_table(file):
        edits.replace_content(state, file, csv_tables.with_cell(state.content(file.id), row, column, value), by)
    else:
        raise ValueError("Only sheets, XLSX and CSV files have cells to edit.")


def place_of(cell: str) -> tuple[int, int]:
    match = CORNER.fullmatch(cell.strip())
    if match is None or not (match[1] and match[2]) or int(match[2]) == 0:
        raise ValueError(f"{cell!r} is no cell. Write it like C5.")
    return int(match[2]) - 1, column_number(match[1])
