"""What happened so far, as the planner reads it: one row per date, channel, campaign and file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from events.plan import SourceFile
from worker.planning.voice import Refusal

TOTAL = "(total)"
"""The channel name of rows that carry total sales, whoever caused them."""

KEYS = ("date", "channel", "campaign", "file_id", "currency")
METRICS = ("spend", "budget", "impressions", "clicks", "conversions", "revenue")
SCHEMA: dict[str, type[pl.DataType]] = {
    "date": pl.Date,
    **dict.fromkeys(KEYS[1:], pl.String),
    **dict.fromkeys(METRICS, pl.Float64),
}


class UnusableHistory(Refusal):
    """The file cannot be planned from. The message says what is wrong and what to do."""


@dataclass(frozen=True)
class History:
    """Rows in SCHEMA; null means unknown, never zero. `sources` are the file revisions the rows came from."""

    rows: pl.DataFrame
    sources: Sequence[SourceFile] = field(default=())
    currency: str = "EUR"
    unread: int = 0
    """Cells that hold something, but no number or date."""


def from_frame(rows: pl.DataFrame, sources: Sequence[SourceFile] = (), currency: str = "EUR") -> History:
    """Bring a frame into SCHEMA, ordered by key, so that the order of the rows never matters.

    Absent columns become null, numbers that are none become null; six decimals are kept.
    """
    complete = rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind, strict=False).alias(name)
        for name, kind in SCHEMA.items()
    )
    finite = complete.with_columns(
        pl.when(pl.col(metric).is_finite()).then(pl.col(metric).round(6)).alias(metric) for metric in METRICS
    )
    order = [*KEYS, *METRICS]
    return History(rows=finite.filter(pl.col("date").is_not_null()).sort(order), sources=sources, currency=currency)


def from_csv(path: Path, currency: str = "EUR") -> History:
    """Read a comma-separated history with columns date, channel, spend and any further metric.

    A file with a heading and no rows is a history of nothing. Raises UnusableHistory when the file is missing, is no
    such table or holds rows but none with a date and a channel.
    """
    frame = _read(path)
    missing = [name for name in ("date", "channel", "spend") if name not in frame.columns]
    if missing:
        raise UnusableHistory("history.columns", file=path.name, missing=", ".join(missing))
    numbers = [metric for metric in METRICS if metric in frame.columns]
    read = frame.with_columns(
        pl.col("date").str.strptime(pl.Date, "%Y-%m-%d", strict=False), pl.col(numbers).cast(pl.Float64, strict=False)
    )
    if frame["spend"].is_not_null().any() and read["spend"].is_null().all():
        raise UnusableHistory("history.money", file=path.name)
    unread = sum(read[name].null_count() - frame[name].null_count() for name in ("date", *numbers))
    frame = read
    if "file_id" not in frame.columns:
        frame = frame.with_columns(pl.lit(path.name).alias("file_id"))
    source = SourceFile(file_id=path.name, name=path.name, revision="", rows=frame.height)
    history = replace(from_frame(frame, [source], currency), unread=unread)
    if not frame.is_empty() and history.rows.filter(pl.col("channel").is_not_null()).is_empty():
        raise UnusableHistory("history.rows", file=path.name)
    return history


def _read(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise UnusableHistory("history.folder" if path.is_dir() else "history.file", path=path)
    try:
        frame = pl.read_csv(path, infer_schema=False, null_values=[""])
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as problem:
        raise UnusableHistory("history.table", file=path.name) from problem
    return frame.rename({name: name.strip().lower() for name in frame.columns}).with_columns(pl.all().str.strip_chars())
