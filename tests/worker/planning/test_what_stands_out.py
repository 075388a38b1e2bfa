"""Insights: each kind where it is true, with evidence that leads to files and dates, and none where it is not."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import numpy as np
import polars as pl
import pytest

from events.plan import Brief, Fact, Insight, Limit, PlanResult, SourceFile
from worker.planning import planner
from worker.planning.history import History, from_frame
from worker.planning.insights.experiments import power
from worker.planning.insights.seasons import YEAR
from worker.planning.what_if import Curves

MONDAY = date(2024, 1, 1)
WEEKS = 120
NEXT = MONDAY + timedelta(weeks=WEEKS)
BRIEF = Brief(title="x", budget=Decimal(40000), start=NEXT, end=NEXT + timedelta(days=27))
Weekly = Callable[[int, np.random.Generator], float]


def wobble(usual: float, spread: float = 0.4) -> Weekly:
    return lambda _week, rng: usual * float(np.exp(spread * rng.standard_normal()))


def history(
    channels: dict[str, tuple[Weekly, Callable[[int, float, np.random.Generator], float | None]]],
    weeks: int = WEEKS,
) -> History:
    """Weekly rows; each channel's spend, and what it brings for it (None when nobody wrote it down)."""
    rng = np.random.default_rng(11)
    rows: list[dict[str, object]] = []
    for week in range(weeks):
        day = MONDAY + timedelta(weeks=week)
        for name, (spend, brings) in channels.items():
            money = spend(week, rng)
            rows.append(
                {
                    "date": day,
                    "channel": name,
                    "file_id": f"{name}.csv",
                    "spend": money,
                    "revenue": brings(week, money, rng),
                }
            )
    return from_frame(pl.DataFrame(rows, infer_schema_length=None))


def root(factor: float, noise: float = 0.05) -> Callable[[int, float, np.random.Generator], float]:
    """Response that grows with the root of the money."""
    return lambda _week, money, rng: (
        factor * 1000 * (money / 1000) ** 0.5 * float(np.exp(noise * rng.standard_normal()))
    )


PLAIN = {"Search": (wobble(3000), root(4)), "Social": (wobble(3000), root(4)), "TV": (wobble(3000), root(4))}


def result(found: History, brief: Brief = BRIEF) -> PlanResult:
    """From rough curves: what is tested here does not need a fit."""
    return planner.assemble_partial(brief, found, {}, "No fit.").result


def told(found: PlanResult, kind: str) -> list[Insight]:
    insights = [insight for insight in found.insights if insight.kind == kind]
    for insight in insights:
        assert insight.sure >= 0.8
        assert insight.size > 0
        assert insight.evidence
        for fact in facts(found, insight):
            assert fact.first is not None
            assert fact.file_ids or not fact.channel
    return insights


def facts(found: PlanResult, insight: Insight) -> list[Fact]:
    known = {fact.id: fact for fact in found.facts}
    return [known[name] for name in insight.evidence]


def one(found: PlanResult, kind: str) -> Insight:
    (insight,) = told(found, kind)
    return insight


def test_three_channels_that_are_alike_raise_nothing_but_a_test() -> None:
    found = result(history(PLAIN))
    assert {insight.kind for insight in found.insights} <= {"test", "more_budget", "less_budget"}


def test_a_channel_whose_last_money_is_lost_is_full() -> None:
    keep = msgspec.structs.replace(BRIEF, limits={name: Limit(locked=True) for name in ("Radio", *PLAIN)})
    found = result(history({**PLAIN, "Radio": (wobble(9000), root(0.9))}), keep)
    insight = next(i for i in told(found, "saturated") if i.channel == "Radio")
    assert insight.unit == "EUR"
    assert "Radio gets more than it can use" in insight.sentence


def test_a_limit_that_costs_is_told_with_what_it_costs() -> None:
    channels = {**PLAIN, "Mail": (wobble(900), root(6)), "Radio": (wobble(6000), root(1.0))}
    for channel, limit, words in (
        ("Mail", Limit(at_most=Decimal(900)), "there instead of elsewhere"),
        ("Mail", Limit(locked=True), "there instead of elsewhere"),
        ("Radio", Limit(at_least=Decimal(20000)), "less there and more elsewhere"),
    ):
        insight = one(result(history(channels), msgspec.structs.replace(BRIEF, limits={channel: limit})), "limit_costs")
        assert insight.channel == channel
        assert words in insight.sentence
    assert not told(result(history(channels)), "limit_costs")


