"""Tables with a row for each campaign and metric, such as 'Campaign, Metric, Value', with a column for each metric."""

from collections import Counter
from dataclasses import dataclass, replace

from worker.sheets import headers, layout, vocabulary
from worker.sheets.grid import Grid, Scalar, head_cell
from worker.sheets.headers import Match
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal
from worker.sheets.numbers import looks_numeric
from worker.sheets.reading import DIMENSIONS, METRICS
from worker.sheets.turned import upright_cells, with_years
from worker.sheets.wide import year_of

_LOOK = 30
_SAMPLE = 80
_LONGEST = 50_000
_MOST = 40
_SURE = 0.85
_NUMERIC = 0.8
_KNOWN = 0.5


@dataclass(frozen=True)
class _Shape:
    top: int
    """Row of the header."""
    metric: int
    """Column that names the metrics."""
    values: list[int]
    periods: bool
    """Whether the columns of values are periods; else there is one of them."""
    names: list[int]


@dataclass
class _Line:
    """One row of the upright table, before its periods are told apart."""

    row: int
    names: list[Scalar]
    metrics: dict[str, int]
    """Metric to its row of the sheet."""


def find(grid: Grid) -> list[tuple[Grid, Layout]]:
    """The table of a tab with a column for each metric, and its header; none when it is no such table."""
    for column in range(grid.width) if grid.height <= _LONGEST else ():
        top = _top(grid, column)
        rows = _rows(grid) if top is not None else []
        shape = _shape(rows, top, column) if top is not None else None
        if shape is not None:
            return [_upright(grid, rows, shape)]
    return []


def _top(grid: Grid, column: int) -> int | None:
    """The row above the first metric of a column in which metrics with money come again and again."""
    texts = Counter(cell for row in grid.head[:_SAMPLE] if isinstance(cell := head_cell(row, column), str))
    again = [text for text, count in texts.items() if count > 1]
    if not 1 < len(again) <= _MOST or not any(_phrase(text) in {"spend", "budget"} for text in again):
        return None
    first = next(i for i, row in enumerate(grid.head) if head_cell(row, column) in again)
    return first - 1 if 0 < first <= _LOOK else None


def _phrase(text: str) -> str:
    entry = vocabulary.phrases().get(normal(text))
    return entry.field if entry is not None else ""


def _rows(grid: Grid) -> list[list[Scalar]]:
    if grid.height <= len(grid.head):
        return grid.head
    loaded = grid.load(set(range(grid.width)))
    columns: list[list[Scalar]] = []
    for index in range(grid.width):
        text, number, moment = (None if part is None else part.to_list() for part in loaded[index].parts())
        others = [cells for cells in (number, moment) if cells is not None]
        columns.append(
            [next((c for c in cells if c is not None), None) for cells in zip(text or [], *others, strict=True)]
        )
    return [list(row) for row in zip(*columns, strict=True)]


def _shape(rows: list[list[Scalar]], top: int, metric: int) -> _Shape | None:
    header, body = rows[top], [row for row in rows[top + 1 :] if isinstance(head_cell(row, metric), str)]
    if not _names_metrics([str(row[metric]) for row in body]):
        return None
    width = max(map(len, rows))
    titles = {i: head_cell(header, i) for i in range(width) if i != metric and head_cell(header, i) is not None}
    periods = [i for i, title in titles.items() if layout.is_period(title) and _numeric(body, i)]
    values = periods if len(periods) > 1 else [i for i in titles if _numeric(body, i) and not _is_name(titles[i])]
    if len(periods) < 2 and len(values) > 1:
        values = [i for i in values if normal(str(titles[i])) in vocabulary.everywhere("value_word")]
    if not values or (len(values) > 1 and values != periods):
        return None
    names = [i for i in titles if i not in values and (_is_name(titles[i]) or not _numeric(body, i))]
    names = [i for i in names if not _follows(body, metric, i)]
    return _Shape(top, metric, values, values == periods, names) if names else None


