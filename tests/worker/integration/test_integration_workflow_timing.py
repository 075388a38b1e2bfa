"""The integration workflow on a clock that skips, with activities that only take notes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from worker.contracts import (
    DISCOVER_CAMPAIGN_FILES,
    HANDLE_OAUTH,
    INTEGRATION_WORKFLOW,
    OAUTH_CALLBACK_SIGNAL,
    RECORD_INTEGRATION_FAILURE,
    START_SYNC,
    STORE_INTEGRATION,
    TASK_QUEUE,
    Access,
    DiscoveredFile,
    DiscoverInput,
    Discovery,
    HandleOAuthInput,
    IntegrationFailureInput,
    IntegrationInput,
    IntegrationResult,
    OAuthCallback,
    StartSyncInput,
    StoreIntegrationInput,
)
from worker.integration.workflow import IntegrationWorkflow

pytestmark = pytest.mark.temporal
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ACCESS = Access("handle-1", ["drive.readonly"], NOW, "mia@example.com")
FILE = DiscoveredFile("f1", "Plan.xlsx", NOW, 0.9, ["It has a budget column."])


class Notes:
    def __init__(self) -> None:
        self.calls: list[object] = []
        self.refusal: ApplicationError | None = None
        self.tries = 0

    @activity.defn(name=HANDLE_OAUTH.name)
    async def handle_oauth(self, request: HandleOAuthInput) -> Access:
        self.tries += 1
        if self.refusal:
            raise self.refusal
        self.calls.append(request)
        return ACCESS

    @activity.defn(name=DISCOVER_CAMPAIGN_FILES.name)
    async def discover(self, request: DiscoverInput) -> Discovery:
        self.calls.append(request)
        return Discovery([FILE], "address")

    @activity.defn(name=STORE_INTEGRATION.name)
    async def store(self, request: StoreIntegrationInput) -> None:
        self.calls.append(request)

    @activity.defn(name=START_SYNC.name)
    async def start_sync(self, request: StartSyncInput) -> None:
        self.calls.append(request)

    @activity.defn(name=RECORD_INTEGRATION_FAILURE.name)
    async def fail(self, request: IntegrationFailureInput) -> str:
        self.calls.append(request)
        return "Not allowed. Choose Allow." if request.platform_error else request.reason


@asynccontextmanager
async def running(client, notes: Notes, identifier: str) -> AsyncIterator[WorkflowHandle]:
    activities = [notes.handle_oauth, notes.discover, notes.store, notes.start_sync, notes.fail]
    request = IntegrationInput("mia", "google_drive", "ws")
    async with Worker(client, task_queue=TASK_QUEUE, workflows=[IntegrationWorkflow], activities=activities):
        yield await client.start_workflow(
            INTEGRATION_WORKFLOW, request, id=identifier, task_queue=TASK_QUEUE, result_type=IntegrationResult
        )


async def test_no_answer_within_10_minutes_ends_as_failed(skipping, keep_history) -> None:
    notes = Notes()
    async with running(skipping.client, notes, skipping.identifier("integration")) as handle:
        result = await handle.result()
        await keep_history(handle, "integration-expired")
        times = [event.event_time.ToDatetime() async for event in handle.fetch_history_events()]

    assert result.status == "failed"
    assert "within 10 minutes" in (result.reason or "")
    assert [call.code for call in notes.calls] == ["expired"]
    assert timedelta(minutes=10) <= times[-1] - times[0] < timedelta(minutes=10, seconds=30)


async def test_an_answer_connects_and_starts_sync(client, skipping, keep_history) -> None:
    notes = Notes()
    identifier = skipping.identifier("integration")
    async with running(client, notes, identifier) as handle:
        await handle.signal(OAUTH_CALLBACK_SIGNAL, OAuthCallback(code="one-time"))
        result = await handle.result()
        await keep_history(handle, "integration-connected")

    who = ("ws", "mia", "google_drive")
    assert result == IntegrationResult("connected", [FILE])
    assert notes.calls == [
        HandleOAuthInput(*who, identifier, "one-time"),
        DiscoverInput(*who, ACCESS),
        StoreIntegrationInput(*who, identifier, ACCESS, "address"),
        StartSyncInput("ws", "mia", ["f1"]),
    ]


async def test_a_denial_says_how_to_try_again(client, skipping, keep_history) -> None:
    notes = Notes()
    async with running(client, notes, skipping.identifier("integration")) as handle:
        await handle.signal(OAUTH_CALLBACK_SIGNAL, OAuthCallback(error="access_denied"))
        result = await handle.result()
        await keep_history(handle, "integration-denied")

    assert result.status == "failed"
    assert result.reason == "Not allowed. Choose Allow."
    assert [call.platform_error for call in notes.calls] == ["access_denied"]


async def test_only_the_first_answer_counts(client, skipping, keep_history) -> None:
    notes = Notes()
    identifier = skipping.identifier("integration")
    request = IntegrationInput("mia", "google_drive", "ws")
    start = {"id": identifier, "task_queue": TASK_QUEUE, "result_type": IntegrationResult}
    handle = await client.start_workflow(
        INTEGRATION_WORKFLOW,
        request,
        start_signal=OAUTH_CALLBACK_SIGNAL,
        start_signal_args=[OAuthCallback(code="first")],
        **start,
    )
    await handle.signal(OAUTH_CALLBACK_SIGNAL, OAuthCallback(error="access_denied"))
    activities = [notes.handle_oauth, notes.discover, notes.store, notes.start_sync, notes.fail]
    async with Worker(client, task_queue=TASK_QUEUE, workflows=[IntegrationWorkflow], activities=activities):
        result = await handle.result()
        await keep_history(handle, "integration-signalled-early")

    assert result.status == "connected"
    assert notes.calls[0].authorization_code == "first"


async def test_a_final_refusal_is_tried_once_and_told_in_its_own_words(client, skipping) -> None:
    notes = Notes()
    notes.refusal = ApplicationError("Drive was not ticked.", type="ConsentRefused", non_retryable=True)
    async with running(client, notes, skipping.identifier("integration")) as handle:
        await handle.signal(OAUTH_CALLBACK_SIGNAL, OAuthCallback(code="c"))
        result = await handle.result()

    assert (result.status, result.reason) == ("failed", "Drive was not ticked.")
    assert (notes.tries, notes.calls[0].code) == (1, "refused")


async def test_a_passing_failure_is_tried_three_times(skipping, keep_history) -> None:
    notes = Notes()
    notes.refusal = ApplicationError("503", type="PlatformUnavailable")
    async with running(skipping.client, notes, skipping.identifier("integration")) as handle:
        await handle.signal(OAUTH_CALLBACK_SIGNAL, OAuthCallback(code="c"))
        result = await handle.result()
        await keep_history(handle, "integration-broken")

    assert notes.tries == 3
    assert notes.calls[0].code == "broken"
    assert "503" not in (result.reason or "")
