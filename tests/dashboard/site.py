"""A running dashboard: its real server as a process of its own, which may be stopped and started again."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
STANDS_AT = "MEDIA_PLANNER_TEST_CLOCK"
"""Where the clock of `tests.dashboard.still:app` stands."""


def environment(database_url: str, user: str, temporal_address: str = "127.0.0.1:9") -> dict[str, str]:
    """Settings of a dashboard for one demo user. Without another address Temporal is away, and so is Google."""
    return os.environ | {
        "MEDIA_PLANNER_DATABASE_URL": database_url,
        "MEDIA_PLANNER_SIGN_IN": "demo",
        "MEDIA_PLANNER_DEMO_USER": user,
        "MEDIA_PLANNER_GOOGLE_SANDBOX_URL": "http://127.0.0.1:9",
        "MEDIA_PLANNER_TEMPORAL_ADDRESS": temporal_address,
        "MEDIA_PLANNER_PAYLOAD_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    }


@dataclass
class Site:
    """An application served by uvicorn; `app` is looked for in `folder`."""

    port: int
    environment: dict[str, str]
    app: str = "dashboard.asgi:app"
    folder: Path = ROOT
    ready: str = "/healthz"
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", self.app, "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < deadline, "The dashboard did not start within 60 s."
            time.sleep(0.02)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(20)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}{self.ready}").is_success
        except httpx.TransportError:
            return False
