"""The follower takes in every event exactly once, whatever the page, whoever dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from events import database, store
from events.campaign_file import FileRenamed
from events.catalogue import CATALOGUE
from events.envelope import Event
from projections import files, follower, history, page
from projections.as_of import rows_as_of
from projections.models import MODELS
from projections.read_model import Folded
from projections.rebuild import rebuild
from tests.events.samples import EVERY_EVENT, META, MOMENT, discovered, synced

RENAMED = FileRenamed(file_id="f1", old_name="f1.xlsx", name="b.xlsx", modified_at=MOMENT)
OWN_ID = {
    "file": "f1",
    "plan": "c1",
    "integration": "google_drive",
    "workspace": "self",
    "sync": "self",
    "overlap": "self",
}


def stream_for(event: Event, workspace: str) -> str:
    kind = event.NAME.split(".")[0]
    return f"{workspace}/{kind}/{getattr(event, 'file_id', None) or OWN_ID[kind]}"


def tell(engine: Engine, *events: Event, workspace: str = "w") -> None:
    with engine.begin() as connection:
        for event in events:
            store.append(connection, stream_for(event, workspace), [event], meta=META)


def content(engine: Engine) -> dict[str, list[str]]:
    """Every read model's rows, as text."""
    with engine.connect() as connection:
        return {
            model.name: list(
                connection.execute(sa.text(f"SELECT t::text FROM {model.table.name} t ORDER BY 1")).scalars()
            )
            for model in MODELS
        }


def empty(engine: Engine) -> None:
    """Set the read models back to the beginning of the log."""
    with engine.begin() as connection:
        for model in MODELS:
            connection.execute(model.table.delete())
        connection.execute(sa.text("UPDATE read_position SET position = 0"))
        connection.execute(sa.text("DELETE FROM checkpoint"))


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def behind(engine: Engine) -> int:
    with engine.connect() as connection:
        return follower.health(connection).behind


@pytest.fixture
def following(engine: Engine) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=follower.follow, args=(engine, stop))
    thread.start()
    yield stop
    stop.set()
    thread.join(timeout=20)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(st.tuples(st.sampled_from(EVERY_EVENT), st.sampled_from(["v", "w"])), min_size=1, max_size=40),
    sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=3),
)
def test_any_page_size_gives_the_same_read_models(
    engine: Engine, told: list[tuple[Event, str]], sizes: list[int]
) -> None:
    with engine.begin() as connection:
        for event, workspace in told:
            store.append(connection, stream_for(event, workspace), [event], meta=META)
    empty(engine)
    follower.catch_up(engine, 1)
    one_by_one = content(engine)

    for size in sizes:
        empty(engine)
        follower.catch_up(engine, size)

        assert one_by_one == content(engine)
    for model in MODELS:
        assert rebuild(engine, model.name).same


def test_an_event_is_visible_soon_and_lag_returns_to_zero(engine: Engine, following: threading.Event) -> None:
    tell(engine, *EVERY_EVENT)

    wait_until(lambda: behind(engine) == 0)
    with engine.connect() as connection:
        health = follower.health(connection)
        assert health.seen_at is not None
        assert health.problem is None
        assert len(EVERY_EVENT) == len(history.of(connection, "w", limit=1000))
    assert not following.is_set()


def test_two_followers_take_in_every_event_once(engine: Engine) -> None:
    stop, errors = threading.Event(), list[BaseException]()

    def run() -> None:
        while not stop.is_set():
            try:
                follower.catch_up(engine, 7)
            except BaseException as problem:  # noqa: BLE001 - shown by the assertion below
                errors.append(problem)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(1, 151):
        tell(engine, synced(f"f{number % 9}", number))
    wait_until(lambda: behind(engine) == 0)
    stop.set()
    for thread in threads:
        thread.join()

    assert [] == errors
    assert all(rebuild(engine, model.name).same for model in MODELS)


def test_a_killed_follower_loses_nothing_and_repeats_nothing(engine: Engine, migrated_url: str) -> None:
    environment = {**os.environ, "MEDIA_PLANNER_DATABASE_URL": migrated_url}
    command = [sys.executable, "-m", "projections"]
    for turn in range(3):
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
            for number in range(turn * 60 + 1, turn * 60 + 61):
                tell(engine, synced(f"f{number % 5}", number))
            wait_until(lambda: behind(engine) < 60)  # it is at work
            process.send_signal(signal.SIGKILL)

    follower.catch_up(engine)
    assert 0 == behind(engine)
    assert all(rebuild(engine, model.name).same for model in MODELS)


def test_a_lost_connection_is_found_again(engine: Engine, following: threading.Event) -> None:
    tell(engine, discovered())
    wait_until(lambda: behind(engine) == 0)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL ROLE NONE"))
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )

    tell(engine, synced())

    wait_until(lambda: behind(engine) == 0)
    assert not following.is_set()


