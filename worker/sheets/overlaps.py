"""The same money in two files: another cut, a copy, a longer export. Counting both would double the budget.

Only what is the same to the cent is called the same: a file that is left out by mistake is money lost.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import polars as pl

from worker.sheets.normalize import normal

_CENT = Decimal("0.02")
_NEARLY_ALL = Decimal("0.99")
_TELLING_AMOUNTS = 5
"""Different amounts that do not meet by chance, even if they are round."""
_NAMES = ("campaign", "channel")


@dataclass(frozen=True)
class Money:
    """What a file says about its money."""

    file_id: str
    currency: str | None
    total: Decimal
    others: dict[str, Decimal]
    """Sums of the other metrics: impressions, clicks ..."""
    period: tuple[date, date] | None
    lines: pl.DataFrame
    """campaign, channel, day, amount and the number of rows; null where the file does not say."""


@dataclass(frozen=True)
class Overlap:
    counts: str
    """The file that should count."""
    repeats: str
    money: Decimal
    how: Literal["same_total", "same_lines"]
    why: Literal["more_detail", "longer", "first"]


def between(known: Money, new: Money) -> Overlap | None:
    """What two files share. Of equals, the one that was known first counts."""
    currencies = {known.currency, new.currency} - {None}
    if len(currencies) > 1 or not (known.total > 0 and new.total > 0) or not _meet(known, new):
        return None
    if _same(known.total, new.total):
        return _equal(known, new)
    small, large = sorted((known, new), key=lambda money: money.total)
    if not _names_within(small, large) or not _contained(small, large):
        return None
    return Overlap(large.file_id, small.file_id, small.total, "same_lines", "longer")


def _equal(known: Money, new: Money) -> Overlap | None:
    """The same total, and nothing that contradicts: one money in two cuts."""
    shared = known.others.keys() & new.others.keys()
    agree = all(abs(known.others[name] - new.others[name]) <= new.others[name] / 100 for name in shared)
    telling = known.total != known.total.to_integral_value() or any(known.others[name] for name in shared)
    if not agree or not telling or not (_names_within(known, new) or _names_within(new, known)):
        return None
    if not _days_agree(known, new):
        return None
    if _detail(new) > _detail(known):
        return Overlap(new.file_id, known.file_id, known.total, "same_total", "more_detail")
    why = "more_detail" if _detail(known) > _detail(new) else "first"
    return Overlap(known.file_id, new.file_id, new.total, "same_total", why)


def _same(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= _CENT


def _meet(one: Money, other: Money) -> bool:
    if one.period is None or other.period is None:
        return True
    return one.period[0] <= other.period[1] and other.period[0] <= one.period[1]


def _names_within(small: Money, large: Money) -> bool:
    """Whether the smaller file names only campaigns and channels of the larger, where both name any."""
    for name in _NAMES:
        mine, theirs = (_spelled(money.lines[name]) for money in (small, large))
        if mine and theirs and not mine <= theirs:
            return False
    return True


def _spelled(names: pl.Series) -> set[str]:
    return {normal(name) for name in names.unique().drop_nulls().to_list()}


def _days_agree(one: Money, other: Money) -> bool:
    """Files that both tell days must tell the same money on them; a week's or month's sum stands on its first day."""
    mine, theirs = (_amounts(money, ["day"]).drop_nulls() for money in (one, other))
    if min(len(mine), len(theirs)) < _TELLING_AMOUNTS or len(mine) != len(theirs):
        return True
    return _matched(mine, theirs, ["day"]) >= _NEARLY_ALL * one.total


def _contained(small: Money, large: Money) -> bool:
    """Whether nearly every line of the smaller file is in the larger, with the same amount."""
    names = [name for name in _NAMES if all(not money.lines[name].is_null().any() for money in (small, large))]
    keys = [*names, "day"]
    mine, theirs = (_amounts(money, keys).drop_nulls("day") for money in (small, large))
    telling = mine["amount"].n_unique() >= _TELLING_AMOUNTS or bool((mine["amount"] % 1 != 0).any())
    return telling and len(mine) > 1 and _matched(mine, theirs, keys) >= _NEARLY_ALL * small.total


def _amounts(money: Money, keys: list[str]) -> pl.DataFrame:
    lines = money.lines
    for name in set(keys) & set(_NAMES):
        spelled = {text: normal(text) for text in lines[name].unique().drop_nulls().to_list()}
        lines = lines.with_columns(pl.col(name).replace(spelled))
    return lines.group_by(keys).agg(amount=pl.col("amount").sum())


def _matched(mine: pl.DataFrame, theirs: pl.DataFrame, keys: list[str]) -> Decimal:
    both = mine.join(theirs, on=keys, how="inner", suffix="_other")
    same = both.filter((pl.col("amount") - pl.col("amount_other")).abs() <= float(_CENT))
    return Decimal(same["amount"].sum() or 0)


def _detail(money: Money) -> tuple[int, int, int]:
    """How much a file says: days before none, more names, more rows."""
    lines = money.lines
    names = sum(not lines[name].is_null().all() for name in _NAMES)
    return min(lines["day"].n_unique(), 3), names + len(money.others), int(lines["rows"].sum())
