"""What an append promises: one order without gaps, each fact once, nothing lost that was acknowledged."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from events import store
from events.envelope import Meta, business_key, stream_of
from events.plan import Estimate, PlanFailed
from events.store import KeyReused, NotStorable, StreamMoved
from events.workspace import MemberAdded, WorkspaceCreated
from tests.events.samples import META, MOMENT, discovered, synced

STREAM = stream_of("w", "file", "f1")


def test_an_event_comes_back_with_its_place_and_cause(engine: Engine) -> None:
    with engine.begin() as connection:
        appended = store.append(connection, STREAM, [discovered(), synced()], meta=META)

    with engine.connect() as connection:
        first, second = store.read(connection)
        assert (1, 2) == appended.positions == (first.position, second.position)
        assert (1, 2) == (first.version, second.version)
        assert ("w", STREAM, META) == (first.workspace, first.stream, first.meta)
        assert [discovered(), synced()] == [first.event, second.event]
        assert abs(datetime.now(UTC) - first.at) < timedelta(minutes=1)
        assert 2 == store.head(connection)


def test_the_same_key_stores_a_fact_once(engine: Engine) -> None:
    key = business_key("w", "f1", "revision")
    for attempt in range(200):
        with engine.begin() as connection:
            appended = store.append(connection, STREAM, [discovered(), synced()], meta=META, key=key)

        assert (1, 2) == appended.positions
        assert (attempt > 0) == appended.repeated

    with engine.connect() as connection:
        assert 2 == store.head(connection)


def test_a_key_of_another_fact_is_refused(engine: Engine) -> None:
    key = business_key("w", "f1")
    with engine.begin() as connection:
        store.append(connection, STREAM, [synced()], meta=META, key=key)

    for stream, events in ((STREAM, [discovered()]), (STREAM, [synced(), synced()]), ("w/file/f2", [synced()])):
        with pytest.raises(KeyReused), engine.begin() as connection:
            store.append(connection, stream, events, meta=META, key=key)


def test_a_connection_killed_after_the_commit_stores_once(engine: Engine, migrated_url: str) -> None:
    key = business_key("w", "killed")
    with engine.connect() as connection:
        pid = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        store.append(connection, STREAM, [synced()], meta=META, key=key)
        connection.commit()
        with psycopg.connect(migrated_url, autocommit=True) as killer:
            killer.execute("SELECT pg_terminate_backend(%s)", (pid,))
        connection.invalidate()

    with engine.begin() as connection:  # the activity never heard of its success and tries again
        appended = store.append(connection, STREAM, [synced()], meta=META, key=key)

    assert appended.repeated
    with engine.connect() as connection:
        assert 1 == store.head(connection)


def test_a_connection_killed_before_the_commit_stores_nothing(engine: Engine, migrated_url: str) -> None:
    with pytest.raises(OperationalError), engine.connect() as connection:  # noqa: PT012
        pid = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        store.append(connection, STREAM, [synced()], meta=META)
        with psycopg.connect(migrated_url, autocommit=True) as killer:
            killer.execute("SELECT pg_terminate_backend(%s)", (pid,))
        store.head(connection)

    with engine.begin() as connection:
        assert (1,) == store.append(connection, STREAM, [synced()], meta=META).positions


def test_a_rollback_leaves_neither_event_nor_gap(engine: Engine) -> None:
    with engine.connect() as connection:
        store.append(connection, STREAM, [synced()], meta=META)
        connection.rollback()
        store.append(connection, STREAM, [discovered()], meta=META)
        connection.commit()

        assert [(1, discovered())] == [(each.position, each.event) for each in store.read(connection)]


def test_of_eight_writers_who_expect_the_same_version_one_wins(engine: Engine) -> None:
    start = threading.Barrier(8)

    def write(number: int) -> int | None:
        start.wait()
        try:
            with engine.begin() as connection:
                store.append(connection, STREAM, [synced(number=number + 1)], meta=META, expected=0)
        except StreamMoved as moved:
            return moved.actual
        return None

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(write, range(8)))

    assert 1 == outcomes.count(None)
    assert 7 == outcomes.count(1)

    with engine.connect() as connection:
        assert 1 == store.head(connection)


def test_positions_have_no_gaps_under_conflicts_and_a_reader_misses_none(engine: Engine) -> None:
    writers, each = 4, 60
    seen: list[int] = []
    done = threading.Event()

    def tail() -> None:
        while True:
            finished = done.is_set()
            with engine.connect() as connection:
                page = store.read(connection, after=seen[-1] if seen else 0)
            seen.extend(recorded.position for recorded in page)
            if finished and not page:
                return

    def write(number: int) -> None:
        for turn in range(each):
            expected = None if turn % 3 else turn  # a third of the appends loses most of the time
            try:
                with engine.begin() as connection:
                    store.append(connection, "w/file/shared", [synced(number=1)] * 3, meta=META, expected=expected)
            except StreamMoved:
                continue

    reader = threading.Thread(target=tail)
    reader.start()
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    done.set()
    reader.join()

    with engine.connect() as connection:
        count, newest = connection.execute(sa.text("SELECT count(*), max(position) FROM event")).one()
        backwards = connection.execute(
            sa.text("SELECT count(*) FROM (SELECT at < lag(at) OVER (ORDER BY position) AS b FROM event) e WHERE b")
        ).scalar_one()
    assert count == newest >= writers * each * 2
    assert list(range(1, count + 1)) == seen
    assert 0 == backwards


def test_a_moment_is_found_without_reading_the_log(engine: Engine) -> None:
    for number in range(1, 20):
        with engine.begin() as connection:
            store.append(connection, STREAM, [synced(number=number)], meta=META)
    with engine.connect() as connection:
        recorded = store.read(connection)

        for each in recorded:
            assert each.position == store.position_at(connection, each.at)
        assert 0 == store.position_at(connection, recorded[0].at - timedelta(seconds=1))
        assert 19 == store.position_at(connection, recorded[-1].at + timedelta(days=1))


def test_reading_filters_by_workspace_stream_name_and_range(engine: Engine) -> None:
    with engine.begin() as connection:
        store.append(connection, "a/file/f1", [discovered(), synced()], meta=META)
        store.append(connection, "b/file/f1", [discovered(), synced()], meta=META)

    with engine.connect() as connection:

        def positions(**filters: object) -> list[int]:
            return [each.position for each in store.read(connection, **filters)]  # type: ignore[arg-type]

        assert [1, 2] == positions(workspace="a")
        assert [3, 4] == positions(stream="b/file/f1")
        assert [4, 3] == positions(stream="b/file/f1", backwards=True)
        assert [2, 4] == positions(names=["file.synced"])
        assert [2, 3] == positions(after=1, until=3)
        assert [4] == positions(limit=1, backwards=True)
        assert [] == positions(workspace="a", stream="b/file/f1")
        assert [2, 0, 3] == [store.newest(connection, *place) for place in (("a", 4), ("b", 2), ("b", 3))]


def test_a_stream_is_found_by_its_index(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        query = f"EXPLAIN SELECT version FROM event WHERE {store.OF_STREAM} ORDER BY version"
        plan = connection.exec_driver_sql(query, {"stream": STREAM}).scalars().all()

    assert "Index Scan using event_stream_version" in plan[0]


def test_a_nul_character_becomes_a_visible_sign(engine: Engine) -> None:
    with engine.begin() as connection:
        store.append(connection, STREAM, [discovered(name="a\x00b\\u0000c", reasons=["\x00"])], meta=META)

    with engine.connect() as connection:
        assert [discovered(name="a␀b\\u0000c", reasons=["␀"])] == [each.event for each in store.read(connection)]


@pytest.mark.parametrize(
    "event",
    [
        discovered(score=float("nan")),
        discovered(score=float("inf")),
        discovered(name="\ud800"),
        discovered(reasons=[3]),
        MemberAdded(user="u", name="n", role="king"),  # type: ignore[arg-type]
    ],
)
def test_what_would_not_come_back_is_not_stored(engine: Engine, event: MemberAdded) -> None:
    with pytest.raises(NotStorable, match=event.NAME), engine.begin() as connection:
        store.append(connection, STREAM, [event], meta=META)


def test_a_stream_name_with_control_characters_is_refused(engine: Engine) -> None:
    with pytest.raises(NotStorable), engine.begin() as connection:
        store.append(connection, "w/file/a\x1fb", [synced()], meta=META)


def test_the_data_is_readable_in_sql(engine: Engine) -> None:
    with engine.begin() as connection:
        store.append(connection, "w/workspace/self", [WorkspaceCreated(title="Acme")], meta=Meta(actor="ana"))

        row = connection.execute(sa.text("SELECT data ->> 'title', meta ->> 'actor', name FROM event")).one()

    assert ("Acme", "ana", "workspace.created") == tuple(row)


def test_names_of_facts_are_stable() -> None:
    assert uuid.UUID("07b8a1c0-c7dd-58d4-85c3-6dbcc4a3f8be").version == business_key("a", 1).version
    assert business_key("a", 1) == business_key("a", "1") != business_key("a1")
    assert Estimate(mean=1, low=0, high=2) != PlanFailed(campaign_id="c", planning_id="p", reason="r")
    assert MOMENT.tzinfo is UTC
