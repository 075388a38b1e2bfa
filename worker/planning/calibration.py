"""The stated confidence: the model's own chance, corrected by how often plans like it were good in invented histories.

`./dev python -m tests.bench.calibration` fits the correction anew and says how well it does on histories that the fit
did not see.
"""

import numpy as np

from events.plan import Regime

SURE = 0.98
"""The model's own chance counts as no surer than this."""
TRUST = 0.6
"""How much of the model's own log odds is believed. More than 1 would make a chance sharper than it is."""
BASES: dict[Regime, float] = {"channel": 0.55, "attributed": 0.95, "total": 1.7}
"""Log odds that a plan is good when the model finds it as likely as not. `channel` serves claims that are right and
claims that are off by a factor alike: nothing in the rows tells which. Those that are off count twice, as nobody
vouches for claims."""


def corrected(chance: float, regime: Regime) -> float:
    """The probability that a plan is good, given the model's own chance of it."""
    return float(1.0 / (1.0 + np.exp(-BASES[regime] - TRUST * log_odds(chance))))


def log_odds(chance: float) -> float:
    inside = float(np.clip(chance, 1.0 - SURE, SURE))
    return float(np.log(inside / (1.0 - inside)))
