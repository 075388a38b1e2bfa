"""Columns that are read and may mean something else: told, so that a person can choose."""

from worker.sheets import currencies, vocabulary
from worker.sheets.bought import number_in
from worker.sheets.grid import Grid, column_letters, head_cell
from worker.sheets.headers import Match
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal
from worker.sheets.units import ONE

_SHOWN = 3


def find(grid: Grid, layout: Layout, matches: list[Match], fields: dict[str, int]) -> list[str]:
    return [*_money_or_number(grid, layout, matches, fields), *_several_results(grid, layout, fields)]


def _money_or_number(grid: Grid, layout: Layout, matches: list[Match], fields: dict[str, int]) -> list[str]:
    """'Sales' alone, without a currency or cents, may be money or how many were sold."""
    found = [name for name in ("revenue", "conversions") if name in fields]
    found = [name for name in found if _is_called(layout.titles[fields[name]], "sales")]
    if len(found) != 1 or any(normal(title) in vocabulary.everywhere("orders") for title in layout.titles):
        return []
    index = fields[found[0]]
    match, title = matches[index], " ".join(layout.titles[index].split())
    if match.currency or match.unit != ONE or _shows_money(grid, layout, index):
        return []
    other = "conversions" if found[0] == "revenue" else "revenue"
    return [f"“{title}” is read as {found[0]}. Choose {other} for it if that is what the column holds."]


def _shows_money(grid: Grid, layout: Layout, index: int) -> bool:
    """Whether cells have a currency, or cents."""
    if column_letters(index) in grid.currencies():
        return True
    cells = [cell for row in grid.head[layout.first :] if (cell := head_cell(row, index)) is not None]
    signed = any(isinstance(cell, str) and currencies.of_cell(cell) for cell in cells)
    return signed or any((value := number_in(cell, ".")) and round(value, 1) != value for cell in cells)


def _several_results(grid: Grid, layout: Layout, fields: dict[str, int]) -> list[str]:
    """'Results' count what each campaign is after: purchases here, leads there."""
    index = fields.get("conversions")
    kinds = [i for i, title in enumerate(layout.titles) if normal(title) in vocabulary.everywhere("result_type")]
    if index is None or not kinds or not _is_called(layout.titles[index], "results"):
        return []
    rows = [row for row in grid.head[layout.first :] if number_in(head_cell(row, index), ".")]
    named = dict.fromkeys(str(kind) for row in rows if (kind := head_cell(row, kinds[0])) is not None)
    if len(named) < 2:
        return []
    title, shown = " ".join(layout.titles[index].split()), ", ".join(list(named)[:_SHOWN])
    return [
        f"“{title}” counts different things that are added up: {shown}. Compare only campaigns that count the same."
    ]


def _is_called(title: str, role: str) -> bool:
    leaving = vocabulary.everywhere("total") | vocabulary.everywhere("neutral")
    words = [word for word in normal(title).split() if word not in leaving]
    return " ".join(words) in vocabulary.everywhere(role)
