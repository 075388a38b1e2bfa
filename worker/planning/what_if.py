"""What any other split would bring, from the curves that a plan kept: milliseconds, no fit."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from events.plan import Estimate
from worker.planning.confidence import estimate
from worker.planning.curves import Draws, Floats, respond
from worker.planning.findings import KeptDraws, curves_of, decode


@dataclass(frozen=True)
class WhatIf:
    """Response of one split over the whole plan, with 80 % ranges."""

    expected: Estimate
    over_current: Estimate
    """Response over that of today's mix, less 1; today's mix spends the plan's budget."""
    over_plan: Estimate
    probability_better_than_plan: float
    channels: dict[str, Estimate]
    unknown: list[str]
    """Channels the curves say nothing about; they count as bringing nothing."""


class Curves:
    """Opened kept curves: open once, ask often."""

    def __init__(self, kept: bytes) -> None:
        self._kept = decode(kept, KeptDraws)
        self._draws: Draws = curves_of(self._kept)
        self._current = self._response(self._kept.current)
        self._plan = self._response(self._kept.plan)

    @property
    def channels(self) -> list[str]:
        return list(self._draws.channels)

    def ask(self, amounts: Mapping[str, float]) -> WhatIf:
        """Response of `amounts`, money per channel for the whole plan."""
        answer = self._response(amounts)
        total = answer.sum(axis=1)
        plan, current = self._plan.sum(axis=1), self._current.sum(axis=1)
        return WhatIf(
            expected=estimate(total),
            over_current=estimate(total / np.maximum(current, 1e-12) - 1.0),
            over_plan=estimate(total / np.maximum(plan, 1e-12) - 1.0),
            probability_better_than_plan=float((total > plan * (1 + 1e-9)).mean()),
            channels={name: estimate(answer[:, i]) for i, name in enumerate(self.channels)},
            unknown=sorted(name for name, amount in amounts.items() if name not in self.channels and amount),
        )

    def _response(self, amounts: Mapping[str, float]) -> Floats:
        spend = np.array([max(float(amounts.get(name, 0.0)), 0.0) for name in self.channels])
        return respond(self._draws, spend / self._kept.periods) * (self._kept.periods * self._kept.season)
