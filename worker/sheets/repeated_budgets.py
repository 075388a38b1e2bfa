"""Budgets that stand on many rows and are one: of a campaign that was shown on each day, ad or channel."""

from datetime import timedelta

import polars as pl

from worker.sheets import vocabulary
from worker.sheets.columns import Assigned
from worker.sheets.normalize import normal

_LEAST_USED, _MOST_USED = 0.7, 1.1
"""Shares of a budget that the rows of a campaign together spend when they have it in common."""
_DATES, _DAYS = 3, 5
"""Dates of a campaign from which on one budget for all of them means something."""
_NEAR = timedelta(days=3)
_NAMES = ("campaign", "ad_group", "ad")
_ON_EVERY_ROW = "the budget repeats on every row of a campaign"
DOUBT = (
    "Each campaign shows the same budget on all its dates, and they are added up."
    " If each row shows the whole budget, keep it on one row of a campaign only."
)


def why(assigned: Assigned, rows: pl.DataFrame) -> str | None:
    """Why the budgets must not be added up."""
    return _beside_spend(rows) or _same_on_all_dates(rows) or _of_campaigns(assigned, rows) or _shared(rows)


def is_doubtful(rows: pl.DataFrame) -> bool:
    """Whether a plan shows one budget on all dates of each of several campaigns."""
    groups = _constant(rows)
    return groups is not None and len(groups) > 1


def _beside_spend(rows: pl.DataFrame) -> str | None:
    """The same budget on every row of a campaign, next to spend by day."""
    names = _names(rows)
    if not names or not _is_dated(rows) or rows["spend"].null_count() == len(rows):
        return None
    groups = rows.filter(pl.col("budget").is_not_null()).group_by(names[0]).agg(
        different=pl.col("budget").n_unique(), count=pl.len(), days=pl.col("date").n_unique(),
        used=pl.col("spend").sum().cast(pl.Float64) / pl.col("budget").max().cast(pl.Float64),
    )  # fmt: skip
    groups = groups.filter((pl.col("count") > 1) & (pl.col("days") > 1))
    if not are_daily(rows) and (groups["used"].median() or 0) > _MOST_USED:  # type: ignore[operator]
        return None  # more than one budget was spent, so each month or week has its own
    if len(groups) and float((groups["different"] < 0.5 * groups["count"]).mean() or 0) > 0.5:  # type: ignore[arg-type]
        return _ON_EVERY_ROW
    return None


def _same_on_all_dates(rows: pl.DataFrame) -> str | None:
    """One budget of a campaign on all its days; months and weeks may each have as much."""
    groups = _constant(rows) if are_daily(rows) else None
    if groups is None:
        return None
    if any((groups[metric] > 1).all() for metric in ("impressions", "clicks", "conversions")):
        return _ON_EVERY_ROW
    many = (groups["dates"] >= _DAYS).all()
    return "each day of a campaign shows the same budget: its whole one, or an amount per day" if many else None


def _constant(rows: pl.DataFrame) -> pl.DataFrame | None:
    """Campaigns of a table without spend, when each has several dates and one budget; how often the rest differs."""
    names = _names(rows)
    if not names or not _is_dated(rows) or rows["spend"].null_count() < len(rows):
        return None
    delivery = [pl.col(metric).drop_nulls().n_unique() for metric in ("impressions", "clicks", "conversions")]
    groups = rows.filter(pl.col("budget") > 0).group_by(names).agg(
        *delivery, different=pl.col("budget").n_unique(), dates=pl.col("date").n_unique()
    )  # fmt: skip
    constant = len(groups) > 0 and (groups["different"] == 1).all() and (groups["dates"] >= _DATES).all()
    return groups if constant else None


def are_daily(rows: pl.DataFrame) -> bool:
    steps = rows["date"].drop_nulls().unique().sort().diff().drop_nulls()
    return len(steps) > 0 and bool((steps <= _NEAR).mean() >= 0.5)  # type: ignore[operator]


def _names(rows: pl.DataFrame) -> list[str]:
    return [name for name in _NAMES if rows[name].null_count() < 0.2 * len(rows)]


def _is_dated(rows: pl.DataFrame) -> bool:
    return rows["date"].null_count() < 0.5 * len(rows) and rows["date"].n_unique() > 1


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


def _shared(rows: pl.DataFrame) -> str | None:
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
