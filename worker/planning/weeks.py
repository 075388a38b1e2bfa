"""The plan by calendar week: money follows the days, and leans towards the season where one is known."""

from datetime import timedelta
from decimal import Decimal

import numpy as np

from events.plan import Brief, Line, Week
from worker.planning.curves import Floats
from worker.planning.findings import State
from worker.planning.limits import to_cents

LEAN = 0.25
"""The most a week may lean away from an even pace."""


def flight(state: State, lines: list[Line]) -> list[Week]:
    """Split every line over Monday-to-Sunday weeks; each line's weeks add up to it, to the cent."""
    brief = state["brief"]
    pace = _pace(state["response_analyst"].season, (brief.end - brief.start).days + 1)
    weeks = _weeks(brief)
    weight = np.array([pace[first : last + 1].sum() for first, last in weeks])
    amounts = [_over(line.amount, weight) for line in lines]
    return [
        Week(
            start=brief.start + timedelta(days=first),
            amounts={line.channel: amounts[i][w] for i, line in enumerate(lines)},
        )
        for w, (first, _) in enumerate(weeks)
    ]


def _pace(season: list[float], days: int) -> Floats:
    if not season:
        return np.ones(days)
    factors = np.array(season) / np.mean(season)
    return np.clip(factors, 1.0 - LEAN, 1.0 + LEAN)


def _weeks(brief: Brief) -> list[tuple[int, int]]:
    """First and last day of every calendar week of the plan, counted from its start."""
    days = (brief.end - brief.start).days + 1
    starts = [0] + [day for day in range(1, days) if (brief.start + timedelta(days=day)).weekday() == 0]
    return list(zip(starts, [*[start - 1 for start in starts[1:]], days - 1], strict=True))


def _over(amount: Decimal, weight: Floats) -> list[Decimal]:
    even = float(amount) * weight / weight.sum()
    return to_cents(even, np.zeros(len(weight)), np.full(len(weight), float(amount)), amount)
