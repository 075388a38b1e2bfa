"""Plans against what happened, and the track record that comes of it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy.engine import Engine

from events import store
from events.envelope import Meta
from events.plan import (
    Brief,
    DistributionPlan,
    Estimate,
    Line,
    PlanApproved,
    PlanProduced,
    PlanRequested,
    TrackRecord,
    Week,
    week_starts,
)
from projections import actuals, follower, performance_rows, plans, track_record
from projections.actuals import compare, planned_until, told_until
from projections.performance import ChannelDay
from tests.events.samples import META, result, synced
from tests.projections.rows import table

START, END = date(2026, 1, 5), date(2026, 2, 1)  # four whole weeks
EXPECTED = Estimate(mean=2800.0, low=2400.0, high=3200.0)


def line(channel: str, amount: int) -> Line:
    known = result().distribution_plan.lines[0]
    return msgspec.structs.replace(known, channel=channel, amount=Decimal(amount), expected=EXPECTED)


def split(**changes: Any) -> DistributionPlan:
    known: dict[str, Any] = {
        "lines": [line("Search", 1400)],
        "spent": Decimal(1400),
        "budget": Decimal(1400),
        "start": START,
        "end": END,
        "regime": "channel",
        "response": "revenue",
        "expected": EXPECTED,
        "currency": "EUR",
        "weeks": [Week(start=start, amounts={"Search": Decimal(350)}) for start in week_starts(START, END)],
    }
    return msgspec.structs.replace(result().distribution_plan, **(known | changes))


def days(
    count: int, *, spend: float = 50, revenue: float | None = 100, channel: str = "Search", step: int = 1
) -> list[ChannelDay]:
    return [
        ChannelDay(
            day=START + timedelta(days=step * number),
            channel=channel,
            spend=Decimal(str(spend)),
            conversions=None,
            clicks=None,
            revenue=None if revenue is None else Decimal(str(revenue)),
        )
        for number in range(count)
    ]


def test_half_of_the_time_is_set_against_half_of_the_plan() -> None:
    found = compare(split(), days(14))

    assert found is not None
    assert (date(2026, 1, 18), 14, 28) == (found.until, found.days, found.of_days)
    assert (Decimal(700), Decimal(700), 1400.0) == (found.planned, found.spent, found.response)
    assert Estimate(mean=1400.0, low=1200.0, high=1600.0) == found.expected == found.channels[0].expected
    assert (True, 0.0, False, True) == (found.inside, found.error, found.over, found.followed)


def test_rows_of_weeks_speak_of_seven_days() -> None:
    found = compare(split(), days(4, spend=350, revenue=500, step=7))

    assert found is not None
    assert (END, True, False) == (found.until, found.over, found.inside)
    assert -0.286 == pytest.approx(found.error, abs=0.001)


def test_of_a_week_that_began_before_the_plan_only_the_days_inside_count() -> None:
    wednesday, saturday = START + timedelta(days=2), END - timedelta(days=1)
    found = compare(split(start=wednesday, end=saturday, weeks=[]), days(4, spend=350, revenue=700, step=7))

    assert found is not None
    assert (saturday, Decimal(5 * 50 + 2 * 350 + 6 * 50)) == (found.until, found.spent)
    assert found.response == pytest.approx(2 * float(found.spent))


def test_days_of_a_daily_channel_stay_whole_beside_a_weekly_one() -> None:
    tuesday = START + timedelta(days=1)
    rows = [*days(21, spend=10, channel="Search"), *days(3, spend=70, channel="Radio", step=7)]
    found = compare(split(start=tuesday, lines=[line("Search", 700), line("Radio", 700)], weeks=[]), rows)

    assert found is not None
    assert {"Search": Decimal(200), "Radio": Decimal(200)} == {one.channel: one.spent for one in found.channels}


@pytest.mark.parametrize(
    ("steps", "until"),
    [([], None), ([0], 0), ([0, 1, 2], 2), ([0, 7, 14], 20), ([0, 31], 27), ([-31, 0], 27), ([-7, 0, 1, 2, 3], 3)],
)
def test_the_time_that_files_tell_of(steps: list[int], until: int | None) -> None:
    told = told_until([START + timedelta(days=step) for step in steps], END)

    assert (None if until is None else START + timedelta(days=until)) == told


def test_before_its_first_day_a_plan_has_nothing_to_show() -> None:
    assert compare(split(), []) is None
    assert compare(split(start=date(2026, 2, 2), end=date(2026, 3, 1)), days(14)) is None


def test_money_in_other_channels_is_seen() -> None:
    found = compare(split(), days(28) + days(28, spend=30, channel="TV"))

    assert found is not None
    assert [("Search", Decimal(1400)), ("TV", Decimal(0))] == [(one.channel, one.planned) for one in found.channels]
    assert (True, False) == (found.over, found.followed)


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({"regime": "total"}, days(14)),
        ({"regime": "attributed"}, days(14) + days(14, channel="(total)")),
        ({}, days(14, revenue=None)),
        ({"expected": None}, days(14)),
    ],
)
def test_where_files_cannot_tell_the_result_only_money_is_compared(
    changes: dict[str, Any], rows: list[ChannelDay]
) -> None:
    found = compare(split(**changes), rows)

    assert found is not None
    assert (Decimal(700), None, None, None) == (found.spent, found.response, found.inside, found.error)


def test_a_running_week_counts_in_part_and_no_weeks_count_by_days() -> None:
    assert {"Search": Decimal("450.00")} == planned_until(split(), date(2026, 1, 13))
    assert {"Search": Decimal("450.00")} == planned_until(split(weeks=[]), date(2026, 1, 13))


def tell_plan(engine: Engine, campaign_id: str, *, expected: float, approved: bool = True) -> None:
    """Ask for a plan of four weeks, make it, and approve it."""
    estimate = Estimate(mean=expected, low=expected * 0.9, high=expected * 1.1)
    made = msgspec.structs.replace(result(), distribution_plan=split(expected=estimate))
    asked = Brief(title=campaign_id, budget=Decimal(1400), start=START, end=END)
    events = [
        PlanRequested(campaign_id=campaign_id, brief=asked),
        PlanProduced(campaign_id=campaign_id, planning_id="p", result=made, sources=[], draws=None),
    ]
    with engine.begin() as connection:
        decided = [PlanApproved(campaign_id=campaign_id)] if approved else []
        store.append(connection, f"w/plan/{campaign_id}", events + decided, meta=Meta(actor="ana"))


def test_the_record_counts_approved_plans_whose_time_is_over(engine: Engine) -> None:
    tell_plan(engine, "hit", expected=2800)
    tell_plan(engine, "missed", expected=2000)
    tell_plan(engine, "never approved", expected=2800, approved=False)
    rows = [
        {"date": START + timedelta(days=day), "channel": "Search", "spend": Decimal(50), "revenue": Decimal(100)}
        for day in range(28)
    ]
    with engine.begin() as connection:
        performance_rows.store(connection, "w", "f1", 1, table(*rows))
        event = msgspec.structs.replace(synced(number=1), non_additive=[])
        before = store.head(connection)
        store.append(connection, "w/file/f1", [event], meta=META)
    follower.catch_up(engine)

    with engine.connect() as connection:
        assert TrackRecord(plans=2, inside=1, median_error=0.2) == track_record.of(connection, "w")
        assert TrackRecord(plans=0, inside=0, median_error=0.0) == track_record.of(connection, "w", at=before)
        assert TrackRecord(plans=0, inside=0, median_error=0.0) == track_record.of(connection, "v")
        hit = plans.one(connection, "w", "hit")
        assert hit is not None
        found = actuals.of(connection, hit)
    assert found is not None
    assert (2800.0, True) == (found.response, found.over)
