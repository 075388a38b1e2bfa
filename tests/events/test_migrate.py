"""A database that an earlier version made is brought up to date, and nothing in it loses its proof."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import Engine

from events import database, schema, store, verify
from events.recorder import LogRecorder
from events.store import KeyReused, StreamMoved
from events.verify import Anchor
from tests.events.samples import META, discovered, synced

FIRST_LAYOUT = Path(__file__).with_name("layouts") / "first.sql"
KEY = uuid.uuid5(uuid.NAMESPACE_URL, "an old fact")
KEY_OF_NEW = uuid.uuid5(uuid.NAMESPACE_URL, "a new fact")
OLD = [[discovered()], [synced(), synced(number=2)], [synced(number=3)]]


@pytest.fixture
def anchors(database_url: str) -> list[Anchor]:
    """Fill a log in the first layout with three appends and a library user's state; keep an anchor after each."""
    anchors: list[Anchor] = []
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(FIRST_LAYOUT.read_bytes())
        for number, events in enumerate(OLD):
            items = [{"name": e.NAME, "schema": e.VERSION, "data": json.loads(store.encode(e))} for e in events]
            _append(connection, "w/file/f1", items, str(KEY) if number == 1 else None)
            anchors.append(_anchor(connection))
        state = {"name": "Topic", "schema": 0, "state": "AP8=", "stream": "a/b/1", "version": 1}
        _append(connection, "", [state], None)
        anchors.append(_anchor(connection))
    return anchors


@pytest.fixture
def engine(database_url: str, anchors: list[Anchor]) -> Iterator[Engine]:
    assert 4 == len(anchors)
    engine = database.connect(database_url)
    schema.migrate(engine)
    yield engine
    engine.dispose()


def _append(connection: psycopg.Connection, stream: str, items: list[dict[str, Any]], key: str | None) -> None:
    entry = {"stream": stream, "meta": {"actor": "ana"}, "key": key, "events": items}
    connection.execute("SELECT append_events(%s::jsonb)", (json.dumps(entry),))


def _anchor(connection: psycopg.Connection) -> Anchor:
    row = connection.execute(
        "SELECT position, encode(root, 'hex') FROM event ORDER BY position DESC LIMIT 1"
    ).fetchone()
    assert row is not None
    return Anchor(*row)


def test_old_events_keep_their_proof(engine: Engine, anchors: list[Anchor]) -> None:
    with engine.connect() as connection:
        for anchor in anchors:
            assert verify.verify(connection, anchor).problem is None
            assert verify.verify_export(verify.export(connection), anchor).problem is None
        assert [event for append in OLD for event in append] == [each.event for each in store.read(connection)]
    assert b"\x00\xff" == LogRecorder(engine, str).select_events("a/b/1")[0].state


def test_a_change_made_before_is_still_found(database_url: str, anchors: list[Anchor]) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE event SET meta = jsonb_set(meta, '{actor}', '\"eve\"') WHERE position = 2")
    engine = database.connect(database_url)
    schema.migrate(engine)

    with engine.connect() as connection:
        verdict = verify.verify(connection, anchors[-1])
    engine.dispose()
    assert verdict.problem is not None
    assert 2 == verdict.problem.position


def test_the_log_goes_on_where_it_stood(engine: Engine) -> None:
    with engine.begin() as connection:
        assert store.append(connection, "w/file/f1", OLD[1], meta=META, key=KEY).repeated
    with engine.begin() as connection:
        assert (6,) == store.append(connection, "w/file/f1", [synced(number=4)], meta=META, expected=4).positions
    with pytest.raises(KeyReused), engine.begin() as connection:
        store.append(connection, "w/file/f2", OLD[1], meta=META, key=KEY)
    with pytest.raises(StreamMoved), engine.begin() as connection:
        store.append(connection, "w/file/f1", [synced()], meta=META, expected=4)
    with engine.connect() as connection:
        verdict = verify.verify(connection)
        assert verdict.problem is None
        assert 6 == verdict.events
        assert [1, 2, 3, 4, 5] == [each.version for each in store.read(connection, stream="w/file/f1")]


def test_a_second_start_changes_nothing(engine: Engine, anchors: list[Anchor]) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE NONE")
        connection.exec_driver_sql("DELETE FROM schema_applied")

    schema.migrate(engine)

    with engine.connect() as connection:
        assert anchors[-1] == verify.verify(connection).anchor


def test_an_append_function_that_returned_columns_is_replaced(engine: Engine) -> None:
    arguments = "text, uuid, integer, integer, text, text, text, boolean"
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE NONE")
        connection.exec_driver_sql(f"DROP FUNCTION append_events({arguments})")
        connection.exec_driver_sql(
            f"CREATE FUNCTION append_events({arguments}, OUT first bigint, OUT last bigint, OUT repeated boolean)"
            " LANGUAGE sql AS 'SELECT 1::bigint, 1::bigint, true'"
        )
        connection.exec_driver_sql("DELETE FROM schema_applied")

    schema.migrate(engine)

    with engine.begin() as connection:
        appended = store.append(connection, "w/file/f1", [synced(number=4)] * 3, meta=META, key=KEY_OF_NEW)
    with engine.begin() as connection:
        repeated = store.append(connection, "w/file/f1", [synced(number=4)] * 3, meta=META, key=KEY_OF_NEW)
        assert verify.verify(connection).problem is None
    assert ((6, 7, 8), False) == (appended.positions, appended.repeated)
    assert ((6, 7, 8), True) == (repeated.positions, repeated.repeated)
