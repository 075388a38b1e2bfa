"""The rows under a header: typed, with an account of every cell that did not become a value."""

from dataclasses import dataclass

import polars as pl

from worker.sheets import levels, long_rows, marks, own_totals, quarantine, typed, versions
from worker.sheets.body import Body
from worker.sheets.columns import Assigned
from worker.sheets.grid import Grid
from worker.sheets.layout import Layout
from worker.sheets.reading import Dropped, Pins, Quarantined
from worker.sheets.typed import Typed

_TWICE, _LONGEST = 6, 50_000
_PASTED = "The second half of the rows repeats the first. Both are counted; delete one if the export was pasted twice."


@dataclass
class Rows:
    """One table, typed. `long` has a row for each sheet row, or several for one when the table is wide."""

    long: pl.DataFrame
    count: int
    """Sheet rows that are data."""
    quarantined: list[Quarantined]
    dropped: list[Dropped]
    warnings: list[str]
    decimal: str
    date_format: str | None
    totals: own_totals.OwnTotals


def build(grid: Grid, layout: Layout, assigned: Assigned, pins: Pins) -> Rows:
    columns = typed.read(grid, layout, assigned, pins)
    body = _body(columns)
    why = marks.find(body)
    doubts = levels.find(body, why)
    versions.scenarios(body, assigned, why)
    for position in marks.repeated_headers(body.texts, layout.titles, _unread(columns)):
        why.setdefault(position, "the header again")
    keep = body.filled > 0
    keep = keep.scatter(sorted(why), False) if why else keep  # noqa: FBT003
    kept = keep.arg_true()
    long, forecasts = versions.planned_and_actual(
        body, assigned, kept, long_rows.rows(columns, kept), grid.row_numbers(body.row.gather(kept))
    )
    return Rows(
        long=long,
        count=len(kept),
        quarantined=quarantine.find(columns, keep),
        dropped=[_dropped(columns, body, position, reason) for position, reason in sorted(why.items())],
        warnings=[*columns.warnings, *doubts, *forecasts, *([_PASTED] if _stands_twice(long) else [])],
        decimal=columns.decimal,
        date_format=next((days.format for days in columns.days.values()), None),
        totals=own_totals.find(body, why, kept),
    )


def _unread(columns: Typed) -> list[tuple[int, int, str]]:
    """Column, position and text of the cells that are no number."""
    return [
        (columns.columns[key], int(position), raw)
        for key, found in columns.metrics.items()
        for position, raw in zip(found.bad, found.raw, strict=True)
    ]


def _body(columns: Typed) -> Body:
    nothing = pl.Series([0], dtype=pl.UInt16).new_from_index(0, len(columns.row))
    written = [found.written().cast(pl.UInt16) for found in columns.metrics.values()]
    dated = [found.first.is_not_null() for found in columns.days.values()]
    return Body(
        row=columns.row,
        filled=columns.filled,
        texts=columns.texts,
        distinct=columns.distinct,
        identity={name: column for name, column in columns.names.items() if name != "currency"},
        days=[columns.texts[index] for name in columns.days if (index := columns.columns[name]) in columns.texts],
        first=_day(columns, ("date", "start_date")),
        last=_last(columns),
        dated=pl.select(pl.any_horizontal(dated)).to_series() if dated else nothing > 0,
        values={key: found.values for key, found in columns.metrics.items()},
        written=pl.select(pl.sum_horizontal([*written, nothing])).to_series(),
    )


def _stands_twice(long: pl.DataFrame) -> bool:
    """Whether the second half of dated rows is the first half once more: an export that was pasted twice."""
    half = len(long) // 2
    if len(long) % 2 or not _TWICE <= len(long) <= _LONGEST or long["date"].null_count():
        return False
    values = long.drop("row")
    return values.head(half).equals(values.tail(half))


def _day(columns: Typed, fields: tuple[str, ...]) -> pl.Series:
    found = next((columns.days[name].first for name in fields if name in columns.days), None)
    return columns.row.cast(pl.Date).clear(len(columns.row)) if found is None else found


def _last(columns: Typed) -> pl.Series:
    main = columns.days.get("date")
    return main.last if main is not None else _day(columns, ("end_date",))


def _dropped(columns: Typed, body: Body, position: int, reason: str) -> Dropped:
    texts = [str(column[position]) for column in body.texts.values() if column[position] is not None]
    values = [f"{key} {value[position]:f}" for key, value in body.values.items() if value[position] is not None]
    text = " · ".join([*texts[:3], *values[:6]])[:200]
    return Dropped(columns.grid.tab, columns.grid.row_number(columns.layout.first + position), reason, text)
