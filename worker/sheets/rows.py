"""The rows under a header: typed, with an account of every cell that did not become a value."""

from dataclasses import dataclass, field, replace

import polars as pl

from worker.sheets import dates, marks, numbers, vocabulary
from worker.sheets.columns import Assigned
from worker.sheets.grid import Cells, Grid, head_cell
from worker.sheets.layout import Layout
from worker.sheets.numbers import Evidence
from worker.sheets.package import column_letters
from worker.sheets.reading import DIMENSIONS, METRICS, ROW_SCHEMA, Column, Dropped, Pins, Quarantined

TOTAL_CHANNEL = "(total)"
_COUNTS = {"impressions", "clicks", "conversions"}
_DATES = ("date", "start_date", "end_date")
_LOAD_ALL = 500_000
"""Cells of a table that is small enough to look at every column."""
_NUMBER = pl.Decimal(38, 6)


@dataclass
class Rows:
    """One table, typed. `long` has a row for each sheet row, or several for one when the table is wide."""

    long: pl.DataFrame
    count: int
    """Sheet rows that are data."""
    quarantined: list[Quarantined]
    dropped: list[Dropped]
    warnings: list[str] = field(default_factory=list)
    decimal: str = "."
    date_format: str | None = None
    grain: str = "day"
    wholes: dict[str, pl.Series] = field(default_factory=dict)


@dataclass
class _Work:
    grid: Grid
    layout: Layout
    assigned: Assigned
    cells: dict[int, Cells]
    row: pl.Series
    pins: Pins
    quarantined: list[Quarantined] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def build(grid: Grid, layout: Layout, assigned: Assigned, pins: Pins) -> Rows:
    work = _load(grid, layout, assigned, pins)
    decimal, parsed = _metrics(work)
    days = _days(work)
    names = _names(work)
    body = _body(work, parsed, days, names)
    why = marks.find(body)
    for position in marks.repeated_headers(body.texts, layout.titles):
        why.setdefault(position, "the header again")
    keep = body.filled > 0
    keep = keep.scatter(sorted(why), False) if why else keep  # noqa: FBT003
    kept = keep.arg_true()
    _quarantine_numbers(work, parsed, keep)
    _quarantine_dates(work, days, keep)
    _quarantine_errors(work, parsed, days, keep)
    frame = _frame(work, parsed, days, names, kept)
    if assigned.has_metric("spend"):
        frame = _with_total_channel(_dated(frame, days))
    dropped = [_dropped(work, body, position, reason) for position, reason in sorted(why.items())]
    main = next((found for found in days.values()), None)
    return Rows(
        long=frame, count=len(kept), quarantined=work.quarantined, dropped=dropped, warnings=work.warnings,
        decimal=decimal, date_format=main.format if main else None, grain=main.grain if main else "day",
    )  # fmt: skip


def _load(grid: Grid, layout: Layout, assigned: Assigned, pins: Pins) -> _Work:
    wanted = set(assigned.fields.values()) | {c for spread in assigned.spreads for c in spread.columns}
    # Labels of totals stand on the left; of a wide and long table nothing else is needed.
    small = grid.height * grid.width <= _LOAD_ALL
    wanted |= set(range(grid.width if small else min(grid.width, 4)))
    loaded = grid.load(wanted)
    height = len(next(iter(loaded.values()))) if loaded else grid.height
    row = pl.int_range(layout.first, max(height, layout.first), eager=True, dtype=pl.UInt32)
    cells = {index: _below(loaded[index], layout.first) for index in sorted(wanted)}
    _fill_merged(grid, layout, assigned, cells)
    return _Work(grid, layout, assigned, cells, row, pins)


def _below(cells: Cells, first: int) -> Cells:
    text, number, moment = (part.slice(first) if part is not None else None for part in cells.parts())
    assert text is not None
    return Cells(text, number, moment)


def _fill_merged(grid: Grid, layout: Layout, assigned: Assigned, cells: dict[int, Cells]) -> None:
    """A name merged over several rows belongs to each of them; numbers stay where they are."""
    metrics = {assigned.fields[name] for name in METRICS if name in assigned.fields}
    metrics |= {column for spread in assigned.spreads for column in spread.columns}
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


def _metric_columns(work: _Work) -> dict[str, int]:
    found = {metric: work.assigned.fields[metric] for metric in METRICS if metric in work.assigned.fields}
    for spread in work.assigned.spreads:
        found.update({spread.field(column): column for column in spread.columns})
    return found


