"""Rows of several levels in one table: a campaign above its ad groups, all devices beside each, a quarter and months.

A row repeats others when it names less than they do, agrees with them in all that it names, and holds their sums.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import polars as pl

from worker.sheets import vocabulary
from worker.sheets.body import Body
from worker.sheets.normalize import normal

_LONGEST = 20_000
_PATTERNS = 8
"""More ways to leave names out are no levels."""
_FEW = 60
_LONG = 200
_CENT = Decimal("0.006")
_LONGER = 1.9
"""How many times longer a period is than those it may add up."""
_TELLING = 10
_DOUBT = (
    "Some rows name less than others and hold at least as much: they may add them up."
    " Both are counted; remove one of the two levels if they do."
)

Names = tuple[str | None, ...]
Values = tuple[Decimal | None, ...]


@dataclass
class _Found:
    sums: set[int] = field(default_factory=set)
    """Positions of rows that hold the sums of two or more others."""
    copies: set[int] = field(default_factory=set)
    """That hold the values of a single other one."""
    more: set[int] = field(default_factory=set)
    """That hold more than the rows below them."""
    other: set[int] = field(default_factory=set)


def find(body: Body, why: dict[int, str]) -> list[str]:
    """Adds the rows that repeat others to `why`; returns a warning where that can't be told."""
    if len(body.row) > _LONGEST:
        return []
    _parts(body, why)
    doubt = _less_named(body, why)
    _longer_periods(body, why)
    return [_DOUBT] if doubt else []


def _parts(body: Body, why: dict[int, str]) -> None:
    """'of which Video' below 'Social': a part of the row above."""
    phrases = tuple(f"{phrase} " for phrase in vocabulary.everywhere("part_of"))
    for column in body.labels():
        texts = [text for text in column.unique().to_list() if text is not None and normal(text).startswith(phrases)]
        parts = column.is_in(texts).fill_null(value=False).arg_true().to_list() if texts else []
        for position in parts:
            whole = next((i for i in range(position - 1, -1, -1) if i not in parts and body.written[i]), None)
            if whole is not None and _holds(_values(body, whole), _values(body, position)):
                why.setdefault(position, "a part of a row above")


def _less_named(body: Body, why: dict[int, str]) -> bool:
    """Whether rows are left that may add up others, after those that surely do are known."""
    data = [i for i in (body.written > 0).arg_true().to_list() if i not in why]
    known = list({id(column): column for column in body.identity.values()}.values())
    every = [c for c in body.texts.values() if not any(c is one for one in (*known, *body.days))]
    wholes = {id(column): _wholes(column) for column in (*known, *every)}
    whole = [column for column in every if wholes[id(column)]]
    if not data or (not any(column.null_count() or wholes[id(column)] for column in known) and not whole):
        return False
    doubt = False
    values = list(zip(*(column.to_list() for column in body.values.values()), strict=True))
    for columns in (known + whole, known + every):
        found = _by_names(data, _names(body, columns, wholes), values)
        certain = found.sums | found.copies | found.more
        if found.sums and len(certain) >= len(found.other):
            why.update(dict.fromkeys(certain, "total: it adds up rows that name more"))
            return False
        doubt = doubt or (len(found.more) >= 2 and not found.other)
    return doubt


def _wholes(column: pl.Series) -> set[str]:
    """The cells of a column that stand for all others: 'All devices', 'Global'."""
    texts = column.unique()
    if len(texts) > _FEW:
        return set()
    return {text for text in texts.to_list() if text is not None and _is_whole(normal(text))}


def _is_whole(text: str) -> bool:
    words = vocabulary.everywhere("all_days")
    return (
        text in vocabulary.everywhere("whole") | vocabulary.everywhere("total")
        or text.split(" ", maxsplit=1)[0] in words
    )


def _totals_of(column: pl.Series) -> dict[str | None, str]:
    """'Brand total' to 'Brand' where that is a name of its own."""
    texts = column.unique()
    names = {normal(text): text for text in texts.to_list() if text is not None} if len(texts) <= _FEW else {}
    found: dict[str | None, str] = {}
    for name, text in names.items():
        words = [word for word in name.split() if word not in vocabulary.everywhere("total")]
        if len(words) < len(name.split()) and " ".join(words) in names:
            found[text] = names[" ".join(words)]
    return found