def test_a_channel_with_room_and_one_that_gets_too_much_are_told_by_conversions_too() -> None:
    channels = {
        **PLAIN,
        "Mail": (wobble(900), root(6)),
        "Radio": (wobble(6000), root(1.0)),
        "Fair": (wobble(800), root(5)),
    }
    rows = history(channels).rows.with_columns(pl.col("revenue").alias("conversions"), pl.lit(None).alias("revenue"))
    found = result(from_frame(rows))
    kinds = {insight.kind: insight for insight in found.insights}
    assert {"under_used", "over_used"} & set(kinds)
    assert kinds["shift"].unit == "conversions"


def test_a_channel_that_fades_is_told_against_the_others() -> None:
    def fading(week: int, money: float, rng: np.random.Generator) -> float:
        return root(4)(week, money, rng) * (0.6 if week >= WEEKS - 13 else 1.0)

    found = result(history({**PLAIN, "Banner": (wobble(3000), fading)}))
    insight = one(found, "trend")
    assert insight.channel == "Banner"
    assert "less revenue than a quarter ago" in insight.sentence
    assert facts(found, insight)[0].value == pytest.approx(-0.4, abs=0.08)


def test_a_season_is_no_trend() -> None:
    def seasonal(week: int, money: float, rng: np.random.Generator) -> float:
        return root(4)(week, money, rng) * float(np.exp(0.4 * np.sin(2 * np.pi * week / 52)))

    found = result(history({name: (wobble(3000), seasonal) for name in ("Search", "Social", "TV")}))
    assert not told(found, "trend")
    alone = result(history({"Search": (wobble(3000), seasonal), "TV": (wobble(3000), seasonal)}))
    assert not told(alone, "trend")


def test_an_effect_that_comes_late_is_told() -> None:
    spent: list[float] = []

    def late(_week: int, money: float, rng: np.random.Generator) -> float:
        spent.append(money)
        echo = sum(0.6**lag * value for lag, value in enumerate(reversed(spent[-26:])))
        return 5000 * (echo * 0.4 / 1000) ** 0.5 * float(np.exp(0.05 * rng.standard_normal()))

    found = result(history({**PLAIN, "Posters": (wobble(3000, 0.7), late)}))
    insight = one(found, "carry_over")
    assert insight.channel == "Posters"
    assert facts(found, insight)[0].value == pytest.approx(0.6, abs=0.15)


def test_a_plan_in_a_weak_season_hears_of_it_and_of_a_better_time() -> None:
    def seasonal(week: int, money: float, rng: np.random.Generator) -> float:
        day = (MONDAY + timedelta(weeks=week)).timetuple().tm_yday
        return root(4)(week, money, rng) * (1.8 if 320 <= day <= 350 else 1.0 if day > 60 else 0.7)

    found = history({name: (wobble(3000), seasonal) for name in ("Search", "Social", "TV")}, weeks=104)
    weak = Brief(title="x", budget=Decimal(40000), start=date(2026, 1, 5), end=date(2026, 2, 1))
    assert "less revenue than usual" in one(result(found, weak), "season").sentence
    early = Brief(title="x", budget=Decimal(40000), start=date(2026, 10, 5), end=date(2026, 11, 1))
    insight = one(result(found, early), "better_time")
    assert any(month in insight.sentence for month in ("2026-11", "2026-12"))
    assert YEAR == 7 * 52


def test_broken_tracking_costs_money() -> None:
    def silent(week: int, money: float, rng: np.random.Generator) -> float:
        return 0.0 if 80 <= week < 84 else root(4)(week, money, rng)

    insight = one(result(history({**PLAIN, "Shop": (wobble(3000), silent)})), "tracking_outage")
    assert insight.channel == "Shop"


def test_a_channel_nobody_measures_is_told_with_its_money() -> None:
    found = result(history({**PLAIN, "Fair": (wobble(2000), lambda *_: None)}))
    insight = one(found, "unheard")
    (line,) = [line for line in found.distribution_plan.lines if line.channel == "Fair"]
    assert insight.size == float(line.amount) == float(line.current)
    assert (line.expected, line.bound_by) == (None, "unmeasured")
    assert "Fair" not in {curve.channel for curve in found.distribution_plan.curves}


def test_a_fitted_plan_takes_nothing_from_a_channel_nobody_measures() -> None:
    channels = {
        "Search": (wobble(3000), root(4)),
        "TV": (wobble(3000), root(2)),
        "Fair": (wobble(2000), lambda *_: None),
    }
    planned = planner.plan(BRIEF, history(channels, weeks=30))
    lines = {line.channel: line for line in planned.result.distribution_plan.lines}
    assert lines["Fair"].change == 0
    assert lines["Fair"].expected is None
    assert planned.draws is not None
    answer = Curves(planned.draws).ask({"Fair": 100.0, "TV": 5.0})
    assert answer.unknown == ["Fair"]
    assert set(answer.channels) == {"Search", "TV"}


