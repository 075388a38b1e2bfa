"""The stated confidence: the model's own chance, corrected by how often plans like it were good in invented histories.

`./dev python -m tests.bench.calibration` fits the corrections anew and says how well they do on histories that the
fit did not see.
"""

from dataclasses import dataclass

import numpy as np

from events.plan import Regime

SURE = 0.98
"""The model's own chance counts as no surer than this."""
USUAL_CHANNELS = 6


@dataclass(frozen=True)
class Correction:
    """Log odds that the plan is good: `base + chance * logit(own chance) + channels * log(channels / 6)`."""

    base: float
    chance: float
    channels: float

    def __call__(self, chance: float, channels: int) -> float:
        signs = features(chance, channels)
        return float(1.0 / (1.0 + np.exp(-(np.array([self.base, self.chance, self.channels]) @ signs))))


def features(chance: float, channels: int) -> np.ndarray:
    """What a correction weighs, the constant first."""
    inside = float(np.clip(chance, 1.0 - SURE, SURE))
    return np.array([1.0, np.log(inside / (1.0 - inside)), np.log(max(channels, 1) / USUAL_CHANNELS)])


CORRECTIONS: dict[Regime, Correction] = {
    "channel": Correction(base=0.55, chance=0.6, channels=0.0),
    "attributed": Correction(base=0.95, chance=0.6, channels=-0.3),
    "total": Correction(base=1.4, chance=0.6, channels=0.0),
}
"""`channel` serves claims that are right and claims that are off by a factor alike: nothing in the rows tells which.
Those that are off count twice, as nobody vouches for claims. No correction makes a chance sharper than it is."""
