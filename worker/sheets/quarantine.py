"""Cells that should hold a value and do not: each is named, with what stands in it and why it was not read."""

import polars as pl

from worker.sheets.reading import Quarantined
from worker.sheets.typed import Typed

_NEVER_CALCULATED = "the formula was never calculated; open the file in Excel or Google Sheets and save it"


def find(typed: Typed, keep: pl.Series) -> list[Quarantined]:
    """Quarantined cells of the rows that are kept (a mask), numbers first."""
    return [*_unread(typed, keep), *_errors(typed, keep)]


def _unread(typed: Typed, keep: pl.Series) -> list[Quarantined]:
    found: list[Quarantined] = []
    for key, column in (typed.metrics | typed.days).items():
        for position, raw, problem in zip(column.bad, column.raw, column.problems, strict=True):
            if keep[position]:
                row, cell = typed.cell(position, key)
                found.append(Quarantined(typed.grid.tab, row, cell, key.split("@")[0], raw, problem))
    return found


def _errors(typed: Typed, keep: pl.Series) -> list[Quarantined]:
    """Error cells of a workbook and formulas that were never calculated arrive blank; they are no zeros."""
    held = [found.written() for found in typed.metrics.values()]
    held += [found.first.is_not_null() for found in typed.days.values()]
    if not any((keep & ~mask).any() for mask in held):
        return []
    keys = {column: key for key, column in typed.columns.items()}
    found: list[Quarantined] = []
    for (row, column), raw in sorted(typed.grid.errors().items()):
        position = row - typed.layout.first
        if column in keys and 0 <= position < len(keep) and keep[position]:
            number, cell = typed.cell(position, keys[column])
            problem = _NEVER_CALCULATED if raw.startswith("=") else f"the formula shows the error {raw}"
            found.append(Quarantined(typed.grid.tab, number, cell, keys[column].split("@")[0], raw, problem))
    return found
