"""A history from any campaign file that can be read: the same rows that the product would plan from."""

from pathlib import Path

import polars as pl

from events.plan import SourceFile
from worker.planning.history import METRICS, TOTAL, History, from_frame
from worker.sheets.reader import read
from worker.sheets.reading import Reading, UnreadableFile

_NO_CHANNEL = "(no channel)"


def from_campaign_file(path: Path) -> History | None:
    """Read CSV, Excel or ODS in any layout; None when the file is missing or holds no campaign rows with a day."""
    try:
        reading = read(path, path.name) if path.is_file() else None
    except UnreadableFile:
        return None
    rows = daily(reading) if reading else None
    if reading is None or rows is None or rows.is_empty():
        return None
    source = SourceFile(
        file_id=path.name,
        name=path.name,
        revision="",
        rows=reading.rows.height,
        quarantined=sum(cell.field == "spend" for cell in reading.quarantined),
    )
    return from_frame(rows.with_columns(file_id=pl.lit(path.name)), [source], reading.currency or "EUR")


def daily(reading: Reading) -> pl.DataFrame:
    """Results by date, channel, campaign and currency, as the read model of performance gives them.

    Amounts of a flight are spread over its days, a plan gives budgets only, and metrics that may not be added up are
    left out. No row for what is no campaign file.
    """
    left_out = set(reading.non_additive) | (set(METRICS) - {"budget"} if reading.kind == "plan" else set())
    no_money = pl.col("spend").is_null() & pl.col("budget").is_null()
    rows = reading.rows.filter(reading.is_campaign).with_columns(
        pl.col("channel").fill_null(pl.when(no_money).then(pl.lit(TOTAL)).otherwise(pl.lit(_NO_CHANNEL))),
        pl.col("campaign").fill_null(""),
        pl.col("currency").fill_null(pl.lit(reading.currency)),
    )
    spread = rows.with_columns(_days()).with_columns(pl.col("days").list.len().alias("length")).explode("days")
    return (
        spread.with_columns(
            (pl.lit(None) if metric in left_out else pl.col(metric))
            .cast(pl.Float64)
            .truediv(pl.col("length"))
            .alias(metric)
            for metric in METRICS
        )
        .filter(pl.col("days").is_not_null() & pl.any_horizontal(pl.col(METRICS).is_not_null()))
        .group_by("days", "channel", "campaign", "currency")
        .agg(_sum(metric) for metric in METRICS)
        .rename({"days": "date"})
    )


def _days() -> pl.Expr:
    """The days that a row's amounts are spread over."""
    first = pl.coalesce("date", "start_date")
    last = pl.when(pl.col("date").is_null()).then(pl.max_horizontal("start_date", "end_date")).otherwise(pl.col("date"))
    return pl.date_ranges(first, last).alias("days")


def _sum(metric: str) -> pl.Expr:
    """Null, and not zero, where no row has a value."""
    return pl.when(pl.col(metric).count() > 0).then(pl.col(metric).sum()).alias(metric)
