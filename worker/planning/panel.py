"""History on a regular calendar: periods x channels, ready for the statistics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from events.plan import Brief
from worker.planning.curves import Floats
from worker.planning.history import TOTAL, History

Flags = npt.NDArray[np.bool_]

DAILY_PERIODS_AT_MOST = 400
"""Longer daily histories are read by the week: the fit gains nothing from more periods but costs more."""
MONTH = 30


@dataclass(frozen=True)
class Panel:
    """`spend` and `claimed` are periods x channels; `total` per period. A period is `days` long.

    `claimed` is what the channel's own rows say about the response; NaN where they say nothing.
    """

    channels: list[str]
    first: date
    days: int
    spend: Floats
    claimed: Floats
    total: Floats
    known: Flags
    response: str
    spend_from: str
    """spend, or budget when no row tells what was spent."""

    @property
    def periods(self) -> int:
        return len(self.known)

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days * self.periods - 1)

    @property
    def has_total(self) -> bool:
        """Whether total sales are known, not only what channels claim."""
        return bool((np.nan_to_num(self.total) > 0).any())

    def current(self) -> Floats:
        """Mean spend per period of late (28 days, or 13 longer periods): today's mix."""
        recent = self.spend[-(28 if self.days == 1 else max(1, min(13, 365 // self.days))) :]
        return recent.mean(axis=0) if len(recent) else np.zeros(len(self.channels))


MEASURE_OF = {"target_cpa": "conversions", "target_roas": "revenue"}
"""What a goal's target is told in."""
_HAPPENED = ("spend", "impressions", "clicks", "conversions", "revenue")


@dataclass(frozen=True)
class Counted:
    """The rows that count for a brief, each with a channel; which columns tell spend and response."""

    rows: pl.DataFrame
    spend_from: str
    response: str


def build(brief: Brief, history: History) -> Panel:
    """Lay the rows of the brief's files on a calendar."""
    found = counted(brief, history)
    own = found.rows.filter(pl.col("channel") != TOTAL)
    paid = own.filter(pl.col(found.spend_from).fill_null(0.0).clip(0.0).sum().over("channel") > 0)
    channels = sorted(set(paid["channel"].to_list())) or sorted(set(own["channel"].to_list()))
    if found.rows.is_empty() or not channels:
        return _empty(found.response, found.spend_from)
    return _lay_out(found.rows, channels, found.response, found.spend_from)


def counted(brief: Brief, history: History) -> Counted:
    """The rows of the brief's files. Rows without a channel count under their campaign's name."""
    rows = history.rows
    if brief.file_ids is not None:
        rows = rows.filter(pl.col("file_id").is_in(brief.file_ids))
    rows = rows.filter(pl.col("currency").is_null() | (pl.col("currency") == history.currency))
    name = pl.coalesce(pl.col("channel"), pl.col("campaign")).str.strip_chars()
    rows = rows.with_columns(name.alias("channel")).filter(pl.col("channel").is_not_null() & (pl.col("channel") != ""))
    own = rows.filter(pl.col("channel") != TOTAL)
    spend_from = "spend" if _says(own, "spend") or not _says(own, "budget") else "budget"
    if spend_from == "spend":  # rows that hold nothing but a budget are a plan: they tell what comes, not what was
        happened = pl.any_horizontal(pl.col(metric).is_not_null() for metric in _HAPPENED)
        rows = rows.filter(happened | pl.col("budget").is_null())
    return Counted(rows, spend_from, _response(brief, rows))


def _says(rows: pl.DataFrame, metric: str) -> bool:
    return bool(rows[metric].fill_null(0.0).gt(0).any())


def _response(brief: Brief, rows: pl.DataFrame) -> str:
    if brief.response != "auto":
        return brief.response
    first = [MEASURE_OF[brief.goal]] if brief.goal in MEASURE_OF else []
    return next((metric for metric in (*first, "revenue", "conversions", "clicks") if _says(rows, metric)), "none")


def _empty(response: str, spend_from: str) -> Panel:
    nothing = np.zeros((0, 0))
    return Panel(
        [], date(1970, 1, 1), 7, nothing, nothing, np.zeros(0), np.zeros(0, dtype=np.bool_), response, spend_from
    )


def _lay_out(rows: pl.DataFrame, channels: Sequence[str], response: str, spend_from: str) -> Panel:
    first, last, days = _calendar(rows)
    count = (last - first).days // days + 1
    answer = pl.col(response) if response != "none" else pl.lit(None, dtype=pl.Float64)
    kept = rows.filter(pl.col("date").is_between(first, last)).with_columns(
        ((pl.col("date") - first).dt.total_days() // days).alias("period"), answer.alias("answer")
    )
    sums = kept.group_by("period", "channel").agg(
        pl.col(spend_from).fill_null(0.0).clip(0.0).sum().round(6).alias("spend"),
        pl.col("answer").clip(0.0).sum().round(6).alias("response"),
        pl.col("answer").is_not_null().any().alias("told"),
    )
    shape = (count, len(channels))
    spend, claimed = np.zeros(shape), np.full(shape, np.nan)
    total, known = np.full(count, np.nan), np.zeros(count, dtype=np.bool_)
    place = {channel: index for index, channel in enumerate(channels)}
    for period, channel, money, answer, told in sums.sort("period", "channel").iter_rows():
        known[period] = True
        if channel == TOTAL:
            total[period] = answer if told else np.nan
        elif channel in place:
            spend[period, place[channel]] = money
            claimed[period, place[channel]] = answer if told else np.nan
    return Panel(list(channels), first, days, spend, claimed, total, known, response, spend_from)


def _calendar(rows: pl.DataFrame) -> tuple[date, date, int]:
    """First and last day of the whole periods, and how long one is: the usual step between dates of a channel."""
    dates = rows["date"].unique().sort()
    steps = (
        rows.group_by("channel")
        .agg(pl.col("date").unique().sort().diff().dt.total_days().median().alias("step"))
        .drop_nulls()["step"]
    )
    step = float(steps.max()) if len(steps) else 7.0  # pyright: ignore[reportArgumentType]
    first, last = dates[0], dates[-1]
    if step >= 20:
        return first, last, MONTH
    if step > 1 or (last - first).days >= DAILY_PERIODS_AT_MOST:
        return _whole_weeks(first, last, daily=step <= 1)
    return first, last, 1


def _whole_weeks(first: date, last: date, *, daily: bool) -> tuple[date, date, int]:
    if not daily:
        return first, last, 7
    begin = first + timedelta(days=(7 - first.weekday()) % 7)
    weeks = ((last - begin).days + 1) // 7
    return begin, begin + timedelta(days=7 * weeks - 1), 7
