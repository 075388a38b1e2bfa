"""A rebuilt read model is the live one, and where it is not, it says so and puts it right."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from events import database, store
from projections import files, follower, schema
from projections.as_of import write_checkpoint
from projections.page import Fenced
from projections.rebuild import rebuild
from tests.events.samples import META, discovered, synced


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with engine.begin() as connection:
        for number in range(1, 31):
            file_id = f"f{number % 4}"
            store.append(connection, f"w/file/{file_id}", [discovered(file_id), synced(file_id, number)], meta=META)
    follower.catch_up(engine)
    return engine


def test_a_right_model_is_left_as_it_is(filled: Engine) -> None:
    result = rebuild(filled, "files")

    assert result.same
    assert (60, 4) == (result.position, result.rows)


def test_a_wrong_model_is_put_right_and_the_difference_is_shown(filled: Engine) -> None:
    with filled.connect() as connection:
        right = files.of(connection, "w")
    with filled.begin() as connection:
        connection.execute(sa.text("UPDATE files SET name = 'wrong' WHERE file_id = 'f1'"))
        connection.execute(sa.text("DELETE FROM files WHERE file_id = 'f2'"))
        connection.execute(sa.text("UPDATE files SET file_id = 'ghost' WHERE file_id = 'f3'"))

    result = rebuild(filled, "files")

    assert 4 == result.wrong
    assert "w / f1 held name wrong instead of f1.xlsx" == result.first_difference
    with filled.connect() as connection:
        assert right == files.of(connection, "w")
    assert rebuild(filled, "files").same


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM files WHERE file_id = 'f2'", "w / f2 was missing"),
        (
            "INSERT INTO history SELECT workspace, 99, actor, name, kind, subject FROM history LIMIT 1",
            "w / 99 should not",
        ),
        (
            "UPDATE files SET revision = repeat('x', 90), rows = 7 WHERE file_id = 'f1'",
            f"revision {'x' * 60}... instead",
        ),
    ],
)
def test_a_difference_is_told_shortly(filled: Engine, statement: str, told: str) -> None:
    with filled.begin() as connection:
        connection.execute(sa.text(statement))

    first = rebuild(filled, "history" if "history" in statement else "files").first_difference

    assert first is not None
    assert told in first
    assert len(first) < 300


def test_a_rebuild_ends_where_the_follower_stands(filled: Engine) -> None:
    with filled.begin() as connection:
        store.append(connection, "w/file/f1", [synced("f1", 31), discovered("f1")], meta=META)

    late = [rebuild(filled, name) for name in ("history", "files")]

    assert [(True, 60), (True, 60)] == [(each.same, each.position) for each in late]
    assert 2 == follower.catch_up(filled)
    assert rebuild(filled, "history").same


def test_a_model_of_another_version_is_not_rebuilt(filled: Engine) -> None:
    with filled.begin() as connection:
        connection.execute(sa.text("UPDATE read_position SET version = 99 WHERE model = 'files'"))

    with pytest.raises(Fenced, match="another version of the software"):
        rebuild(filled, "files")


def test_readers_never_see_half_a_model(filled: Engine) -> None:
    with filled.begin() as connection:
        connection.execute(sa.text("UPDATE files SET name = 'wrong'"))
    seen, stop = set[tuple[str, ...]](), threading.Event()

    def read() -> None:
        while not stop.is_set():
            with filled.connect() as connection:
                seen.add(tuple(sorted({file.name for file in files.of(connection, "w")})))

    reader = threading.Thread(target=read)
    reader.start()
    rebuild(filled, "files")
    stop.set()
    reader.join()

    assert seen <= {("wrong",), ("f0.xlsx", "f1.xlsx", "f2.xlsx", "f3.xlsx")}


def test_a_new_version_starts_anew_and_is_full_when_it_is_seen(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.page.CHECKPOINT_EVERY", 2)
    with filled.begin() as connection:
        write_checkpoint(connection, files.MODEL, 1, files.TABLE.name)
    object.__setattr__(files.MODEL, "version", files.VERSION + 1)
    try:
        schema.migrate(filled)
        with filled.connect() as connection:
            assert 4 == len(files.of(connection, "w"))
            assert 0 == follower.health(connection).behind
            checkpoints = sa.text("SELECT DISTINCT version, position FROM checkpoint WHERE model = 'files'")
            kept = {(version, position) for version, position in connection.execute(checkpoints)}
            assert {(files.VERSION + 1, at) for at in range(2, store.head(connection) + 1, 2)} == kept
        assert rebuild(filled, "files").same
    finally:
        object.__setattr__(files.MODEL, "version", files.VERSION)


def test_checkpoints_of_the_layout_before_become_text(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.as_of.KEPT", 0)
    with filled.begin() as connection:
        write_checkpoint(connection, files.MODEL, 60, files.TABLE.name)
        now = files.of(connection, "w")
        connection.exec_driver_sql("SET LOCAL ROLE NONE")
        connection.exec_driver_sql("ALTER TABLE checkpoint ALTER rows TYPE jsonb USING rows::text::jsonb")
        connection.exec_driver_sql("ALTER TABLE files RESET (fillfactor)")
        connection.exec_driver_sql("UPDATE schema_applied SET fingerprint = 'of before' WHERE part = 'projections'")

    schema.migrate(filled)

    with filled.connect() as connection:
        kinds = "SELECT pg_typeof(rows)::text, reloptions FROM checkpoint, pg_class WHERE relname = 'files'"
        assert {("json", "fillfactor=50")} == {(kind, *room) for kind, room in connection.exec_driver_sql(kinds)}
        assert now == files.of(connection, "w", 60)


def test_an_unknown_name_is_refused(engine: Engine) -> None:
    with pytest.raises(KeyError):
        rebuild(engine, "nothing")


def test_six_processes_that_start_at_once_make_one_schema(database_url: str) -> None:
    start, errors = threading.Barrier(6), list[BaseException]()

    def run() -> None:
        engine = database.connect(database_url, pool_size=1)
        start.wait()
        try:
            schema.migrate(engine)
        except BaseException as problem:  # noqa: BLE001 - shown by the assertion below
            errors.append(problem)
        engine.dispose()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == errors
