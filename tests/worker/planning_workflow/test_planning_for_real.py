"""Planning from synced files: real rows, real agents, real events; and what is left when something breaks."""

import asyncio
import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import ActivityEnvironment

from events.plan import (
    Brief,
    FindingStored,
    Limit,
    PlanFailed,
    PlanPartiallyProduced,
    PlanProduced,
    PlanRequested,
)
from events.workspace import MemberRemoved, SettingsChanged
from projections import follower, plans
from projections.members import NoAccess
from worker.contracts import (
    GET_PROGRESS_QUERY,
    PLANNING_WORKFLOW,
    STAGES,
    TASK_QUEUE,
    AnalysisInput,
    PartialInput,
    PlanningInput,
    PlanningResult,
    Progress,
    StorePlanInput,
)
from worker.failures import NoSuchCampaign
from worker.google_drive.sandbox.accounts import MARA
from worker.planning.activities import PlanningActivities
from worker.planning.gathering import NotYours
from worker.planning.voice import Voice

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]
BRIEF = Brief(title="Spring", budget=Decimal(30_000), start=date(2026, 1, 5), end=date(2026, 4, 5))


def history() -> bytes:
    """Seventy weeks of three channels whose revenue flattens with spend."""
    lines = ["Week,Channel,Spend,Revenue"]
    for week in range(70):
        day = date(2024, 9, 2) + timedelta(weeks=week)
        for number, (channel, scale) in enumerate((("Search", 900), ("Social", 600), ("TV", 1500))):
            spend = scale * (1 + 0.5 * math.sin(week * (number + 1) * 1.7)) + 50
            revenue = 4000 * (number + 1) * spend / (spend + scale)
            lines.append(f"{day},{channel},{spend:.2f},{revenue:.2f}")
    return "\n".join(lines).encode()


@pytest.fixture
async def planned(world):
    """A workspace with synced history and a running worker."""
    world.google.control.add_file(MARA.email, "Media performance.csv", history(), "text/csv")
    async with world.working():
        await world.connect()
        await world.synced()
        follower.catch_up(world.engine)
        yield world


@pytest.fixture
def activities(world) -> PlanningActivities:
    return PlanningActivities(world.engine, world.client)


def ask(world, campaign: str = "c1", brief: Brief = BRIEF, actor: str = "mia", workspace: str | None = None) -> None:
    stream = f"{workspace or world.workspace}/plan/{campaign}"
    world.append(stream, PlanRequested(campaign_id=campaign, brief=brief), actor=actor)


async def start(world, campaign: str = "c1"):
    identifier = f"planning-{campaign}-{world.workspace}"
    world.attempts.append(identifier)
    return await world.client.start_workflow(
        PLANNING_WORKFLOW,
        PlanningInput(campaign, world.workspace),
        id=identifier,
        task_queue=TASK_QUEUE,
        result_type=PlanningResult,
    )


async def test_a_plan_spends_the_budget_and_its_making_can_be_followed(planned) -> None:
    ask(planned)
    handle = await start(planned)
    result = asyncio.create_task(handle.result())
    seen: list[Progress] = []
    while not result.done():
        seen.append(await handle.query(GET_PROGRESS_QUERY, result_type=Progress))
        await asyncio.sleep(0.05)
    done = await result
    follower.catch_up(planned.engine)
    with planned.engine.connect() as database:
        plan = plans.one(database, planned.workspace, "c1")

    told = planned.told(PlanProduced.NAME, PlanPartiallyProduced.NAME)
    assert [type(event) for event in told] == [PlanProduced]
    assert plan is not None
    assert plan.status == "ready"
    assert plan.result == told[0].result
    assert [source.name for source in plan.sources] == ["Media performance.csv"]
    lines = done.distribution_plan["lines"]
    assert sum(Decimal(line["amount"]) for line in lines) == BRIEF.budget
    assert {line["channel"].lower() for line in lines} == {"search", "social", "tv"}
    assert 0 < done.confidence_score <= 1
    assert not done.partial
    agents = [event.agent for event in planned.told(FindingStored.NAME)]
    assert set(agents) == {"data_steward", "response_analyst", "allocator", "critic", "narrator"}
    percents = [progress.percent_complete for progress in seen]
    assert percents == sorted(percents)
    assert "response_analyst" in {progress.status for progress in seen}
    assert {progress.status for progress in seen} <= dict(STAGES).keys()


async def test_a_brief_that_contradicts_itself_gives_an_empty_plan_with_the_reason(planned) -> None:
    contradictory = Brief(
        title="Too much",
        budget=Decimal(1000),
        start=BRIEF.start,
        end=BRIEF.end,
        limits={"Search": Limit(at_least=Decimal(900)), "TV": Limit(at_least=Decimal(900))},
    )
    ask(planned, brief=contradictory)
    result = await (await start(planned)).result()

    told = planned.told(PlanPartiallyProduced.NAME)
    assert result.partial
    assert result.distribution_plan["lines"] == []
    assert len(told) == 1
    assert told[0].result.warnings[0].endswith(".")
    assert "1,800" in told[0].result.warnings[0] or "1800" in told[0].result.warnings[0]


