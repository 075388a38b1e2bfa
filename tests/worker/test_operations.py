"""What an operator is told about the log and the read models, and by which exit status."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from typer.testing import CliRunner, Result

from events import store
from events.campaign_file import FileSynced
from events.catalogue import CATALOGUE
from projections import follower
from tests.events.samples import META, discovered, synced
from worker.cli import app
from worker.trouble import Trouble

Run = Callable[..., Result]


@pytest.fixture
def run(engine: Engine, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MEDIA_PLANNER_DATABASE_URL", migrated_url)
    with engine.begin() as connection:
        store.append(connection, "w/file/f1", [discovered("f1"), synced("f1")], meta=META)
    follower.catch_up(engine)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def change(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_a_rebuild_says_whether_the_live_rows_were_right(engine: Engine, run: Run) -> None:
    right = run("rebuild", "files")
    change(engine, "UPDATE files SET name = 'wrong'")
    wrong = run("rebuild", "files")

    assert 0 == right.exit_code
    assert "files: 1 rows as of position 2, 0 events parked. The same as what was live.\n" == right.output
    assert 1 == wrong.exit_code
    assert "It differed from what was live in 1 rows, which are right now. w / f1 held name wrong inst" in wrong.output
    assert 0 == run("rebuild", "files").exit_code


def test_a_model_of_another_version_is_refused_in_one_sentence(engine: Engine, run: Run) -> None:
    change(engine, "UPDATE read_position SET version = 99 WHERE model = 'files'")

    refused = run("rebuild", "files").exception

    assert isinstance(refused, Trouble)
    assert "The read model files was made by another version of the software." in str(refused)


def test_the_lag_is_told_in_events(engine: Engine, run: Run) -> None:
    with engine.begin() as connection:
        store.append(connection, "w/file/f1", [synced("f1", 2)], meta=META)

    late = run("lag")
    follower.catch_up(engine)
    there = run("lag")

    assert (1, True) == (late.exit_code, late.output.startswith("1 events behind position 3; 0 parked;"))
    assert (0, True) == (there.exit_code, there.output.startswith("0 events behind position 3;"))


def test_a_replay_says_that_an_event_needs_newer_software(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(CATALOGUE.newest, (FileSynced.NAME, FileSynced.VERSION))
    monkeypatch.delitem(CATALOGUE.classes, FileSynced.NAME)

    refused = run("audit", "replay").exception

    assert isinstance(refused, Trouble)
    assert "The event file.synced in version 1 is not known here: update the software." == str(refused)
