"""Plans against what happened, the track record, and what would make a plan surer: as people read it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from dashboard.views.actuals import actuals_view, record_rows, record_sentence
from dashboard.views.plan import plan_view
from dashboard.views.surer import surer
from dashboard.voice import voice_of
from events.plan import (
    CampaignLine,
    DistributionPlan,
    Estimate,
    PlanApproved,
    PlanProduced,
    SourceFile,
    TrackRecord,
    Week,
    week_starts,
)
from projections.actuals import Actuals, ChannelActual
from projections.plans import Plan
from projections.track_record import Tried
from tests.dashboard import seeding
from tests.dashboard.seeding import ACME, ANA, CHANNELS, RETURNS

OpenPage = Callable[..., AppTest]
Read = Callable[[AppTest], str]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
VOICE = voice_of("en", "EUR", NOW)
EXPECTED = Estimate(mean=2000.0, low=1800.0, high=2200.0)


def came(spent: int = 960, response: float | None = 1900.0, days: int = 14, **search: Any) -> Actuals:
    one: dict[str, Any] = {"planned": Decimal(1000), "spent": Decimal(spent), "expected": EXPECTED}
    return Actuals(
        until=date(2026, 11, 22),
        days=days,
        of_days=28,
        channels=[ChannelActual("Search", response=response, **(one | search))],
        planned=Decimal(1000),
        spent=Decimal(spent),
        expected=EXPECTED,
        response=response,
    )


@pytest.mark.parametrize(
    ("spent", "pace"),
    [
        (960, "On pace: spend is within 5% of the plan."),
        (1200, "Spend is 20% ahead of the plan."),
        (700, "Spend is 30% behind the plan."),
    ],
)
def test_the_pace_is_one_sentence(spent: int, pace: str) -> None:
    view = actuals_view(VOICE, "revenue", came(spent))

    assert pace == view.pace
    assert "The files tell of 14 of 28 days, until Nov 22, 2026." == view.until
    assert ("planned by then: €1,000", "expected by then: €2,000 (€1,800 to €2,200)") == (view.planned, view.expected)


@pytest.mark.parametrize(("response", "place"), [(1900.0, "inside"), (2500.0, "above"), (1000.0, "below")])
def test_the_result_is_set_against_the_range(response: float, place: str) -> None:
    assert place in actuals_view(VOICE, "revenue", came(response=response)).verdict


def test_where_files_cannot_tell_the_result_nothing_is_claimed() -> None:
    view = actuals_view(VOICE, "revenue", came(response=None))

    assert (None, "") == (view.brought, view.expected)
    assert "just the money is compared" in view.verdict
    assert ["Channel", "Planned by then", "Spent", "Difference"] == list(view.rows[0])


def test_money_without_a_plan_is_named() -> None:
    assert "not planned" == actuals_view(VOICE, "revenue", came(planned=Decimal(0))).rows[0]["Difference"]


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (TrackRecord(plans=0, inside=0, median_error=0.0), "No plan of yours is over yet"),
        (TrackRecord(plans=1, inside=1, median_error=0.04), "1 of 1 landed in its range, 4% from what was expected."),
        (TrackRecord(plans=10, inside=9, median_error=0.061), "9 of the last 10 plans landed in their range"),
    ],
)
def test_the_track_record_is_one_sentence(record: TrackRecord, sentence: str) -> None:
    assert sentence in record_sentence(VOICE, record)


def plan(**changes: Any) -> Plan:
    split = msgspec.structs.replace(seeding.split(), **changes)
    return Plan(
        workspace=ACME,
        campaign_id="c1",
        brief=seeding.brief(),
        status="ready",
        requested_by=ANA,
        requested_at=NOW,
        result=msgspec.structs.replace(seeding.result(), distribution_plan=split),
        position=1,
    )


@pytest.mark.parametrize(
    ("actuals", "said"),
    [
        (came(), "running: 50% of its time told"),
        (came(days=28), "inside the range"),
        (came(days=28, response=5000.0), "outside the range"),
        (came(days=28, response=None), "the files cannot tell"),
        (came(days=28, spent=2000), "not followed"),
    ],
)
def test_every_tried_plan_is_told_in_short(actuals: Actuals, said: str) -> None:
    assert said == record_rows(VOICE, [Tried(plan(), actuals)])[0]["In short"]


def test_the_widest_range_is_what_to_measure_first() -> None:
    lines = seeding.split().lines
    wide = msgspec.structs.replace(lines[2], expected=Estimate(mean=60_000, low=30_000, high=90_000))

    found = surer(VOICE, plan(lines=[*lines[:2], wide, *lines[3:]]))

    assert "The result of Video is the least certain part: between €30,000 and €90,000." in found[0]
    assert "Search would get as much as was ever tried or more. Raise it in steps" in found[1]
    assert "claims of the platforms" in found[2]


def test_a_test_that_planning_names_comes_first_and_is_no_finding() -> None:
    known = plan()
    assert known.result is not None
    first, *others = known.result.insights
    test = msgspec.structs.replace(first, kind="test", sentence="Raise TV by 20% for two weeks.")
    known = msgspec.structs.replace(known, result=msgspec.structs.replace(known.result, insights=[test, *others]))

    view = plan_view(VOICE, known, requested_by="Pia", decided_by="")

    assert "Raise TV by 20% for two weeks." == view.surer[0]
    assert 1 == len(view.findings)


def test_cells_that_were_left_out_are_worth_mending() -> None:
    source = SourceFile(file_id="f", name="Social.xlsx", revision="r", rows=9, quarantined=3)
    measured = msgspec.structs.replace(seeding.brief(), regime="channel")

    found = surer(VOICE, msgspec.structs.replace(plan(lines=[]), brief=measured, sources=[source]))

    assert ["3 cells in Social.xlsx could not be understood and count for nothing. Correct them in Drive."] == found


def begun_split(start: date) -> DistributionPlan:
    """A plan for the last five weeks that expects what the seeded rows bring."""
    end = start + timedelta(days=34)
    lines = []
    for line in seeding.split().lines:
        amount = Decimal(str(CHANNELS[line.channel] * 5))
        mean = float(amount) * RETURNS[line.channel]
        campaign = CampaignLine(
            campaign="Brand", amount=amount, share=1.0, current=amount, change=Decimal(0), returned=4.2
        )
        lines.append(
            msgspec.structs.replace(
                line, amount=amount, expected=Estimate(mean=mean, low=mean * 0.9, high=mean * 1.1), campaigns=[campaign]
            )
        )
    spent = sum((line.amount for line in lines), Decimal(0))
    mean = sum(line.expected.mean for line in lines)
    return msgspec.structs.replace(
        seeding.split(),
        lines=lines,
        start=start,
        end=end,
        spent=spent,
        expected=Estimate(mean=mean, low=mean * 0.9, high=mean * 1.1),
        weeks=[
            Week(start=day, amounts={one.channel: one.amount / 5 for one in lines}) for day in week_starts(start, end)
        ],
    )


def test_a_plan_that_is_over_is_told_on_its_page_and_in_the_record(
    engine: Engine, open_page: OpenPage, read: Read
) -> None:
    now = datetime.now(UTC)
    teller = seeding.normal(engine, now)
    split = begun_split(now.date() - timedelta(days=now.date().weekday() + 35))
    seeding.ask(teller, "c-over", msgspec.structs.replace(seeding.brief("Autumn"), start=split.start, end=split.end))
    made = msgspec.structs.replace(seeding.result(), distribution_plan=split)
    teller.tell(
        "plan",
        "c-over",
        PlanProduced(campaign_id="c-over", planning_id="p", result=made, sources=seeding.sources(), draws=None),
        PlanApproved(campaign_id="c-over"),
        actor=ANA,
    )

    page = read(open_page(engine, "plans", user=ANA, workspace=ACME, plan="c-over"))

    assert "Plan against what happened" in page
    assert "The files tell of 35 of 35 days" in page
    assert "The result lies inside the expected range." in page
    assert "One plan is over so far: 1 of 1 landed in its range" in page
    assert "Campaign by campaign" in page
    assert "Track record" in read(open_page(engine, "plans", user=ANA, workspace=ACME))