def _metrics(work: _Work) -> tuple[str, dict[str, numbers.Numbers]]:
    columns = _metric_columns(work)
    prepared = {key: numbers.prepare(work.cells[column]) for key, column in columns.items()}
    proofs = {key: numbers.evidence(column) for key, column in prepared.items()}
    table = sum(proofs.values(), Evidence())
    if any((p.open_point or p.open_comma) and not (p.point or p.comma) for p in proofs.values()):
        table = table + _evidence_elsewhere(work, set(columns.values()))
    fallback = _fallback(work)
    parsed: dict[str, numbers.Numbers] = {}
    marks_used: list[str] = []
    for key, column in prepared.items():
        decimal = work.pins.decimal or numbers.decide(
            proofs[key], table, count=key.split("@")[0] in _COUNTS, fallback=fallback
        )
        parsed[key] = numbers.parse(column, decimal)
        doubted = [row - work.layout.first for row in work.layout.contradictions.get(columns[key], [])]
        if doubted:
            parsed[key] = parsed[key].without(doubted, "contradicts the rates and prices beside it")
        if work.assigned.matches[columns[key]].micros:
            parsed[key] = parsed[key].scaled(1_000_000)
        if proofs[key].point or proofs[key].comma:
            marks_used.append(decimal or fallback)
    for column in columns.values():
        work.cells.pop(column, None)  # a large column of texts is not kept beside its numbers
    usual = max(set(marks_used), key=marks_used.count) if marks_used else ("," if table.comma > table.point else ".")
    return ("," if usual == "," else "."), parsed


def _evidence_elsewhere(work: _Work, taken: set[int]) -> Evidence:
    """Rates and shares beside the metrics show the decimal mark, too."""
    total = Evidence()
    for index, profile in enumerate(work.assigned.profiles):
        if index in taken or profile.numeric < 0.5:
            continue
        head = (head_cell(row, index) for row in work.grid.head[work.layout.first :])
        texts = pl.Series([cell.rstrip("%") for cell in head if isinstance(cell, str)], dtype=pl.String)
        total = total + numbers.evidence(numbers.prepare(Cells(texts)))
    return total


def _fallback(work: _Work) -> numbers.Decimal:
    code = language_of(work.assigned)
    return "," if code and vocabulary.language(code).decimal == "," else "."


def language_of(assigned: Assigned) -> str | None:
    """The language that most headers are written in."""
    codes = [assigned.matches[column].language for column in assigned.fields.values()]
    codes = [code for code in codes if code]
    return max(set(codes), key=lambda code: (codes.count(code), code != "en")) if codes else None


def _days(work: _Work) -> dict[str, dates.Days]:
    code = language_of(work.assigned)
    habit = vocabulary.language(code).order if code and code != "en" else ""
    hint: dates.Order | None = "dmy" if habit == "dmy" else None
    year = _year_of_preamble(work)
    found: dict[str, dates.Days] = {}
    for name in _DATES:
        if name in work.assigned.fields:
            column = work.assigned.fields[name]
            weekly = _is_weekly(work.layout.titles[column])
            found[name] = dates.parse(
                work.cells[column], order=work.pins.date_order, hint=hint, year=year, weekly=weekly
            )
    if found and (warning := next((days.warning for days in found.values() if days.warning), None)):
        work.warnings.append(warning)
    return found


def _is_weekly(title: str) -> bool:
    from worker.sheets.normalize import normal

    words = f" {normal(title)} "
    return any(f" {word} " in words for word in vocabulary.everywhere("week"))


def _year_of_preamble(work: _Work) -> int | None:
    spans = [span for text in work.layout.preamble if (span := dates.span_of(text)) is not None]
    years = {span.last.year for span in spans}
    return years.pop() if len(years) == 1 else None


def _names(work: _Work) -> dict[str, pl.Series]:
    names: dict[str, pl.Series] = {}
    for name in (*DIMENSIONS, "currency"):
        if name in work.assigned.fields:
            names[name] = marks.named(work.cells[work.assigned.fields[name]].display())
    return names


