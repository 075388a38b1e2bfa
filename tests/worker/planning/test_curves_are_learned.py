"""The statistics against histories whose true curves are known, and their own promises."""

from datetime import date
from decimal import Decimal

import msgspec
import numpy as np
import pytest

from events.plan import Brief
from tests.agency_histories import SEASONAL, agency_history
from tests.invented_histories import Scenario, scenario
from worker.planning import evidence, fit_process, panel, planner
from worker.planning.allocation import Bounds, best_splits, fill, frontier
from worker.planning.curves import Draws, respond
from worker.planning.fit import fit
from worker.planning.fit_process import FitFailed
from worker.planning.history import from_frame
from worker.planning.limits import to_cents
from worker.planning.model import Effort
from worker.planning.shapes import around, plausible
from worker.planning.voice import Voice

BRIEF = Brief(title="x", budget=Decimal(1000), start=date(2027, 1, 1), end=date(2027, 1, 28))
QUICK = Effort(warm_up=60, draws=60, candidates=400)


def truth(case: Scenario, amounts: dict[str, float]) -> float:
    return sum(float(curve(np.array([amounts.get(name, 0.0)]))[0]) for name, curve in case.curves.items())


def brief_of(case: Scenario, **changes: object) -> Brief:
    day = date(2027, 1, 4)
    whole = Brief(
        title="x", budget=Decimal(str(case.budget)), start=day, end=date.fromordinal(day.toordinal() + case.days - 1)
    )
    return msgspec.structs.replace(whole, **changes)


def test_plans_beat_todays_mix_on_invented_histories() -> None:
    kept, planned = [], []
    for seed in (11, 12, 13):
        case = scenario(seed, "channel")
        result = planner.plan(brief_of(case), from_frame(case.rows)).result.distribution_plan
        planned.append(truth(case, {line.channel: float(line.amount) for line in result.lines}))
        kept.append(truth(case, {line.channel: float(line.current) for line in result.lines}))
    assert sum(p > 0.98 * k for p, k in zip(planned, kept, strict=True)) == len(kept)
    assert np.mean(np.array(planned) / np.array(kept)) > 1.03


def test_the_same_rows_and_seed_give_the_same_bytes() -> None:
    case = scenario(21, "total")
    first = planner.plan(brief_of(case), from_frame(case.rows))
    shuffled = case.rows.sample(fraction=1.0, shuffle=True, seed=3)
    second = planner.plan(brief_of(case), from_frame(shuffled))
    assert msgspec.json.encode(first.result) == msgspec.json.encode(second.result)
    assert first.draws == second.draws


@pytest.mark.parametrize(
    ("kind", "asked", "regime"),
    [
        ("channel", "auto", "channel"),
        ("channel", "attributed", "attributed"),
        ("total", "auto", "attributed"),
        ("total", "total", "total"),
        ("shares", "auto", "total"),
    ],
)
def test_the_meaning_of_revenue_is_judged_and_said(kind: str, asked: str, regime: str) -> None:
    case = scenario(31, kind)
    brief = msgspec.structs.replace(BRIEF, regime=asked)
    table = panel.build(brief, from_frame(case.rows))
    judgement = evidence.judge(brief, table, Voice())
    assert judgement.regime == regime
    assert judgement.level == "curves"
    assert judgement.why.endswith(".")


def test_a_fit_that_takes_too_long_is_killed() -> None:
    case = scenario(41, "total")
    task = evidence.evidence(panel.build(BRIEF, from_frame(case.rows)), "attributed")
    with pytest.raises(FitFailed, match="too long"):
        fit_process.run(task, 1, effort=Effort(warm_up=100_000), hard=1.0)


def test_a_fit_out_of_time_answers_with_the_draws_it_has() -> None:
    case = scenario(42, "channel")
    task = evidence.evidence(panel.build(BRIEF, from_frame(case.rows)), "channel")
    answer = fit(task, Effort(warm_up=30, draws=100_000, candidates=200), 1, lambda: False)
    assert not answer.complete
    assert len(answer.draws.level) >= 20


