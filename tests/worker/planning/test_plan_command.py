"""`media-planner plan` as a person or a script calls it."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console
from typer.testing import CliRunner

from events.plan import Limit, PlanResult
from tests.invented_histories import scenario
from worker.cli import app
from worker.planning import planner, terminal
from worker.planning.history import from_frame
from worker.planning.limits import BriefProblem
from worker.planning.options import Options, brief

WEEKS = from_frame(
    pl.DataFrame(
        [
            {"date": date(2026, 1, 5 + 7 * week), "channel": channel, "spend": 90.0 + week, "revenue": 300.0}
            for week in range(3)
            for channel in ("Search", "TV")
        ]
    )
)
PLAIN = Options("1000")
TODAY = date(2026, 3, 2)


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
        "distribution_plan", "allocation", "insights", "facts", "confidence_score", "confidence_word",
        "confidence_drivers", "uplift80", "partial", "missing", "warnings"
    }  # fmt: skip
    assert sum(answer["allocation"].values()) == pytest.approx(50000, abs=0.001)
    cited = [name for told in (*answer["insights"], *answer["distribution_plan"]["lines"]) for name in told["evidence"]]
    assert set(cited) <= {fact["id"] for fact in answer["facts"]}
    assert answer["uplift80"][0] <= answer["uplift80"][1]
    assert answer["distribution_plan"]["budget"] == "50000.00"


def test_scoring_prints_one_flat_object(history: Path) -> None:
    answer = json.loads(run(str(history), "777.77", "--scoring").stdout)
    amounts = {name: value for name, value in answer.items() if name not in {"confidence_score", "uplift80"}}
    assert sum(amounts.values()) == pytest.approx(777.77, abs=1e-6)


def test_every_option_of_a_brief_can_be_typed(history: Path) -> None:
    channel = scenario(51, "channel").rows["channel"][0]
    done = run(
        *(str(history), "50_000", "--weeks", "2", "--start", "2030-01-07", "--response", "revenue"),
        *("--regime", "channel", "--goal", "most_response", "--limit", f"{channel}=1000..5000", "--json"),
    )
    plan = json.loads(done.stdout)["distribution_plan"]
    assert (plan["start"], plan["end"], plan["regime"]) == ("2030-01-07", "2030-01-20", "channel")
    (line,) = [line for line in plan["lines"] if line["channel"] == channel]
    assert 1000 <= float(line["amount"]) <= 5000


def test_the_next_period_is_planned_unless_something_else_is_said() -> None:
    assert (brief(PLAIN, WEEKS, TODAY).start, brief(PLAIN, WEEKS, TODAY).end) == (date(2026, 1, 26), date(2026, 2, 1))
    assert brief(replace(PLAIN, periods=3), WEEKS, TODAY).end == date(2026, 2, 15)
    assert brief(replace(PLAIN, weeks=2, start="2026-03-02"), WEEKS, TODAY).end == date(2026, 3, 15)
    assert brief(replace(PLAIN, end="2026-02-28"), WEEKS, TODAY).end == date(2026, 2, 28)


def test_limits_and_locks_are_read() -> None:
    limits = brief(replace(PLAIN, limits=["Search=1,000..5000", "New one=50.."], locks=["TV"]), WEEKS, TODAY).limits
    assert limits == {
        "Search": Limit(at_least=Decimal(1000), at_most=Decimal(5000)),
        "New one": Limit(at_least=Decimal(50)),
        "TV": Limit(locked=True),
    }


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (replace(PLAIN, limits=["Search"]), "Write it like Search=1000..5000"),
        (replace(PLAIN, limits=["Search=5"]), "Write it like Search=1000..5000"),
        (replace(PLAIN, limits=["Search=few..5"]), "'few' in the limit"),
        (replace(PLAIN, limits=["Serch=..5"]), "Did you mean Search?"),
        (replace(PLAIN, locks=["Radio"]), "It knows Search, TV."),
        (replace(PLAIN, start="soon"), "Write it like 2026-01-31"),
        (replace(PLAIN, weeks=2, end="2026-02-28"), "either --end or --weeks"),
        (replace(PLAIN, response="fame"), "Choose a response of auto, revenue"),
        (replace(PLAIN, regime="none"), "Choose a regime of auto, channel"),
        (replace(PLAIN, goal="fame"), "Choose a goal of most_response"),
    ],
)
def test_a_slip_is_told_with_what_to_write(options: Options, words: str) -> None:
    with pytest.raises(BriefProblem) as caught:
        brief(options, WEEKS, TODAY)
    assert words in str(caught.value)


def shown(result: PlanResult, width: int) -> list[str]:
    page = StringIO()
    terminal.show(result, Console(file=page, width=width, highlight=False))
    return page.getvalue().splitlines()


@pytest.fixture(scope="module")
def rough() -> PlanResult:
    """A plan with curves and campaigns, without waiting for a fit."""
    rows = scenario(51, "channel").rows
    named = pl.concat(
        rows.with_columns(pl.lit(name).alias("campaign"), pl.col("revenue") * part)
        for name, part in (("spring and a very long name of a campaign 2026", 0.5), ("[bold]generic", 3.0))
    )
    return planner.assemble_partial(
        brief(replace(PLAIN, periods=4), WEEKS, TODAY), from_frame(named), {}, "No fit."
    ).result


@pytest.mark.parametrize("width", [80, 100, 140])
def test_people_get_a_table_and_curves_that_fit(rough: PlanResult, width: int) -> None:
    page = shown(rough, width)
    assert max(len(line) for line in page) <= width
    text = "\n".join(page)
    for line in rough.distribution_plan.lines:
        assert f"{line.amount:,.2f}" in text
        assert line.channel in text
    for words in ("Confidence", "Response curves", "█", "●", "[bold]generic", "By week", "Watch", "No fit."):
        assert words in text


def test_an_empty_plan_can_be_shown() -> None:
    empty = planner.plan(brief(PLAIN, WEEKS, TODAY), from_frame(pl.DataFrame({"date": []}))).result
    assert any("What is missing" in line for line in shown(empty, 80))


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("date,channel,spend\n2026-01-05,tv,5\n", ["0"], "more than zero"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["a lot"], "no number"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["1.000,50"], "no number"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["5.000"], "no number"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["1e400"], "at most 10,000,000,000,000"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["9" * 20], "at most 10,000,000,000,000"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["100", "--limit", "tv=..nan"], "is no number"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["100", "--goal", "fame"], "Choose a goal"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["100", "--goal", "target_roas"], "needs a target"),
        ("date,channel,spend\n2026-01-05,tv,5\n", ["100", "--language", "xx"], "There is no language 'xx'"),
        ("date,channel,spend\n2026-01-05,tv,some\n", ["100"], "no spend that is a number"),
        ("city,people\nRome,5\n", ["100"], "no column date"),
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
    done = CliRunner().invoke(app, ["plan", str(path), *arguments])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_in_the_place_of_a_history_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["plan", str(tmp_path), "100"])
    assert done.exit_code == 2
    assert f"{tmp_path} is a folder. Name one file in it." in done.stderr


def test_a_heading_without_rows_gives_a_plan_that_asks_for_spend(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("date,channel,spend,revenue\n")
    answer = json.loads(run(str(path), "1000", "--limit", "Search=200..", "--json").stdout)
    assert answer["allocation"] == {"Search": 200.0}
    assert answer["partial"]
    assert answer["confidence_score"] <= 0.05
    assert answer["missing"] == ["Spend per channel and date: connect a campaign file that has both."]


def test_a_plan_starts_without_the_libraries_of_a_server(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("date,channel,spend\n2026-01-05,tv,5\n")
    program = (
        "import sys, gc\nfrom worker.cli import app\n"
        "try:\n    app(sys.argv[1:])\nexcept SystemExit as done:\n    assert not done.code\n"
        "print(gc.isenabled(), sorted({'sqlalchemy', 'psycopg', 'temporalio', 'scipy'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, "plan", str(path), "100", "--scoring"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[1:] == ["True []"], done.stderr