def test_money_in_cells_that_could_not_be_read_is_missed() -> None:
    found = history(PLAIN)
    source = SourceFile(file_id="Search.csv", name="Search 2024.xlsx", revision="r", rows=120, quarantined=30)
    insight = one(result(History(found.rows, [source], "EUR")), "quarantine")
    assert "30 cells of Search 2024.xlsx" in insight.sentence
    assert insight.size == pytest.approx(30 * 3000, rel=0.15)


def test_campaigns_that_lead_waste_or_stay_silent_are_named() -> None:
    rng = np.random.default_rng(2)
    rows: list[dict[str, object]] = [
        {
            "date": MONDAY + timedelta(weeks=week),
            "channel": "Search",
            "campaign": name,
            "file_id": "Search.csv",
            "spend": 500.0,
            "revenue": 500.0 * value * float(np.exp(0.2 * rng.standard_normal())),
        }
        for week in range(30)
        for name, value in {"brand": 6.0, "generic": 2.0, "rivals": 2.1, "old": 0.0}.items()
    ]
    found = result(from_frame(pl.DataFrame(rows)))
    assert "Campaign brand in Search brings" in one(found, "campaign_leads").sentence
    silent = one(found, "campaign_wastes")
    assert "no revenue was ever recorded" in silent.sentence
    assert {fact.campaign for fact in facts(found, silent)} >= {"old"}
    assert facts(found, silent)[0].rows == 26


def test_a_channel_that_was_never_varied_gets_a_test_with_its_price() -> None:
    found = result(history({**PLAIN, "Radio": (lambda *_: 2000.0, root(3))}))
    insight = one(found, "never_varied")
    assert insight.channel == "Radio"
    assert "Test it: 20% more for 4 weeks costs 1,600 EUR extra" in insight.sentence
    cost, chance = facts(found, insight)[1:]
    assert (cost.value, cost.unit) == (1600.0, "EUR")
    assert chance.value == pytest.approx(insight.sure, abs=1e-5)


def test_a_test_that_could_not_tell_is_not_proposed() -> None:
    found = result(history({**PLAIN, "Radio": (lambda *_: 2000.0, root(3, noise=1.5))}))
    assert not told(found, "never_varied")
    assert any("no test of up to eight weeks" in warning for warning in found.warnings)


@pytest.mark.parametrize(("raised", "weeks", "part"), [(0.2, 2, 1.0), (0.5, 4, 1.0), (0.5, 4, 0.5)])
def test_the_stated_chance_of_a_test_is_what_simulated_tests_reach(raised: float, weeks: int, part: float) -> None:
    rng, noise = np.random.default_rng(3), 0.1
    before = noise * rng.standard_normal((20000, 8)).mean(axis=1)
    lift = np.log(1 - part + part * (1 + raised) ** 0.5)
    during = lift + noise * rng.standard_normal((20000, weeks)).mean(axis=1)
    error = noise * np.sqrt(1 / weeks + 1 / 8)
    assert power(raised, weeks, noise, part) == pytest.approx(float((during - before > 1.28 * error).mean()), abs=0.015)


def short(**columns: float | None) -> History:
    rows = [
        {"date": NEXT - timedelta(weeks=4 - week), "channel": "Search", "file_id": "f", **columns} for week in range(4)
    ]
    return from_frame(pl.DataFrame(rows))


def test_four_weeks_of_one_channel_still_say_what_to_test_next() -> None:
    found = planner.plan(BRIEF, short(spend=500.0, revenue=1500.0)).result
    assert found.partial
    assert found.confidence_score <= 0.35
    insight = one(found, "test")
    assert insight.channel == "Search"
    assert insight.unit == "EUR"
    assert any("longer history" in sentence for sentence in found.missing)


@pytest.mark.parametrize("columns", [{"spend": 500.0}, {"budget": 500.0}])
def test_without_any_response_the_plan_says_what_to_record_and_what_to_try(columns: dict[str, float]) -> None:
    found = planner.plan(BRIEF, short(**columns)).result
    assert found.partial
    assert found.insights == []
    assert any("Revenue or conversions" in sentence for sentence in found.missing)
    assert any("raise Search by 20% for two weeks (about 200 EUR)" in sentence for sentence in found.missing)


def test_without_any_history_the_plan_says_what_to_connect() -> None:
    found = planner.plan(BRIEF, from_frame(pl.DataFrame({"date": []}))).result
    assert found.partial
    assert any("connect a campaign file" in sentence for sentence in found.missing)
