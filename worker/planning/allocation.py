"""Splitting a budget exactly: dynamic programming over response tables, with floors and caps of every channel."""

from dataclasses import dataclass

import numpy as np

from worker.planning.curves import Draws, Floats, Ints, respond

STEPS = 400


@dataclass(frozen=True)
class Bounds:
    """Per channel, in money per period."""

    low: Floats
    high: Floats


@dataclass(frozen=True)
class Frontier:
    """The best split of every affordable budget: `spent[i]` brings `value[i]` and is split as `split(i)`."""

    bounds: Bounds
    step: float
    value: Floats
    picks: Ints
    """channels x budgets: how many steps a channel gets when the first channels share i steps."""

    def spent(self) -> Floats:
        return self.bounds.low.sum() + self.step * np.arange(len(self.value))

    def split(self, index: int) -> Floats:
        amounts, left = self.bounds.low.copy(), index
        for channel in range(len(amounts) - 1, -1, -1):
            steps = int(self.picks[channel, left])
            amounts[channel] = min(amounts[channel] + steps * self.step, self.bounds.high[channel])
            left -= steps
        return amounts


def frontier(draws: Draws, bounds: Bounds, budget: float, *, caution: float = 0.0, steps: int = STEPS) -> Frontier:
    """Best splits of every budget up to `budget`, by mean response less `caution` standard deviations."""
    step = max(budget - float(bounds.low.sum()), 0.0) / steps
    spend = np.minimum(bounds.low[:, None] + step * np.arange(steps + 1)[None, :], bounds.high[:, None])
    tables = respond(draws, spend)
    worth = tables.mean(axis=0) - caution * tables.std(axis=0)
    room = np.ceil((bounds.high - bounds.low) / step - 1e-9) if step > 0 else np.zeros(len(bounds.low))
    worth = np.where(np.arange(steps + 1)[None, :] <= room[:, None], worth, -np.inf)
    value, picks = best_splits(worth)
    return Frontier(bounds, step, value, picks)


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
    filled = np.clip(amounts, bounds.low, bounds.high)
    for _ in range(60):
        gap = budget - float(filled.sum())
        if abs(gap) < 1e-9 * max(budget, 1.0):
            break
        room = bounds.high - filled if gap > 0 else filled - bounds.low
        weight = np.where(room > 0, np.maximum(filled, 1e-9), 0.0)
        weight = np.where(np.isfinite(room), weight, np.maximum(filled, 1e-9))
        if weight.sum() <= 0:
            break
        move = np.minimum(abs(gap) * weight / weight.sum(), room)
        filled = filled + np.sign(gap) * move
    return filled