def _body(
    work: _Work, parsed: dict[str, numbers.Numbers], days: dict[str, dates.Days], names: dict[str, pl.Series]
) -> marks.Body:
    written = [found.written().cast(pl.UInt16) for found in parsed.values()]
    filled = [cells.filled().cast(pl.UInt16) for cells in work.cells.values()]
    nothing = pl.Series([0], dtype=pl.UInt16).new_from_index(0, len(work.row))
    counted = pl.select(
        filled=pl.sum_horizontal([*filled, *written, nothing]), written=pl.sum_horizontal([*written, nothing])
    )
    dated = [found.first.is_not_null() for found in days.values()]
    known = {work.assigned.fields[name]: column for name, column in names.items()}
    texts = {
        index: known[index] if index in known else marks.named(cells.text)
        for index, cells in work.cells.items()
        if cells.text.null_count() < len(cells.text)
    }
    return marks.Body(
        row=work.row,
        filled=counted["filled"],
        texts=texts,
        identity={name: column for name, column in names.items() if name != "currency"},
        dated=pl.select(pl.any_horizontal(dated)).to_series() if dated else nothing > 0,
        values={key: found.values for key, found in parsed.items()},
        written=counted["written"],
    )


def _where(work: _Work, position: int, column: int) -> tuple[int, str]:
    row = work.layout.first + position + 1
    return row, f"{column_letters(column)}{row}"


def _quarantine_numbers(work: _Work, parsed: dict[str, numbers.Numbers], keep: pl.Series) -> None:
    columns = _metric_columns(work)
    for key, found in parsed.items():
        for position, raw, problem in zip(found.bad, found.raw, found.problems, strict=True):
            if keep[position]:
                row, cell = _where(work, position, columns[key])
                work.quarantined.append(Quarantined(work.grid.tab, row, cell, key.split("@")[0], raw, problem))


def _quarantine_dates(work: _Work, days: dict[str, dates.Days], keep: pl.Series) -> None:
    for name, found in days.items():
        column = work.assigned.fields[name]
        shown = work.cells[column].display() if len(found.bad) else None
        for position, problem in zip(found.bad, found.problems, strict=True):
            if keep[position] and shown is not None:
                row, cell = _where(work, position, column)
                work.quarantined.append(Quarantined(work.grid.tab, row, cell, name, str(shown[position]), problem))


def _quarantine_errors(
    work: _Work, parsed: dict[str, numbers.Numbers], days: dict[str, dates.Days], keep: pl.Series
) -> None:
    """Error cells of a workbook arrive blank; they are no zeros."""
    columns = {column: key.split("@")[0] for key, column in _metric_columns(work).items()}
    columns |= {work.assigned.fields[name]: name for name in days}
    held = [found.written() for found in parsed.values()] + [found.first.is_not_null() for found in days.values()]
    if not any((keep & ~mask).any() for mask in held):
        return
    for (row, column), raw in sorted(work.grid.errors().items()):
        position = row - work.layout.first
        if column in columns and 0 <= position < len(keep) and keep[position]:
            number, cell = _where(work, position, column)
            problem = f"the formula shows the error {raw}"
            work.quarantined.append(Quarantined(work.grid.tab, number, cell, columns[column], raw, problem))


def _dropped(work: _Work, body: marks.Body, position: int, reason: str) -> Dropped:
    texts = [str(column[position]) for column in body.texts.values() if column[position] is not None]
    values = [f"{key} {value[position]:f}" for key, value in body.values.items() if value[position] is not None]
    text = " · ".join([*texts[:3], *values[:6]])[:200]
    return Dropped(work.grid.tab, work.layout.first + position + 1, reason, text)


def _frame(
    work: _Work, parsed: dict[str, numbers.Numbers], days: dict[str, dates.Days], names: dict[str, pl.Series],
    kept: pl.Series,
) -> pl.DataFrame:  # fmt: skip
    base = {"tab": pl.Series([work.grid.tab], dtype=pl.String).new_from_index(0, len(work.row)), "row": work.row + 1}
    base |= names | _date_columns(days)
    metrics = {key: found.values for key, found in parsed.items()}
    rows = _picked(pl.DataFrame({**base, **metrics}), kept)
    if not work.assigned.spreads:
        return conformed(rows)
    plain = {key: rows[key] for key in metrics if "@" not in key}
    spread = {key: rows[key] for key in metrics if "@" in key}
    return conformed(_melted(work, rows.select(list(base)), plain, spread))


def _picked(rows: pl.DataFrame, kept: pl.Series) -> pl.DataFrame:
    """The rows at these positions, without a copy when they stand together."""
    if len(kept) and int(kept[-1]) - int(kept[0]) + 1 == len(kept):
        return rows.slice(int(kept[0]), len(kept))
    return rows[kept]


