"""What the brief allows: checks of the brief, and floors and caps of every channel in money."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from events.plan import Brief, week_starts
from worker.planning.curves import Floats

CENT = Decimal("0.01")
LONGEST_DAYS = 731


class BriefProblem(Exception):
    """The brief cannot be planned. The message says why and what to change."""


@dataclass(frozen=True)
class Room:
    """Floors and caps in money for the whole plan, one per channel; `reserved` is for channels without history."""

    low: Floats
    high: Floats
    locked: list[bool]
    reserved: dict[str, Decimal]


def check(brief: Brief) -> None:
    """Raise BriefProblem when the brief contradicts itself."""
    if not brief.budget.is_finite() or brief.budget < CENT:
        raise BriefProblem("The budget must be more than zero. Enter the amount you can spend.")
    if brief.end < brief.start:
        raise BriefProblem(f"The plan ends on {brief.end}, before it starts on {brief.start}. Change one of the dates.")
    if (brief.end - brief.start).days >= LONGEST_DAYS:
        raise BriefProblem("A plan may cover two years at most. Choose an earlier last day.")
    if brief.goal != "most_response" and (brief.target is None or not brief.target.is_finite() or brief.target <= 0):
        raise BriefProblem("This goal needs a target above zero. Enter the target, or choose most response.")
    _check_weights(brief)
    for channel, limit in brief.limits.items():
        _check_limit(channel, limit.at_least, limit.at_most)
    floors = sum((limit.at_least or Decimal(0) for limit in brief.limits.values()), Decimal(0))
    if floors > brief.budget:
        raise BriefProblem(
            f"The least amounts add up to {floors:,.2f}, more than the budget of {brief.budget:,.2f}. "
            "Lower them or raise the budget."
        )


def _check_weights(brief: Brief) -> None:
    if brief.flighting != "own":
        return
    weights, weeks = np.array(brief.week_weights), len(week_starts(brief.start, brief.end))
    if len(weights) != weeks:
        raise BriefProblem(f"The period has {weeks} weeks, and {len(weights)} weights were given. Give one a week.")
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() <= 0:
        raise BriefProblem("The weights of the weeks must be 0 or more, and one of them above 0. Correct them.")


def _check_limit(channel: str, low: Decimal | None, high: Decimal | None) -> None:
    if any(bound is not None and (not bound.is_finite() or bound < 0) for bound in (low, high)):
        raise BriefProblem(f"The limits of {channel} may not be negative. Correct them.")
    if low is not None and high is not None and low > high:
        raise BriefProblem(f"{channel} should get at least {low:,.2f} but at most {high:,.2f}. Correct one of the two.")


def room(brief: Brief, channels: Sequence[str], current: Floats) -> Room:
    """Bounds of each channel. `current` is today's split of the budget in money; locked channels keep it.

    Raises BriefProblem when the budget cannot be spent inside the limits.
    """
    reserved = {
        name: limit.at_least.quantize(CENT)
        for name, limit in sorted(brief.limits.items())
        if name not in channels and limit.at_least
    }
    budget = float(brief.budget - sum(reserved.values(), Decimal(0)))
    low, high = np.zeros(len(channels)), np.full(len(channels), budget)
    today = to_cents(current, low, high, Decimal(repr(budget)).quantize(CENT))
    locked = [False] * len(channels)
    for index, channel in enumerate(channels):
        limit = brief.limits.get(channel)
        if limit is None:
            continue
        low[index] = float((limit.at_least or Decimal(0)).quantize(CENT))
        high[index] = min(budget, float(limit.at_most.quantize(CENT))) if limit.at_most is not None else budget
        if limit.locked:
            locked[index] = True
            low[index] = high[index] = float(np.clip(float(today[index]), low[index], max(low[index], high[index])))
    _check_room(brief, low, high, budget, some=bool(channels))
    return Room(low, high, locked, reserved)


def _check_room(brief: Brief, low: Floats, high: Floats, budget: float, *, some: bool) -> None:
    if low.sum() > budget + 0.005:
        raise BriefProblem(
            f"The least and locked amounts add up to {low.sum():,.2f}, more than the {budget:,.2f} there is. "
            "Unlock a channel or lower a least amount."
        )
    if some and brief.goal == "most_response" and high.sum() < budget - 0.005:
        raise BriefProblem(
            f"All channels together may take at most {high.sum():,.2f} of the {budget:,.2f}. "
            "Raise a limit, unlock a channel or lower the budget."
        )


def to_cents(amounts: Floats, low: Floats, high: Floats, total: Decimal) -> list[Decimal]:
    """Round a split to cents so that it adds up to `total` exactly and stays inside the bounds."""
    goal = int((total / CENT).to_integral_value())
    floor = np.ceil(low * 100 - 1e-6).astype(np.int64)
    roof = np.maximum(np.floor(high * 100 + 1e-6).astype(np.int64), floor)
    exact = np.clip(amounts * 100, floor, roof)
    cents = np.floor(exact + 1e-6).astype(np.int64)
    order = np.argsort(-(exact - cents), kind="stable")
    gap = goal - int(cents.sum())
    while gap:
        step = 1 if gap > 0 else -1
        able = [i for i in order if (cents[i] < roof[i] if step > 0 else cents[i] > floor[i])]
        if not able:
            break
        share = max(abs(gap) // len(able), 1)
        for i in able[: abs(gap)]:
            move = min(share, int(roof[i] - cents[i]) if step > 0 else int(cents[i] - floor[i]))
            cents[i] += step * move
            gap -= step * move
    return [Decimal(int(value)) * CENT for value in cents]
