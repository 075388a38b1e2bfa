"""The columns of one table, typed: numbers, days and names, each with what could not be read."""

from dataclasses import dataclass, field

import polars as pl

from worker.sheets import dates, lost_zeros, marks, numbers, spans, unread, vocabulary
from worker.sheets.columns import Assigned
from worker.sheets.grid import Cells, Grid, head_cell
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal
from worker.sheets.numbers import Evidence
from worker.sheets.reading import DIMENSIONS, METRICS, Pins
from worker.sheets.units import ONE

_COUNTS = {"impressions", "clicks", "conversions"}
_WHOLE = {"impressions", "clicks"}
_DATES = ("date", "start_date", "end_date")
_LOAD_ALL = 500_000
"""Cells of a table that is small enough to look at every column."""


@dataclass
class Typed:
    """Columns from the first data row down, all of one length."""

    grid: Grid
    layout: Layout
    assigned: Assigned
    row: pl.Series
    """0-based row of the grid."""
    metrics: dict[str, numbers.Numbers]
    """By field; "spend@tv" where a metric is spread over columns."""
    columns: dict[str, int]
    """The column of each key of `metrics` and `days`."""
    days: dict[str, dates.Days]
    names: dict[str, pl.Series]
    """Dimensions and currency as texts; marks such as -- are null."""
    texts: dict[int, pl.Series]
    """Every column with texts that is no metric."""
    distinct: dict[int, pl.Series]
    """Of columns that repeat few texts, each of them once; maybe with some that stand above the table."""
    filled: pl.Series
    """How many cells of each row hold something."""
    decimal: numbers.Decimal
    warnings: list[str] = field(default_factory=list)

    def cell(self, position: int, key: str) -> tuple[int, str]:
        """Row as a person counts, and A1 name, of a cell of a metric or day."""
        row = self.layout.first + position
        return self.grid.row_number(row), self.grid.cell_name(row, self.columns[key])


def read(grid: Grid, layout: Layout, assigned: Assigned, pins: Pins) -> Typed:
    """Loads the columns that are needed and types them."""
    cells = _load(grid, layout, assigned)
    row = pl.int_range(layout.first, layout.first + len(next(iter(cells.values()))), eager=True, dtype=pl.UInt32)
    columns = metric_columns(assigned)
    decimal, metrics, doubts = _metrics(grid, layout, assigned, {key: cells.pop(c) for key, c in columns.items()}, pins)
    days, warning = _days(layout, assigned, cells, pins)
    names = {
        name: _named(cells[assigned.fields[name]]) for name in (*DIMENSIONS, "currency") if name in assigned.fields
    }
    known = {assigned.fields[name]: column for name, column in names.items()}
    texts = {
        index: known[index] if index in known else marks.named(column.text, column.distinct)
        for index, column in cells.items()
        if column.text.null_count() < len(column.text)
    }
    return Typed(
        grid, layout, assigned, row, metrics, columns | {name: assigned.fields[name] for name in days}, days, names,
        texts, _distinct(cells), _filled(cells, metrics), decimal,
        [*assigned.warnings, *doubts, *([warning] if warning else [])],
    )  # fmt: skip


def _named(cells: Cells) -> pl.Series:
    shown = cells.display()
    return marks.named(shown, cells.distinct if shown is cells.text else None)


def _distinct(cells: dict[int, Cells]) -> dict[int, pl.Series]:
    return {index: column.distinct for index, column in cells.items() if column.distinct is not None}


def _filled(cells: dict[int, Cells], metrics: dict[str, numbers.Numbers]) -> pl.Series:
    masks = [column.filled() for column in cells.values()] + [found.written() for found in metrics.values()]
    return pl.select(pl.sum_horizontal([mask.cast(pl.UInt16) for mask in masks])).to_series()


def metric_columns(assigned: Assigned) -> dict[str, int]:
    """Key of each metric to its column."""
    found = {metric: assigned.fields[metric] for metric in METRICS if metric in assigned.fields}
    for spread in assigned.spreads:
        found.update({spread.field(column): column for column in spread.columns})
    return found


