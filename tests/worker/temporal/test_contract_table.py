"""The agreed table of workflows and activities, held against what the code really asks of Temporal."""

import ast
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity, workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from worker import contracts as c
from worker.integration.workflow import IntegrationWorkflow
from worker.planning.workflow import PlanningWorkflow
from worker.sync.workflow import SyncWorkflow

NOW = datetime(2026, 3, 1, tzinfo=UTC)

# name: (seconds from start to close, tries)
AGREED = {
    "HandleOAuthActivity": (60, 3),
    "DiscoverCampaignFilesActivity": (120, 3),
    "CheckForUpdatesActivity": (60, 3),
    "SyncFileActivity": (180, 3),
    "GatherCampaignDataActivity": (30, 2),
    "RunAgentAnalysisActivity": (300, 1),
}
OUR_OWN = {
    "StoreIntegrationActivity": (30, 10),
    "StartSyncActivity": (30, 10),
    "RecordIntegrationFailureActivity": (30, 10),
    "RecordFileFailureActivity": (30, 10),
    "RecordPlanFailureActivity": (30, 10),
    "StorePlanActivity": (30, 10),
    "AssemblePartialPlanActivity": (30, 10),
}

# name: (class, signals, queries)
WORKFLOWS: dict[str, tuple[type, set[str], set[str]]] = {
    "IntegrationWorkflow": (IntegrationWorkflow, {"OAuthCallbackSignal"}, set()),
    "SyncWorkflow": (SyncWorkflow, {"ForceRefreshSignal"}, set()),
    # The signal is internal: the running analysis tells its workflow how far it is (see worker/README.md).
    "PlanningWorkflow": (PlanningWorkflow, {"AnalysisProgressSignal"}, {"GetProgressQuery"}),
}

WORKFLOW_FILES = sorted((Path(__file__).parents[3] / "worker").glob("*/workflow.py"))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_its_name_and_at_most_one_signal_and_one_query(name: str) -> None:
    cls, signals, queries = WORKFLOWS[name]
    definition = workflow._Definition.must_from_class(cls)

    assert definition.name == name
    assert set(definition.signals) == signals
    assert set(definition.queries) == queries
    assert len(definition.signals) <= 1
    assert len(definition.queries) <= 1
    assert definition.updates == {}


def test_ids_are_as_agreed() -> None:
    assert c.integration_workflow_id("mia", 1772323200) == "integration-mia-1772323200"
    assert c.sync_workflow_id("ws") == "sync-ws"
    assert c.planning_workflow_id("c1", 1772323200) == "planning-c1-1772323200"


def test_inputs_and_outputs_are_as_agreed() -> None:
    assert _fields(c.IntegrationInput) == ["user_id", "platform", "workspace_id"]
    assert _fields(c.IntegrationResult)[:2] == ["status", "discovered_files"]
    assert _fields(c.SyncInput)[:2] == ["workspace_id", "file_ids"]
    assert _fields(c.PlanningInput) == ["campaign_id", "workspace_id"]
    assert _fields(c.PlanningResult)[:3] == ["distribution_plan", "insights", "confidence_score"]
    assert _fields(c.OAuthCallback) == ["code", "error"]
    assert _fields(c.ForceRefresh) == ["file_id"]
    assert _fields(c.Progress) == ["status", "percent_complete"]


@pytest.mark.parametrize("file", WORKFLOW_FILES, ids=lambda file: file.parent.name)
def test_a_workflow_is_linear_and_starts_no_other(file: Path) -> None:
    calls = {node.attr for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Attribute)}

    assert (
        calls & {"start_child_workflow", "execute_child_workflow", "execute_local_activity", "signal_external"} == set()
    )
    assert calls & {"execute_activity", "start_activity"} == set(), "activities go through activity_call.run"


def test_the_waits_are_as_agreed() -> None:
    assert c.OAUTH_WAIT.total_seconds() == 10 * 60
    assert c.SYNC_EVERY.total_seconds() == 15 * 60
    assert c.SYNC_CONTINUE_AS_NEW_AFTER.total_seconds() == 24 * 60 * 60


@activity.defn(dynamic=True)
async def _any_activity(_: Sequence[RawValue]) -> Any:
    answer = ANSWERS[activity.info().activity_type]
    if isinstance(answer, Exception):
        raise answer
    return answer


FAILURE = ApplicationError("no", non_retryable=True)
ANSWERS: dict[str, object] = {
    "HandleOAuthActivity": c.Access("h", [], NOW, "mia@example.com"),
    "DiscoverCampaignFilesActivity": c.Discovery([], "a"),
    "StartSyncActivity": FAILURE,
    "CheckForUpdatesActivity": c.CheckResult([c.UpdatedFile("f", NOW)], NOW, connected=False),
    "SyncFileActivity": FAILURE,
    "GatherCampaignDataActivity": c.CampaignData("c1", "ws", "b", 1, 1),
    "RunAgentAnalysisActivity": FAILURE,
    "AssemblePartialPlanActivity": c.AnalysisResult("b", partial=True),
    "StorePlanActivity": FAILURE,
    "RecordPlanFailureActivity": None,
    "StoreIntegrationActivity": None,
    "RecordIntegrationFailureActivity": "It did not work. Try again.",
    "RecordFileFailureActivity": None,
}
STARTS = {
    "IntegrationWorkflow": (c.IntegrationInput("mia", "google_drive", "ws"), c.OAuthCallback(code="c")),
    "SyncWorkflow": (c.SyncInput("ws"), None),
    "PlanningWorkflow": (c.PlanningInput("c1", "ws"), None),
}


@pytest.mark.temporal
async def test_timeouts_and_tries_reach_the_server_as_agreed(client: Client, skipping: Any) -> None:
    workflows = [cls for cls, _, _ in WORKFLOWS.values()]
    main = Worker(client, task_queue=c.TASK_QUEUE, workflows=workflows, activities=[_any_activity])
    agents = Worker(client, task_queue=c.AGENTS_TASK_QUEUE, activities=[_any_activity])
    async with main, agents:
        asked = await asyncio.gather(*(_asked_by(client, name, skipping.identifier("table")) for name in STARTS))

    assert {name: terms for part in asked for name, terms in part.items()} == AGREED | OUR_OWN


async def _asked_by(client: Client, name: str, identifier: str) -> dict[str, tuple[float, int]]:
    argument, callback = STARTS[name]
    signal = {"start_signal": c.OAUTH_CALLBACK_SIGNAL, "start_signal_args": [callback]} if callback else {}
    handle = await client.start_workflow(name, argument, id=identifier, task_queue=c.TASK_QUEUE, **signal)
    with suppress(WorkflowFailureError):  # what is asked for matters here, not how it ends
        await handle.result()
    terms: dict[str, tuple[float, int]] = {}
    async for event in handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            asked = event.activity_task_scheduled_event_attributes
            seconds = asked.start_to_close_timeout.ToTimedelta().total_seconds()
            terms[asked.activity_type.name] = (seconds, asked.retry_policy.maximum_attempts)
    return terms


def _fields(cls: type) -> list[str]:
    return list(cls.__dataclass_fields__)
