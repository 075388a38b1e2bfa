"""Run an activity from a workflow with exactly the timeout and tries of its contract."""

from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy

from worker.contracts import ALIVE, ActivityContract

Result = TypeVar("Result")


def retries(contract: ActivityContract) -> RetryPolicy:
    """Wait 1 s, then twice as long each time. An activity that knows better, as from Retry-After, says so itself."""
    return RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2,
        maximum_interval=timedelta(minutes=1),
        maximum_attempts=contract.tries,
    )


async def run(
    contract: ActivityContract, argument: Any, returns: type[Result], task_queue: str | None = None
) -> Result:
    return await workflow.execute_activity(
        contract.name,
        argument,
        result_type=returns,
        task_queue=task_queue,
        start_to_close_timeout=contract.timeout,
        heartbeat_timeout=ALIVE,
        retry_policy=retries(contract),
    )
