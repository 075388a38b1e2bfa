"""Tabs that hold the money of another tab although their sums differ: pivots, cuts, earlier states, parts of a year."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import polars as pl

from worker.sheets import vocabulary
from worker.sheets.normalize import normal
from worker.sheets.reading import DIMENSIONS, METRICS
from worker.sheets.spans import Span, part_of, span_of

_NEAR = Decimal("0.05")
_LEAST_LINES = 2
_LEAST_VALUES = 6
_ANY_YEAR = 2000


class Tab(Protocol):
    """A tab that holds campaign data."""

    @property
    def name(self) -> str: ...
    @property
    def rows(self) -> pl.DataFrame: ...
    @property
    def titles(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class _Lines:
    names: set[tuple[object, ...]]
    values: dict[tuple[object, ...], tuple[Decimal, ...]]


def why(tab: Tab, other: Tab) -> str | None:
    """Why the money of `tab` is already in `other`."""
    if _is_pivot_of(tab, other):
        return f"a pivot table of the tab “{other.name}”"
    if _is_earlier_state(tab, other):
        return f"an earlier state of the tab “{other.name}”"
    if _lies_within(tab, other):
        return f"its period lies within that of the tab “{other.name}”"
    if _is_nearly_a_cut(tab, other):
        return f"another cut of the tab “{other.name}”: the sums are nearly the same"
    return None


def period_of(tab: Tab) -> Span | None:
    """The days that the name of a tab says."""
    if set(normal(tab.name).split()) & vocabulary.everywhere("scenario"):
        return None
    return span_of(tab.name, year=_ANY_YEAR) or part_of(tab.name, _ANY_YEAR)


def _is_pivot_of(tab: Tab, other: Tab) -> bool:
    """'Row labels' and 'Sum of Spend', where the other tab has a column of spend."""
    sums = _summed(tab.titles)
    return bool(sums) and not _summed(other.titles) and sums <= {normal(title) for title in other.titles}


def _summed(titles: tuple[str, ...]) -> set[str]:
    leads = [f"{phrase} " for phrase in vocabulary.everywhere("pivot_sum")]
    spelled = [normal(title) for title in titles]
    return {text.removeprefix(lead) for text in spelled for lead in leads if text.startswith(lead)}


def _is_earlier_state(tab: Tab, other: Tab) -> bool:
    """Named after an earlier day, the same lines, and no amount larger than in the later tab."""
    mine, theirs = period_of(tab), period_of(other)
    if mine is None or theirs is None or mine.first >= theirs.first or tab.titles != other.titles:
        return False
    if mine.grain != "day" or theirs.grain != "day" or tab.rows["date"].count():
        return False
    lines, later = _lines(tab.rows), _lines(other.rows)
    shared = lines.names & later.names
    pairs = [pair for name in shared for pair in zip(lines.values[name], later.values[name], strict=True) if any(pair)]
    return lines.names <= later.names and len(pairs) >= _LEAST_VALUES and all(a <= b for a, b in pairs)


def _lies_within(tab: Tab, other: Tab) -> bool:
    """'H1 2026' beside '2026', with the same lines and without dates of their own."""
    mine, theirs = period_of(tab), period_of(other)
    if mine is None or theirs is None or tab.titles != other.titles:
        return False
    within = theirs.first <= mine.first and mine.last <= theirs.last and mine != theirs
    dated = any(one.rows[day].count() for one in (tab, other) for day in ("date", "start_date"))
    names = _lines(tab.rows).names
    return within and not dated and len(names) >= _LEAST_LINES and names <= _lines(other.rows).names


def _is_nearly_a_cut(tab: Tab, other: Tab) -> bool:
    """The same campaigns by device and by age: some persons have no age, so the sums differ a little."""
    if not set(tab.titles) - set(other.titles) or not set(other.titles) - set(tab.titles):
        return False
    names = [name for name in DIMENSIONS if tab.rows[name].count() and other.rows[name].count()]
    if not names or any(set(tab.rows[name].to_list()) != set(other.rows[name].to_list()) for name in names):
        return False
    shared = [metric for metric in METRICS if tab.rows[metric].count() and other.rows[metric].count()]
    near = [_near(Decimal(tab.rows[metric].sum()), Decimal(other.rows[metric].sum())) for metric in shared]
    return len(near) > 1 and bool({"spend", "budget"} & set(shared)) and all(near) and _same_days(tab.rows, other.rows)


def _near(mine: Decimal, theirs: Decimal) -> bool:
    return mine <= theirs and theirs - mine <= _NEAR * abs(theirs)


def _same_days(rows: pl.DataFrame, others: pl.DataFrame) -> bool:
    days, other_days = rows["date"].drop_nulls(), others["date"].drop_nulls()
    return (days.min(), days.max()) == (other_days.min(), other_days.max())


def _lines(rows: pl.DataFrame) -> _Lines:
    names = [name for name in DIMENSIONS if rows[name].count()]
    totals = rows.group_by(names).agg(pl.col(METRICS).sum()).iter_rows() if names else iter(())
    values = {row[: len(names)]: row[len(names) :] for row in totals}
    return _Lines(set(values), values)
