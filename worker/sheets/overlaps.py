"""The same money in several files: another cut, a copy, a longer export. Counting both would double the budget."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import polars as pl

from worker.sheets.normalize import normal
from worker.sheets.reading import Reading

_NAMES = ("campaign", "ad_group", "ad", "channel", "placement")


@dataclass(frozen=True)
class Overlap:
    counts: str
    """The file whose rows should count."""
    repeats: str
    """The file that holds the same money again."""
    money: Decimal
    share: float
    """How much of the repeating file's money is also in the other one, 0 to 1."""
    why: str


@dataclass(frozen=True)
class _File:
    id: str
    reading: Reading
    metric: str
    total: Decimal
    others: dict[str, Decimal]


def find(readings: dict[str, Reading]) -> list[Overlap]:
    """Pairs of files that hold the same money, by file id. Plans are compared with plans, actuals with actuals."""
    files = [file for id_, reading in readings.items() if (file := _file(id_, reading)) is not None]
    found: list[Overlap] = []
    for one, other in combinations(files, 2):
        if one.metric != other.metric or not _same_currency(one.reading, other.reading):
            continue
        overlap = _equal_sums(one, other) or _shared_rows(one, other)
        if overlap is not None:
            found.append(overlap)
    return found


def _file(id_: str, reading: Reading) -> _File | None:
    sums = {metric: value for metric, value in reading.sums().items() if value}
    metric = "spend" if "spend" in sums else "budget"
    if not reading.is_campaign or metric not in sums:
        return None
    others = {name: value for name, value in sums.items() if name != metric}
    return _File(id_, reading, metric, sums[metric], others)


def _same_currency(one: Reading, other: Reading) -> bool:
    return one.currency is None or other.currency is None or one.currency == other.currency


def _close(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= max(Decimal("0.02"), abs(b) / 10_000)


def _equal_sums(one: _File, other: _File) -> Overlap | None:
    """The same total spend, and nothing that contradicts: one money in two cuts."""
    if not _close(one.total, other.total):
        return None
    shared = one.others.keys() & other.others.keys()
    agree = [
        metric for metric in shared if abs(one.others[metric] - other.others[metric]) <= other.others[metric] / 100
    ]
    odd_cents = one.total != one.total.to_integral_value()
    if len(agree) < len(shared) or not (agree or odd_cents) or not _periods_touch(one.reading, other.reading):
        return None
    first, second = _better(one, other)
    why = "Both files add up to the same amount, cut in different ways."
    return Overlap(first.id, second.id, second.total, 1.0, why)


def _period(reading: Reading) -> tuple[object, object] | None:
    days = pl.concat([reading.rows["date"], reading.rows["start_date"], reading.rows["end_date"]]).drop_nulls()
    return (days.min(), days.max()) if len(days) else None


def _periods_touch(one: Reading, other: Reading) -> bool:
    a, b = _period(one), _period(other)
    return a is None or b is None or (a[0] <= b[1] and b[0] <= a[1])  # type: ignore[operator]


def _shared_rows(one: _File, other: _File) -> Overlap | None:
    """Campaigns and days with the same amount in both files."""
    if not _periods_touch(one.reading, other.reading):
        return None
    found = [overlap for keys in _keys(one.reading.rows, other.reading.rows) if (overlap := _shared(one, other, keys))]
    return max(found, key=lambda overlap: overlap.share, default=None)


def _shared(one: _File, other: _File, keys: list[str]) -> Overlap | None:
    both = _amounts(one, keys).join(_amounts(other, keys), on=keys, how="inner", suffix="_other")
    both = both.filter((pl.col("amount") - pl.col("amount_other")).abs() <= 0.01)
    money = Decimal(both["amount"].sum() or 0)
    smaller, larger = (one, other) if one.total <= other.total else (other, one)
    share = float(money / smaller.total) if smaller.total else 0.0
    if share < 0.3 or (both["amount"].n_unique() < 3 and not _is_telling(money)):
        return None
    why = f"{len(both):,} lines with the same amounts are in both files."
    return Overlap(larger.id, smaller.id, money, round(share, 3), why)


def _is_telling(money: Decimal) -> bool:
    """An amount with cents is hardly met twice by chance."""
    return money > 10 and money != money.to_integral_value()


def _keys(mine: pl.DataFrame, theirs: pl.DataFrame) -> list[list[str]]:
    """What a line is compared by: its name and day, with and without the channel."""

    def filled(name: str) -> bool:
        return all(rows[name].null_count() < 0.5 * len(rows) for rows in (mine, theirs))

    names = [name for name in ("campaign", "ad_group", "ad") if filled(name)][:1]
    dates = [name for name in ("date", "start_date") if filled(name)][:1]
    channel = ["channel"] if filled("channel") else []
    if not names:
        return [[*channel, *dates]] if channel and dates else []
    return [[*names, *dates]] + ([[*names, *channel, *dates]] if channel else [])


def _amounts(file: _File, keys: list[str]) -> pl.DataFrame:
    rows = file.reading.rows.select(*keys, file.metric)
    names = [key for key in keys if rows[key].dtype == pl.String]
    for name in names:
        spelled = {text: normal(text) for text in rows[name].unique().drop_nulls().to_list()}
        rows = rows.with_columns(pl.col(name).replace(spelled))
    return rows.group_by(keys).agg(amount=pl.col(file.metric).sum()).filter(pl.col("amount") > 0)


def _better(one: _File, other: _File) -> tuple[_File, _File]:
    """The file that says more: days before none, more names, more rows."""

    def detail(file: _File) -> tuple[int, int, int]:
        rows = file.reading.rows
        dated = rows["date"].n_unique() if rows["date"].null_count() < len(rows) else 0
        names = sum(rows[name].null_count() < len(rows) for name in _NAMES)
        return (min(dated, 3), names + len(file.others), len(rows))

    return (one, other) if detail(one) >= detail(other) else (other, one)
