"""Plans of invented histories, held against the truth."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from events.plan import Brief, DistributionPlan
from tests.invented_histories import Scenario
from worker.planning import planner
from worker.planning.allocation import best_splits
from worker.planning.history import from_frame

STEPS = 400


def planned(case: Scenario, on_stage: planner.OnStage | None = None) -> planner.Planned:
    """The plan for one coming period."""
    day = date(2027, 1, 4)
    brief = Brief(title=case.name, budget=Decimal(str(case.budget)), start=day, end=day + timedelta(days=case.days - 1))
    return planner.plan(brief, from_frame(case.rows), on_stage=on_stage)


def regret(case: Scenario, plan: DistributionPlan) -> float:
    """Share of the best possible response that the plan misses."""
    return missed(case, {line.channel: float(line.amount) for line in plan.lines})


def missed(case: Scenario, amounts: dict[str, float]) -> float:
    return 1 - truth(case, amounts) / best_of(case)


def truth(case: Scenario, amounts: dict[str, float]) -> float:
    return sum(float(curve(np.array([amounts.get(name, 0.0)]))[0]) for name, curve in case.curves.items())


def best_of(case: Scenario) -> float:
    grid = np.linspace(0, case.budget, STEPS + 1)
    value, _ = best_splits(np.array([curve(grid) for curve in case.curves.values()]))
    return float(value[-1])
