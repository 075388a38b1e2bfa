"""`media-planner read`: JSON lines for scripts, sentences for people, and no file that stops the others."""

import json
import subprocess
import sys
from pathlib import Path

GOOD = "Campaign,Day,Cost (EUR),Clicks\nA,2026-01-05,10.50,3\nB,2026-01-06,see note,4\n"


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from worker.cli import main; main()", "read", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=60)


def test_each_file_gives_one_json_line(tmp_path: Path) -> None:
    good, broken, missing = tmp_path / "good.csv", tmp_path / "broken.xlsx", tmp_path / "missing.csv"
    good.write_text(GOOD)
    broken.write_bytes(b"PK\x03\x04 broken")

    done = run(str(broken), str(missing), str(tmp_path), "-", str(good), "--json", given=GOOD)

    answers = {Path(line["file"]).name: line for line in map(json.loads, done.stdout.splitlines())}
    assert answers["good.csv"]["is_campaign"] is True
    assert answers["good.csv"]["sums"]["spend"] == 10.5
    assert answers["good.csv"]["n_rows"] == 2
    assert answers["good.csv"]["currency"] == "EUR"
    assert answers["good.csv"]["quarantined"] == 1
    assert answers["broken.xlsx"]["error"]["code"] == "damaged"
    assert answers["missing.csv"]["error"]["code"] == "not_found"
    assert answers["missing.csv"]["sums"] == dict.fromkeys(answers["good.csv"]["sums"])
    assert "is a folder" in answers[tmp_path.name]["error"]["message"]
    assert answers["-"]["sums"] == answers["good.csv"]["sums"]


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


def test_a_script_learns_by_line_and_exit_status_that_a_file_cannot_be_read(tmp_path: Path) -> None:
    good, absent = tmp_path / "good.csv", tmp_path / "absent.csv"
    good.write_text("Campaign,Date,Spend\nA,2026-03-01,10\n")

    done = run("--json", str(absent), str(good))

    assert done.returncode == 1
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["not_found", None] == [one.get("error", {}).get("code") for one in told]


MESSY = (
    "Quarterly numbers\n\nWas,Wann,Wieviel,Treffer\n"
    'A,03/04/2026,"1,234",3\nB,04/04/2026,"2,5",4\nC,05/04/2026,offen,5\nTotal,,99,12\n'
)


def test_a_person_decides_what_columns_mean(tmp_path: Path) -> None:
    file = tmp_path / "messy.csv"
    file.write_text(MESSY)
    columns = ["--column", "Was=campaign", "--column", "Wann=date", "--column", "C=spend", "--column", "Treffer=clicks"]

    done = run(
        str(file), "--json", "--header-row", "3", *columns, "--currency", "chf", "--date-order", "mdy", "--decimal", ","
    )

    answer = json.loads(done.stdout)
    assert answer["sums"]["spend"] == 3.734
    assert answer["sums"]["clicks"] == 12
    assert answer["currency"] == "CHF"
    assert answer["tables"][0]["header_rows"] == [3]
    assert answer["tables"][0]["date_format"] == "%m/%d/%Y"
    assert answer["dropped"] == 1


def test_a_wrong_decision_ends_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "good.csv"
    file.write_text(GOOD)

    unknown, no_tab = run(str(file), "--column", "Cost=money"), run(str(file), "--tab", "Plan", "--json")

    assert unknown.returncode == 2
    assert "--column is NAME=MEANING" in " ".join(unknown.stderr.split())
    assert json.loads(no_tab.stdout)["error"]["code"] == "pinned_tab"
    assert "Traceback" not in unknown.stderr + no_tab.stderr


def test_people_see_columns_rows_left_out_and_cells_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "messy.csv"
    file.write_text(
        "Campaign,Day,Cost,Clicks,Owner\nA,2026-01-05,10.50,3,me\nB,2026-01-06,[see] note,4,you\nTotal,,10.50,7,\n"
    )

    shown = run(str(file)).stdout

    for text in ("header in row 1", "Cost", "spend", "Owner", "not read", "1 cells set aside", "C3", "[see] note",
                 "not a number", "1 rows left out", "total"):  # fmt: skip
        assert text in shown