def _names(body: Body, columns: list[pl.Series], wholes: dict[int, set[str]]) -> list[Names]:
    """What each row names, None where it names nothing or everything; its day stands first."""
    shown: list[list[str | None]] = []
    for column in columns:
        everything, totals = wholes[id(column)], _totals_of(column)
        shown.append([None if text in everything else totals.get(text, text) for text in column.to_list()])
    days = [None if day is None else str(day) for day in body.first]
    return list(zip(days, *shown, strict=True))


def _by_names(data: list[int], names: list[Names], values: list[Values]) -> _Found:
    """Rows that name less than others, from those that name most to those that name least."""
    levels: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for i in data:
        levels[tuple(at for at, name in enumerate(names[i]) if name is not None)].append(i)
    found = _Found()
    for level in sorted(levels, key=len, reverse=True) if 1 < len(levels) <= _PATTERNS else []:
        finer = [other for other in levels if set(other) > set(level)]
        below: dict[Names, list[int]] = defaultdict(list)
        for i in (i for other in finer for i in levels[other] if i not in found.sums | found.copies):
            below[tuple(names[i][at] for at in level)].append(i)
        for i in levels[level] if below else []:
            _told(i, below.get(tuple(names[i][at] for at in level), []), values, found)
    return found


def _told(row: int, below: list[int], values: list[Values], found: _Found) -> None:
    if not below:
        return
    sums = _sum([values[i] for i in below])
    if _equal(values[row], sums):
        (found.sums if len(below) > 1 else found.copies).add(row)
    else:
        (found.more if _holds(values[row], sums) else found.other).add(row)


def _longer_periods(body: Body, why: dict[int, str]) -> None:
    """A quarter, a year or a week beside its own months or days, of the same names."""
    if body.last.null_count() == len(body.last):
        return
    firsts, lasts = body.first.to_list(), body.last.to_list()
    data = [i for i in (body.written > 0).arg_true().to_list() if i not in why and firsts[i] is not None]
    spans = {i: (firsts[i], lasts[i] or firsts[i]) for i in data}
    days = {i: (last - first).days + 1 for i, (first, last) in spans.items()}
    least = min(days.values(), default=0)
    if max(days.values(), default=0) < _LONGER * least:
        return
    known = list({id(column): column for column in body.identity.values()}.values())
    names = [row[1:] for row in _names(body, known, {id(column): _wholes(column) for column in known})]
    groups: dict[Names, list[int]] = defaultdict(list)
    for i in data:
        groups[names[i]].append(i)
    for group in groups.values():
        long = sorted((i for i in group if days[i] >= _LONGER * least), key=lambda i: days[i])
        for i in long if len(group) > len(long) and len(long) <= _LONG else []:
            within = [j for j in group if j not in why and days[j] < days[i] and _contains(spans[i], spans[j])]
            if len(within) > 1 and _equal(_values(body, i), _sum([_values(body, j) for j in within])):
                why[i] = "total: it adds up the periods within its own"


def _contains(span: tuple[date, date], other: tuple[date, date]) -> bool:
    return span[0] <= other[0] and other[1] <= span[1]


def _values(body: Body, position: int) -> Values:
    return tuple(values[position] for values in body.values.values())


def _sum(rows: list[Values]) -> Values:
    return tuple(sum((value or Decimal(0) for value in column), start=Decimal(0)) for column in zip(*rows, strict=True))


def _equal(row: Values, sums: Values) -> bool:
    """Whether every value that a row holds is the sum; a single small one may be so by chance."""
    pairs = [(value, total or Decimal(0)) for value, total in zip(row, sums, strict=True) if value is not None]
    held = [value for value, _ in pairs if value]
    telling = len(held) > 1 or any(abs(value) >= _TELLING for value in held)
    return telling and all(abs(value - total) <= max(_CENT, abs(value) / 100_000) for value, total in pairs)


def _holds(row: Values, sums: Values) -> bool:
    pairs = [(value or Decimal(0), total or Decimal(0)) for value, total in zip(row, sums, strict=True)]
    return any(value for value, _ in pairs) and all(value >= total for value, total in pairs)
