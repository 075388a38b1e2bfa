"""The totals that a file states itself, held against what its rows add up to."""

from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from worker.sheets.body import Body

_MANY = 200
"""Rows of totals in one table: more are its groups."""
_NEAR = Decimal("0.005")
_ROUNDING = Decimal("0.5")

_SAID = (
    "The file's own total of {field} is {stated}, and its rows add up to {added}."
    " The rows are read; check what is missing or counted twice."
)


@dataclass(frozen=True)
class OwnTotals:
    differing: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """Key of a metric to its total as stated, and the sum of the rows that no total of the table is."""
    agreeing: frozenset[str] = frozenset()
    """Keys of metrics that the table itself adds up to the sum of its rows."""

    def said(self) -> dict[str, str]:
        """Metric to what to say about it."""
        return {
            (name := key.split("@")[0]): _SAID.format(field=name, stated=_shown(stated), added=_shown(added))
            for key, (stated, added) in self.differing.items()
        }


def find(body: Body, why: dict[int, str], kept: pl.Series) -> OwnTotals:
    totals = [position for position, reason in sorted(why.items()) if reason.startswith("total")]
    if not totals or len(totals) > _MANY:
        return OwnTotals()
    differing: dict[str, tuple[Decimal, Decimal]] = {}
    agreeing: set[str] = set()
    for key, values in body.values.items():
        added = Decimal(values.gather(kept).sum() or 0)
        stated = {position: value for position in totals if (value := values[position])}
        sums = [*stated.values(), sum(stated.values(), start=Decimal(0))]
        left = [value for position, value in stated.items() if not _adds_up_above(values, position, why)]
        if stated and any(_close(one, added) for one in sums):
            agreeing.add(key)
        elif left:
            differing[key] = (max(left), added)
    return OwnTotals(differing, frozenset(agreeing))


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _adds_up_above(values: pl.Series, position: int, why: dict[int, str]) -> bool:
    """Whether a total is that of the rows since the one before it."""
    start = max((other for other in why if other < position), default=-1) + 1
    return _close(values[position], Decimal(values.slice(start, position - start).sum() or 0))


def _close(stated: Decimal, added: Decimal) -> bool:
    return abs(stated - added) <= max(_ROUNDING, abs(stated) * _NEAR)
