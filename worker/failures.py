"""What an activity raises, in Temporal's words: is another try of use, when, and a message that holds no secret."""

from datetime import timedelta

from temporalio.exceptions import ApplicationError

from events.store import StreamMoved
from projections.members import NoAccess
from worker.platform import PlatformBusy, PlatformError

_LONGEST_MESSAGE = 8_000


class Refused(Exception):
    """What was asked for cannot be done, now or later. The message is a sentence for people."""


class NoSuchCampaign(Refused):
    """The campaign does not exist in this workspace."""


def expected(error: Exception) -> bool:
    """Whether the message says everything, so that a stack trace would only be noise."""
    return isinstance(error, PlatformError | NoAccess | Refused | StreamMoved)


def translated(error: Exception) -> ApplicationError:
    """Only what is expected keeps its message; the rest is in the log."""
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
