"""Subtotals without a word for it: pivot tables write a row for each group above or below its members.

They are known by arithmetic alone: when rows that add up others are taken out, the rest must be the table's own total.
"""

from decimal import Decimal

from worker.sheets.body import Body

_LONGEST = 2_000

Values = tuple[Decimal, ...]


def find(body: Body, why: dict[int, str]) -> None:
    """Adds the rows that add up the rows right below them, level by level, when a total proves it."""
    data = [i for i in (body.written > 0).arg_true() if i not in why] if len(body.row) <= _LONGEST else []
    totals = {_values(body, i) for i, reason in why.items() if reason == "total"}
    if len(data) < 4 or not totals:
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
