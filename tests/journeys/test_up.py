"""`./dev up` as an operator meets it: starts, survives, says what is wrong."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.journeys.conftest import ROOT, Up

pytestmark = pytest.mark.stack

Start = Callable[..., Up]
PROGRAMS = {
    "Database": "bin/postgres",
    "Temporal": "start-dev",
    "Google sandbox": "google_drive.sandbox",
    "Worker": "-m worker$",
    "Projections": "-m projections$",
    "Dashboard": "uvicorn",
}


def _page(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status


@pytest.mark.parametrize("title", PROGRAMS)
def test_a_killed_program_is_noticed_and_comes_back(up: Up, title: str) -> None:
    seen = len(up.lines)
    _program(up, title).kill()

    up.saw(rf"! {title} stopped \(signal 9\)", 15, after=seen)
    up.saw(rf"✓ {title} is back", 60, after=seen)
    assert 200 == _page(f"{up.dashboard_url}/healthz")


def _program(up: Up, title: str) -> psutil.Process:
    children = psutil.Process(up.process.pid).children()
    return next(child for child in children if re.search(PROGRAMS[title], " ".join(child.cmdline())))


def test_state_survives_a_killed_supervisor(start_up: Start, tmp_path: Path) -> None:
    first = start_up()
    first.saw(r"✓ Plan ", 300)
    address = first.dashboard_url
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()

    second = start_up(state=tmp_path / "state")
    second.saw("Media Planner is ready", 90)

    assert address == second.dashboard_url
    answer = _cli(second, "status")
    assert answer.returncode == 0, answer.stderr
    time.sleep(1)
    assert not [line for line in second.lines if "Filling the demo workspace" in line]


def _cli(up: Up, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "MEDIA_PLANNER_STATE": str(up.state)}
    command = [Path(sys.executable).parent / "media-planner", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=120)


def test_a_second_start_on_the_same_state_is_refused(up: Up, start_up: Start) -> None:
    second = start_up(state=up.state)

    second.saw("already running", 20)
    assert second.process.wait(timeout=20) != 0


def test_a_taken_port_is_said(start_up: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = start_up(MEDIA_PLANNER_DASHBOARD_PORT=str(port))

        refused.saw(f"Port {port} is taken", 20)
        assert refused.process.wait(timeout=20) != 0


def test_a_wrong_setting_is_said(start_up: Start) -> None:
    refused = start_up(MEDIA_PLANNER_DASHBOARD_PORT="eighty")

    refused.saw("MEDIA_PLANNER_DASHBOARD_PORT is wrong", 20)
    assert refused.process.wait(timeout=20) != 0


def test_a_missing_key_file_is_said(start_up: Start, tmp_path: Path) -> None:
    (tmp_path / "state" / "postgres").mkdir(parents=True)

    refused = start_up()

    refused.saw("key file .* is missing", 20)
    assert refused.process.wait(timeout=20) != 0


def test_a_damaged_state_folder_is_said(start_up: Start, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "keys.json").write_text("not json")

    refused = start_up()

    refused.saw("key file .* is damaged", 20)
    assert refused.process.wait(timeout=20) != 0


def test_fresh_asks_before_it_forgets(start_up: Start, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "precious").write_text("kept")

    refused = start_up("--fresh")

    refused.saw("This forgets everything", 20)
    assert refused.process.wait(timeout=20) != 0
    assert (tmp_path / "state" / "precious").read_text() == "kept"


def test_everything_listens_on_loopback_only(up: Up) -> None:
    ours = {up.process.pid, *(child.pid for child in psutil.Process(up.process.pid).children(recursive=True))}
    listening = [c for c in psutil.net_connections("inet") if c.status == "LISTEN" and c.pid in ours]

    assert listening
    assert [] == [c.laddr for c in listening if c.laddr.ip not in {"127.0.0.1", "::1"}]


def test_the_whole_product_idles_in_little_memory(up: Up) -> None:
    ours = [psutil.Process(up.process.pid), *psutil.Process(up.process.pid).children(recursive=True)]

    megabytes = sum(process.memory_full_info().pss for process in ours) / 1e6

    assert megabytes < 900
