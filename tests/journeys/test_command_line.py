"""The `media-planner` command as analysts, operators and auditors use it."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, Up

pytestmark = pytest.mark.stack


def _run(*arguments: str, state: Path | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
    chosen = {"MEDIA_PLANNER_STATE": str(state)} if state else {}
    return subprocess.run(
        [Path(sys.executable).parent / "media-planner", *arguments],
        cwd=ROOT,
        env={**os.environ, **chosen, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=280,
    )


def test_the_demo_does_the_whole_main_job(tmp_path: Path) -> None:
    answer = _run("demo", "--json")

    assert answer.returncode == 0, answer.stdout + answer.stderr
    told = json.loads(answer.stdout)
    assert {"status", "discovered_files", "synced_files", "rows", "plan", "events", "seconds"} == set(told)
    assert told["discovered_files"] >= 6
    assert told["synced_files"] == told["discovered_files"]
    assert told["rows"] > 0
    plan = told["plan"]["distribution_plan"]
    assert Decimal(plan["budget"]) == sum(Decimal(line["amount"]) for line in plan["lines"])
    assert len(told["plan"]["insights"]) >= 1
    assert 0 <= told["plan"]["confidence_score"] <= 1


def test_status_names_every_service(up: Up) -> None:
    answer = _run("status", "--json", state=up.state)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    services = json.loads(answer.stdout)
    assert {"database", "projections", "temporal", "worker", "dashboard"} == set(services)
    assert all(state.startswith("ok") for state in services.values())


def test_lag_is_none(up: Up) -> None:
    answer = _run("lag", state=up.state)

    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.startswith("0 events behind")


def test_the_log_is_proved_unbroken_here_and_from_an_export(up: Up, tmp_path: Path) -> None:
    verified = _run("audit", "verify", state=up.state)
    exported = _run("audit", "export", str(tmp_path / "log.jsonl"), state=up.state)
    anchor = verified.stdout.splitlines()[-1]
    elsewhere = _run("audit", "verify", "--file", str(tmp_path / "log.jsonl"), "--anchor", anchor)

    assert verified.returncode == exported.returncode == elsewhere.returncode == 0
    assert "unbroken" in elsewhere.stdout


def test_a_changed_export_is_found_out(up: Up, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    _run("audit", "export", str(log), state=up.state)
    log.write_text(log.read_text().replace("Next quarter", "Last quarter", 1))

    answer = _run("audit", "verify", "--file", str(log))

    assert answer.returncode == 1
    assert "broken at position" in answer.stdout


def test_a_file_that_is_no_export_is_refused_in_one_sentence(up: Up, tmp_path: Path) -> None:
    noise = tmp_path / "noise"
    noise.write_bytes(b"\0\1\2")

    refused = _run("audit", "verify", "--file", str(noise))
    unwritten = _run("audit", "export", str(tmp_path / "nowhere" / "log.jsonl"), state=up.state)
    unknown = _run("audit", "replay", "--stream", "demo/plan/nope", state=up.state)

    assert (1, 1, 1) == (refused.returncode, unwritten.returncode, unknown.returncode)
    assert "is no export of the log" in refused.stderr
    assert "can't be written: No such file or directory." in unwritten.stderr
    assert "nothing is known of 'demo/plan/nope'" in unknown.stderr
    assert "Traceback" not in refused.stderr + unwritten.stderr + unknown.stderr


def test_replay_shows_the_state_as_it_was(up: Up) -> None:
    lines = _run("audit", "replay", "--workspace", "demo", "--json", state=up.state).stdout.splitlines()
    events = [json.loads(line) for line in lines[:-1]]
    connected = next(event["position"] for event in events if event["name"] == "integration.connected")

    before = _run("audit", "replay", "--workspace", "demo", "--until", str(connected), "--json", state=up.state)
    state = json.loads(before.stdout.splitlines()[-1])

    assert state["position"] == connected
    assert state["connections"][0]["status"] == "connected"
    assert state["rows"] == 0
    assert state["plans"] == []
    assert json.loads(lines[-1])["rows"] > 0


def test_replay_follows_one_stream(up: Up) -> None:
    answer = _run("audit", "replay", "--stream", "demo/plan/next-quarter", "--json", state=up.state)

    names = [json.loads(line)["name"] for line in answer.stdout.splitlines()[:-1]]
    assert names[0] == "plan.requested"
    assert names[-1] in {"plan.produced", "plan.partially_produced"}


def test_every_read_model_is_rebuilt_to_the_same(up: Up) -> None:
    answer = _run("rebuild", "all", state=up.state)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "performance rows: read again from the kept bytes; 0 files differed." in answer.stdout


def test_an_operator_founds_a_workspace_once(up: Up) -> None:
    found = ("workspace", "acme", "--title", "Acme", "--owner", "ana@example.com")

    first, second = _run(*found, state=up.state), _run(*found, state=up.state)

    assert first.returncode == 0, first.stderr
    assert "is ready" in first.stdout
    assert second.returncode != 0
    assert "is there already" in second.stderr


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (("--owner", "nomail"), "'nomail' is no e-mail address"),
        (("--title", " "), "A workspace needs a title"),
        (("--currency", "euro"), "'euro' is no currency"),
        (("--locale", "german"), "'german' is no language"),
    ],
)
def test_a_workspace_that_nobody_could_use_is_refused(up: Up, changed: tuple[str, str], sentence: str) -> None:
    answer = _run("workspace", "other", "--title", "Other", "--owner", "ana@example.com", *changed, state=up.state)

    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_command_that_is_not_there_is_said() -> None:
    answer = subprocess.run([ROOT / "dev", "nonsense"], check=False, capture_output=True, text=True, timeout=280)

    assert answer.returncode == 1
    assert "There is no command nonsense, neither of ./dev nor in the environment." in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("rebuild", "nonsense"), "There is no read model nonsense"),
        (("audit", "replay", "--until", "yesterday"), "neither a position nor a time"),
        (("audit", "verify", "--anchor", "x"), "An anchor looks like"),
        (("audit", "verify", "--file", "nowhere.jsonl"), "There is no file"),
        (("lag",), "Nothing runs here"),
    ],
)
def test_bad_input_gets_one_sentence(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    answer = _run(*arguments, state=tmp_path)

    assert answer.returncode != 0
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_that_does_not_answer_is_said() -> None:
    answer = _run("lag", MEDIA_PLANNER_DATABASE_URL="postgresql://nobody:secret@127.0.0.1:1/none")

    assert answer.returncode != 0
    assert "The database does not answer" in answer.stderr
    assert "secret" not in answer.stderr + answer.stdout
