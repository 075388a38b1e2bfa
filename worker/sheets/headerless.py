"""Tables without a header, understood by arithmetic: clicks by impressions is a rate, spend by clicks is a price.

Only a table whose own rates and prices confirm each other is read this way.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.sheets.grid import Grid, head_cell
from worker.sheets.headers import OTHER, Match
from worker.sheets.layout import Layout
from worker.sheets.numbers import looks_numeric

_ROWS = 200
_LEAST_ROWS = 5
Column = NDArray[np.float64]


@dataclass(frozen=True)
class _Ratio:
    """Column `over` divided by column `under`, times `scale`, stands in column `rate`."""

    over: int
    under: int
    rate: int
    scale: int


def find(grid: Grid) -> Layout | None:
    columns = _numbers(grid)
    if len(columns) < 5:
        return None
    ratios = _ratios(columns)
    core = _core(columns, ratios)
    if core is None:
        return None
    spend, clicks, impressions = core
    fields = {spend: "spend", clicks: "clicks", impressions: "impressions"}
    rates = {ratio.rate for ratio in ratios if {ratio.over, ratio.under} <= set(core)}
    revenue = _add_outcome(fields, columns, ratios, spend, clicks, rates)
    if grid.height > _ROWS and revenue is not None and not _agrees(columns, revenue, 0.5).all():
        del fields[revenue.over]  # not every row is at hand to tell the damaged ones
        revenue = None
    name = _name_column(grid)
    matches = [_match(fields.get(column)) for column in range(grid.width)]
    if name is not None:
        matches[name] = Match("campaign", 0.6, why="the first column of names; the table has no header")
    return Layout((), 0, [""] * grid.width, matches, 3.0, [], _contradictions(columns, revenue))


def _match(field: str | None) -> Match:
    if field is None:
        return OTHER
    return Match(field, 0.8, why="the table has no header, but its rates and prices confirm this column")


def _numbers(grid: Grid) -> dict[int, Column]:
    """Columns of numbers only, from the first rows."""
    rows = [row for row in grid.head[:_ROWS] if row]
    if len(rows) < _LEAST_ROWS:
        return {}
    found: dict[int, Column] = {}
    for column in range(min(grid.width, 40)):
        values = [_number(head_cell(row, column)) for row in rows]
        if all(value is not None for value in values):
            found[column] = np.array(values, dtype=np.float64)
    return found


def _number(cell: object) -> float | None:
    if isinstance(cell, float):
        return cell
    if not isinstance(cell, str) or not looks_numeric(cell):
        return None
    try:
        return float(cell.strip("$€£% ").replace(",", ""))
    except ValueError:
        return None


def _ratios(columns: dict[int, Column]) -> list[_Ratio]:
    found: list[_Ratio] = []
    varied = {index: column for index, column in columns.items() if len(np.unique(column)) > 2}
    for over, a in varied.items():
        for under, b in varied.items():
            if over == under or (b <= 0).all():
                continue
            exact = np.divide(a, b, out=np.full_like(a, np.nan), where=b > 0)
            found += [
                _Ratio(over, under, rate, scale)
                for rate, shown in varied.items()
                if rate not in {over, under}
                for scale in (1, 100, 1000)
                if _fits(exact * scale, shown)
            ]
    return found


def _fits(exact: Column, shown: Column) -> bool:
    """Whether the shown values are the exact ones, rounded to cents."""
    known = np.isfinite(exact)
    if known.sum() < _LEAST_ROWS or np.median(exact[known]) < 0.02:
        return False
    near = np.abs(exact[known] - shown[known]) <= 0.0051 + 0.005 * np.abs(exact[known])
    return bool(near.mean() >= 0.9)


def _core(columns: dict[int, Column], ratios: list[_Ratio]) -> tuple[int, int, int] | None:
    """Spend, clicks and impressions that at least two of CPC, CTR and CPM confirm."""
    best: tuple[int, tuple[int, int, int]] | None = None
    known = {(ratio.over, ratio.under, ratio.scale) for ratio in ratios}
    for clicks, impressions, scale in known:
        if scale == 1000 or not _counts(columns[clicks]) or not _counts(columns[impressions]):
            continue
        if (columns[clicks] > columns[impressions]).any():
            continue
        for spend in columns:
            proofs = ((spend, clicks, 1) in known) + ((spend, impressions, 1000) in known)
            if spend not in {clicks, impressions} and proofs and (best is None or proofs > best[0]):
                best = proofs, (spend, clicks, impressions)
    return best[1] if best else None


def _counts(column: Column) -> bool:
    return bool((column == np.round(column)).all() and (column >= 0).all())


def _add_outcome(
    fields: dict[int, str], columns: dict[int, Column], ratios: list[_Ratio], spend: int, clicks: int, rates: set[int]
) -> _Ratio | None:
    """Conversions are confirmed by their price, revenue by its return on spend, which is given back."""
    free = set(columns) - set(fields) - rates
    conversions = {r.under for r in ratios if r.over == spend and r.scale == 1 and r.under in free}
    conversions &= {index for index in free if _counts(columns[index]) and (columns[index] <= columns[clicks]).all()}
    if len(conversions) == 1:
        fields[conversions.pop()] = "conversions"
    return_on_spend = _revenue(columns, set(columns) - set(fields) - rates, spend)
    if return_on_spend is not None:
        fields[return_on_spend.over] = "revenue"
    return return_on_spend


def _revenue(columns: dict[int, Column], free: set[int], spend: int) -> _Ratio | None:
    """Revenue by spend stands in another column for most rows; amounts may have been rounded before."""
    for over in sorted(free):
        for rate in sorted(free - {over}):
            for scale in (1, 100):
                ratio = _Ratio(over, spend, rate, scale)
                if len(np.unique(columns[over])) > 2 and float(_agrees(columns, ratio, 0.03).mean()) >= 0.6:
                    return ratio
    return None


def _agrees(columns: dict[int, Column], ratio: _Ratio, tolerance: float) -> NDArray[np.bool_]:
    expected = columns[ratio.rate] * columns[ratio.under] / ratio.scale
    return np.abs(columns[ratio.over] - expected) <= tolerance * np.abs(expected) + 0.01


def _contradictions(columns: dict[int, Column], ratio: _Ratio | None) -> dict[int, list[int]]:
    """Rows whose revenue is far from what the return on spend beside it says: damaged on the way here."""
    if ratio is None:
        return {}
    far = ~_agrees(columns, ratio, 0.5)
    return {ratio.over: [int(row) for row in np.flatnonzero(far)]}


def _name_column(grid: Grid) -> int | None:
    for column in range(min(grid.width, 5)):
        cells = [head_cell(row, column) for row in grid.head[:_ROWS]]
        if all(isinstance(cell, str) and not looks_numeric(cell) for cell in cells):
            return column
    return None
