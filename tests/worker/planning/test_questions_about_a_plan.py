"""Goals, limits, weeks, what-if and insights of one plan that was really fitted."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import polars as pl
import pytest

from events.plan import Brief, Limit
from worker.planning import planner
from worker.planning.history import History, from_frame
from worker.planning.planner import Planned
from worker.planning.what_if import Curves

CHANNELS = {"tv": (4000.0, 9000.0), "search": (1500.0, 12000.0), "social": (2500.0, 2600.0)}
"""Usual weekly spend, and response at it."""


def rows() -> pl.DataFrame:
    made: list[dict[str, object]] = []
    for week in range(80):
        for number, (channel, (usual, response)) in enumerate(CHANNELS.items()):
            spend = usual * (1 + 0.6 * (((week * (7 + 4 * number) + number) % 17) / 8 - 1))
            answer = response * 2 * spend / (spend + usual) * (1 + 0.1 * (((week * 5 + number) % 7) / 3 - 1))
            day = date(2025, 1, 6) + timedelta(weeks=week)
            silent = channel == "social" and 40 <= week < 43
            made.append(
                {
                    "date": day,
                    "channel": channel,
                    "file_id": f"{channel}.csv",
                    "spend": spend,
                    "revenue": 0.0 if silent else answer,
                    "conversions": answer / 50,
                }
            )
    return pl.DataFrame(made)


@pytest.fixture(scope="module")
def history() -> History:
    return from_frame(rows())


BRIEF = Brief(title="Spring", budget=Decimal("40000.00"), start=date(2026, 8, 3), end=date(2026, 9, 6))


@pytest.fixture(scope="module")
def planned(history: History) -> Planned:
    return planner.plan(BRIEF, history)


def ask(history: History, planned: Planned, **changes: object) -> Planned:
    """Plan again for another brief; the curves do not depend on it."""
    return planner.plan(msgspec.structs.replace(BRIEF, **changes), history)


def test_money_moves_to_the_channel_that_answers_best(planned: Planned) -> None:
    lines = {line.channel: line for line in planned.result.distribution_plan.lines}
    assert lines["search"].change > 0 > lines["social"].change
    assert planned.result.distribution_plan.level == "curves"
    assert not planned.result.partial


def test_weeks_follow_the_calendar_and_add_up(planned: Planned) -> None:
    plan = planned.result.distribution_plan
    assert [week.start.weekday() for week in plan.weeks] == [0] * 5
    for line in plan.lines:
        assert sum((week.amounts[line.channel] for week in plan.weeks), Decimal(0)) == line.amount


def test_limits_and_locks_hold(history: History, planned: Planned) -> None:
    limits = {"search": Limit(at_most=Decimal(9000)), "tv": Limit(locked=True), "podcast": Limit(at_least=Decimal(500))}
    plan = ask(history, planned, limits=limits).result.distribution_plan
    lines = {line.channel: line for line in plan.lines}
    assert lines["search"].amount <= 9000
    assert lines["search"].bound_by == "cap"
    assert lines["tv"].change == 0
    assert lines["podcast"].amount == 500
    assert plan.spent == BRIEF.budget


def test_a_return_target_spends_only_what_returns_enough(history: History, planned: Planned) -> None:
    modest = ask(history, planned, goal="target_roas", target=Decimal(2)).result.distribution_plan
    greedy = ask(history, planned, goal="target_roas", target=Decimal(4)).result.distribution_plan
    assert greedy.spent < modest.spent <= BRIEF.budget
    assert greedy.expected is not None
    assert greedy.expected.mean / float(greedy.spent) > 3.5


def test_a_cost_target_buys_conversions_at_that_cost(history: History, planned: Planned) -> None:
    plan = ask(history, planned, goal="target_cpa", target=Decimal(15)).result.distribution_plan
    assert plan.response == "conversions"  # though revenue is known as well
    assert plan.expected is not None
    assert float(plan.spent) / plan.expected.mean < 17


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"goal": "target_cpa", "target": Decimal(9), "response": "revenue"}, "does not go by conversions"),
        ({"goal": "target_roas", "target": Decimal(9), "response": "conversions"}, "does not go by revenue"),
        ({"budget": Decimal(900_000)}, "times the most that was ever spent"),
    ],
)
def test_what_the_history_cannot_answer_is_said(history: History, changes: dict[str, object], words: str) -> None:
    brief = msgspec.structs.replace(BRIEF, **changes)
    result = planner.assemble_partial(brief, history, {}, "No fit.").result
    assert [words in warning for warning in result.warnings].count(True) == 1
    assert result.distribution_plan.spent == brief.budget


def test_least_cost_reaches_the_target_with_less(history: History, planned: Planned) -> None:
    plan = ask(history, planned, goal="least_cost", target=Decimal(60000)).result.distribution_plan
    assert plan.spent < BRIEF.budget
    assert plan.expected is not None
    assert plan.expected.mean > 55000


def test_insights_point_to_facts_and_files(planned: Planned) -> None:
    result = planned.result
    facts = {fact.id: fact for fact in result.facts}
    assert {"uplift", "shift", "tracking_outage"} <= {insight.kind for insight in result.insights}
    assert [insight.size for insight in result.insights] == sorted((i.size for i in result.insights), reverse=True)
    for insight in result.insights:
        assert insight.sure >= 0.8
        assert all(facts[name].file_ids for name in insight.evidence if facts[name].channel)
    assert facts["outage:social"].file_ids == ["social.csv"]


def test_what_if_of_the_plan_itself_is_the_plan(planned: Planned) -> None:
    plan = planned.result.distribution_plan
    assert planned.draws is not None
    answer = Curves(planned.draws).ask({line.channel: float(line.amount) for line in plan.lines})
    assert plan.expected is not None
    assert plan.uplift is not None
    assert answer.expected.mean == pytest.approx(plan.expected.mean, rel=1e-3)
    assert answer.over_plan.high == pytest.approx(0, abs=1e-6)
    assert answer.over_current.mean == pytest.approx(plan.uplift.mean, rel=1e-2)
    assert answer.probability_better_than_plan == 0
    assert Curves(planned.draws).ask({"social": 40000.0}).beyond == ["social"]
