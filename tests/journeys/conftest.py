"""The whole product, started as a person starts it, in a throw-away folder."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from worker.embedded.stack import running_environment

ROOT = Path(__file__).parents[2]


@dataclass
class Up:
    """A running `./dev up`: what it printed, and its programs."""

    process: "subprocess.Popen[str]"
    state: Path
    lines: list[str] = field(default_factory=list[str])
    reader: threading.Thread | None = None

    def saw(self, pattern: str, seconds: float = 60, after: int = 0) -> re.Match[str]:
        """Wait for a printed line that matches."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in self.lines[after:]:
                if found := re.search(pattern, line):
                    return found
            if self.process.poll() is not None or any("is not complete" in line for line in self.lines[after:]):
                break
            time.sleep(0.05)
        raise AssertionError(f"no line like {pattern!r} within {seconds} s in:\n" + "".join(self.lines))

    @property
    def environment(self) -> dict[str, str]:
        found = running_environment(self.state)
        assert found is not None
        return found

    @property
    def dashboard_url(self) -> str:
        return self.environment["MEDIA_PLANNER_DASHBOARD_URL"]

    @property
    def sandbox_url(self) -> str:
        return self.environment["MEDIA_PLANNER_GOOGLE_SANDBOX_URL"]

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=60)
        if self.reader is not None:
            self.reader.join(timeout=10)
        return code


def start(state: Path, *arguments: str, **environment: str) -> Up:
    process = subprocess.Popen(
        [sys.executable, "-m", "worker.embedded", "up", *arguments],
        cwd=ROOT,
        env={**os.environ, "MEDIA_PLANNER_STATE": str(state), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    up = Up(process, state)
    up.reader = threading.Thread(target=_collect, args=(up,), daemon=True)
    up.reader.start()
    return up


def _collect(up: Up) -> None:
    assert up.process.stdout is not None
    with up.process.stdout as output:
        for line in output:
            up.lines.append(line)


@pytest.fixture(scope="session")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One stack for all journeys, with its demo workspace filled."""
    running = start(tmp_path_factory.mktemp("state"))
    running.saw(r"Media Planner is ready", 120)
    running.saw(r"✓ Plan ", 300)
    yield running
    running.stop()


@pytest.fixture
def start_up(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """Start stacks of the test's own; all are stopped at its end."""
    started: list[Up] = []

    def begin(*arguments: str, state: Path | None = None, **environment: str) -> Up:
        started.append(start(state or tmp_path / "state", *arguments, **environment))
        return started[-1]

    yield begin
    for running in started:
        running.stop()
