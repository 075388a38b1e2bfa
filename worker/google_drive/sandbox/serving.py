"""Run the sandbox as a process."""

import contextlib
import signal
import socket
import struct
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from worker.google_drive.sandbox.app import make_app
from worker.google_drive.sandbox.sandbox import Sandbox
from worker.google_drive.sandbox.seeding import seed
from worker.google_drive.sandbox.state import State, Unusable

HOST = "127.0.0.1"


class Protocol(HttpToolsProtocol):
    """HTTP that can also break off: each request carries the two ways to end its connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: dict[str, Any] = {"sandbox.close": self.transport.close, "sandbox.abort": self._abort}
        self.scope["extensions"] = extensions

    def _abort(self) -> None:
        # No lingering: the kernel answers with a reset instead of an orderly end.
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


def open_sandbox(path: Path, *, empty: bool, clock: Callable[[], datetime] | None = None) -> Sandbox:
    """Open a state file; a new one gets its accounts, and the sample files unless `empty`."""
    state = State(path, clock or system_clock)
    if not len(state.accounts):
        seed(state, with_samples=not empty)
    return Sandbox(state)


def system_clock() -> datetime:
    return datetime.now(UTC)


def listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(128)
    return listener


def make_server(sandbox: Sandbox) -> uvicorn.Server:
    config = uvicorn.Config(
        make_app(sandbox),
        http=Protocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def serve(port: int, path: Path, *, empty: bool = False) -> None:
    """Serve until a signal comes. Prints the address on a line of its own once requests are answered."""
    try:
        listener = listen(port)
    except OSError:
        sys.exit(f"Port {port} is taken on {HOST}. Choose another with --port, or 0 for any free one.")
    try:
        sandbox = open_sandbox(path, empty=empty)
    except Unusable as error:
        sys.exit(str(error))
    # uvicorn ends in order and then raises the signal again: that must not skip the closing of the state file.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with listener, contextlib.closing(sandbox.state), contextlib.suppress(KeyboardInterrupt):
        # The socket listens already: whoever reads the line may connect at once.
        print(f"http://{HOST}:{listener.getsockname()[1]}", flush=True)
        make_server(sandbox).run(sockets=[listener])
