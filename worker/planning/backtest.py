"""Would the curves have told the last weeks? They are fitted again without them and asked."""

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from events.plan import Regime
from worker.planning import evidence, fit_process, season
from worker.planning.curves import Draws, Floats, respond
from worker.planning.model import Effort, Fit
from worker.planning.panel import Panel

SOFT_SECONDS, HARD_SECONDS = 10.0, 60.0
EFFORT = Effort(warm_up=90, draws=100, candidates=500)
SMALLEST_HISTORY = 20


@dataclass(frozen=True)
class Backtest:
    """Sums over the periods left out. `naive` repeats the mean of as many periods before them."""

    periods: int
    actual: float
    predicted: float
    naive: float
    draws: Draws
    """Curves that never saw those periods."""

    @property
    def error(self) -> float:
        return abs(self.predicted / self.actual - 1.0)

    @property
    def naive_error(self) -> float:
        return abs(self.naive / self.actual - 1.0)


def run(panel: Panel, regime: Regime, seed: int) -> Backtest | None:
    """Leave out the last periods and predict them; None when the history is too short or time runs out."""
    left_out = max(4, min(panel.periods // 8, 28 if panel.days == 1 else 8))
    if panel.periods - left_out < SMALLEST_HISTORY:
        return None
    before = shortened(panel, left_out)
    try:
        fit = fit_process.run(
            evidence.evidence(before, regime), seed, effort=EFFORT, soft=SOFT_SECONDS, hard=HARD_SECONDS
        )
    except fit_process.FitFailed:
        return None
    answers = _answers(panel, regime)
    actual, naive = float(answers[-left_out:].sum()), float(answers[-2 * left_out : -left_out].sum())
    if actual <= 0:
        return None
    return Backtest(left_out, actual, _predict(panel, before, fit, left_out), naive, fit.draws)


def shortened(panel: Panel, left_out: int) -> Panel:
    return replace(
        panel,
        spend=panel.spend[:-left_out],
        claimed=panel.claimed[:-left_out],
        total=panel.total[:-left_out],
        known=panel.known[:-left_out],
    )


def _answers(panel: Panel, regime: Regime) -> Floats:
    if regime == "channel":
        return np.nan_to_num(panel.claimed).sum(axis=1)
    return np.nan_to_num(panel.total)


def _predict(panel: Panel, before: Panel, fit: Fit, left_out: int) -> float:
    terms = season.coming_terms(before, before.last + timedelta(days=1), left_out)
    caused = respond(fit.draws, panel.spend[-left_out:].mean(axis=0)).sum(axis=1).mean()
    if len(fit.base):
        base = fit.base[0] + terms @ fit.base[1:]
        return float(base.sum() + left_out * caused)
    return float((np.exp(np.clip(terms @ fit.season, -1.0, 1.0)) * caused).sum())
