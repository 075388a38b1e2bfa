"""Which metrics must not be added up: rates per day, and values that repeat on every row."""

import polars as pl

from worker.sheets import vocabulary
from worker.sheets.columns import Assigned
from worker.sheets.grid import Grid
from worker.sheets.long_rows import TOTAL_CHANNEL
from worker.sheets.normalize import normal
from worker.sheets.reading import DIMENSIONS, METRICS

_ENOUGH = 100_000
_LEAST_USED, _MOST_USED = 0.7, 1.1
"""Shares of a budget that the rows of a campaign together spend when they have it in common."""


def find(grid: Grid, assigned: Assigned, rows: pl.DataFrame) -> dict[str, str]:
    """Metric to the reason in words."""
    found: dict[str, str] = {}
    rows = rows.head(_ENOUGH)
    if "budget" in assigned.fields:
        reason = (
            _budget_rate(grid, assigned)
            or _repeated_budget(rows)
            or _of_campaigns(assigned, rows)
            or _shared_budget(rows)
            or _too_small(rows)
        )
        if reason:
            found["budget"] = reason
    for metric in METRICS:
        if metric in assigned.fields and _is_running(assigned, rows, metric):
            found[metric] = "each date holds the amounts of the dates before it, too"
    for metric in ("revenue", "conversions"):
        if metric in assigned.fields and not assigned.spreads and _repeats_by_channel(rows, metric):
            found[metric] = f"{metric} repeats for each channel of a date"
        elif metric not in found and _total_beside_parts(rows, metric):
            found[metric] = f"total {metric} stands beside that of the channels"
    return found


def _budget_rate(grid: Grid, assigned: Assigned) -> str | None:
    if assigned.matches[assigned.fields["budget"]].daily:
        return "daily budgets are amounts per day"
    daily = vocabulary.everywhere("daily")
    for column, title in enumerate(column.header for column in assigned.columns):
        words = normal(title).split()
        typed = any(word in words for word in ("type", "typ", "tipo", "тип", "タイプ")) and len(words) > 1
        if not typed or assigned.columns[column].field in METRICS:
            continue
        values = {str(row[column]) for row in grid.head[1:] if column < len(row) and isinstance(row[column], str)}
        if any(normal(value) in daily for value in values):
            return f"“{title}” says that budgets are amounts per day"
    return None


def _repeated_budget(rows: pl.DataFrame) -> str | None:
    """The same budget on every row of a campaign, next to spend by day."""
    names = [name for name in ("campaign", "ad_group", "ad") if rows[name].null_count() < 0.2 * len(rows)]
    dated = rows["date"].null_count() < 0.5 * len(rows) and rows["date"].n_unique() > 1
    if not names or not dated or rows["spend"].null_count() == len(rows):
        return None
    groups = rows.filter(pl.col("budget").is_not_null()).group_by(names[0]).agg(
        different=pl.col("budget").n_unique(), count=pl.len(), days=pl.col("date").n_unique()
    )  # fmt: skip
    groups = groups.filter((pl.col("count") > 1) & (pl.col("days") > 1))
    if len(groups) and float((groups["different"] < 0.5 * groups["count"]).mean() or 0) > 0.5:  # type: ignore[arg-type]
        return "the budget repeats on every row of a campaign"
    return None


def _of_campaigns(assigned: Assigned, rows: pl.DataFrame) -> str | None:
    """'Campaign budget' beside ad groups or ads: each of them shows the budget of its campaign."""
    title = f" {normal(assigned.columns[assigned.fields['budget']].header)} "
    finer = any(rows[name].null_count() < 0.2 * len(rows) for name in ("ad_group", "ad", "channel", "placement"))
    if not finer or not any(f" {word} " in title for word in vocabulary.everywhere("campaign_word")):
        return None
    groups = rows.filter(pl.col("budget").is_not_null()).group_by("campaign").agg(
        different=pl.col("budget").n_unique(), count=pl.len()
    ).filter(pl.col("count") > 1)  # fmt: skip
    return "the budget of a campaign repeats on its rows" if len(groups) and (groups["different"] == 1).all() else None


def _shared_budget(rows: pl.DataFrame) -> str | None:
    """One budget on all rows of a campaign, which only together spend it."""
    groups = rows.filter(pl.col("campaign").is_not_null() & (pl.col("budget") > 0)).group_by("campaign").agg(
        different=pl.col("budget").n_unique(), count=pl.len(),
        budget=pl.col("budget").first(), spend=pl.col("spend").sum(),
    ).filter(pl.col("count") > 1)  # fmt: skip
    if len(groups) < 2 or groups["budget"].n_unique() < 2 or not (groups["different"] == 1).all():
        return None
    used = (groups["spend"].cast(pl.Float64) / groups["budget"].cast(pl.Float64)).to_list()
    together = all(_LEAST_USED <= share <= _MOST_USED for share in used)
    return "the budget of a campaign repeats on its rows" if together else None


def _is_running(assigned: Assigned, rows: pl.DataFrame, metric: str) -> bool:
    """'Spend to date' and 'YTD' in a table with several dates for a name: the last one holds them all."""
    title = f" {normal(assigned.columns[assigned.fields[metric]].header)} "
    if not any(f" {word} " in title for word in vocabulary.everywhere("running")):
        return False
    names = [name for name in DIMENSIONS if rows[name].null_count() < len(rows)]
    dated = rows.filter(pl.col("date").is_not_null())
    if dated.is_empty():
        return bool(names) and rows.select(names).is_duplicated().any()
    dates = dated.group_by(names or [pl.lit(0)]).agg(days=pl.col("date").n_unique())
    return bool((dates["days"] > 1).any())


def _too_small(rows: pl.DataFrame) -> str | None:
    """Spend many times the budget: the budgets are amounts per day."""
    both = rows.filter((pl.col("budget") > 0) & (pl.col("spend") > 0))
    if len(both) < 3:
        return None
    times = both.select((pl.col("spend").cast(pl.Float64) / pl.col("budget").cast(pl.Float64)).median()).item()
    return "most rows spent several times their budget, so budgets are amounts per day" if times > 3 else None


def _total_beside_parts(rows: pl.DataFrame, metric: str) -> bool:
    total = rows["channel"] == TOTAL_CHANNEL
    held = rows[metric].is_not_null() & (rows[metric] != 0)
    return bool((total & held).any() and (~total & held).any())


def _repeats_by_channel(rows: pl.DataFrame, metric: str) -> bool:
    """One value for all channels of a date: it belongs to the date."""
    if rows["date"].null_count() == len(rows) or rows["channel"].null_count() == len(rows):
        return False
    groups = rows.filter(pl.col(metric).is_not_null() & pl.col("date").is_not_null()).group_by("date").agg(
        values=pl.col(metric).n_unique(), one=pl.col(metric).first(),
        channels=pl.col("channel").n_unique(), count=pl.len(),
    )  # fmt: skip
    several = groups.filter((pl.col("channels") > 1) & (pl.col("count") == pl.col("channels")))
    if len(several) < 3 or several["one"].n_unique() < 3:
        return False
    return bool((several["values"] == 1).mean() == 1.0)