def _load(grid: Grid, layout: Layout, assigned: Assigned) -> dict[int, Cells]:
    wanted = set(assigned.fields.values()) | set(metric_columns(assigned).values())
    wanted |= {assigned.year} if assigned.year is not None else set()
    # Labels of totals stand on the left; of a wide and long table nothing else is needed.
    small = grid.height * grid.width <= _LOAD_ALL
    wanted |= set(range(grid.width if small else min(grid.width, 4)))
    loaded = grid.load(wanted)
    cells = {index: loaded[index].below(layout.first) for index in sorted(wanted)}
    _fill_merged(grid, layout, set(metric_columns(assigned).values()), cells)
    return cells


def _fill_merged(grid: Grid, layout: Layout, metrics: set[int], cells: dict[int, Cells]) -> None:
    """A name merged over several rows belongs to each of them; numbers stay where they are."""
    for (top, left), (bottom, _) in grid.merged:
        end = min(bottom, grid.height - 1)
        if left in cells and left not in metrics and end > top >= layout.first:
            column = cells[left]
            at = pl.Series(range(top + 1 - layout.first, end + 1 - layout.first), dtype=pl.UInt32)
            text = column.text.scatter(at, column.text[top - layout.first])
            moment = column.moment
            if moment is not None:
                moment = moment.scatter(at, moment[top - layout.first])
            cells[left] = Cells(text, column.number, moment)


def _metrics(
    grid: Grid, layout: Layout, assigned: Assigned, cells: dict[str, Cells], pins: Pins
) -> tuple[numbers.Decimal, dict[str, numbers.Numbers], list[str]]:
    prepared = {key: numbers.prepare(column) for key, column in cells.items()}
    proofs = {key: numbers.evidence(column) for key, column in prepared.items()}
    table = sum(proofs.values(), Evidence())
    if any(proof.is_open() for proof in proofs.values()):
        table = table + _evidence_elsewhere(grid, layout, assigned)
    fallback = _fallback(grid, layout, assigned)
    columns = metric_columns(assigned)
    clash = _marks_clash(proofs)
    parsed: dict[str, numbers.Numbers] = {}
    for key, column in prepared.items():
        count = key.split("@")[0] in _COUNTS
        decimal = pins.decimal or numbers.decide(proofs[key], table, count=count, fallback=fallback)
        if clash and not count and not pins.decimal and proofs[key].is_open() and not proofs[key].signed:
            decimal = None
        parsed[key] = _adjusted(numbers.parse(column, decimal), column.cells, layout, assigned, columns[key])
    titles = {key: " ".join(layout.titles[column].split()) for key, column in columns.items()}
    doubts = [] if pins.decimal else _without_lost_zeros(prepared, parsed, titles)
    return ("," if table.comma > table.point else "."), parsed, doubts


def _marks_clash(proofs: dict[str, Evidence]) -> bool:
    """Whether counts part thousands with one mark and other columns hold the other, which may be decimal there."""
    opened = {key: proof for key, proof in proofs.items() if proof.is_open()}
    counts = [proof for key, proof in opened.items() if key.split("@")[0] in _COUNTS]
    others = [proof for key, proof in opened.items() if key.split("@")[0] not in _COUNTS]
    return any(
        (a.open_point and not a.open_comma and b.open_comma) or (a.open_comma and not a.open_point and b.open_point)
        for a in counts
        for b in others
    )


def _without_lost_zeros(
    prepared: dict[str, numbers.Column], parsed: dict[str, numbers.Numbers], titles: dict[str, str]
) -> list[str]:
    """Takes out thousands that may have lost zeros; a column that surely did speaks for the others. Returns doubts."""
    texts = {key: text for key, column in prepared.items() if lost_zeros.possible(text := column.cells.text)}
    lost = {key: lost_zeros.find(text, whole=key.split("@")[0] in _WHOLE) for key, text in texts.items()}
    doubtful = [key for key, found in lost.items() if found]
    for key in texts.keys() - doubtful:
        if few := [i for i in lost_zeros.alone(texts[key]) if parsed[key].values[i] is not None]:
            parsed[key] = parsed[key].without(few, unread.TWO_WAYS, prepared[key].cells)
    if "sure" not in lost.values():
        return [lost_zeros.DOUBT.format(title=titles[key]) for key in doubtful]
    for key in doubtful:
        held = parsed[key].values.is_not_null().arg_true().to_list()
        parsed[key] = parsed[key].without(held, lost_zeros.PROBLEM, prepared[key].cells)
    return []


