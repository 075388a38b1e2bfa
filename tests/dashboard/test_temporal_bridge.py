"""The bridge to a real Temporal server, with a small worker where an answer matters."""

import asyncio
import base64
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from dashboard.access import temporal_bridge
from dashboard.access.temporal_bridge import NoSuchWorkflow, TemporalAway, TemporalBridge
from worker import temporal_client
from worker.contracts import (
    ForceRefresh,
    IntegrationInput,
    OAuthCallback,
    PlanningInput,
    Progress,
    sync_workflow_id,
)
from worker.embedded.ports import free
from worker.temporal_client import TemporalSettings

pytestmark = pytest.mark.temporal

PAYLOAD_KEY = base64.b64encode(bytes(range(32))).decode()
QUEUE_TAKEN = "bridge-test-" + uuid.uuid4().hex[:8]


@workflow.defn(name="PlanningWorkflow")
class Plans:
    """Answers what it was asked for until the test is over."""

    @workflow.run
    async def run(self, _asked: PlanningInput) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.query(name="GetProgressQuery")
    def progress(self) -> Progress:
        return Progress("allocator", 75)


@dataclass
class Server:
    settings: TemporalSettings

    async def connect(self) -> Client:
        return await temporal_client.connect(self.settings)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Run a worker in a loop of its own, as the worker's process does."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()

        async def started() -> Worker:
            worker = Worker(
                await self.connect(),
                task_queue=QUEUE_TAKEN,
                workflows=[Plans],
                workflow_runner=UnsandboxedWorkflowRunner(),
            )
            self.running = loop.create_task(worker.run())
            return worker

        worker = asyncio.run_coroutine_threadsafe(started(), loop).result(20)
        yield
        asyncio.run_coroutine_threadsafe(worker.shutdown(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def server(temporal_env: WorkflowEnvironment) -> Server:
    address = temporal_env.client.service_client.config.target_host
    return Server(
        TemporalSettings(address=address, namespace=temporal_env.client.namespace, payload_key=PAYLOAD_KEY)  # type: ignore[arg-type]
    )


@pytest.fixture
def bridge(server: Server, monkeypatch: pytest.MonkeyPatch) -> TemporalBridge:
    monkeypatch.setattr(temporal_bridge, "TASK_QUEUE", QUEUE_TAKEN)
    return TemporalBridge(server.connect)


def described(bridge: TemporalBridge, workflow_id: str) -> list[str]:
    """Names of what a workflow's history begins with: started, signalled."""

    async def read(client: Client) -> list[str]:
        history = await client.get_workflow_handle(workflow_id).fetch_history()
        return [event.WhichOneof("attributes") or "" for event in history.events]

    return bridge._run(read)


def fresh(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}"


def test_starting_twice_is_starting_once(bridge: TemporalBridge) -> None:
    attempt = fresh("integration")
    request = IntegrationInput("pia", "google_drive", "acme")

    bridge.start_integration(attempt, request)
    bridge.start_integration(attempt, request)

    assert 1 == described(bridge, attempt).count("workflow_execution_started_event_attributes")


def test_the_answer_of_the_consent_page_is_signalled(bridge: TemporalBridge) -> None:
    attempt = fresh("integration")
    bridge.start_integration(attempt, IntegrationInput("pia", "google_drive", "acme"))

    bridge.answer_consent(attempt, OAuthCallback(code="4/abc"))

    assert "workflow_execution_signaled_event_attributes" in described(bridge, attempt)


def test_an_answer_to_nobody_is_refused(bridge: TemporalBridge) -> None:
    with pytest.raises(NoSuchWorkflow):
        bridge.answer_consent(fresh("integration"), OAuthCallback(code="4/abc"))


def test_a_refresh_starts_the_sync_that_is_not_running(bridge: TemporalBridge) -> None:
    workspace = fresh("acme")

    bridge.force_refresh(workspace, ForceRefresh("f1"))
    bridge.force_refresh(workspace, ForceRefresh(None))

    events = described(bridge, sync_workflow_id(workspace))
    assert 1 == events.count("workflow_execution_started_event_attributes")
    assert 2 == events.count("workflow_execution_signaled_event_attributes")


def test_progress_is_asked_of_the_workflow(bridge: TemporalBridge, server: Server) -> None:
    planning_id = fresh("planning")
    with server.working():
        bridge.start_planning(planning_id, PlanningInput("c1", "acme"))
        deadline = time.monotonic() + 20
        while (found := bridge.progress(planning_id)) is None and time.monotonic() < deadline:
            time.sleep(0.05)

    assert Progress("allocator", 75) == found


def test_progress_without_a_worker_claims_nothing(bridge: TemporalBridge) -> None:
    planning_id = fresh("planning")
    bridge.start_planning(planning_id, PlanningInput("c1", "acme"))

    assert bridge.progress(planning_id) is None


def test_progress_of_a_plan_that_never_started_is_told(bridge: TemporalBridge) -> None:
    with pytest.raises(NoSuchWorkflow):
        bridge.progress(fresh("planning"))


def test_a_server_that_is_away_is_told_in_time(server: Server) -> None:
    settings = server.settings.model_copy(update={"address": f"127.0.0.1:{free()}"})
    bridge = TemporalBridge(lambda: temporal_client.connect(settings))
    began = time.monotonic()

    with pytest.raises(TemporalAway):
        bridge.force_refresh("acme", ForceRefresh(None))
    assert not bridge.answers()
    assert not bridge.has_workers()
    assert time.monotonic() - began < 15


def test_a_server_that_says_nothing_is_told_in_time() -> None:
    async def never() -> Client:
        await asyncio.sleep(60)
        raise AssertionError

    with pytest.raises(TemporalAway):
        TemporalBridge(never)._run(lambda _client: never(), seconds=0.2)


def test_it_answers_when_it_is_there_and_says_that_nobody_works(bridge: TemporalBridge) -> None:
    assert bridge.answers()
    assert not bridge.has_workers()


def test_many_threads_share_one_bridge(bridge: TemporalBridge) -> None:
    workspace = fresh("acme")
    threads = [
        threading.Thread(target=bridge.force_refresh, args=(workspace, ForceRefresh(str(place)))) for place in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    events = described(bridge, sync_workflow_id(workspace))
    assert 20 == events.count("workflow_execution_signaled_event_attributes")
