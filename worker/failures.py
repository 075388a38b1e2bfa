"""What an activity raises, in Temporal's words: is another try of use, when, and a message that holds no secret."""

import logging
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from events.store import StreamMoved
from projections.members import NoAccess
from worker.platform import PlatformBusy, PlatformError

log = logging.getLogger(__name__)
_LONGEST_MESSAGE = 8_000


class Refused(Exception):
    """What was asked for cannot be done, now or later. The message is a sentence for people."""


class NoSuchCampaign(Refused):
    """The campaign does not exist in this workspace."""


class FailuresInWords(Interceptor):
    """Translates for every activity of a worker. Only what is expected keeps its message; the rest is in the log."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Translated(next)


class _Translated(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - Temporal's name
        try:
            return await super().execute_activity(input)
        except FailureError:
            raise
        except Exception as error:
            info = activity.info()
            where = f"{info.activity_type} of {info.workflow_id}, try {info.attempt}"
            failure = translated(error)
            if isinstance(error, PlatformError | NoAccess | Refused | StreamMoved):
                log.warning("%s: %s: %s", where, failure.type, failure.message)
            else:
                log.exception("%s failed", where)
            raise failure from None


def translated(error: Exception) -> ApplicationError:
    kind = type(error).__name__
    if isinstance(error, PlatformError):
        wait = error.retry_after if isinstance(error, PlatformBusy) else None
        delay = timedelta(seconds=wait) if wait else None
        return ApplicationError(_short(error), type=kind, non_retryable=error.terminal, next_retry_delay=delay)
    if isinstance(error, NoAccess | Refused):
        return ApplicationError(_short(error), type=kind, non_retryable=True)
    if isinstance(error, StreamMoved):
        return ApplicationError("Somebody else was first; the next try starts from what they did.", type=kind)
    return ApplicationError("An unexpected error; the worker's log describes it.", type=kind)


def _short(error: Exception) -> str:
    return str(error)[:_LONGEST_MESSAGE]
