"""Which metrics must not be added up: rates per day, and values that repeat on every row."""

import polars as pl

from worker.sheets import repeated_budgets, vocabulary
from worker.sheets.columns import Assigned
from worker.sheets.grid import Grid
from worker.sheets.long_rows import TOTAL_CHANNEL
from worker.sheets.normalize import normal
from worker.sheets.reading import DIMENSIONS, METRICS

_ENOUGH = 100_000


def find(grid: Grid, assigned: Assigned, rows: pl.DataFrame, added: frozenset[str]) -> dict[str, str]:
    """Metric to the reason in words. `added` are those that the table itself adds up."""
    found: dict[str, str] = {}
    rows = rows.head(_ENOUGH)
    if "budget" in assigned.fields:
        adds_up = "budget" in added and not repeated_budgets.are_daily(rows)
        repeated = None if adds_up else repeated_budgets.why(assigned, rows)
        reason = _budget_rate(grid, assigned) or repeated or _too_small(rows)
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


def doubts(assigned: Assigned, rows: pl.DataFrame, settled: set[str]) -> list[str]:
    """What to say about metrics that are added up and may repeat."""
    asked = "budget" in assigned.fields and "budget" not in settled and repeated_budgets.is_doubtful(rows.head(_ENOUGH))
    return [repeated_budgets.DOUBT] if asked else []


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