def test_a_plan_without_its_fit_is_partial_but_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_process, "HARD_SECONDS", 0.01)
    case = scenario(43, "channel")
    result = planner.plan(brief_of(case), from_frame(case.rows)).result
    assert result.partial
    assert any("the estimate did not finish" in sentence for sentence in result.missing)
    assert any("too long" in warning for warning in result.warnings)
    assert result.distribution_plan.spent == brief_of(case).budget
    assert result.confidence_score <= 0.35


def test_findings_of_a_stopped_run_are_taken_over() -> None:
    case = scenario(44, "channel")
    found: dict[str, bytes] = {}
    whole = planner.plan(
        brief_of(case), from_frame(case.rows), on_stage=lambda agent, told: found.update({agent: told["blob"]})
    )
    known = {agent: found[agent] for agent in ("data_steward", "response_analyst")}
    partial = planner.assemble_partial(brief_of(case), from_frame(case.rows), known, "It was stopped.")
    assert partial.result.distribution_plan.lines == whole.result.distribution_plan.lines
    assert partial.result.partial
    heard: list[str] = []
    again = planner.plan(
        brief_of(case), from_frame(case.rows), on_stage=lambda agent, _: heard.append(agent), found=known
    )
    assert heard == ["allocator", "critic", "narrator"]
    assert again.result == whole.result


def test_refined_shapes_keep_the_prior() -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    first = plausible(rng, 4000)
    chance = np.exp(-0.5 * ((first.log_scale - 1.0) / 0.4) ** 2)
    second = around(rng, first, chance / chance.sum())
    weight = np.exp(second.log_weight)
    used = second.family != 3
    mean = (weight * second.log_scale)[used].sum() / weight[used].sum()
    assert mean == pytest.approx(np.log(1.5), abs=0.12)
    assert weight.mean() == pytest.approx(1.0, abs=0.15)


def test_another_seed_finds_the_same_curve_beyond_what_was_spent() -> None:
    case = agency_history(5_000_027, "channel", SEASONAL)
    table = panel.build(brief_of(case), from_frame(case.rows))
    task, display = evidence.evidence(table, "channel"), table.channels.index("display")
    far = 1.75 * np.quantile(table.spend, 0.95, axis=0)
    told = np.array([respond(fit(task, Effort(), seed).draws, far)[:, display] for seed in (1, 2, 3)])
    assert np.ptp(told.mean(axis=1)) < 0.15 * told.mean()
    low, high = np.quantile(told, [0.05, 0.95])
    assert low < case.curves["display"](far)[display] < high


def test_splits_by_dynamic_programming_are_the_best_ones() -> None:
    rng = np.random.Generator(np.random.PCG64(7))
    worth = np.cumsum(rng.random((3, 9)), axis=1) * rng.random((3, 1))
    value, _ = best_splits(worth)
    brute = max(worth[0, a] + worth[1, b] + worth[2, 8 - a - b] for a in range(9) for b in range(9 - a))
    assert value[8] == pytest.approx(brute)


def test_a_frontier_stays_between_floors_and_caps() -> None:
    shape = (50, 2)
    draws = Draws(
        ["a", "b"],
        np.array([10.0, 10.0]),
        np.zeros(shape, dtype=np.int64),
        np.ones(shape),
        np.ones(shape),
        np.array([[9.0, 1.0]] * 50),
    )
    bounds = Bounds(np.array([0.0, 2.0]), np.array([6.0, 20.0]))
    best = frontier(draws, bounds, 10.0)
    amounts = fill(best.split(len(best.value) - 1), bounds, 10.0)
    assert amounts.sum() == pytest.approx(10.0)
    assert amounts[0] == pytest.approx(6.0, abs=0.05)
    assert respond(draws, amounts).shape == shape


def test_rounding_to_cents_loses_nothing() -> None:
    amounts = np.array([1 / 3, 1 / 3, 1 / 3]) * 100
    cents = to_cents(amounts, np.zeros(3), np.array([33.33, 33.33, 100.0]), Decimal("100.00"))
    assert sum(cents) == Decimal("100.00")
    assert cents[0] <= Decimal("33.33")
