"""What happens around every activity of a worker: it shows that it is alive, and fails in words."""

import asyncio
import logging
from typing import Any

from temporalio import activity
from temporalio.exceptions import FailureError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from worker.failures import expected, translated

log = logging.getLogger(__name__)


class AroundActivities(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Around(next)


class _Around(ActivityInboundInterceptor):
    def init(self, outbound: ActivityOutboundInterceptor) -> None:
        self._outbound = outbound
        super().init(outbound)

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - Temporal's name
        beating = asyncio.create_task(self._beat())
        try:
            return await super().execute_activity(input)
        except FailureError:
            raise
        except Exception as error:  # noqa: BLE001 - every error of an activity comes through here
            _log(error)
            raise translated(error) from None
        finally:
            beating.cancel()

    async def _beat(self) -> None:
        """Heartbeat while the body works in its thread. A stuck body is ended by its start-to-close timeout."""
        timeout = activity.info().heartbeat_timeout
        while timeout is not None:
            self._outbound.heartbeat()
            await asyncio.sleep(timeout.total_seconds() / 4)


def _log(error: Exception) -> None:
    info = activity.info()
    where = f"{info.activity_type} of {info.workflow_id}, try {info.attempt}"
    if expected(error):
        log.warning("%s: %s: %s", where, type(error).__name__, error)
    else:
        log.error("%s failed", where, exc_info=error)
