"""The worker, put together: which workflows and activities run on which queue, with how many at a time."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine
from temporalio.client import Client
from temporalio.worker import Worker

from worker.around_activities import AroundActivities
from worker.connector import Connector
from worker.contracts import AGENTS_TASK_QUEUE, TASK_QUEUE
from worker.integration.activities import IntegrationActivities
from worker.integration.workflow import IntegrationWorkflow
from worker.planning.activities import PlanningActivities
from worker.planning.language_model import Ask
from worker.planning.workflow import PlanningWorkflow
from worker.sync.activities import SyncActivities
from worker.sync.workflow import SyncWorkflow
from worker.vault import Vault

THREADS = 8
"""Activities at a time that block: each holds one thread and at most two database connections."""
CONNECTIONS = THREADS
ANALYSES = 2
WORKFLOWS = [IntegrationWorkflow, SyncWorkflow, PlanningWorkflow]
_GRACE = timedelta(seconds=30)
"""For running activities to finish when the process is told to end."""


@dataclass(frozen=True)
class Outside:
    """Everything that activities reach beyond the process."""

    engine: Engine
    vault: Vault
    connectors: Mapping[str, Connector]
    clock: Callable[[], datetime]
    words: Ask | None = None
    """The language model that words insights, if one is set."""


def workers(client: Client, outside: Outside) -> list[Worker]:
    """Make one worker for everything short, and one with few slots for long analyses: neither starves the other."""
    integration = IntegrationActivities(outside.engine, outside.vault, outside.connectors, client, outside.clock)
    sync = SyncActivities(outside.engine, outside.connectors, outside.clock)
    planning = PlanningActivities(outside.engine, client, words=outside.words)
    short = Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=WORKFLOWS,
        activities=[*integration.all(), *sync.all(), *planning.short()],
        activity_executor=ThreadPoolExecutor(THREADS, thread_name_prefix="activity"),
        max_concurrent_activities=THREADS,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),  # a killed worker is missed for 2 s, not for 10
        max_heartbeat_throttle_interval=timedelta(seconds=5),
        graceful_shutdown_timeout=_GRACE,
        interceptors=[AroundActivities()],
    )
    agents = Worker(
        client,
        task_queue=AGENTS_TASK_QUEUE,
        activities=planning.agents(),
        max_concurrent_activities=ANALYSES,
        max_heartbeat_throttle_interval=timedelta(seconds=5),
        graceful_shutdown_timeout=_GRACE,
        interceptors=[AroundActivities()],
    )
    return [short, agents]