def _names_metrics(labels: list[str]) -> bool:
    """Whether the cells are money and counts of advertising, each several times."""
    found = {label: headers.match(label) for label in set(labels)} if len(set(labels)) <= _MOST else {}
    sure = {match.field for match in found.values() if match.field in METRICS and match.sure >= _SURE}
    known = sum(match.field in METRICS or match.sure >= _NUMERIC for match in found.values())
    return (
        bool(sure & {"spend", "budget"})
        and bool(sure & {"impressions", "clicks", "conversions", "revenue"})
        and (known >= _KNOWN * len(found))
    )


def _numeric(body: list[list[Scalar]], column: int) -> bool:
    cells = [cell for row in body if (cell := head_cell(row, column)) is not None]
    numbers = sum(isinstance(cell, float) or (isinstance(cell, str) and looks_numeric(cell)) for cell in cells)
    return bool(cells) and numbers >= _NUMERIC * len(cells)


def _is_name(title: Scalar) -> bool:
    match = headers.match(str(title))
    year = normal(str(title)) in vocabulary.everywhere("year_word")
    return year or (match.field in {*DIMENSIONS, "date", "start_date", "end_date"} and match.sure >= _SURE)


def _follows(body: list[list[Scalar]], metric: int, column: int) -> bool:
    """Whether a column only says something about the metric: its unit."""
    pairs = {(head_cell(row, metric), head_cell(row, column)) for row in body}
    values = {value for _, value in pairs}
    return len(pairs) == len({label for label, _ in pairs}) and len(values) > 1


def _lines(rows: list[list[Scalar]], shape: _Shape) -> list[_Line]:
    """Rows of the same names together; a metric that comes again begins another one."""
    found: list[_Line] = []
    opened: dict[tuple[Scalar, ...], _Line] = {}
    names: list[Scalar] = []
    for row in range(shape.top + 1, len(rows)):
        label = head_cell(rows[row], shape.metric)
        if not isinstance(label, str):
            continue
        own = [head_cell(rows[row], i) for i in shape.names]
        names = own if any(name is not None for name in own) or not names else names
        line = opened.get(tuple(names))
        if line is None or label in line.metrics:
            line = _Line(row, names, {})
            opened[tuple(names)] = line
            found.append(line)
        line.metrics[label] = row
    return found


def _upright(grid: Grid, rows: list[list[Scalar]], shape: _Shape) -> tuple[Grid, Layout]:
    lines = _lines(rows, shape)
    labels = list(dict.fromkeys(label for line in lines for label in line.metrics))
    above = [cell for row in rows[: shape.top] for cell in row if isinstance(cell, str)]
    periods = with_years([rows[shape.top][i] for i in shape.values], year_of(above, grid)) if shape.periods else [None]
    date: list[Scalar] = ["Date"] if shape.periods else []
    cells: list[list[Scalar]] = [[*(rows[shape.top][i] for i in shape.names), *date, *labels]]
    sources, first = [shape.top], len(cells[0]) - len(labels)
    origins: dict[tuple[int, int], tuple[int, int]] = {}
    for line in lines:
        for column, period in zip(shape.values, periods, strict=True):
            held = {label: head_cell(rows[row], column) for label, row in line.metrics.items()}
            if shape.periods and not any(cell is not None for cell in held.values()):
                continue
            origins |= {
                (len(cells), first + at): (line.metrics[label], column)
                for at, label in enumerate(labels)
                if label in held
            }
            cells.append([*line.names, *([period] if shape.periods else []), *map(held.get, labels)])
            sources.append(line.row)
    back = {place: at for at, place in origins.items()}
    columns = (*shape.names, *shape.values[: len(date)], *(shape.values[0] for _ in labels))
    upright = Grid(
        tab=grid.tab, visible=grid.visible, height=len(cells), width=len(cells[0]), head=cells,
        load=lambda indices: {index: upright_cells([row[index] for row in cells]) for index in indices},
        errors=lambda: {back[place]: raw for place, raw in grid.errors().items() if place in back},
        currencies=grid.currencies, separator=grid.separator, file=grid.file,
        row_offset=grid.row_offset, column_offset=grid.column_offset,
        lines=tuple(sources), columns=columns, origins=origins,
    )  # fmt: skip
    at = layout.under(upright, 1)
    matches = list(at.matches)
    if shape.periods:
        matches[len(shape.names)] = Match("date", 0.95, why="the periods stand over the columns")
    return upright, replace(at, matches=matches, preamble=above)
