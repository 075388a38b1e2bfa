"""A follower that remembers rows between its pages gives what one that loads them each time would give."""

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from events import store
from events.campaign_file import FileRemoved
from events.envelope import Event
from projections import files
from projections.memory import Memory
from projections.models import MODELS
from projections.page import advance
from projections.read_model import Folded
from projections.rebuild import rebuild
from tests.conftest import wait_until
from tests.events.samples import EVERY_EVENT, META, discovered, synced

REMOVED = FileRemoved(file_id="f1", name="f1.xlsx", why="trashed")
FILES = st.sampled_from(
    [msgspec.structs.replace(event, file_id="f1") for event in EVERY_EVENT if event.NAME in files.MODEL.names]
)
"""Events about one file, of which each changes another part of its row."""


class Runner:
    """A connection with its memory, as the follower has them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.start()

    def start(self) -> None:
        self.connection, self.memory = self.engine.connect(), Memory()

    def page(self, size: int = 5000, *, lost: bool = False) -> int:
        transaction = self.connection.begin()
        taken = advance(self.connection, self.memory, size)
        if lost:
            transaction.rollback()
        else:
            transaction.commit()
        return taken.moved

    def end(self) -> None:
        self.connection.invalidate()
        self.connection.close()


@contextmanager
def running(engine: Engine) -> Generator[Runner]:
    runner = Runner(engine)
    try:
        yield runner
    finally:
        runner.end()


@pytest.fixture
def runner(engine: Engine) -> Iterator[Runner]:
    with running(engine) as runner:
        yield runner


def tell(engine: Engine, *events: Event) -> None:
    with engine.begin() as connection:
        for event in events:
            kind = event.NAME.split(".")[0]
            store.append(connection, f"w/{kind}/{getattr(event, 'file_id', None) or 'self'}", [event], meta=META)


def spoil(engine: Engine, name: str = "wrong") -> None:
    """Change rows behind everybody's back."""
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE files SET name = :name"), {"name": name})


def only_file(engine: Engine) -> tuple[str, str]:
    with engine.connect() as connection:
        (file,) = files.of(connection, "w")
    return file.name, file.status


STEPS = st.tuples(
    FILES | FILES | st.sampled_from(EVERY_EVENT),
    st.sampled_from(["page", "page", "page", "lost", "killed", "rebuild", "nothing"]),
    st.booleans(),
    st.integers(1, 4),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=5, max_size=30))
def test_whoever_else_writes_meanwhile_the_read_models_are_as_made_anew(
    engine: Engine, steps: list[tuple[Event, str, bool, int]]
) -> None:
    with running(engine) as one, running(engine) as other:
        for event, happening, which, size in steps:
            tell(engine, event)
            happen(one if which else other, happening, size)
        while one.page():
            pass

    assert all(rebuild(engine, model.name).same for model in MODELS if isinstance(model, Folded))


def happen(runner: Runner, what: str, size: int) -> None:
    match what:
        case "page" | "lost":
            runner.page(size, lost=what == "lost")
        case "killed":
            runner.end()
            runner.start()
        case "rebuild":
            spoil(runner.engine)
            rebuild(runner.engine, "files")
        case _:
            pass


def test_rows_of_the_last_page_are_not_loaded_again(engine: Engine, runner: Runner) -> None:
    tell(engine, discovered())
    runner.page()
    spoil(engine)
    tell(engine, REMOVED)

    runner.page()

    assert ("f1.xlsx", "removed") == only_file(engine)


def test_rows_of_a_page_that_was_not_committed_are_forgotten(engine: Engine, runner: Runner) -> None:
    tell(engine, discovered())
    runner.page()
    tell(engine, REMOVED)
    runner.page(lost=True)
    spoil(engine, "in the table")

    runner.page()

    assert ("in the table", "removed") == only_file(engine)


def test_a_rebuild_that_the_follower_waited_for_makes_it_forget(engine: Engine, runner: Runner) -> None:
    tell(engine, discovered())
    runner.page()
    with engine.begin() as other:
        other.execute(sa.text("UPDATE files SET name = 'put right'"))
        other.execute(sa.text("UPDATE read_position SET updated_at = now() WHERE model = 'files'"))
        tell(engine, REMOVED)
        thread = threading.Thread(target=runner.page)
        thread.start()
        wait_until(lambda: waiting(engine), "that the follower waits")
    thread.join()

    assert ("put right", "removed") == only_file(engine)


def waiting(engine: Engine) -> bool:
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL ROLE NONE"))
        blocked = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return connection.execute(sa.text(blocked)).first() is not None


def test_more_rows_than_may_be_kept_are_forgotten(
    engine: Engine, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.folding.MOST_KEPT", 2)
    for turn in range(1, 4):
        for number in range(4):
            tell(engine, synced(f"f{number}", turn))
            runner.page()
            mark = runner.connection.execute(sa.text("SELECT xmin::text FROM read_position WHERE model = 'files'"))
            rows = runner.memory.take("files", mark.scalar_one())
            runner.connection.rollback()
            assert 1 <= len(rows) <= 3
            runner.memory.keep("files", "", rows) if number % 2 else None

    assert rebuild(engine, "files").same
