"""Subtotals without a word for it: pivot tables write a row for each group above or below its members.

They are known by arithmetic alone: when rows that add up others are taken out, the rest must be the table's own total;
without a total, several rows must add up those next to them in several metrics.
"""

from decimal import Decimal
from itertools import accumulate

import polars as pl

from worker.sheets.body import Body

_LONGEST = 2_000
_ROUNDING = 1e-6

Values = tuple[Decimal, ...]


def find(body: Body, why: dict[int, str]) -> None:
    """Adds the rows that add up the rows right below or above them, level by level."""
    data = [i for i in (body.written > 0).arg_true().to_list() if i not in why] if len(body.row) <= _LONGEST else []
    totals = {_values(body, i) for i, reason in why.items() if reason == "total"}
    if len(data) < 4:
        return
    if not totals:
        _without_total(body, data, why)
        return
    rows = [_values(body, i) for i in data]
    whole = _sum(rows)
    if not any(_is_multiple(whole, total) for total in totals):
        return
    for least in (1, 2):
        roots, parents = _groups(rows, least)
        if parents and _sum([rows[i] for i in roots]) in totals:
            why.update({data[i]: "total: it adds up the rows below it" for i in parents})
            return


def _without_total(body: Body, data: list[int], why: dict[int, str]) -> None:
    """Two or more rows that each add up two or more neighbors, in metrics that are no multiples of each other."""
    filled = [values.gather(data).cast(pl.Float64).fill_null(0).to_list() for values in body.values.values()]
    filled = [values for values in filled if any(values)]
    sides = [
        side for side in ("below", "above") if filled and _may_add_up(filled[0] if side == "below" else filled[0][::-1])
    ]
    if not sides or all(_is_proportional(filled[0], values) for values in filled[1:]):
        return
    for side in sides:
        rows = [(i, _values(body, i)) for i in (data if side == "below" else data[::-1])]
        rows = [(i, row) for i, row in rows if any(row)]
        roots, parents = _groups([row for _, row in rows], 2)
        alone = len(set(roots) - set(parents))
        if len(parents) > 1 and 2 * alone <= len(rows):
            why.update({rows[i][0]: f"total: it adds up the rows {side} it" for i in parents})
            return


def _may_add_up(values: list[float]) -> bool:
    """Whether at least two values are the sum of two or more that follow, at a glance."""
    cents = [round(value * 100) for value in values]
    ends = list(accumulate(cents))
    known = set(ends)
    return sum(cent != 0 and end + cent in known for cent, end in zip(cents, ends, strict=True)) > 1


def _is_proportional(a: list[float], b: list[float]) -> bool:
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x and y]
    return all(abs(x * pairs[0][1] - y * pairs[0][0]) <= _ROUNDING * abs(x * pairs[0][1]) for x, y in pairs)


def _values(body: Body, position: int) -> Values:
    return tuple(values[position] or Decimal(0) for values in body.values.values())


def _sum(rows: list[Values]) -> Values:
    return tuple(sum(column, start=Decimal(0)) for column in zip(*rows, strict=True))


def _is_multiple(whole: Values, total: Values) -> bool:
    """Whether all rows together are twice or three times the total, in every metric."""
    times = {round(a / b, 4) for a, b in zip(whole, total, strict=True) if b}
    return len(times) == 1 and times <= {Decimal(2), Decimal(3)}


def _groups(rows: list[Values], least: int) -> tuple[list[int], list[int]]:
    """Rows that no other adds up, and rows that add up at least so many right below them."""
    roots: list[int] = []
    parents: list[int] = []
    for i in range(len(rows) - 1, -1, -1):
        taken = _members(rows, roots, rows[i])
        if taken >= least and any(rows[i]):
            del roots[-taken:]
            parents.append(i)
        roots.append(i)
    return roots, parents


def _members(rows: list[Values], roots: list[int], row: Values) -> int:
    """How many of the rows below, nearest first, add up to this one; 0 when none do."""
    sums = tuple(Decimal(0) for _ in row)
    for count, i in enumerate(reversed(roots), start=1):
        sums = tuple(a + b for a, b in zip(sums, rows[i], strict=True))
        if sums == row:
            return count
        if any(a > b for a, b in zip(sums, row, strict=True)):
            break
    return 0