async def test_without_any_rows_there_is_still_a_result(world) -> None:
    ask(world)
    async with world.working():
        result = await (await start(world)).result()

    assert result.partial
    assert result.missing
    assert len(world.told(PlanPartiallyProduced.NAME)) == 1


async def test_a_campaign_of_another_workspace_is_refused(world) -> None:
    world.add_workspace("other")
    ask(world, workspace="other")
    async with world.working():
        with pytest.raises(WorkflowFailureError):
            await (await start(world)).result()

    assert world.told(PlanPartiallyProduced.NAME, PlanProduced.NAME) == []
    assert world.told(PlanPartiallyProduced.NAME, PlanProduced.NAME, workspace="other") == []


async def test_a_viewers_request_is_refused(world, activities) -> None:
    ask(world, actor="vera")
    for activity in (activities.gather,):
        with pytest.raises(NoAccess):
            await asyncio.to_thread(ActivityEnvironment().run, activity, PlanningInput("c1", world.workspace))
    with pytest.raises(NoSuchCampaign):
        await asyncio.to_thread(ActivityEnvironment().run, activities.gather, PlanningInput("c2", world.workspace))


async def test_who_may_not_plan_any_more_learns_that_no_plan_will_come(world) -> None:
    ask(world)
    world.append(f"{world.workspace}/workspace/self", MemberRemoved(user="mia"), actor="otto")
    async with world.working():
        with pytest.raises(WorkflowFailureError):
            await (await start(world)).result()

    assert [event.campaign_id for event in world.told(PlanFailed.NAME)] == ["c1"]


async def test_a_plan_that_failed_says_why_in_the_language_of_the_workspace(world, activities) -> None:
    ask(world)
    settings = SettingsChanged(title="Haus", currency="EUR", locale="de_DE")
    world.append(f"{world.workspace}/workspace/self", settings, actor="otto")
    refused = PartialInput("p", "c1", world.workspace, "trouble.no_access")
    await asyncio.to_thread(ActivityEnvironment().run, activities.record_failure, refused)

    reasons = [event.reason for event in world.told(PlanFailed.NAME)]
    assert reasons == [Voice("de").say("trouble.no_access")]


async def test_rows_of_another_workspace_are_refused(world, activities) -> None:
    world.add_workspace("other")
    ask(world, workspace="other")
    ask(world)
    run = ActivityEnvironment().run
    theirs = await asyncio.to_thread(run, activities.gather, PlanningInput("c1", "other"))
    stolen = type(theirs)("c1", world.workspace, theirs.blob, theirs.rows, theirs.files)

    with pytest.raises(NotYours):
        await run(activities.run_agent_analysis, AnalysisInput("p", stolen))
    with pytest.raises(NotYours):
        await asyncio.to_thread(
            run, activities.assemble_partial, PartialInput("p", "c1", world.workspace, "why", stolen)
        )


async def test_an_analysis_that_takes_too_long_returns_what_there_is(planned) -> None:
    ask(planned)
    hurried = PlanningActivities(planned.engine, planned.client, seconds=0.1)
    run = ActivityEnvironment().run
    data = await asyncio.to_thread(run, hurried.gather, PlanningInput("c1", planned.workspace))
    analysis = await run(hurried.run_agent_analysis, AnalysisInput("p1", data))

    assert analysis.partial
    stored = StorePlanInput("p1", "c1", planned.workspace, analysis)
    result = await asyncio.to_thread(run, hurried.store_plan, stored)
    assert result.partial
    told = planned.told(PlanPartiallyProduced.NAME)
    assert any("longer than" in warning for warning in told[0].result.warnings)


async def test_a_plan_is_stored_once(planned, activities) -> None:
    ask(planned)
    run = ActivityEnvironment().run
    partial = PartialInput("p1", "c1", planned.workspace, "It was interrupted.")
    analysis = await asyncio.to_thread(run, activities.assemble_partial, partial)
    for _ in range(3):
        await asyncio.to_thread(run, activities.store_plan, StorePlanInput("p1", "c1", planned.workspace, analysis))

    told = planned.told(PlanPartiallyProduced.NAME)
    assert [event.result.warnings for event in told] == [["It was interrupted."]]


async def test_killed_during_the_analysis_it_gives_what_was_found(world, process) -> None:
    world.google.control.add_file(MARA.email, "Media performance.csv", history(), "text/csv")
    with process(dies_at=FindingStored.NAME) as first:
        await world.connect()
        await world.synced()
        follower.catch_up(world.engine)
        ask(world)
        handle = await start(world)
        await world.until(lambda: first.poll() is not None)
        with process():
            result = await handle.result()
            await world.end()

    told = world.told(PlanPartiallyProduced.NAME)
    assert result.partial
    assert len(told) == 1
    assert any("interrupted" in warning for warning in told[0].result.warnings)
    assert told[0].result.missing
    assert [event.agent for event in world.told(FindingStored.NAME)] == ["data_steward"]
    assert sum(line.amount for line in told[0].result.distribution_plan.lines) == BRIEF.budget
