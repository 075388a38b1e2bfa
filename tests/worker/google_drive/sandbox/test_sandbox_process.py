"""The sandbox as a process of its own: start, kill, start again."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from google_auth_oauthlib.flow import Flow

from worker.google_drive.sandbox.accounts import ACCOUNTS, CLIENT_ID, CLIENT_SECRET, INES, MARA, THEO
from worker.google_drive.sandbox.control_client import SandboxControl
from worker.google_drive.sandbox.running import running

ROOT = Path(__file__).parents[4]
READONLY = "https://www.googleapis.com/auth/drive.readonly"


@contextmanager
def process(state: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "worker.google_drive.sandbox", "--state", str(state), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        try:
            yield started.stdout.readline().strip(), started
        finally:
            started.kill()


def tokens(url: str, consent: Any) -> dict[str, Any]:
    flow: Flow = type(consent)(url).flow([READONLY])
    address, _ = flow.authorization_url(access_type="offline", prompt="consent")
    with SandboxControl(url) as control:
        code = httpx.URL(control.consent(address, MARA.email)).params["code"]
    token = flow.fetch_token(code=code)
    flow.oauth2session.close()
    return token


def listing(url: str, token: dict[str, Any]) -> list[dict[str, Any]]:
    headers = {"authorization": f"Bearer {token['access_token']}"}
    fields = {"fields": "files(id,name,version)", "orderBy": "name"}
    return httpx.get(f"{url}/drive/v3/files", params=fields, headers=headers).raise_for_status().json()["files"]


def test_a_killed_sandbox_remembers_what_it_answered(tmp_path: Path, consent: Any) -> None:
    state = tmp_path / "deep" / "sandbox.sqlite"
    with process(state, "--empty") as (url, first):
        token = tokens(url, consent)
        with SandboxControl(url) as control:
            kept = control.add_file(MARA.email, "a.csv", b"a,b\n1,2\n", "text/csv")
            control.set_export_limit(1234)
            control.edit_cell(kept, "A2", "9")
        before = listing(url, token)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    with process(state) as (url, _):
        assert before == listing(url, token)
        form = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
        again = httpx.post(f"{url}/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET))
        headers = {"authorization": f"Bearer {again.json()['access_token']}"}
        content = httpx.get(f"{url}/drive/v3/files/{kept}?alt=media", headers=headers).content

    assert content == b"a,b\n9,2\n"
    assert state.stat().st_mode & 0o077 == 0


def test_a_kill_between_two_writes_loses_no_answered_one(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.sqlite"
    answered: dict[str, bytes] = {}
    with process(state, "--empty") as (url, started), SandboxControl(url) as control:
        threading.Timer(0.5, started.kill).start()
        with pytest.raises(httpx.TransportError):
            add_files(control, answered)
    with running(state) as again:
        kept = {file["id"] for file in again.control.files(MARA.email)}
        contents = {file_id: again.sandbox.state.content(file_id) for file_id in answered}

    assert answered
    assert answered == contents
    assert set(answered) <= kept


def add_files(control: SandboxControl, answered: dict[str, bytes]) -> None:
    for number in range(10_000):
        data = f"number\n{number}\n".encode()
        answered[control.add_file(MARA.email, f"{number}.csv", data, "text/csv")] = data


def test_one_state_file_serves_one_sandbox(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.sqlite"
    other = tmp_path / "notes.txt"
    other.write_text("This is no state file at all. " * 100)
    with process(state, "--empty"):
        second = refused(state)
    third = refused(other)

    assert "is in use by another sandbox" in second
    assert "is no state file of the sandbox" in third


def refused(state: Path, *options: str) -> str:
    command = [sys.executable, "-m", "worker.google_drive.sandbox", "--state", str(state), *options]
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_a_start_is_quick_and_small(tmp_path: Path) -> None:
    with process(tmp_path / "sandbox.sqlite") as (url, started):
        assert httpx.get(f"{url}/healthz").text == "ok\n"
        first = psutil.Process(started.pid).memory_info().rss
    begin = time.monotonic()
    with process(tmp_path / "sandbox.sqlite") as (url, started):
        took = time.monotonic() - begin
        assert httpx.get(url).status_code == 200
        later = psutil.Process(started.pid).memory_info().rss

    assert took < 5  # half a second on an idle machine; the bound is for a busy one
    assert max(first, later) < 80 * 2**20


def test_the_first_start_brings_the_sample_files(tmp_path: Path) -> None:
    with running(tmp_path / "one.sqlite") as one, running(tmp_path / "two.sqlite") as two:
        mine = one.control.files(MARA.email)
        drives = [drive.name for drive in one.sandbox.state.drives]

        assert mine
        assert drives
        assert one.control.files(THEO.email) == []
        assert one.control.files(INES.email)
        assert {file["id"] for file in mine} == {file["id"] for file in two.control.files(MARA.email)}
        assert {file["owner"] for file in mine} > {MARA.email}


def test_the_samples_arrive_in_their_places(tmp_path: Path) -> None:
    with running(tmp_path / "one.sqlite") as one:
        state = one.sandbox.state
        for file in state.files:
            assert file.is_root or all(state.files.get(parent) is not None for parent in file.parents)
        assert {account.email for account in state.accounts} == {account.email for account in ACCOUNTS}


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with process(tmp_path / "one.sqlite", "--empty") as (url, _):
        port = str(httpx.URL(url).port)

        assert f"Port {port} is taken" in refused(tmp_path / "two.sqlite", "--port", port)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(tmp_path: Path, how: signal.Signals) -> None:
    with process(tmp_path / "one.sqlite", "--empty") as (url, started), httpx.Client() as client:
        client.get(url)
        started.send_signal(how)
        started.wait(timeout=5)

    assert not list(tmp_path.glob("*-journal"))
