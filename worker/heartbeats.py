"""Tell Temporal that the process is alive while an activity's thread is busy."""

import contextvars
import threading
from collections.abc import Generator
from contextlib import contextmanager

from temporalio import activity


@contextmanager
def alive(every: float = 4.0) -> Generator[None]:
    """Heartbeat from a second thread. A body that is stuck is ended by its start-to-close timeout, not by silence."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(every):
            activity.heartbeat()

    thread = threading.Thread(target=contextvars.copy_context().run, args=(beat,), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
