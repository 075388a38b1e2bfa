"""Splitting a budget exactly: dynamic programming over response tables, inside the bounds of channels and groups."""

from dataclasses import dataclass, field
from itertools import product

import numpy as np
import numpy.typing as npt

from worker.planning.curves import Draws, Floats, Ints, respond

STEPS = 400


@dataclass(frozen=True)
class Group:
    """Bounds of several channels together; `members` are places in the list of channels."""

    members: list[int]
    low: float
    high: float


@dataclass(frozen=True)
class Bounds:
    """Per channel, in money per period."""

    low: Floats
    high: Floats
    groups: list[Group] = field(default_factory=list[Group])

    def parts(self) -> list[Group]:
        """Every channel once: the groups, then all others alone, with what their own bounds leave of the money."""
        grouped = {member for group in self.groups for member in group.members}
        alone = [Group([i], 0.0, np.inf) for i in range(len(self.low)) if i not in grouped]
        return [
            Group(
                part.members,
                max(part.low, float(self.low[part.members].sum())),
                min(part.high, float(self.high[part.members].sum())),
            )
            for part in [*self.groups, *alone]
        ]

    def holds(self, budget: float) -> bool:
        """Whether exactly this much can be spent."""
        parts, slack = self.parts(), 1e-9 * max(budget, 1.0)
        return (
            all(part.low <= part.high + slack for part in parts)
            and sum(part.low for part in parts) <= budget + slack
            and sum(part.high for part in parts) >= budget - slack
        )


@dataclass(frozen=True)
class Frontier:
    """The best split of every affordable budget: `spent[i]` brings `value[i]` and is split as `split(i)`."""

    bounds: Bounds
    step: float
    value: Floats
    picks: Ints
    """parts x budgets: how many steps a part gets when the first parts share i steps."""
    inside: list[Ints]
    """The same for the members of each part."""

    def spent(self) -> Floats:
        return self.bounds.low.sum() + self.step * np.arange(len(self.value))

    def split(self, index: int) -> Floats:
        amounts = self.bounds.low.copy()
        for part, picks, steps in zip(self.bounds.parts(), self.inside, _unpick(self.picks, index), strict=True):
            amounts[part.members] += self.step * np.array(_unpick(picks, steps))
        return np.minimum(amounts, self.bounds.high)


def _unpick(picks: Ints, steps: int) -> list[int]:
    """How many of `steps` each row gets."""
    taken: list[int] = []
    for row in picks[::-1]:
        taken.append(int(row[steps]))
        steps -= taken[-1]
    return taken[::-1]


def frontier(
    draws: Draws,
    bounds: Bounds,
    budget: float,
    *,
    caution: float = 0.0,
    least: Floats | None = None,
    steps: int = STEPS,
) -> Frontier:
    """Best splits of every budget up to `budget`, by mean response less `caution` standard deviations.

    A channel that gets anything gets at least its `least`.
    """
    step = max(budget - float(bounds.low.sum()), 0.0) / steps
    spend = np.minimum(bounds.low[:, None] + step * np.arange(steps + 1)[None, :], bounds.high[:, None])
    tables = respond(draws, spend)
    worth = tables.mean(axis=0) - caution * tables.std(axis=0)
    room = np.ceil((bounds.high - bounds.low) / step - 1e-9) if step > 0 else np.zeros(len(bounds.low))
    worth = np.where(np.arange(steps + 1)[None, :] <= room[:, None], worth, -np.inf)
    if least is not None:
        worth = np.where((spend > 0) & (spend < least[:, None] * (1 - 1e-9)), -np.inf, worth)
    values, inside = zip(*[_best_of(part, bounds, worth, step) for part in bounds.parts()], strict=True)
    value, picks = best_splits(np.array(values))
    return Frontier(bounds, step, value, picks, list(inside))


def _best_of(part: Group, bounds: Bounds, worth: Floats, step: float) -> tuple[Floats, Ints]:
    value, picks = best_splits(worth[part.members])
    return np.where(within(part, bounds, step, len(value)), value, -np.inf), picks


def within(part: Group, bounds: Bounds, step: float, steps: int) -> npt.NDArray[np.bool_]:
    """Which numbers of steps above its members' floors a part may get."""
    if step <= 0:
        return np.ones(steps, dtype=np.bool_)
    floors = float(bounds.low[part.members].sum())
    few, many = np.floor((part.low - floors) / step + 1e-9), np.ceil((part.high - floors) / step - 1e-9)
    return (np.arange(steps) >= few) & (np.arange(steps) <= many)


def best_splits(worth: Floats) -> tuple[Floats, Ints]:
    """Max-plus product of the rows of `worth` (channels x steps): value of every number of steps, and the picks."""
    steps = worth.shape[1]
    given = np.arange(steps)[:, None] - np.arange(steps)[None, :]
    possible = given >= 0
    best = worth[0].copy()
    picks = [np.arange(steps)]
    for row in worth[1:]:
        options = np.where(possible, best[np.where(possible, given, 0)] + row[None, :], -np.inf)
        picks.append(options.argmax(axis=1))
        best = options.max(axis=1)
    return best, np.array(picks)


def fill(amounts: Floats, bounds: Bounds, budget: float) -> Floats:
    """Bring a split to exactly `budget` inside the bounds, as evenly in proportion as they allow."""
    if not bounds.groups:
        return _fill(amounts, bounds.low, bounds.high, budget)
    parts, filled = bounds.parts(), amounts.copy()
    wanted = np.array([amounts[part.members].sum() for part in parts])
    sums = _fill(wanted, np.array([part.low for part in parts]), np.array([part.high for part in parts]), budget)
    for part, money in zip(parts, sums, strict=True):
        own = part.members
        filled[own] = _fill(amounts[own], bounds.low[own], bounds.high[own], float(money))
    return filled


def settled(bounds: Bounds, least: Floats, wanted: Floats, budget: float) -> Bounds | None:
    """Bounds in which each channel with a least amount is off or gets at least that, as near to `wanted` as can be.

    None when no choice lets exactly `budget` be spent.
    """
    open_ones = np.flatnonzero(least > 0)
    best, nearest = None, np.inf
    for choice in product((True, False), repeat=len(open_ones)):
        low, high = bounds.low.copy(), bounds.high.copy()
        for i, on in zip(open_ones, choice, strict=True):
            low[i], high[i] = (least[i], high[i]) if on else (0.0, 0.0)
        tried = Bounds(low, high, bounds.groups)
        away = float(np.abs(np.clip(wanted, low, high) - wanted).sum())
        if away < nearest and (low <= high).all() and tried.holds(budget):
            best, nearest = tried, away
    return best


def _fill(amounts: Floats, low: Floats, high: Floats, budget: float) -> Floats:
    filled = np.clip(amounts, low, high)
    for _ in range(60):
        gap = budget - float(filled.sum())
        if abs(gap) < 1e-9 * max(budget, 1.0):
            break
        room = high - filled if gap > 0 else filled - low
        weight = np.where(room > 0, np.maximum(filled, 1e-9), 0.0)
        weight = np.where(np.isfinite(room), weight, np.maximum(filled, 1e-9))
        if weight.sum() <= 0:
            break
        move = np.minimum(abs(gap) * weight / weight.sum(), room)
        filled = filled + np.sign(gap) * move
    return filled
