"""What any split would bring, from the curves that a plan kept: milliseconds, no fit, cheap to import.

known = latest(database, workspace)        # None before the first plan with curves
curves = Curves(known.kept, days=28)       # of a new brief; leave `days` out for the plan's own dates
curves.ask({"Search": 9000, "TV": 11000})  # money for the whole time
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from sqlalchemy.engine import Connection as Database

from events import blobs
from events.plan import Estimate
from projections import plans
from worker.planning.confidence import estimate
from worker.planning.curves import Draws, Floats, respond
from worker.planning.kept import KeptDraws, curves_of


@dataclass(frozen=True)
class WhatIf:
    """Response of one split over the whole plan, with 80 % ranges."""

    spent: float
    """Sum of the amounts asked for."""
    expected: Estimate
    over_current: Estimate
    """Response over what the same money brings in today's mix, less 1."""
    over_plan: Estimate
    probability_better_than_plan: float
    channels: dict[str, Estimate]
    unknown: list[str]
    """Channels the curves say nothing about; they count as bringing nothing."""
    beyond: list[str]
    """Channels that would get more per period than was ever tried: their response is a guess."""


@dataclass(frozen=True)
class Latest:
    plan: plans.Plan
    kept: bytes


def latest(database: Database, workspace: str) -> Latest | None:
    """The newest plan of the workspace that kept curves, and those curves; None before there is one."""
    plan = plans.newest_with_curves(database, workspace)
    if plan is None or plan.draws is None:
        return None
    return Latest(plan, blobs.get(database, plan.draws))


class Curves:
    """Opened kept curves: open once, ask often.

    `days` asks about another time than the plan's: then no season counts, since it belongs to the plan's dates.
    """

    def __init__(self, kept: bytes, days: int | None = None) -> None:
        self._kept = msgspec.msgpack.decode(kept, type=KeptDraws)
        self._draws: Draws = curves_of(self._kept)
        self._periods = self._kept.periods if days is None else days / self._kept.days
        self._season = self._kept.season if days is None else 1.0
        self._measured = set(self._draws.channels) - set(self._kept.unmeasured)
        self._plan = self._response(self._in_order(self._kept.plan)).sum(axis=1)

    @property
    def channels(self) -> list[str]:
        return list(self._draws.channels)

    def today(self, money: float) -> dict[str, float]:
        """Today's mix for `money`; an even split when nothing is known of it."""
        mix = self._in_order(self._kept.current)
        share = mix / mix.sum() if mix.sum() > 0 else np.full(len(mix), 1.0 / max(len(mix), 1))
        return dict(zip(self.channels, (money * share).tolist(), strict=True))

    def tried(self) -> dict[str, float]:
        """Per channel: money for the whole time up to which its curve rests on what was really spent."""
        return {name: most * self._periods for name, most in self._kept.seen.items()}

    def ask(self, amounts: Mapping[str, float] | Sequence[float]) -> WhatIf:
        """Response of `amounts`: money for the whole time by channel, or a list in the order of `channels`."""
        named = amounts if isinstance(amounts, Mapping) else dict(zip(self.channels, amounts, strict=True))
        spend = self._in_order(named)
        answer = self._response(spend)
        total = answer.sum(axis=1)
        current = self._response(self._in_order(self.today(float(spend.sum())))).sum(axis=1)
        tried = self.tried()
        return WhatIf(
            spent=float(sum(named.values())),
            expected=estimate(total),
            over_current=_over(total, current),
            over_plan=_over(total, self._plan),
            probability_better_than_plan=float((total > self._plan * (1 + 1e-9)).mean()),
            channels={name: estimate(answer[:, i]) for i, name in enumerate(self.channels) if name in self._measured},
            unknown=sorted(name for name, amount in named.items() if name not in self._measured and amount),
            beyond=[
                name
                for name, amount in zip(self.channels, spend.tolist(), strict=True)
                if name in tried and amount > tried[name] * (1 + 1e-9)
            ],
        )

    def _in_order(self, amounts: Mapping[str, float]) -> Floats:
        return np.array([max(float(amounts.get(name, 0.0)), 0.0) for name in self.channels])

    def _response(self, spend: Floats) -> Floats:
        return respond(self._draws, spend / self._periods) * (self._periods * self._season)


def _over(response: Floats, other: Floats) -> Estimate:
    return estimate(response / np.maximum(other, 1e-12) - 1.0)
