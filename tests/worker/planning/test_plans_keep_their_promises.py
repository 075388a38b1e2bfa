"""Whatever the history: a result, the budget to the cent, inside the limits, only channels that are known."""

import os
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.plan import Brief, Limit, PlanResult, TrackRecord
from worker.planning import planner
from worker.planning.history import SCHEMA, TOTAL, History, from_frame
from worker.planning.limits import BriefProblem

EXAMPLES = int(os.environ.get("MEDIA_PLANNER_FUZZ", "25"))
START = date(2026, 1, 5)
NAMES = ["tv", "search", "social", "Émail & co", TOTAL]
AMOUNTS = st.one_of(
    st.none(),
    st.floats(min_value=0, max_value=1e6, allow_subnormal=False),
    st.sampled_from([0.0, -5.0, 1e-9, 1e9, float("nan"), float("inf")]),
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    channels = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5))
    periods = draw(st.integers(min_value=0, max_value=40))
    step = draw(st.sampled_from([1, 7, 30]))
    metrics = draw(st.lists(st.sampled_from(["spend", "budget", "clicks", "conversions", "revenue"]), unique=True))
    steady = draw(st.booleans())
    rows = [
        {
            "date": START + timedelta(days=step * period),
            "channel": channel,
            **{metric: 100.0 * (index + 1) if steady else draw(AMOUNTS) for index, metric in enumerate(metrics)},
        }
        for period in range(periods)
        for channel in channels
    ]
    return from_frame(pl.DataFrame(rows, schema_overrides=dict(SCHEMA)) if rows else pl.DataFrame({"date": []}))


@st.composite
def briefs(draw: st.DrawFn) -> Brief:
    budget = Decimal(draw(st.integers(min_value=1, max_value=10**9))) / 100
    days = draw(st.integers(min_value=0, max_value=200))
    limits: dict[str, Limit] = {}
    for channel in draw(st.lists(st.sampled_from([*NAMES[:4], "a new one"]), unique=True, max_size=3)):
        low = draw(st.sampled_from([None, Decimal("0.1"), Decimal("0.3")]))
        high = draw(st.sampled_from([None, Decimal("0.3"), Decimal("0.9")]))
        limits[channel] = Limit(
            at_least=None if low is None else (budget * low).quantize(Decimal("0.01")),
            at_most=None if high is None else (budget * high).quantize(Decimal("0.01")),
            locked=draw(st.booleans()),
        )
    goal = draw(st.sampled_from(["most_response", "most_response", "least_cost", "target_cpa", "target_roas"]))
    return Brief(
        title="fuzz",
        budget=budget,
        start=date(2027, 1, 1),
        end=date(2027, 1, 1) + timedelta(days=days),
        goal=goal,
        target=Decimal(2),
        limits=limits,
    )


def check(brief: Brief, history: History, result: PlanResult) -> None:
    plan = result.distribution_plan
    known = set(history.rows["channel"].drop_nulls().str.strip_chars().to_list()) - {TOTAL}
    assert {line.channel for line in plan.lines} <= known | set(brief.limits)
    assert sum((line.amount for line in plan.lines), Decimal(0)) == plan.spent <= brief.budget
    measured = [line for line in plan.lines if line.channel in known]
    if brief.goal == "most_response" and measured:
        assert plan.spent == brief.budget
    for line in plan.lines:
        assert line.amount >= 0
        assert line.amount == line.amount.quantize(Decimal("0.01"))
        limit = brief.limits.get(line.channel, Limit())
        if not limit.locked:
            assert limit.at_least is None or line.amount >= limit.at_least
            assert limit.at_most is None or line.amount <= limit.at_most
        assert sum((week.amounts[line.channel] for week in plan.weeks), Decimal(0)) == line.amount
    assert 0 <= result.confidence_score <= 1
    facts = {fact.id for fact in result.facts}
    for insight in result.insights:
        assert insight.sure >= 0.8
        assert insight.evidence
        assert set(insight.evidence) <= facts


@pytest.mark.timeout(300 + 3 * EXAMPLES)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(histories(), briefs())
def test_every_plan_adds_up_and_respects_its_limits(history: History, brief: Brief) -> None:
    try:
        planned = planner.assemble_partial(brief, history, {}, "The analysis was stopped.")
    except BriefProblem as problem:
        assert str(problem).endswith(".")  # noqa: PT017 - some drawn limits cannot be met
        return
    check(brief, history, planned.result)
    assert planned.result.partial
    assert "The analysis was stopped." in planned.result.warnings


