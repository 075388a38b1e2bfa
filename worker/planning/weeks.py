"""The plan by calendar week: as the season has it, evenly by day, or by the weights of the brief."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from events.plan import Brief, Line, Week, week_starts
from worker.planning.curves import Floats
from worker.planning.findings import State
from worker.planning.limits import to_cents

LEAN = 0.25
"""The most a week may lean away from an even pace."""


def flight(state: State, lines: list[Line]) -> list[Week]:
    """Split every line over Monday-to-Sunday weeks; each line's weeks add up to it, to the cent."""
    brief = state["brief"]
    starts = week_starts(brief.start, brief.end)
    weight = _weight(brief, starts, state["response_analyst"].season)
    amounts = [_over(line.amount, weight) for line in lines]
    return [
        Week(start=start, amounts={line.channel: amounts[i][w] for i, line in enumerate(lines)})
        for w, start in enumerate(starts)
    ]


def _weight(brief: Brief, starts: list[date], season: list[float]) -> Floats:
    """Weight of each week."""
    if brief.flighting == "own":
        return np.array(brief.week_weights)
    pace = _pace([] if brief.flighting == "even" else season, (brief.end - brief.start).days + 1)
    ends = [*starts[1:], brief.end + timedelta(1)]
    return np.array(
        [pace[(a - brief.start).days : (b - brief.start).days].sum() for a, b in zip(starts, ends, strict=True)]
    )


def _pace(season: list[float], days: int) -> Floats:
    if not season:
        return np.ones(days)
    factors = np.array(season) / np.mean(season)
    return np.clip(factors, 1.0 - LEAN, 1.0 + LEAN)


def _over(amount: Decimal, weight: Floats) -> list[Decimal]:
    even = float(amount) * weight / weight.sum()
    return to_cents(even, np.zeros(len(weight)), np.full(len(weight), float(amount)), amount)
