"""Columns that add up others: a quarter beside its months, 'Digital' beside 'Search' and 'Social'."""

from collections.abc import Container, Iterable

from worker.sheets.bought import number_in
from worker.sheets.grid import Grid, head_cell
from worker.sheets.headers import Match
from worker.sheets.profiles import Profile
from worker.sheets.reading import METRICS
from worker.sheets.spans import Span

_ROWS = 60
_LEAST = 3
"""Rows that prove that one channel adds up others, of which none is named after a longer time."""
_PARTS, _NUMERIC = 2, 0.8
_LONGER = 1.5
_ROUNDING = 0.001
_CENT = 0.02

_Values = dict[int, list[float]]


def without_longer(grid: Grid, first: int, spans: dict[int, Span]) -> dict[int, Span]:
    """Periods without those that hold others, by the calendar or by their amounts: fiscal quarters begin anywhere."""
    days = {column: (span.last - span.first).days + 1 for column, span in spans.items()}
    shortest = min(days.values(), default=0)
    longer = {column for column, count in days.items() if count >= _LONGER * shortest}
    holding = {i for i, span in spans.items() if sum(_holds(span, other) for other in spans.values()) > 1}
    rest = [column for column in spans if column not in holding]
    adding = of_others(grid, first, rest, longer - holding, least=1) if longer - holding else set[int]()
    return {column: span for column, span in spans.items() if column not in holding | adding}


def _holds(span: Span, other: Span) -> bool:
    return other != span and span.first <= other.first and other.last <= span.last


def wholes(
    grid: Grid, first: int, matches: list[Match], seen: list[Profile], fields: dict[str, int], pinned: Container[int]
) -> None:  # fmt: skip
    """'Booked total' instead of 'Booked 1-15 Nov', one of the parts that it adds up in every row."""
    for metric in METRICS:
        if fields.get(metric) is None or fields[metric] in pinned:
            continue
        own = [i for i, match in enumerate(matches) if match.field == metric and seen[i].numeric >= _NUMERIC]
        whole = [i for i in own if _adds_up_the_others(grid, first, i, own)] if len(own) > _PARTS else []
        fields[metric] = whole[0] if whole else fields[metric]


def _adds_up_the_others(grid: Grid, first: int, column: int, columns: list[int]) -> bool:
    rows = grid.head[first : first + _ROWS]
    for decimal in ".,":
        read = {i: [number_in(head_cell(row, i), decimal) or 0.0 for row in rows] for i in columns}
        parts = [sum(row) for row in zip(*(read[i] for i in columns if i != column), strict=True)]
        if sum(map(bool, read[column])) >= _LEAST and all(map(_close, read[column], parts)):
            return True
    return False


def of_others(
    grid: Grid, first: int, columns: list[int], possible: Iterable[int], *, least: int = _LEAST
) -> set[int]:  # fmt: skip
    """Those of `possible` that are in every row the sum of at least two columns that stand together beside them."""
    rows = grid.head[first : first + _ROWS]
    found: set[int] = set()
    for decimal in ".,":
        read = {i: [number_in(head_cell(row, i), decimal) or 0.0 for row in rows] for i in columns}
        for ordered in (columns, columns[::-1]):
            found |= _of_earlier(read, [i for i in ordered if i not in found], set(possible), least)
    return found


def _of_earlier(values: _Values, ordered: list[int], possible: set[int], least: int) -> set[int]:
    found: set[int] = set()
    parts: list[int] = []
    for column in ordered:
        if column in possible and _adds_up(values, column, parts, least):
            found.add(column)
        else:
            parts.append(column)
    return found


def _adds_up(values: _Values, column: int, parts: list[int], least: int) -> bool:
    """Whether the parts that stand next to a column are together what it holds."""
    wholes = values[column]
    added = [0.0] * len(wholes)
    filled = 0
    for part in reversed(parts) if sum(map(bool, wholes)) >= least else ():
        added = [one + other for one, other in zip(added, values[part], strict=True)]
        filled += any(values[part])
        if filled > 1 and all(map(_close, wholes, added)):
            return True
    return False


def _close(whole: float, added: float) -> bool:
    return abs(whole - added) <= _CENT + _ROUNDING * abs(whole)
