"""Run the sandbox in a thread, for tests."""

import contextlib
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from worker.google_drive.sandbox.control_client import SandboxControl
from worker.google_drive.sandbox.sandbox import Sandbox
from worker.google_drive.sandbox.serving import HOST, listen, make_server, open_sandbox


@dataclass(frozen=True)
class Running:
    url: str
    control: SandboxControl
    sandbox: Sandbox
    """The server's inside. Read it if you must; change things with `control`."""


@contextlib.contextmanager
def running(
    path: Path, *, port: int = 0, empty: bool = False, clock: Callable[[], datetime] | None = None
) -> Generator[Running]:
    """Serve a state file until the block ends. `empty` starts a new one without sample files.

    with running(tmp_path / "sandbox.sqlite") as sandbox: talk to sandbox.url
    """
    sandbox = open_sandbox(path, empty=empty, clock=clock)
    server = make_server(sandbox)
    with listen(port) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        with SandboxControl(url) as control:
            try:
                yield Running(url, control, sandbox)
            finally:
                server.should_exit = True
                thread.join()
                sandbox.state.close()
