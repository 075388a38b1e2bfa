"""How far behind the platform are we?"""

from datetime import UTC, datetime, timedelta

from sqlalchemy.engine import Engine

from events import store
from events.campaign_file import RefreshRequested
from projections import follower, sync_lag
from projections.sync_lag import CHECK_EVERY
from tests.events.samples import META, discovered, synced


def test_a_change_is_behind_until_it_is_stored(engine: Engine) -> None:
    now = datetime.now(UTC)
    changed = now - timedelta(seconds=90)
    with engine.begin() as connection:
        store.append(connection, "w/file/f1", [discovered(), synced()], meta=META)
        sync_lag.add_pending(connection, "w", [("f1", changed), ("new", now - timedelta(days=900))], now)
        sync_lag.add_pending(connection, "v", [("f1", now - timedelta(days=1))], now)
    follower.catch_up(engine)

    with engine.begin() as connection:
        fresh = sync_lag.of(connection, "w", now)
        assert 90 == fresh.behind_seconds  # a file that was never stored counts from when it was noted
        assert (1, 0, 0) == (fresh.waiting, fresh.up_to_date, fresh.needs_you)
        sync_lag.remove_pending(connection, "w", "f1")
        sync_lag.remove_pending(connection, "w", "new")
        fresh = sync_lag.of(connection, "w", now)
        assert (0, 0, 1) == (fresh.behind_seconds, fresh.waiting, fresh.up_to_date)
        assert ["f1"] == [change.file_id for change in sync_lag.pending(connection, "v")]


def test_a_change_noted_while_an_earlier_one_is_stored_is_kept(engine: Engine) -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    second = first + timedelta(minutes=1)
    with engine.begin() as connection:
        sync_lag.add_pending(connection, "w", [("f1", first)], first)
        sync_lag.add_pending(connection, "w", [("f1", second)], second)

        sync_lag.remove_pending(connection, "w", "f1", up_to=first)
        assert [second] == [change.modified_at for change in sync_lag.pending(connection, "w")]
        assert [first] == [change.noted_at for change in sync_lag.pending(connection, "w")]

        sync_lag.remove_pending(connection, "w", "f1", up_to=second)
        assert [] == sync_lag.pending(connection, "w")


def test_the_cursor_and_the_time_of_the_last_check_are_kept(engine: Engine) -> None:
    now = datetime.now(UTC)
    with engine.begin() as connection:
        assert sync_lag.cursor(connection, "w", "google_drive") is None
        assert sync_lag.of(connection, "w", now).last_checked_at is None
        for cursor in ("17", "18"):
            sync_lag.record_check(connection, "w", "google_drive", cursor, now)

        fresh = sync_lag.of(connection, "w", now)
        assert "18" == sync_lag.cursor(connection, "w", "google_drive")
        assert (now, now + CHECK_EVERY) == (fresh.last_checked_at, fresh.next_check_at)
        assert sync_lag.cursor(connection, "v", "google_drive") is None


def test_a_refresh_runs_until_the_next_check(engine: Engine) -> None:
    with engine.begin() as connection:
        request = RefreshRequested(file_id=None, request_id="r1")
        store.append(connection, "w/sync/self", [request], meta=META)
    with engine.begin() as connection:
        asked = store.read(connection)[0].at
        assert sync_lag.of(connection, "w", asked + timedelta(seconds=1)).checking
        assert not sync_lag.of(connection, "v", asked + timedelta(seconds=1)).checking
        assert not sync_lag.of(connection, "w", asked + timedelta(hours=1)).checking

        sync_lag.record_check(connection, "w", "google_drive", "1", asked + timedelta(seconds=2))
        assert not sync_lag.of(connection, "w", asked + timedelta(seconds=3)).checking


def test_the_trend_holds_changes_and_not_first_contents(engine: Engine) -> None:
    now = datetime.now(UTC)
    with engine.begin() as connection:
        for number in (1, 2, 3):
            changed = now - timedelta(minutes=number)
            store.append(connection, "w/file/f1", [synced(number=number, modified_at=changed)], meta=META)
        store.append(connection, "w/file/f2", [synced("f2", 2, modified_at=now)], meta=META)
    follower.catch_up(engine)

    with engine.connect() as connection:
        trend = sync_lag.trend(connection, "w", "f1")
        assert [120, 180] == [round(point.seconds, -1) for point in trend]
        assert 3 == len(sync_lag.trend(connection, "w"))
        assert ["f2"] == [point.file_id for point in sync_lag.trend(connection, "w", limit=1)]
        assert [] == sync_lag.trend(connection, "v")
