"""Several tables on one tab: side by side with a blank column between them, or one below the other."""

from itertools import pairwise

from worker.sheets import headers, layout
from worker.sheets.grid import Cells, Grid, Scalar, column_letters, head_cell
from worker.sheets.layout import Layout
from worker.sheets.reading import METRICS

_LEAST_COLUMNS = 2
_TITLES = 3
_DIGITS = frozenset("0123456789")


def split(grid: Grid) -> list[tuple[Grid, Layout | None]]:
    """The tables of a tab with their headers; the tab itself when it holds one table or none."""
    found = layout.find(grid)
    if found is None:
        return [(grid, layout.of_channels(grid))]
    blocks = _blocks(grid, found)
    headed = [(block, layout.find(block)) for block in blocks] if len(blocks) > 1 else [(grid, found)]
    return [part for block, header in headed for part in _beside(block, header)]


def _beside(grid: Grid, found: Layout | None) -> list[tuple[Grid, Layout | None]]:
    if found is None:
        return [(grid, None)]
    groups = [group for group in layout.gaps(found.titles) if group[1] - group[0] >= _LEAST_COLUMNS]
    telling = [group for group in groups if _tells_money(found, group)]
    if len(telling) < 2 or any(_is_filled(grid, found, a[1], b[0]) for a, b in pairwise(groups)):
        return [(grid, found)]
    parts = [_part(grid, (0, grid.height), group) for group in telling]
    return [(part, layout.find(part)) for part in parts]


def _tells_money(found: Layout, group: tuple[int, int]) -> bool:
    """A table of its own has a name or a day, and an amount."""
    matches = [match for match in found.matches[group[0] : group[1]] if match.sure >= 0.85]
    fields = {match.field for match in matches}
    return bool(fields & {"spend", "budget"}) and bool(fields - set(METRICS) - {"other", "reach", "currency"})


def _is_filled(grid: Grid, found: Layout, first: int, last: int) -> bool:
    """Whether columns without a title hold cells: then they are no gap between two tables."""
    rows = grid.head[found.first : found.first + 50]
    return any(head_cell(row, column) is not None for row in rows for column in range(first, last))


def _blocks(grid: Grid, found: Layout) -> list[Grid]:
    """Tables below each other: another header with money in it, and the titles that stand over it."""
    starts = [0]
    for row in range(found.first + 1, len(grid.head)):
        if _is_other_header(grid, row, found):
            starts.append(_with_titles(grid, row, starts[-1] + 1))
    ends = [*starts[1:], grid.height]
    whole = (0, grid.width)
    return [grid] if len(starts) == 1 else [_part(grid, rows, whole) for rows in zip(starts, ends, strict=True)]


def _with_titles(grid: Grid, row: int, least: int) -> int:
    """The first row of the texts right above a header: each a single cell, the first of them after a blank row."""
    top = row
    while top > least and _is_title(grid.head[top - 1]) and row - top < _TITLES:
        top -= 1
    return top if top > least and _is_blank(grid.head[top - 1]) else row


def _is_title(row: list[Scalar]) -> bool:
    filled = [cell for cell in row if cell is not None]
    return len(filled) == 1 and isinstance(filled[0], str)


def _is_blank(row: list[Scalar]) -> bool:
    return all(cell is None for cell in row)


def _is_other_header(grid: Grid, row: int, found: Layout) -> bool:
    cells = grid.head[row]
    if any(not isinstance(cell, str) or cell[0] in _DIGITS for cell in cells if cell is not None):
        return False
    if layout.is_repeated_header(cells, found.titles):
        return False
    sure = {match.field for cell in cells if isinstance(cell, str) and (match := headers.match(cell)).sure >= 0.9}
    return bool(sure & {"spend", "budget"}) and len(sure - {"other", "reach"}) >= 3


def _part(grid: Grid, rows: tuple[int, int], columns: tuple[int, int]) -> Grid:
    (top, bottom), (left, right) = rows, columns
    height = bottom - top

    def load(indices: set[int]) -> dict[int, Cells]:
        loaded = grid.load({index + left for index in indices})
        return {index: _rows(loaded[index + left], top, height) for index in indices}

    def errors() -> dict[tuple[int, int], str]:
        found = grid.errors().items()
        return {(r - top, c - left): raw for (r, c), raw in found if top <= r < bottom and left <= c < right}

    merged = [
        ((a - top, b - left), (c - top, d - left))
        for (a, b), (c, d) in grid.merged
        if top <= a < bottom and left <= b < right
    ]
    named = f"rows {top + 1} to {bottom}" if (left, right) == (0, grid.width) else _columns_name(left, right)
    return Grid(
        tab=f"{grid.tab} ({named})" if grid.tab else named, visible=grid.visible, height=height, width=right - left,
        head=[row[left:right] for row in grid.head[top:bottom]], load=load, merged=merged, errors=errors,
        currencies=grid.currencies,
        separator=grid.separator,
        file=grid.file, row_offset=grid.row_offset + top, column_offset=grid.column_offset + left,
    )  # fmt: skip


def _columns_name(left: int, right: int) -> str:
    return f"columns {column_letters(left)} to {column_letters(right - 1)}"


def _rows(cells: Cells, top: int, height: int) -> Cells:
    text, number, moment = (part.slice(top, height) if part is not None else None for part in cells.parts())
    assert text is not None
    return Cells(text, number, moment)
