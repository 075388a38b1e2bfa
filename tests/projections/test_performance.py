"""Rows of every revision: what changed, what counts, and what counted then."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from events import blobs, store
from events.campaign_file import FileRemoved, FileRestored, FileSynced
from events.envelope import Event
from projections import follower, performance, performance_changes, performance_rows
from projections.performance import TOTAL
from projections.performance_rows import Only, RowChanges
from projections.rebuild import rebuild_rows
from tests.events.samples import META, discovered, synced
from tests.projections.rows import START, days, table
from worker.sheets.reading import ROW_SCHEMA


def sync(engine: Engine, rows: pl.DataFrame, number: int = 1, workspace: str = "w", **about: Any) -> RowChanges:
    """Do as the sync activity does."""
    event = synced(number=number, **{"non_additive": [], **about})
    with engine.begin() as connection:
        changes = performance_rows.store(connection, workspace, event.file_id, number, rows)
        store.append(connection, f"{workspace}/file/{event.file_id}", [event], meta=META)
    follower.catch_up(engine)
    return changes


def tell(engine: Engine, *events: Event, stream: str = "w/file/f1") -> int:
    with engine.begin() as connection:
        position = store.append(connection, stream, events, meta=META).positions[-1]
    follower.catch_up(engine)
    return position


def spend(connection: Connection, workspace: str = "w", **filters: Any) -> Decimal:
    return sum((each.spend or Decimal(0) for each in performance.weekly(connection, workspace, **filters)), Decimal(0))


def test_only_what_changed_is_written(engine: Engine) -> None:
    first = days([10, 20, 30, 40])
    edited = days([10, 25, 30, 40])

    assert RowChanges(added=4, removed=0, kept=0) == sync(engine, first)
    assert RowChanges(added=1, removed=1, kept=3) == sync(engine, edited, 2)
    with engine.connect() as connection:
        (change,) = performance_changes.of(connection, "w", "f1", 2).shown
        assert [("spend", 20, 25)] == change.cells()
        assert [10, 25, 30, 40] == [row["spend"] for row in performance.rows(connection, "w", "f1")]


@pytest.mark.parametrize(
    ("only", "spends"),
    [
        (Only(), [1, 2, 3, 4]),
        (Only(channel="TV"), [3, 4]),
        (Only(campaign="Brand"), [2]),
        (Only(first=START + timedelta(1)), [2, 3]),
        (Only(last=START), [1, 4]),
        (Only("TV", None, START + timedelta(9), START + timedelta(9)), []),
    ],
)
def test_rows_are_found_by_channel_campaign_and_time(engine: Engine, only: Only, spends: list[int]) -> None:
    rows = table(
        {"channel": "Search", "date": START, "spend": Decimal(1)},
        {"channel": "Search", "campaign": "Brand", "date": START + timedelta(1), "spend": Decimal(2)},
        {"channel": "TV", "start_date": START + timedelta(1), "end_date": START + timedelta(8), "spend": Decimal(3)},
        {"channel": "TV", "start_date": START, "end_date": START, "spend": Decimal(4)},
    )
    sync(engine, rows)

    with engine.connect() as connection:
        assert spends == [row["spend"] for row in performance.rows(connection, "w", "f1", only=only)]


def test_an_inserted_row_does_not_change_the_rows_below(engine: Engine) -> None:
    before = days([10, 20, 30])
    inserted = pl.concat([table({"spend": Decimal(5), "channel": "New"}), before.with_columns(pl.col("row") + 1)])
    sync(engine, before)

    assert RowChanges(added=1, removed=0, kept=3) == sync(engine, inserted, 2)


def test_equal_rows_are_counted(engine: Engine) -> None:
    row = {"date": START, "channel": "Search", "spend": Decimal(7)}

    assert RowChanges(added=3, removed=0, kept=0) == sync(engine, table(row, row, row))
    assert RowChanges(added=0, removed=2, kept=1) == sync(engine, table(row), 2)
    assert RowChanges(added=1, removed=0, kept=1) == sync(engine, table(row, row), 3)
    with engine.connect() as connection:
        assert 14 == spend(connection)


def test_an_absent_value_is_another_than_an_empty_one_or_zero(engine: Engine) -> None:
    rows = [{"campaign": "", "spend": None}, {"campaign": None, "spend": None}, {"campaign": None, "spend": Decimal(0)}]

    assert 3 == sync(engine, table(*rows)).added
    with engine.connect() as connection:
        stored = performance.rows(connection, "w", "f1")
        assert [("", None), (None, None), (None, 0)] == [(row["campaign"], row["spend"]) for row in stored]


def test_awkward_text_survives(engine: Engine) -> None:
    names = ['say "hi"', "a,b", "two\nlines", "\\.", "tab\there", "Ünïcode 🎯", " spaces ", "NULL", "a\x00b"]

    sync(engine, table(*({"campaign": name, "spend": Decimal("1.123456")} for name in names)))

    with engine.connect() as connection:
        stored = performance.rows(connection, "w", "f1")
    assert [*names[:-1], "ab"] == [row["campaign"] for row in stored]
    assert {Decimal("1.123456")} == {row["spend"] for row in stored}


def test_storing_a_revision_again_replaces_it_and_an_older_one_is_refused(engine: Engine) -> None:
    sync(engine, days([1, 2, 3]))
    sync(engine, days([1, 2, 4]), 2)

    with engine.begin() as connection:
        again = performance_rows.store(connection, "w", "f1", 2, days([1, 2, 3]))
        assert RowChanges(added=0, removed=0, kept=3) == again
        assert 0 == performance_changes.of(connection, "w", "f1", 2).total
        performance_rows.store(connection, "w", "f1", 2, days([1, 2, 5]))
        with pytest.raises(ValueError, match="too late"):
            performance_rows.store(connection, "w", "f1", 1, days([9]))


def test_every_past_state_is_there(engine: Engine) -> None:
    contents = [[10, 20], [10, 25, 5], [25], [10, 20]]
    positions: list[int] = []
    for number, content in enumerate(contents, start=1):
        sync(engine, days(content), number)
        with engine.connect() as connection:
            positions.append(store.head(connection))

    with engine.connect() as connection:
        assert Decimal(30) == spend(connection)
        for position, content in zip(positions, contents, strict=True):
            assert sum(content) == spend(connection, at=position)
            assert len(content) == performance.count(connection, "w", at=position)
            assert content == [row["spend"] for row in performance.rows(connection, "w", "f1", at=position)]
        assert [] == performance.weekly(connection, "w", at=0)


def test_rows_show_only_with_the_event_that_tells_of_them(engine: Engine) -> None:
    sync(engine, days([1]))
    with engine.begin() as connection:
        performance_rows.store(connection, "w", "f1", 2, days([50]))

    with engine.connect() as connection:
        assert 1 == spend(connection)


def test_a_removed_file_does_not_count_and_a_restored_one_does(engine: Engine) -> None:
    sync(engine, days([10]))
    removed = tell(engine, FileRemoved(file_id="f1", name="f1", why="trashed"))
    with engine.connect() as connection:
        assert 0 == spend(connection)
        assert 0 == performance.count(connection, "w")
        assert [10] == [row["spend"] for row in performance.rows(connection, "w", "f1")]

    tell(engine, FileRestored(file_id="f1", name="f1"))
    with engine.connect() as connection:
        assert 10 == spend(connection)
        assert 0 == spend(connection, at=removed)
        assert 10 == spend(connection, at=removed - 1)


def test_a_workspace_sees_its_own_rows_only(engine: Engine) -> None:
    sync(engine, days([1]), workspace="a")
    sync(engine, days([2, 3]), workspace="b")

    with engine.connect() as connection:
        assert 1 == spend(connection, "a")
        assert 5 == spend(connection, "b")
        assert (1, 2) == (performance.count(connection, "a"), performance.count(connection, "b"))
        assert [] == performance.rows(connection, "c", "f1")
        assert performance.daily(connection, "c").is_empty()
        assert 0 == spend(connection, "a", file_ids=["f2"])


def test_planned_money_is_not_counted_as_spent(engine: Engine) -> None:
    rows = table({"date": START, "channel": "TV", "spend": Decimal(500), "budget": Decimal(900)})
    sync(engine, rows, kind="plan")

    with engine.connect() as connection:
        assert [] == performance.weekly(connection, "w")
        assert [(None, 900.0)] == performance.daily(connection, "w").select("spend", "budget").rows()


def test_metrics_that_may_not_be_added_up_are_left_out(engine: Engine) -> None:
    sync(engine, days([5, 5], budget=Decimal(100), clicks=Decimal(2)), non_additive=["budget", "clicks"])

    with engine.connect() as connection:
        daily = performance.daily(connection, "w")
        assert 10 == daily["spend"].sum()
        assert 2 == daily["budget"].null_count() == daily["clicks"].null_count()


def test_currencies_are_never_added_up(engine: Engine) -> None:
    sync(engine, days([10]), file_id="eu", currency="EUR")
    sync(engine, days([10], currency="USD"), file_id="us", currency=None)
    sync(engine, days([10]), file_id="unknown", currency=None)

    with engine.connect() as connection:
        weeks = {(week.currency, week.spend) for week in performance.weekly(connection, "w")}
        assert {("EUR", 10), ("USD", 10), (None, 10)} == weeks
        assert {"EUR", "USD", None} == set(performance.daily(connection, "w")["currency"])


def test_a_flight_is_spread_over_its_days(engine: Engine) -> None:
    flight = {"start_date": START, "end_date": START + timedelta(days=13), "channel": "TV", "spend": Decimal(100)}
    open_end = {"start_date": START, "channel": "Radio", "spend": Decimal(3)}
    sync(engine, table(flight, open_end, {"channel": "Lost", "spend": Decimal(9)}))

    with engine.connect() as connection:
        weeks = [(each.week, each.channel, each.spend) for each in performance.weekly(connection, "w")]
        daily = performance.daily(connection, "w")
    second = START + timedelta(days=7)
    assert [(START, "Radio", 3), (START, "TV", 50), (second, "TV", 50)] == weeks
    assert 15 == daily.height
    assert pytest.approx(103) == daily["spend"].sum()


def test_rows_without_a_channel_are_totals_when_they_hold_no_money_spent(engine: Engine) -> None:
    sync(engine, table({"date": START, "revenue": Decimal(70)}, {"date": START, "spend": Decimal(5)}))

    with engine.connect() as connection:
        found = {each.channel: (each.spend, each.revenue) for each in performance.weekly(connection, "w")}
    assert {TOTAL: (None, 70), "(no channel)": (5, None)} == found


def test_a_large_file_is_stored_in_seconds(engine: Engine) -> None:
    rows = 100_000
    frame = pl.DataFrame(
        {
            "tab": "Data",
            "row": pl.arange(2, rows + 2, eager=True),
            "channel": pl.Series(["Search", "Social"] * (rows // 2)),
            "date": pl.date_range(date(2024, 1, 1), date(2024, 1, 1) + timedelta(days=rows - 1), eager=True),
            "spend": pl.arange(0, rows, eager=True),
        }
    )
    missing = [pl.lit(None).alias(name) for name in ROW_SCHEMA if name not in frame.columns]
    frame = frame.with_columns(missing).select(list(ROW_SCHEMA)).cast(dict(ROW_SCHEMA))
    assert RowChanges(added=rows, removed=0, kept=0) == sync(engine, frame)

    edited = frame.with_columns(pl.when(pl.col("row") % 1000 == 0).then(0).otherwise(pl.col("spend")).alias("spend"))

    assert RowChanges(added=100, removed=100, kept=rows - 100) == sync(engine, edited.cast(dict(ROW_SCHEMA)), 2)
    with engine.connect() as connection:
        assert rows == performance.count(connection, "w")
        total = connection.execute(sa.text("SELECT count(*) FROM performance")).scalar_one()
    assert rows + 100 == total


def test_rows_are_made_again_from_the_kept_bytes(engine: Engine) -> None:
    with engine.begin() as connection:
        addresses = [blobs.put(connection, data) for data in (b"10 20", b"10 25")]
    for number, (address, content) in enumerate(zip(addresses, ([10, 20], [10, 25]), strict=True), start=1):
        sync(engine, days(content), number, revision=address)

    def read(data: bytes, _event: FileSynced) -> pl.DataFrame:
        return days([int(word) for word in data.split()])

    def read_better(data: bytes, event: FileSynced) -> pl.DataFrame:
        return read(data, event).with_columns(pl.col("spend") * 2).cast(dict(ROW_SCHEMA))

    assert [] == rebuild_rows(engine, read)
    (changed,) = rebuild_rows(engine, read_better)
    with engine.connect() as connection:
        assert 70 == spend(connection)
        assert 60 == spend(connection, at=1)
    assert "w/file/f1" in changed.model


def test_rediscovery_makes_a_removed_file_count_again(engine: Engine) -> None:
    sync(engine, days([10]))
    tell(engine, FileRemoved(file_id="f1", name="f1", why="deleted_or_unshared"), discovered())

    with engine.connect() as connection:
        assert 10 == spend(connection)
