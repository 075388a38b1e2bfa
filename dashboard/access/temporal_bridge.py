"""From Streamlit's threads to Temporal: one event loop thread and one client a process, and a limit on every wait."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from worker import temporal_client
from worker.contracts import (
    FORCE_REFRESH_SIGNAL,
    GET_PROGRESS_QUERY,
    INTEGRATION_WORKFLOW,
    OAUTH_CALLBACK_SIGNAL,
    PLANNING_WORKFLOW,
    SYNC_WORKFLOW,
    TASK_QUEUE,
    ForceRefresh,
    IntegrationInput,
    OAuthCallback,
    PlanningInput,
    Progress,
    SyncInput,
    sync_workflow_id,
)

T = TypeVar("T")
WAIT = 8.0
"""Seconds a click may wait for Temporal before the page says that it is away."""
QUERY_WAIT = timedelta(seconds=2)


class TemporalAway(Exception):
    """Temporal gave no answer in time. What was recorded before stays recorded."""


class NoSuchWorkflow(Exception):
    """The workflow does not exist or has ended."""


class Temporal(Protocol):
    """What pages and routes ask of Temporal. Every call raises TemporalAway when nobody answers."""

    def start_integration(self, workflow_id: str, request: IntegrationInput) -> None: ...

    def answer_consent(self, workflow_id: str, callback: OAuthCallback) -> None:
        """Raise NoSuchWorkflow when the attempt is over."""
        ...

    def force_refresh(self, workspace: str, request: ForceRefresh) -> None:
        """Signal the workspace's sync; start it when it is not running."""
        ...

    def start_planning(self, workflow_id: str, request: PlanningInput) -> None:
        """Start it once: a second start of the same id is harmless."""
        ...

    def progress(self, workflow_id: str) -> Progress | None:
        """None when no worker answers right now. Raise NoSuchWorkflow when planning never started."""
        ...

    def answers(self) -> bool: ...

    def has_workers(self) -> bool:
        """Tell whether anybody takes the work that workflows hand out; False as well when Temporal is away."""
        ...


class TemporalBridge:
    """Holds the loop thread and the client. Connects at the first call and again after a failure."""

    def __init__(self, connect: Callable[[], Coroutine[Any, Any, Client]] | None = None) -> None:
        self._connect = connect or _connect
        self._client: Client | None = None
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="temporal", daemon=True).start()

    def start_integration(self, workflow_id: str, request: IntegrationInput) -> None:
        self._run(lambda client: _start(client, INTEGRATION_WORKFLOW, request, workflow_id))

    def answer_consent(self, workflow_id: str, callback: OAuthCallback) -> None:
        async def signal(client: Client) -> None:
            await client.get_workflow_handle(workflow_id).signal(OAUTH_CALLBACK_SIGNAL, callback)

        self._run(signal)

    def force_refresh(self, workspace: str, request: ForceRefresh) -> None:
        async def signal_or_start(client: Client) -> None:
            await client.start_workflow(
                SYNC_WORKFLOW,
                SyncInput(workspace_id=workspace),
                id=sync_workflow_id(workspace),
                task_queue=TASK_QUEUE,
                start_signal=FORCE_REFRESH_SIGNAL,
                start_signal_args=[request],
            )

        self._run(signal_or_start)

    def start_planning(self, workflow_id: str, request: PlanningInput) -> None:
        self._run(lambda client: _start(client, PLANNING_WORKFLOW, request, workflow_id))

    def progress(self, workflow_id: str) -> Progress | None:
        async def query(client: Client) -> Progress | None:
            handle = client.get_workflow_handle(workflow_id)
            try:
                return await handle.query(GET_PROGRESS_QUERY, result_type=Progress, rpc_timeout=QUERY_WAIT)
            except (WorkflowQueryFailedError, WorkflowQueryRejectedError):
                return None
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    raise
                return None

        return self._run(query)

    def answers(self) -> bool:
        async def ask(client: Client) -> bool:
            return await client.service_client.check_health(timeout=QUERY_WAIT)

        try:
            return self._run(ask, seconds=3)
        except TemporalAway:
            return False

    def has_workers(self) -> bool:
        async def ask(client: Client) -> bool:
            queue = TaskQueue(name=TASK_QUEUE)
            kind = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
            request = DescribeTaskQueueRequest(namespace=client.namespace, task_queue=queue, task_queue_type=kind)
            answer = await client.workflow_service.describe_task_queue(request, timeout=QUERY_WAIT)
            return bool(answer.pollers)

        try:
            return self._run(ask, seconds=3)
        except TemporalAway:
            return False

    def _run(self, ask: Callable[[Client], Coroutine[Any, Any, T]], seconds: float = WAIT) -> T:
        future = asyncio.run_coroutine_threadsafe(self._asked(ask), self._loop)
        try:
            return future.result(seconds)
        except TimeoutError as error:
            future.cancel()
            raise TemporalAway from error
        except temporal_client.TemporalUnreachable as error:
            raise TemporalAway from error
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise NoSuchWorkflow from error
            raise TemporalAway from error

    async def _asked(self, ask: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        if self._client is None:
            self._client = await self._connect()
        return await ask(self._client)


async def _connect() -> Client:
    return await temporal_client.connect(temporal_client.TemporalSettings())  # pyright: ignore[reportCallIssue]


async def _start(client: Client, workflow: str, request: object, workflow_id: str) -> None:
    await client.start_workflow(
        workflow,
        request,
        id=workflow_id,
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