@pytest.mark.parametrize("weeks", [0, 1, 4, 12])
def test_a_short_history_gives_a_partial_plan_with_what_to_measure_next(weeks: int) -> None:
    rows = [
        {"date": START + timedelta(weeks=week), "channel": channel, "spend": 100.0 + 10 * week, "revenue": 300.0}
        for week in range(weeks)
        for channel in ("tv", "search")
    ]
    history = from_frame(pl.DataFrame(rows, schema_overrides=dict(SCHEMA)) if rows else pl.DataFrame({"date": []}))
    brief = Brief(title="short", budget=Decimal(1000), start=date(2026, 9, 1), end=date(2026, 9, 30))
    result = planner.plan(brief, history).result
    check(brief, history, result)
    assert result.partial
    assert result.confidence_score <= 0.35
    assert result.missing


def test_one_channel_gets_everything_and_a_plain_word() -> None:
    rows = [
        {"date": START + timedelta(weeks=week), "channel": "tv", "spend": 100.0 + week, "revenue": 300.0}
        for week in range(40)
    ]
    brief = Brief(title="one", budget=Decimal("99.99"), start=date(2026, 12, 1), end=date(2026, 12, 31))
    result = planner.plan(brief, from_frame(pl.DataFrame(rows))).result
    assert [(line.channel, line.amount) for line in result.distribution_plan.lines] == [("tv", Decimal("99.99"))]
    assert any("only channel" in warning for warning in result.warnings)


def test_planned_budgets_stand_in_when_nothing_was_spent_yet() -> None:
    rows = [
        {"date": START + timedelta(weeks=week), "channel": channel, "budget": money}
        for week in range(6)
        for channel, money in (("tv", 300.0), ("search", 100.0))
    ]
    brief = Brief(title="plan", budget=Decimal(1000), start=date(2026, 5, 1), end=date(2026, 5, 31))
    result = planner.plan(brief, from_frame(pl.DataFrame(rows))).result
    amounts = {line.channel: line.amount for line in result.distribution_plan.lines}
    assert amounts == {"tv": Decimal("750.00"), "search": Decimal("250.00")}
    assert result.distribution_plan.level == "mix"
    assert any("planned budgets" in warning for warning in result.warnings)


def test_without_any_history_the_channels_of_the_limits_get_their_least() -> None:
    brief = Brief(
        title="new",
        budget=Decimal(1000),
        start=date(2026, 5, 1),
        end=date(2026, 5, 31),
        limits={"tv": Limit(at_least=Decimal(400))},
    )
    result = planner.plan(brief, from_frame(pl.DataFrame({"date": []}))).result
    assert [(line.channel, line.amount) for line in result.distribution_plan.lines] == [("tv", Decimal("400.00"))]
    assert result.distribution_plan.level == "none"
    assert result.confidence_word == "very low"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"budget": Decimal(0)}, "more than zero"),
        ({"end": date(2026, 1, 1)}, "before it starts"),
        ({"limits": {"tv": Limit(at_least=Decimal(2000))}}, "more than the budget"),
        ({"limits": {"tv": Limit(at_least=Decimal(9), at_most=Decimal(3))}}, "Correct one of the two"),
        ({"limits": {"tv": Limit(at_most=Decimal(1)), "search": Limit(at_most=Decimal(1))}}, "Raise a limit"),
        ({"goal": "target_cpa"}, "needs a target"),
    ],
)
def test_a_brief_that_cannot_be_met_is_refused_in_a_sentence(changes: dict[str, object], words: str) -> None:
    rows = [
        {"date": START + timedelta(weeks=week), "channel": channel, "spend": 100.0, "revenue": 200.0}
        for week in range(8)
        for channel in ("tv", "search")
    ]
    fields = {"title": "x", "budget": Decimal(1000), "start": date(2026, 5, 1), "end": date(2026, 5, 31)}
    brief = Brief(**{**fields, **changes})  # pyright: ignore[reportArgumentType]
    with pytest.raises(BriefProblem, match=words):
        planner.plan(brief, from_frame(pl.DataFrame(rows)))


@pytest.mark.parametrize(
    ("track", "driver"),
    [
        (TrackRecord(plans=0, inside=0, median_error=0.0), "No earlier plan"),
        (TrackRecord(plans=2, inside=0, median_error=0.5), "Too few to count."),
        (TrackRecord(plans=5, inside=4, median_error=0.07), "+ Of 5 earlier plans"),
        (
            TrackRecord(plans=5, inside=2, median_error=0.31),
            "- Of 5 earlier plans that were followed to their end, only 2",
        ),
    ],
)
def test_earlier_plans_are_a_reason_to_be_more_or_less_sure(track: TrackRecord, driver: str) -> None:
    brief = Brief(title="x", budget=Decimal(1000), start=date(2026, 5, 1), end=date(2026, 5, 31))
    history = from_frame(pl.DataFrame([{"date": START, "channel": "tv", "spend": 5.0}]))
    drivers = planner.plan(brief, history, track=track).result.confidence_drivers
    assert [sentence for sentence in drivers if driver in sentence] == drivers[-1:]
