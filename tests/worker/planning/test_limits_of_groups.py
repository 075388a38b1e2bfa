"""Groups of channels, and channels that get nothing or enough: kept in every plan, or the brief is refused."""

import math
import random
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.plan import Brief, GroupLimit, Limit, PlanResult
from tests.invented_histories import scenario
from worker.planning import planner
from worker.planning.allocation import Bounds, Group, fill, frontier, settled
from worker.planning.curves import Draws
from worker.planning.history import from_frame
from worker.planning.limits import BriefProblem

CASE = scenario(12, "channel")
HISTORY = from_frame(CASE.rows)
NAMES = sorted(CASE.curves)
BUDGET = Decimal(10_000)


def partial(**brief: object) -> PlanResult:
    asked = Brief(title="g", budget=BUDGET, start=date(2027, 1, 4), end=date(2027, 1, 31), **brief)  # pyright: ignore[reportArgumentType]
    return planner.assemble_partial(asked, HISTORY, {}, "Stopped.").result


def amounts(result: PlanResult) -> dict[str, Decimal]:
    return {line.channel: line.amount for line in result.distribution_plan.lines}


shares = st.one_of(st.none(), st.integers(0, 10_000).map(Decimal))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    low=shares,
    high=shares,
    least=st.lists(st.integers(0, 4_000).map(Decimal), min_size=3, max_size=3),
    budget=st.sampled_from(["most_response", "least_cost"]),
)
def test_groups_and_least_amounts_hold_in_every_plan(
    low: Decimal | None, high: Decimal | None, least: list[Decimal], budget: str
) -> None:
    group = GroupLimit(name="online", channels=NAMES[:2], at_least=low, at_most=high)
    limits = {name: Limit(at_least_if_any=some) for name, some in zip(NAMES, least, strict=False)}
    try:
        result = partial(groups=[group], limits=limits, goal=budget, target=Decimal(20_000))
    except BriefProblem as problem:
        assert str(problem).endswith(".")  # noqa: PT017 - some drawn limits cannot be met
        return
    plan = amounts(result)
    together = plan[NAMES[0]] + plan[NAMES[1]]
    assert sum(plan.values()) == result.distribution_plan.spent <= BUDGET
    assert (low or 0) <= together <= (BUDGET if high is None else high)
    assert all(plan[name] == 0 or plan[name] >= some for name, some in zip(NAMES, least, strict=False))


def test_a_group_that_cannot_be_kept_is_refused() -> None:
    limits = {NAMES[0]: Limit(at_most=Decimal(100)), NAMES[1]: Limit(at_most=Decimal(100))}
    with pytest.raises(BriefProblem, match="keeps the limits of all channels and groups"):
        partial(groups=[GroupLimit(name="two", channels=NAMES[:2], at_least=Decimal(500))], limits=limits)


def test_a_channel_is_in_one_group_only() -> None:
    groups = [GroupLimit(name=name, channels=[NAMES[0]]) for name in ("a", "b")]
    with pytest.raises(BriefProblem, match="named more than once"):
        partial(groups=groups)


def test_the_best_split_inside_groups_is_found() -> None:
    levels = np.array([[9.0, 5.0, 1.0]] * 40)
    shape = levels.shape
    draws = Draws(list("abc"), np.full(3, 10.0), np.ones(shape, dtype=np.int64), np.ones(shape), np.ones(shape), levels)
    bounds = Bounds(np.zeros(3), np.full(3, 20.0), [Group([0, 1], 0.0, 8.0)])
    best = frontier(draws, bounds, 20.0)
    split = fill(best.split(len(best.value) - 1), bounds, 20.0)
    assert split.sum() == pytest.approx(20.0)
    assert split[0] + split[1] == pytest.approx(8.0)
    assert split[0] > split[1]


def test_too_little_to_work_is_nothing_at_all() -> None:
    bounds = Bounds(np.zeros(3), np.full(3, 10.0))
    off = settled(bounds, np.array([4.0, 0.0, 0.0]), np.array([1.0, 5.0, 4.0]), 10.0)
    on = settled(bounds, np.array([4.0, 0.0, 0.0]), np.array([3.0, 4.0, 3.0]), 10.0)
    assert off is not None
    assert off.high[0] == 0
    assert on is not None
    assert on.low[0] == 4


@pytest.mark.parametrize(("luck", "short"), [(4, False), (5, True)])
def test_a_careful_step_that_stops_short_of_a_limit_says_so(luck: int, *, short: bool) -> None:
    """Noise may make the bad case of the whole way a loss: then a channel whose best is its limit gets less."""
    chance = random.Random(luck)
    rows: list[tuple[date, str, float, float]] = []
    for week in range(40):
        for channel, base, gain in (("Search", 600, 5.5), ("Social", 900, 4.0), ("Video", 700, 3.3)):
            spend = base * math.exp(chance.gauss(0, 0.35))
            noise = math.exp(chance.gauss(0, 0.5))
            rows.append(
                (date(2024, 1, 1) + timedelta(weeks=week), channel, spend, gain * math.sqrt(600 * spend) * noise)
            )
    brief = Brief(
        title="short",
        budget=Decimal(2200),
        start=date(2025, 1, 6),
        end=date(2025, 1, 12),
        regime="channel",
        limits={"Search": Limit(at_most=Decimal(740))},
    )
    columns = ["date", "channel", "spend", "revenue"]
    result = planner.plan(brief, from_frame(pl.DataFrame(rows, schema=columns, orient="row"))).result
    told = sum("limit would let Search" in text for text in result.warnings)
    assert (amounts(result)["Search"] < Decimal(732), told) == (short, int(short))
