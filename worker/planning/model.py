"""What a fit looks at, how hard it tries, and what it finds."""

from dataclasses import dataclass, field

import numpy as np

from worker.planning.curves import Draws, Floats


@dataclass(frozen=True)
class Evidence:
    """What the sampler looks at. Arrays are periods x channels, or per period; NaN means unknown."""

    channels: list[str]
    spend: Floats
    claimed: Floats
    total: Floats
    season: Floats
    """periods x terms: trend, yearly waves, weekdays; centred, without a constant."""
    season_sd: Floats
    claims_weight: float = 1.0
    """How far claims are believed to follow the curve's shape: the power of their likelihood."""
    bridge_mean: Floats = field(default_factory=lambda: np.zeros(0))
    """Per channel: log of what is claimed over what is caused, expected; `bridge_sd` is its standard deviation."""
    bridge_sd: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def tied(self) -> bool:
        """Whether total sales tell how much of the claims is caused; without them claims are taken as caused."""
        return bool(np.isfinite(self.total).any())


@dataclass(frozen=True)
class Effort:
    warm_up: int = 120
    draws: int = 300
    thin: int = 1
    candidates: int = 1500


@dataclass(frozen=True)
class Fit:
    draws: Draws
    season: Floats
    """Posterior mean of the season terms' coefficients."""
    noise: Floats
    """Typical relative noise of each channel's claims."""
    base: Floats
    """Sales without the channels: a constant, then one coefficient per season term; empty without total sales."""
    complete: bool
    """False when time ran out before all draws were taken."""