def _with_total_channel(frame: pl.DataFrame) -> pl.DataFrame:
    """Sales that belong to no single channel have one name for their channel."""
    names = frame["channel"].unique().drop_nulls().to_list()
    totals = {name: TOTAL_CHANNEL for name in names if marks.says_total(name)} if len(names) < 1_000 else {}
    return frame.with_columns(pl.col("channel").replace(totals)) if totals else frame


def _dated(frame: pl.DataFrame, days: dict[str, dates.Days]) -> pl.DataFrame:
    """What was delivered within a day, a week or a month has the first day of it as its date."""
    if "date" in days or "start_date" not in days:
        return frame
    first, last = pl.col("start_date"), pl.col("end_date")
    if "end_date" not in days:
        return frame.with_columns(date=first)
    week = (last - first).dt.total_days().is_between(0, 6)
    month = (first.dt.day() == 1) & (last == first.dt.month_end())
    regular = frame.select((week | month).fill_null(value=False)).to_series()
    if len(frame) and float(regular.mean() or 0) >= 0.8:  # type: ignore[arg-type]
        return frame.with_columns(date=pl.when(regular).then(first).otherwise(pl.col("date")))
    return frame


def _date_columns(days: dict[str, dates.Days]) -> dict[str, pl.Series]:
    columns: dict[str, pl.Series] = {}
    for name, found in days.items():
        columns[name] = found.first
    main = days.get("date")
    if main is not None and main.last.null_count() < len(main.last):
        ends = main.last
        columns["start_date"] = columns["date"].set(ends.is_null(), None)
        columns["end_date"] = ends
        if main.grain in {"range", "year", "quarter"}:
            columns["date"] = columns["date"].set(ends.is_not_null(), None)
    return columns


def _melted(
    work: _Work, frame: pl.DataFrame, plain: dict[str, pl.Series], spread: dict[str, pl.Series]
) -> pl.DataFrame:
    """A row for each channel or period of a sheet row; what belongs to the whole row stands in one of its own."""
    labels: dict[str, None] = {}
    for found in work.assigned.spreads:
        labels |= dict.fromkeys(found.labels.values())
    parts: list[pl.DataFrame] = []
    for label in labels:
        metrics = _of_label(work, spread, label)
        part = frame.with_columns(**metrics, **_label_columns(work, label))
        parts.append(part.filter(pl.any_horizontal([pl.col(name).is_not_null() for name in metrics])))
    rest = frame.with_columns(**plain)
    if "channel" not in rest.columns and all(found.kind == "channel" for found in work.assigned.spreads):
        rest = rest.with_columns(channel=pl.lit(TOTAL_CHANNEL))
    melted = pl.concat(parts, how="diagonal_relaxed")
    empty = ~rest["row"].is_in(melted["row"].unique().implode())
    has_own = pl.Series([False]).new_from_index(0, len(rest))
    for column in plain.values():
        has_own = has_own | column.is_not_null()
    whole = pl.concat([melted, rest.filter(has_own | empty)], how="diagonal_relaxed")
    return whole.sort("row", maintain_order=True)


def _of_label(work: _Work, spread: dict[str, pl.Series], label: str) -> dict[str, pl.Series]:
    """Two columns may carry one label ('Search' brand and generic): they are added."""
    metrics: dict[str, pl.Series] = {}
    for found in work.assigned.spreads:
        for column, own in found.labels.items():
            if own != label:
                continue
            values = spread[found.field(column)]
            metrics[found.metric] = values
    return metrics


def _label_columns(work: _Work, label: str) -> dict[str, pl.Expr]:
    for found in work.assigned.spreads:
        for column, own in found.labels.items():
            if own == label and found.kind == "period":
                span = found.spans[column]
                return {
                    "date": pl.lit(span.first),
                    "start_date": pl.lit(span.first),
                    "end_date": pl.lit(span.last),
                }
    return {"channel": pl.lit(label)}


def conformed(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of ROW_SCHEMA, in order."""
    return frame.select(
        [
            pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, dtype=kind).alias(name)  # type: ignore[arg-type]
            for name, kind in ROW_SCHEMA.items()
        ]
    )


def renamed(columns: list[Column], field_name: str, new: str) -> list[Column]:
    return [replace(column, field=new) if column.field == field_name else column for column in columns]
