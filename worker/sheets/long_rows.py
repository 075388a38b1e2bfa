"""Typed columns to the rows of ROW_SCHEMA: dates that belong to them, and one row for each channel of a wide table."""

import polars as pl

from worker.sheets import dates, marks
from worker.sheets.reading import ROW_SCHEMA
from worker.sheets.typed import Typed

TOTAL_CHANNEL = "(total)"
"""The channel of sales that belong to no single one."""


def rows(typed: Typed, kept: pl.Series) -> pl.DataFrame:
    """Rows of the sheet at these positions, in ROW_SCHEMA."""
    count = len(typed.row)
    base = {"tab": pl.Series([typed.grid.tab], dtype=pl.String).new_from_index(0, count)}
    base["row"] = typed.grid.row_numbers(typed.row)
    base |= typed.names | _date_columns(typed.days)
    metrics = {key: found.values for key, found in typed.metrics.items()}
    frame = _picked(pl.DataFrame({**base, **metrics}), kept)
    if typed.assigned.spreads:
        frame = _melted(typed, frame, list(base))
    frame = _conformed(frame)
    return _with_total_channel(_dated(frame, typed.days)) if typed.assigned.has_metric("spend") else frame


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
        if main.grain in {"range", "year", "quarter", "half"}:
            columns["date"] = columns["date"].set(ends.is_not_null(), None)
    return columns


def _melted(typed: Typed, frame: pl.DataFrame, base: list[str]) -> pl.DataFrame:
    """A row for each channel or period of a sheet row; what belongs to the whole row stands in one of its own."""
    spreads = typed.assigned.spreads
    plain = [key for key in typed.metrics if "@" not in key]
    parts: list[pl.DataFrame] = []
    for label in dict.fromkeys(label for found in spreads for label in found.labels.values()):
        metrics = {
            found.metric: pl.col(found.field(column))
            for found in spreads
            for column, own in found.labels.items()
            if own == label
        }
        part = frame.with_columns(**metrics, **_label_columns(typed, label)).select(
            list(dict.fromkeys([*base, *metrics, *_label_columns(typed, label)]))
        )
        parts.append(part.filter(pl.any_horizontal(pl.col(list(metrics)).is_not_null())))
    melted = pl.concat(parts, how="diagonal_relaxed")
    rest = frame.select(*base, *plain)
    if "channel" not in rest.columns and all(found.kind == "channel" for found in spreads):
        rest = rest.with_columns(channel=pl.lit(TOTAL_CHANNEL))
    empty = ~rest["row"].is_in(melted["row"].unique().implode())
    own = pl.any_horizontal(pl.col(plain).is_not_null()) if plain else pl.lit(value=False)
    return pl.concat([melted, rest.filter(own | empty)], how="diagonal_relaxed").sort("row", maintain_order=True)


def _label_columns(typed: Typed, label: str) -> dict[str, pl.Expr]:
    for found in typed.assigned.spreads:
        for column, own in found.labels.items():
            if own == label and found.kind == "period":
                if column not in found.spans:
                    return {}
                span = found.spans[column]
                return {name: pl.lit(day) for name, day in _days_of(span.first, span.last).items()}
    return {"channel": pl.lit(label)}


def _days_of(first: object, last: object) -> dict[str, object]:
    return {"date": first, "start_date": first, "end_date": last}


def _conformed(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of ROW_SCHEMA, in order."""
    columns = [
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, dtype=kind).alias(name)  # type: ignore[arg-type]
        for name, kind in ROW_SCHEMA.items()
    ]
    return frame.select(columns)
