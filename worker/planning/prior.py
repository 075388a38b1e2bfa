"""Curves without a fit: mean returns, pulled towards each other, with saturation as it usually is."""

import numpy as np

from worker.planning.curves import Draws
from worker.planning.model import Evidence, Fit
from worker.planning.shapes import plausible

DRAWS = 300
RETURN_SD = 0.6
"""How far channels' log returns usually lie apart."""


def fit(evidence: Evidence, seed: int) -> Fit:
    """Equally likely rough curves."""
    rng = np.random.Generator(np.random.PCG64(seed))
    count = len(evidence.channels)
    spend = evidence.spend
    active = np.array([column[column > 0].mean() if (column > 0).any() else 1.0 for column in spend.T])
    claimed = np.nan_to_num(evidence.claimed).sum(axis=0)
    money = np.maximum(spend.sum(axis=0), 1e-9)
    pool = max(float(claimed.sum() / money.sum()), 1e-9)
    if not claimed.any():
        pool = 0.3 * float(np.nan_to_num(evidence.total).sum() / money.sum())
    own = np.log(np.maximum(claimed / money, 0.05 * pool) / pool)
    periods = (spend > 0).sum(axis=0)
    known = periods / (periods + 8.0)
    spread = RETURN_SD * np.sqrt(1.0 - 0.8 * known)
    level = np.log(pool * active) + known * own + spread * rng.standard_normal((DRAWS, count))
    shapes = plausible(rng, DRAWS * count)
    shape = (DRAWS, count)
    draws = Draws(
        channels=evidence.channels,
        reference=active,
        family=shapes.family.reshape(shape),
        scale=shapes.scale.reshape(shape),
        slope=shapes.slope.reshape(shape),
        level=np.exp(level - spread**2 / 2),
    )
    return Fit(draws, np.zeros(evidence.season.shape[1]), np.full(count, 0.3), np.zeros(0), complete=True)
