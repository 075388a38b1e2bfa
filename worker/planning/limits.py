"""What the brief allows: checks of the brief, and floors and caps of channels and groups in money."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from events.plan import Brief, GroupLimit, week_starts
from worker.planning.allocation import Bounds, Group, settled
from worker.planning.curves import Floats
from worker.planning.voice import Refusal

CENT = Decimal("0.01")
MOST_MONEY = Decimal(10**13)
"""More than any advertiser spends, in any currency, and few enough cents to be counted exactly in floats."""
LONGEST_DAYS = 731
MOST_ALL_OR_NOTHING = 10
"""Channels with a least effective amount: every combination of on and off is tried."""


class BriefProblem(Refusal):
    """The brief cannot be planned. The message says why and what to change."""


@dataclass(frozen=True)
class Room:
    """Floors and caps in money for the whole plan, one per channel; `reserved` is for channels without history.

    A channel gets nothing or at least its `least`.
    """

    low: Floats
    high: Floats
    locked: list[bool]
    reserved: dict[str, Decimal]
    least: Floats
    groups: list[Group]

    def bounds(self, periods: float = 1.0) -> Bounds:
        groups = [Group(group.members, group.low / periods, group.high / periods) for group in self.groups]
        return Bounds(self.low / periods, self.high / periods, groups)

    def switched(self, on: npt.NDArray[np.bool_]) -> Bounds:
        """Bounds of the whole plan once it is known which channels with a least effective amount get any money."""
        some = self.least > 0
        return Bounds(
            np.where(some & on, self.least, self.low), np.where(some & ~on, 0.0, self.high), self.bounds().groups
        )


def check(brief: Brief) -> None:
    """Raise BriefProblem when the brief contradicts itself."""
    if not brief.budget.is_finite() or brief.budget < CENT:
        raise BriefProblem("brief.no_budget")
    if brief.budget > MOST_MONEY:
        raise BriefProblem("brief.too_much", most=MOST_MONEY)
    if brief.end < brief.start:
        raise BriefProblem("brief.backwards", start=brief.start, end=brief.end)
    if (brief.end - brief.start).days >= LONGEST_DAYS:
        raise BriefProblem("brief.too_long")
    if brief.goal != "most_response" and (brief.target is None or not brief.target.is_finite() or brief.target <= 0):
        raise BriefProblem("brief.no_target")
    _check_weights(brief)
    for channel, limit in brief.limits.items():
        _check_limit(channel, limit.at_least or limit.at_least_if_any, limit.at_most)
    _check_groups(brief)
    floors = sum((limit.at_least or Decimal(0) for limit in brief.limits.values()), Decimal(0))
    if floors > brief.budget:
        raise BriefProblem("brief.floors", floors=floors, budget=brief.budget)


def _check_weights(brief: Brief) -> None:
    if brief.flighting != "own":
        return
    weights, weeks = np.array(brief.week_weights), len(week_starts(brief.start, brief.end))
    if len(weights) != weeks:
        raise BriefProblem("brief.weight_count", weeks=weeks, weights=len(weights))
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() <= 0:
        raise BriefProblem("brief.weights")


def _check_limit(channel: str, low: Decimal | None, high: Decimal | None) -> None:
    if any(bound is not None and (not bound.is_finite() or bound < 0) for bound in (low, high)):
        raise BriefProblem("brief.negative", channel=channel)
    if low is not None and high is not None and low > high:
        raise BriefProblem("brief.crossed", channel=channel, low=low, high=high)


def _check_groups(brief: Brief) -> None:
    named = [channel for group in brief.groups for channel in group.channels]
    twice = sorted({channel for channel in named if named.count(channel) > 1})
    if twice:
        raise BriefProblem("brief.twice", channels=", ".join(twice))
    for group in brief.groups:
        _check_limit(group.name, group.at_least, group.at_most)
    if sum(1 for limit in brief.limits.values() if limit.at_least_if_any) > MOST_ALL_OR_NOTHING:
        raise BriefProblem("brief.all_or_nothing", most=MOST_ALL_OR_NOTHING)


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
    locked, least = [False] * len(channels), np.zeros(len(channels))
    for index, channel in enumerate(channels):
        limit = brief.limits.get(channel)
        if limit is None:
            continue
        low[index] = float((limit.at_least or Decimal(0)).quantize(CENT))
        high[index] = min(budget, float(limit.at_most.quantize(CENT))) if limit.at_most is not None else budget
        least[index] = float((limit.at_least_if_any or Decimal(0)).quantize(CENT))
        if limit.at_least:
            low[index], least[index] = max(low[index], least[index]), 0.0
        if limit.locked:
            locked[index], least[index] = True, 0.0
            low[index] = high[index] = float(np.clip(float(today[index]), low[index], max(low[index], high[index])))
    _check_room(brief, low, high, budget, some=bool(channels))
    groups = [_group(group, channels, reserved, budget) for group in brief.groups]
    found = Room(low, high, locked, reserved, least, [group for group in groups if group.members])
    if channels and (least.any() or found.groups):
        _check_together(brief, found, current, budget)
    return found


def _group(limit: GroupLimit, channels: Sequence[str], reserved: dict[str, Decimal], budget: float) -> Group:
    """The group's bounds for the channels that have a history."""
    gone = float(sum((money for name, money in reserved.items() if name in limit.channels), Decimal(0)))
    high = budget if limit.at_most is None else float(limit.at_most.quantize(CENT)) - gone
    low = float((limit.at_least or Decimal(0)).quantize(CENT)) - gone
    return Group([channels.index(name) for name in limit.channels if name in channels], max(low, 0.0), max(high, 0.0))


def _check_together(brief: Brief, room: Room, current: Floats, budget: float) -> None:
    """Raise BriefProblem when no split keeps the limits of channels and groups at the same time."""
    spendable = budget
    if brief.goal != "most_response":
        spendable = min(budget, sum(part.high for part in room.bounds().parts()))
    if settled(room.bounds(), room.least, current, spendable) is None:
        raise BriefProblem("brief.no_split", budget=budget)


def _check_room(brief: Brief, low: Floats, high: Floats, budget: float, *, some: bool) -> None:
    if low.sum() > budget + 0.005:
        raise BriefProblem("brief.held", held=low.sum(), budget=budget)
    if some and brief.goal == "most_response" and high.sum() < budget - 0.005:
        raise BriefProblem("brief.roofs", roofs=high.sum(), budget=budget)


def in_cents(amounts: Floats, bounds: Bounds, total: Decimal) -> list[Decimal]:
    """Round a split to cents so that it adds up to `total` exactly and stays inside all bounds."""
    parts, cents = bounds.parts(), dict[int, Decimal]()
    sums = to_cents(
        np.array([amounts[part.members].sum() for part in parts]),
        np.array([part.low for part in parts]),
        np.array([part.high for part in parts]),
        total,
    )
    for part, money in zip(parts, sums, strict=True):
        own = part.members
        cents.update(zip(own, to_cents(amounts[own], bounds.low[own], bounds.high[own], money), strict=True))
    return [cents[index] for index in range(len(amounts))]


def to_cents(amounts: Floats, low: Floats, high: Floats, total: Decimal) -> list[Decimal]:
    """Round a split to cents so that it adds up to `total` exactly and each amount stays inside its bounds."""
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
