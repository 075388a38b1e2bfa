"""Fit the correction of the stated confidence anew: `./dev python -m tests.bench.calibration [OF A KIND]`.

Plans invented histories, asks how often plans with such a chance were good, and prints base and trust per regime with
their Brier score on histories that the fit did not see. Copy the numbers to worker/planning/calibration.py when they
are better there by more than chance.
"""

import sys

import numpy as np
import numpy.typing as npt

from events.plan import Regime
from tests.agency_histories import HIDDEN, SEASONAL, agency_history
from tests.bench.planner import GOOD
from tests.bench.plans import planned, regret
from worker.planning.calibration import BASES, TRUST, log_odds
from worker.planning.findings import AllocatorFinding, decode

Floats = npt.NDArray[np.float64]

KINDS: dict[Regime, dict[str, int]] = {
    "channel": {"channel": 1, "biased": 2},
    "attributed": {"total": 2, "plain": 1},
    "total": {"shares": 2, "pair": 1},
}
"""Which kinds of invented histories each regime has, and how many of each: nobody vouches for claims."""
FIRST_SEED = 500_000
PARTS = 8
RIDGE = 1.0


def outcomes(regime: Regime, each: int) -> tuple[Floats, Floats]:
    """One and the log odds of the model's own chance, and whether the plan was good: one row per history."""
    signs: list[Floats] = []
    good: list[float] = []
    for kind, times in KINDS[regime].items():
        for seed in range(FIRST_SEED, FIRST_SEED + times * each):
            case = agency_history(seed, kind, (HIDDEN, SEASONAL)[seed % 2])
            blobs: dict[str, bytes] = {}
            result = planned(case, lambda agent, finding, blobs=blobs: blobs.update({agent: finding["blob"]})).result
            chance = decode(blobs["allocator"], AllocatorFinding).chance_good
            signs.append(np.array([1.0, log_odds(chance)]))
            good.append(float(regret(case, result.distribution_plan) <= GOOD))
    return np.array(signs), np.array(good)


def fitted(signs: Floats, good: Floats) -> Floats:
    """Logistic regression, its slopes held back a little."""
    weights, ridge = np.zeros(signs.shape[1]), np.diag([0.0] + [RIDGE] * (signs.shape[1] - 1))
    for _ in range(30):
        chance = _chance(signs, weights)
        pull = signs.T @ (good - chance) - ridge @ weights
        weights = weights + np.linalg.solve((signs * (chance * (1 - chance))[:, None]).T @ signs + ridge, pull)
    return weights


def _chance(signs: Floats, weights: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-signs @ weights))


def unseen(signs: Floats, good: Floats) -> float:
    """Brier score when every part is foretold from the others."""
    part = np.random.default_rng(1).permutation(len(good)) % PARTS
    chance = np.zeros(len(good))
    for own in range(PARTS):
        chance[part == own] = _chance(signs[part == own], fitted(signs[part != own], good[part != own]))
    return float(((chance - good) ** 2).mean())


def main(each: int) -> None:
    for regime in KINDS:
        signs, good = outcomes(regime, each)
        weights, kept = fitted(signs, good), np.array([BASES[regime], TRUST])
        print(f"{regime}: {len(good)} plans, {good.mean():.0%} good")
        print(f"  now {kept.round(2).tolist()}, Brier {((_chance(signs, kept) - good) ** 2).mean():.3f}")
        print(f"  new {weights.round(2).tolist()}, Brier {unseen(signs, good):.3f} on plans it has not seen")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
