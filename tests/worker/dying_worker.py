"""A worker that dies by kill -9 around one commit: `dying_worker.py EVENT before|after MARKER`.

It dies at the first commit that appends EVENT, right before or right after it, once: MARKER remembers that it did.
Everything else is the product's own process.
"""

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from events import store
from worker import temporal_client
from worker.__main__ import main

EVENT, MOMENT, MARKER = sys.argv[1], sys.argv[2], Path(sys.argv[3])
told = threading.local()


def watch_appends() -> None:
    append = store.append

    def watched(connection: Any, stream: str, events: Any, **options: Any) -> Any:
        told.here = told.__dict__.get("here", False) or any(event.NAME == EVENT for event in events)
        return append(connection, stream, events, **options)

    store.append = watched


def watch_commits() -> None:
    commit = DefaultDialect.do_commit

    def watched(dialect: Any, connection: Any) -> None:
        dying = told.__dict__.pop("here", False) and not MARKER.exists()
        if dying and MOMENT == "before":
            die()
        commit(dialect, connection)
        if dying:
            die()

    DefaultDialect.do_commit = watched


def die() -> None:
    MARKER.touch()
    os.kill(os.getpid(), signal.SIGKILL)


watch_appends()
watch_commits()
temporal_client.leave(main())
