"""The planning workflow: progress reaches the query, and whatever breaks, there is a result."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from worker.contracts import (
    AGENTS_TASK_QUEUE,
    ANALYSIS_PROGRESS_SIGNAL,
    ASSEMBLE_PARTIAL_PLAN,
    GATHER_CAMPAIGN_DATA,
    GET_PROGRESS_QUERY,
    PLANNING_WORKFLOW,
    RECORD_PLAN_FAILURE,
    RUN_AGENT_ANALYSIS,
    STORE_PLAN,
    TASK_QUEUE,
    AnalysisInput,
    AnalysisResult,
    CampaignData,
    PartialInput,
    PlanningInput,
    PlanningResult,
    Progress,
    StorePlanInput,
)
from worker.planning.workflow import PlanningWorkflow

pytestmark = pytest.mark.temporal
DATA = CampaignData("c1", "ws", "rows", 10, 1)
RESULT = PlanningResult({"lines": []}, [], 0.5)


class Notes:
    def __init__(self) -> None:
        self.calls: list[object] = []
        self.trouble: dict[str, ApplicationError] = {}
        self.tries: list[str] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self.hang = False

    def _enter(self, name: str, call: object) -> None:
        self.tries.append(name)
        if name in self.trouble:
            raise self.trouble[name]
        self.calls.append(call)

    @activity.defn(name=GATHER_CAMPAIGN_DATA.name)
    async def gather(self, request: PlanningInput) -> CampaignData:
        self._enter("gather", request)
        return DATA

    @activity.defn(name=RUN_AGENT_ANALYSIS.name)
    async def analyze(self, work: AnalysisInput) -> AnalysisResult:
        self._enter("analyze", work)
        await self.hold.wait()
        while self.hang:  # noqa: ASYNC110 - no event: it hangs until the server gives up
            await asyncio.sleep(0.1)
        return AnalysisResult("whole")

    @activity.defn(name=ASSEMBLE_PARTIAL_PLAN.name)
    async def assemble(self, partial: PartialInput) -> AnalysisResult:
        self._enter("assemble", partial)
        return AnalysisResult("partial", partial=True, missing=["response_analyst"])

    @activity.defn(name=RECORD_PLAN_FAILURE.name)
    async def record_failure(self, failure: PartialInput) -> None:
        self._enter("record_failure", failure)

    @activity.defn(name=STORE_PLAN.name)
    async def store(self, plan: StorePlanInput) -> PlanningResult:
        self._enter("store", plan)
        return RESULT


@asynccontextmanager
async def running(client, notes: Notes, identifier: str) -> AsyncIterator[WorkflowHandle]:
    short = Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[PlanningWorkflow],
        activities=[notes.gather, notes.assemble, notes.store, notes.record_failure],
    )
    agents = Worker(client, task_queue=AGENTS_TASK_QUEUE, activities=[notes.analyze])
    async with short, agents:
        yield await client.start_workflow(
            PLANNING_WORKFLOW,
            PlanningInput("c1", "ws"),
            id=identifier,
            task_queue=TASK_QUEUE,
            result_type=PlanningResult,
        )


async def test_a_plan_is_gathered_analyzed_and_stored(client, skipping, keep_history) -> None:
    notes = Notes()
    identifier = skipping.identifier("planning")
    async with running(client, notes, identifier) as handle:
        result = await handle.result()
        await keep_history(handle, "planning-whole")
        progress = await handle.query(GET_PROGRESS_QUERY, result_type=Progress)

    assert result == RESULT
    assert progress == Progress("done", 100)
    assert notes.calls == [
        PlanningInput("c1", "ws"),
        AnalysisInput(identifier, DATA),
        StorePlanInput(identifier, "c1", "ws", AnalysisResult("whole")),
    ]


async def test_progress_only_goes_forward(client, skipping, keep_history) -> None:
    notes = Notes()
    notes.hold.clear()
    async with running(client, notes, skipping.identifier("planning")) as handle:
        seen = [await handle.query(GET_PROGRESS_QUERY, result_type=Progress)]
        for progress in (Progress("response_analyst", 60), Progress("data_steward", 20)):
            await handle.signal(ANALYSIS_PROGRESS_SIGNAL, progress)
            seen.append(await handle.query(GET_PROGRESS_QUERY, result_type=Progress))
        notes.hold.set()
        await handle.result()
        await keep_history(handle, "planning-progress")

    assert seen == [Progress("gathering", 5), Progress("response_analyst", 60), Progress("response_analyst", 60)]


@pytest.mark.parametrize(
    ("broken", "tries", "data", "why"),
    [("gather", 2, None, "trouble.unread"), ("analyze", 1, DATA, "trouble.stopped")],
)
async def test_what_breaks_gives_a_partial_plan_with_the_reason(
    skipping, keep_history, broken: str, tries: int, data: CampaignData | None, why: str
) -> None:
    notes = Notes()
    notes.trouble = {broken: ApplicationError("a secret detail")}
    async with running(skipping.client, notes, skipping.identifier("planning")) as handle:
        await handle.result()
        await keep_history(handle, f"planning-without-{broken}")

    partial = next(call for call in notes.calls if isinstance(call, PartialInput))
    assert notes.tries.count(broken) == tries
    assert partial.campaign_data == data
    assert partial.why == why


async def test_a_silent_analysis_is_given_up_and_assembled(skipping, keep_history) -> None:
    notes = Notes()
    notes.hang = True
    async with running(skipping.client, notes, skipping.identifier("planning")) as handle:
        result = await handle.result()
        await keep_history(handle, "planning-silent")

    partial = next(call for call in notes.calls if isinstance(call, PartialInput))
    assert result == RESULT
    assert notes.tries.count("analyze") == 1
    assert partial.why == "trouble.interrupted"


async def test_storing_rides_out_an_outage(skipping) -> None:
    notes = Notes()
    notes.trouble = {"store": ApplicationError("database away")}
    async with running(skipping.client, notes, skipping.identifier("planning")) as handle:
        while notes.tries.count("store") < 6:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        notes.trouble = {}
        result = await handle.result()

    assert result == RESULT


async def test_a_stranger_gets_no_plan(client, skipping, keep_history) -> None:
    notes = Notes()
    refusal = ApplicationError("You are no member.", type="NoAccess", non_retryable=True)
    notes.trouble = {"gather": refusal, "assemble": refusal}
    async with running(client, notes, skipping.identifier("planning")) as handle:
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        await keep_history(handle, "planning-refused")

    assert [call.why for call in notes.calls] == ["trouble.no_access"]
    assert notes.tries == ["gather", "assemble", "record_failure"]
