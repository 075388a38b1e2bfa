"""How sure we are: chances and ranges over equally likely curves."""

from dataclasses import replace

import numpy as np

from events.plan import Estimate
from worker.planning.allocation import Bounds, Group, within
from worker.planning.curves import Draws, Floats, respond

GOOD = 0.95
"""A plan is good when it brings at least this share of the best possible response."""
COARSE = 100
RETURN_SD = 0.5
"""How far channels' true log returns usually lie apart."""
WORDS = ((0.75, "high"), (0.5, "medium"), (0.25, "low"), (0.0, "very low"))


def word(score: float) -> str:
    return next(name for bar, name in WORDS if score >= bar)


def estimate(values: Floats) -> Estimate:
    """Mean and 80 % range of equally likely values."""
    low, high = np.quantile(values, [0.1, 0.9])
    return Estimate(mean=float(values.mean()), low=float(low), high=float(high))


def outward(shares: Floats) -> Estimate:
    """Like `estimate`, its range rounded outwards to a tenth of a percent: cents alone move a share a little."""
    exact = estimate(shares)
    low, high = np.floor(exact.low * 1000 - 0.5) / 1000, np.ceil(exact.high * 1000 + 0.5) / 1000
    return Estimate(mean=exact.mean, low=float(low), high=float(high))


def regressed(draws: Draws, sd: float) -> tuple[Draws, float]:
    """Pull channels' returns towards each other, as far as claims that are off by `sd` would make them stand out.

    Returns the doubt that is left, too. The sum of the channels' responses stays as it is.
    """
    mean = np.maximum(draws.level.mean(axis=0), 1e-300)
    returns = np.log(mean / draws.reference)
    pull = 1.0 - 1.0 / (1.0 + (sd / RETURN_SD) ** 2)
    factor = np.exp(-pull * (returns - returns.mean()))
    left = sd / float(np.sqrt(1.0 + (sd / RETURN_SD) ** 2))
    return replace(draws, level=draws.level * factor * mean.sum() / (mean * factor).sum()), left


def with_attribution(draws: Draws, sd: float, seed: int) -> Draws:
    """Let what each channel's rows claim be off by a factor of its own, one that is 1 on average."""
    if sd <= 0:
        return draws
    rng = np.random.Generator(np.random.PCG64([seed, 77]))
    factor = np.exp(sd * rng.standard_normal(draws.level.shape) - sd**2 / 2)
    return replace(draws, level=draws.level * factor)


def doubted(draws: Draws, readings: tuple[float, ...], seed: int) -> Draws:
    """Let claims be off by each of `readings`, in as many draws each."""
    level = draws.level.copy()
    for index, sd in enumerate(readings):
        level[index :: len(readings)] = with_attribution(*regressed(draws, sd), seed).level[index :: len(readings)]
    return replace(draws, level=level)


def best_of_each(draws: Draws, bounds: Bounds, budget: float) -> Floats:
    """The best response that each draw allows within the bounds."""
    step = max(budget - float(bounds.low.sum()), 0.0) / COARSE
    spend = np.minimum(bounds.low[:, None] + step * np.arange(COARSE + 1)[None, :], bounds.high[:, None])
    room = np.ceil((bounds.high - bounds.low) / step - 1e-9) if step > 0 else np.zeros(len(bounds.low))
    tables = respond(draws, spend)
    tables = np.where(np.arange(COARSE + 1)[None, None, :] <= room[None, :, None], tables, -np.inf)
    parts = bounds.parts()
    best = _best_of(parts[0], tables, bounds, step)
    for part in parts[1:]:
        best = _join(best, _best_of(part, tables, bounds, step))
    return best[:, -1] if bounds.groups else best.max(axis=1)


def _best_of(part: Group, tables: Floats, bounds: Bounds, step: float) -> Floats:
    best = tables[:, part.members[0], :]
    for channel in part.members[1:]:
        best = _join(best, tables[:, channel, :])
    return np.where(within(part, bounds, step, COARSE + 1), best, -np.inf)


def _join(best: Floats, row: Floats) -> Floats:
    joined = np.full_like(best, -np.inf)
    for steps in range(best.shape[1]):
        joined[:, steps:] = np.maximum(joined[:, steps:], best[:, : best.shape[1] - steps] + row[:, steps, None])
    return joined


def chance_good(draws: Draws, plan: Floats, bounds: Bounds, budget: float) -> float:
    """Probability that the plan brings at least GOOD of the best possible response."""
    reached = respond(draws, plan).sum(axis=1)
    return float((reached >= GOOD * best_of_each(draws, bounds, budget)).mean())


def uplift(draws: Draws, plan: Floats, current: Floats) -> Floats:
    """Response of the plan over the response of today's mix, less 1, per draw."""
    before = respond(draws, current).sum(axis=1)
    return respond(draws, plan).sum(axis=1) / np.maximum(before, 1e-12) - 1.0