def test_an_event_that_a_fold_cannot_take_is_parked_and_the_rest_goes_on(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = next(model for model in MODELS if model.name == "files")
    assert isinstance(model, Folded)
    fold = model.folds[type(synced())]

    def stumble(row: Any, event: Any, recorded: Any) -> Any:
        if event.revision_number == 2:
            raise ZeroDivisionError("a mistake of ours")
        return fold(row, event, recorded)

    tell(engine, discovered(), synced(number=1), synced(number=2), synced(number=3), discovered("f2"))
    monkeypatch.setitem(model.folds, type(synced()), stumble)  # type: ignore[arg-type]
    follower.catch_up(engine)
    with engine.connect() as connection:
        health = follower.health(connection)
        parked = connection.execute(sa.select(page.PARKED.c.model, page.PARKED.c.position, page.PARKED.c.reason)).all()
        assert files.of(connection, "w") == files.of(connection, "w", 5)  # the past leaves it out as well
    monkeypatch.undo()

    assert (0, 1) == (health.behind, health.parked)
    assert [("files", 3, "ZeroDivisionError: a mistake of ours")] == [tuple(row) for row in parked]
    assert rebuild(engine, "files").same  # the third revision had replaced the second
    with engine.connect() as connection:
        assert 0 == follower.health(connection).parked


def test_an_event_of_newer_software_is_parked_and_the_past_leaves_it_out(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(engine, discovered(), RENAMED, synced(number=1))
    monkeypatch.delitem(CATALOGUE.newest, (RENAMED.NAME, RENAMED.VERSION))
    monkeypatch.delitem(CATALOGUE.classes, RENAMED.NAME)

    follower.catch_up(engine)

    with engine.connect() as connection:
        assert ["files"] == connection.execute(sa.select(page.PARKED.c.model)).scalars().all()
        monkeypatch.setattr("projections.as_of.PAGE", 1)
        assert files.of(connection, "w") == files.of(connection, "w", 3)
    monkeypatch.undo()
    assert rebuild(engine, "files").same


def test_a_value_that_the_table_refuses_is_parked(engine: Engine) -> None:
    tell(engine, discovered("f1"), synced("f2", rows=2**70), discovered("f3"))

    follower.catch_up(engine)

    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT file_id FROM files ORDER BY 1")).scalars().all()
        parked = connection.execute(sa.text("SELECT position, reason FROM parked WHERE model = 'files'")).all()
    assert ["f1", "f3"] == found
    assert [2] == [row.position for row in parked]
    assert "out of range" in parked[0].reason


def test_a_log_that_went_back_is_told(engine: Engine) -> None:
    tell(engine, discovered())
    follower.catch_up(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE read_position SET position = 9"))

    with pytest.raises(page.LogWentBack, match="Rebuild every read model"):
        follower.catch_up(engine)
    for model in MODELS:
        rebuild(engine, model.name)
    tell(engine, synced("f1", 1))
    assert 1 == follower.catch_up(engine)
    assert rebuild(engine, "files").same


def test_read_models_of_another_version_are_left_alone(engine: Engine) -> None:
    tell(engine, discovered())
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE read_position SET version = 99 WHERE model = 'files'"))

    with pytest.raises(page.Fenced, match="another version"):
        follower.catch_up(engine)


def test_checkpoints_bound_a_look_into_the_past(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("page", "rebuild"):
        monkeypatch.setattr(f"projections.{module}.CHECKPOINT_EVERY", 10)
    monkeypatch.setattr("projections.as_of.KEPT", 0)
    tell(engine, *(synced(f"f{number % 3}", number) for number in range(1, 36)))
    tell(engine, discovered("other"), workspace="v")
    follower.catch_up(engine)
    with engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT DISTINCT position FROM checkpoint WHERE model = 'files'")).scalars()
        assert {10, 20, 30} == set(kept)

        def past(at: int, workspace: str = "w") -> Any:
            return sorted(rows_as_of(connection, FILES, workspace, at), key=lambda row: row.file_id)

        quick = [past(at) for at in range(37)] + [past(36, "v"), past(30, "v")]
    assert rebuild(engine, "files").same
    with engine.begin() as connection:
        assert quick[:37] == [past(at) for at in range(37)]
        connection.execute(sa.text("DELETE FROM checkpoint"))
        assert quick == [past(at) for at in range(37)] + [past(36, "v"), past(30, "v")]


def test_a_step_through_the_past_begins_where_the_last_one_ended(engine: Engine) -> None:
    tell(engine, *(synced(f"f{number % 3}", number) for number in range(1, 13)))
    with engine.connect() as connection:
        steps = [rows_as_of(connection, FILES, "w", at) for at in (9, 3, 4, 10, 9, 12)]
    fresh = database.connect(engine.url.render_as_string(hide_password=False))
    with fresh.connect() as connection:
        for at, rows in zip((9, 3, 4, 10, 9, 12), steps, strict=True):
            assert {row.file_id: row for row in rows_as_of(connection, FILES, "w", at)} == {
                row.file_id: row for row in rows
            }
    fresh.dispose()


FILES: Folded[Any] = next(model for model in MODELS if isinstance(model, Folded) and model.name == "files")
