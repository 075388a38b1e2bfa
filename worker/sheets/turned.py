"""Tables that lie on their side: a row for each metric, a column for each week or month, once or for each channel."""

from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl

from worker.sheets import headers, layout, marks, spans, vocabulary
from worker.sheets.grid import HEAD_ROWS, Cells, Grid, Scalar, head_cell
from worker.sheets.headers import Match
from worker.sheets.layout import Layout
from worker.sheets.reading import METRICS
from worker.sheets.wide import year_of

_LOOK = 30
_LEAST = 2


@dataclass(frozen=True)
class _Section:
    """Rows of metrics under one row of periods, with the title that stands over them."""

    title: str
    rows: list[int]


def find(grid: Grid) -> list[tuple[Grid, Layout]]:
    """The tables of a tab turned upright, with their headers; none when it holds no such table.

    Only for tabs that fit into the rows that are read ahead: metrics are few.
    """
    if grid.height > HEAD_ROWS:
        return []
    for top in range(min(_LOOK, len(grid.head))):
        columns = _periods(grid.head[top])
        if columns:
            sections = _sections(grid, top, columns)
            return [_turned(grid, top, columns, section, alone=len(sections) == 1) for section in sections]
    return []


def _periods(row: list[Scalar]) -> list[int]:
    """The columns under a row of periods that follow each other, with at most one title on their left."""
    periods = [i for i, cell in enumerate(row) if layout.is_period(cell)]
    if len(periods) < _LEAST or periods[0] == 0 or periods != list(range(periods[0], periods[-1] + 1)):
        return []
    if any(cell is not None for cell in row[: periods[0] - 1]):
        return []
    found = [_span(row[i], 2000) for i in periods]
    whole = [span for span in found if span is not None]
    grains, days = {span.grain for span in whole}, {span.first for span in whole}
    return periods if len(whole) == len(found) == len(days) and len(grains) == 1 else []


def _span(cell: Scalar, year: int) -> spans.Span | None:
    if isinstance(cell, date):
        return spans.one_day(cell.year, cell.month, cell.day)
    return (spans.span_of(cell, year=year) or spans.part_of(cell, year)) if isinstance(cell, str) else None


def _sections(grid: Grid, top: int, columns: list[int]) -> list[_Section]:
    """Each run of metrics under its title; none at all when one of them can't be told apart."""
    found: list[_Section] = [_Section("", [])]
    for row in range(top + 1, len(grid.head)):
        label = head_cell(grid.head[row], columns[0] - 1)
        filled = any(head_cell(grid.head[row], column) is not None for column in columns)
        if filled and isinstance(label, str):
            found[-1].rows.append(row)
        elif filled or _periods(grid.head[row]):
            return []
        else:
            found.append(_Section(label if isinstance(label, str) else "", []))
    filled_ones = [section for section in found if section.rows]
    labels = [[str(head_cell(grid.head[row], columns[0] - 1)) for row in one.rows] for one in filled_ones]
    if not all(map(_names_metrics, labels)) or (len(labels) > 1 and not all(one.title for one in filled_ones)):
        return []
    return [one for one in filled_ones if len(labels) == 1 or not marks.says_total(one.title)]


def _names_metrics(labels: list[str]) -> bool:
    """Whether the labels are money and counts, each once, beside rates for the most part."""
    found = [headers.match(label) for label in labels]
    metrics = [match.field for match in found if match.field in METRICS and match.sure >= 0.85 and not match.label]
    known = sum(match.field != "other" or match.sure >= 0.8 for match in found)
    money = {"spend", "budget"} & set(metrics)
    return bool(money) and len(set(metrics)) == len(metrics) >= _LEAST and known >= 0.6 * len(found)


def _turned(grid: Grid, top: int, columns: list[int], section: _Section, *, alone: bool) -> tuple[Grid, Layout]:
    left, lines = columns[0] - 1, [top, *section.rows]
    above = [cell for row in grid.head[:top] for cell in row if isinstance(cell, str)]
    cells = [[head_cell(grid.head[row], column) for row in lines] for column in (left, *columns)]
    periods = with_years([row[0] for row in cells[1:]], year_of(above, grid))
    for row, period in zip(cells[1:], periods, strict=True):
        row[0] = period
    name = "" if alone else section.title
    for row in cells if name else []:
        row.append(name)

    def errors() -> dict[tuple[int, int], str]:
        found = grid.errors().items()
        return {(c - left, lines.index(r)): raw for (r, c), raw in found if r in lines and left <= c <= columns[-1]}

    upright = Grid(
        tab=f"{grid.tab} ({name})".strip() if name else grid.tab, visible=grid.visible,
        height=len(cells), width=len(cells[0]), head=cells,
        load=lambda indices: {index: upright_cells([row[index] for row in cells]) for index in indices},
        errors=errors, separator=grid.separator, file=grid.file,
        row_offset=grid.row_offset, column_offset=grid.column_offset + left, turned=tuple(lines),
    )  # fmt: skip
    at = layout.under(upright, 1)
    matches = [Match("date", 0.95, why="the periods stand over the columns"), *at.matches[1:]]
    if name:
        field = "channel" if vocabulary.has_channel_word(name) else "campaign"
        matches[-1] = Match(field, 0.95, why="it stands over these metrics")
    return upright, replace(at, matches=matches, preamble=above)


def with_years(cells: list[Scalar], year: int | None) -> list[Scalar]:
    """Periods with the year that stands above them; first days of months as months."""
    found = {i: span for i, cell in enumerate(cells) if (span := _span(cell, year or 2000)) is not None}
    whole = spans.whole_periods(found)
    if all(span.grain == "month" for span in whole.values()) and (
        year or all(s.first.year != 2000 for s in whole.values())
    ):
        return [f"{span.first:%Y-%m}" for span in whole.values()]
    bare = year is not None and all(isinstance(cell, str) and str(year) not in cell for cell in cells)
    return [f"{cell} {year}" for cell in cells] if bare and all(spans.span_of(f"{c} {year}") for c in cells) else cells


def upright_cells(values: list[Scalar]) -> Cells:
    text = pl.Series([value if isinstance(value, str) else None for value in values], dtype=pl.String)
    number = pl.Series([value if isinstance(value, float) else None for value in values], dtype=pl.Float64)
    moment = pl.Series([_moment(value) for value in values], dtype=pl.Datetime)
    return Cells(text, number, moment)


def _moment(value: Scalar) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None  # noqa: DTZ001
