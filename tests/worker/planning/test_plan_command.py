"""`media-planner plan` as a person or a script calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.invented_histories import scenario


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "worker.planning.command", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "history.csv"
    scenario(51, "channel").rows.write_csv(path)
    return path


def test_json_holds_the_plan_and_how_sure_it_is(history: Path) -> None:
    done = run(str(history), "50000", "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert set(answer) == {
        "distribution_plan", "allocation", "insights", "confidence_score", "uplift80", "partial", "warnings"
    }  # fmt: skip
    assert sum(answer["allocation"].values()) == pytest.approx(50000, abs=0.001)
    assert answer["uplift80"][0] <= answer["uplift80"][1]
    assert answer["distribution_plan"]["budget"] == "50000.00"


def test_scoring_prints_one_flat_object(history: Path) -> None:
    answer = json.loads(run(str(history), "777.77", "--scoring").stdout)
    amounts = {name: value for name, value in answer.items() if name not in {"confidence_score", "uplift80"}}
    assert sum(amounts.values()) == pytest.approx(777.77, abs=1e-6)


def test_people_get_a_table_and_curves(history: Path) -> None:
    done = run(str(history), "50000", "--periods", "4")
    assert "Confidence:" in done.stdout
    assert "█" in done.stdout


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("date,channel,spend\n2026-01-05,tv,5\n", ["0"], "more than zero"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["a lot"], "no number"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["100", "--goal", "fame"], "Choose a goal"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["100", "--goal", "target_roas"], "needs a target"),
        ("day,channel,cost\n2026-01-05,tv,5\n", ["100"], "no column date"),
        ("date,channel,spend\nsoon,tv,5\n", ["100"], "no row with a date"),
        ("", ["100"], "no comma-separated table"),
        (None, ["100"], "There is no file"),
    ],
)
def test_bad_input_is_one_sentence_and_no_success(
    tmp_path: Path, content: str | None, arguments: list[str], words: str
) -> None:
    path = tmp_path / "history.csv"
    if content is not None:
        path.write_text(content)
    done = run(str(path), *arguments)
    assert done.returncode != 0
    assert done.stdout == ""
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
