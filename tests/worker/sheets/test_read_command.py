"""`media-planner read`: JSON lines for scripts, sentences for people, and no file that stops the others."""

import json
import subprocess
import sys
from pathlib import Path

GOOD = "Campaign,Day,Cost (EUR),Clicks\nA,2026-01-05,10.50,3\nB,2026-01-06,see note,4\n"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from worker.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "read", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_each_file_gives_one_json_line(tmp_path: Path) -> None:
    good, broken, missing = tmp_path / "good.csv", tmp_path / "broken.xlsx", tmp_path / "missing.csv"
    good.write_text(GOOD)
    broken.write_bytes(b"PK\x03\x04 broken")

    done = run(str(broken), str(missing), str(good), "--json")

    answers = {Path(line["file"]).name: line for line in map(json.loads, done.stdout.splitlines())}
    assert answers["good.csv"]["is_campaign"] is True
    assert answers["good.csv"]["sums"]["spend"] == 10.5
    assert answers["good.csv"]["n_rows"] == 2
    assert answers["good.csv"]["currency"] == "EUR"
    assert answers["good.csv"]["quarantined"] == 1
    assert answers["broken.xlsx"]["error"]["code"] == "damaged"
    assert answers["missing.csv"]["error"]["code"] == "not_found"


def test_people_see_sums_and_what_was_set_aside(tmp_path: Path) -> None:
    good = tmp_path / "good.csv"
    good.write_text(GOOD)

    done = run(str(good))

    assert done.returncode == 0
    assert "campaign file with actuals" in done.stdout
    assert "C3" in done.stdout
    assert "see note" in done.stdout


def test_people_see_a_sentence_for_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()

    done = run(str(empty))

    assert done.returncode == 1
    assert "empty.csv is empty" in done.stderr
    assert "Traceback" not in done.stderr
