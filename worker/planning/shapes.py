"""Candidate response curves of one channel: many shapes drawn from what is plausible before looking at its data."""

from dataclasses import dataclass

import numpy as np

from worker.planning.curves import EXPONENTIAL, HILL, LOG, POWER, TANH, Floats, Ints, curve, echo, kernel

FAMILY_WEIGHTS = {HILL: 0.4, EXPONENTIAL: 0.15, TANH: 0.15, POWER: 0.15, LOG: 0.15}
DECAYS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
DELAYED = ((0.5, 1), (0.7, 1), (0.8, 2))
"""(decay, delay) of kernels that peak later than at once."""
DELAYED_WEIGHT = 0.1
CANDIDATES = 1500


@dataclass(frozen=True)
class Shapes:
    """One entry per candidate. `kernel` indexes `kernels()`."""

    family: Ints
    scale: Floats
    slope: Floats
    kernel: Ints
    log_weight: Floats

    def answer(self, echoes: Floats, reference: float) -> Floats:
        """Curve of every candidate over time: candidates x periods. `echoes` is periods x kernels."""
        u = echoes[:, self.kernel].T / reference
        return curve(self.family[:, None], self.scale[:, None], self.slope[:, None], u)


def kernels() -> list[Floats]:
    return [kernel(decay) for decay in DECAYS] + [kernel(decay, delay) for decay, delay in DELAYED]


def echoes_of(spend: Floats) -> Floats:
    """Spend of one channel as every kernel lets it work: periods x kernels."""
    return np.concatenate([echo(spend[:, None], weights) for weights in kernels()], axis=1)


def plausible(rng: np.random.Generator, count: int = CANDIDATES) -> Shapes:
    """Draw shapes from the prior: half-saturation around 1.5 x usual spend, slope around 1, echoes mostly short."""
    family = rng.choice(list(FAMILY_WEIGHTS), size=count, p=list(FAMILY_WEIGHTS.values()))
    scale = np.exp(np.log(1.5) + 0.9 * rng.standard_normal(count))
    hill = np.exp(np.log(1.1) + 0.4 * rng.standard_normal(count))
    power = 0.3 + 0.65 * rng.random(count)
    slope = np.where(family == POWER, power, hill)
    late = rng.random(count) < DELAYED_WEIGHT
    chosen = np.where(late, len(DECAYS) + rng.integers(0, len(DELAYED), count), rng.integers(0, len(DECAYS), count))
    return Shapes(family, scale, slope, chosen, np.zeros(count))