def _adjusted(
    found: numbers.Numbers, cells: Cells, layout: Layout, assigned: Assigned, column: int
) -> numbers.Numbers:  # fmt: skip
    doubted = [row - layout.first for row in layout.contradictions.get(column, [])]
    if doubted:
        found = found.without(doubted, "contradicts the rates and prices beside it", cells)
    if column in assigned.doubts:
        found = found.without(found.values.is_not_null().arg_true().to_list(), assigned.doubts[column], cells)
    unit = assigned.matches[column].unit
    return found if unit == ONE else found.times(unit)


def _evidence_elsewhere(grid: Grid, layout: Layout, assigned: Assigned) -> Evidence:
    """Rates and shares beside the metrics show the decimal mark, too."""
    total, taken = Evidence(), set(metric_columns(assigned).values())
    for index, profile in enumerate(assigned.profiles):
        if index in taken or profile.numeric < 0.5:
            continue
        head = (head_cell(row, index) for row in grid.head[layout.first :])
        texts = pl.Series([cell.rstrip("%") for cell in head if isinstance(cell, str)], dtype=pl.String)
        total = total + numbers.evidence(numbers.prepare(Cells(texts)))
    return total


def _fallback(grid: Grid, layout: Layout, assigned: Assigned) -> numbers.Decimal:
    """The decimal mark that goes with the rest of the table: semicolons, dotted dates, the language of the headers."""
    if grid.separator == ";" or _has_dotted_days(grid, layout, assigned):
        return ","
    code = language_of(assigned)
    return "," if code and vocabulary.language(code).decimal == "," else "."


def _has_dotted_days(grid: Grid, layout: Layout, assigned: Assigned) -> bool:
    columns = [assigned.fields[name] for name in _DATES if name in assigned.fields]
    cells = (head_cell(row, column) for row in grid.head[layout.first : layout.first + 50] for column in columns)
    found = (spans.TRIPLE.match(cell) for cell in cells if isinstance(cell, str))
    return any(match[2] == "." for match in found if match)


def language_of(assigned: Assigned) -> str | None:
    """The language that most headers are written in."""
    codes = [assigned.matches[column].language for column in assigned.fields.values()]
    codes = [code for code in codes if code]
    return max(set(codes), key=lambda code: (codes.count(code), code != "en")) if codes else None


def _days(
    layout: Layout, assigned: Assigned, cells: dict[int, Cells], pins: Pins
) -> tuple[dict[str, dates.Days], str | None]:
    code = language_of(assigned)
    habit = vocabulary.language(code).order if code and code != "en" else ""
    hint: spans.Order | None = "dmy" if habit == "dmy" else None
    year = _year_of_preamble(layout)
    dated = [cells[assigned.fields[name]] for name in _DATES if name in assigned.fields]
    order = pins.date_order or (dates.proven_order(dated) if len(dated) > 1 else None)
    found: dict[str, dates.Days] = {}
    for name in _DATES:
        if name in assigned.fields:
            column = assigned.fields[name]
            weekly = _is_weekly(layout.titles[column])
            if name == "date" and assigned.year is not None:
                pattern = _pattern_of(layout.titles[column], weekly=weekly)
                years = cells[assigned.year]
                found[name] = dates.parse_beside_years(cells[column], years, pattern=pattern, hint=hint)
                continue
            found[name] = dates.parse(cells[column], order=order, hint=hint, year=year, weekly=weekly)
    return found, next((days.warning for days in found.values() if days.warning), None)


def _pattern_of(title: str, *, weekly: bool) -> str:
    """How a bare number under this title and its year are written as one."""
    if weekly:
        return "{year}-W{part}"
    return "{year}-Q{part}" if normal(title) in vocabulary.everywhere("quarter_word") else "{year}-{part}"


def _is_weekly(title: str) -> bool:
    words = f" {normal(title)} "
    return any(f" {word} " in words for word in vocabulary.everywhere("week"))


def _year_of_preamble(layout: Layout) -> int | None:
    found = [span for text in layout.preamble if (span := spans.span_of(text)) is not None]
    years = {span.last.year for span in found}
    return years.pop() if len(years) == 1 else None
