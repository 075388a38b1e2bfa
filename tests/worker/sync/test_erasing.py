"""Originals of superseded revisions go when the workspace no longer wants them, and nothing else goes."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError

from events import blobs, store, verify
from events.campaign_file import FileContentsErased, FileSynced
from events.workspace import SettingsChanged, WorkspaceCreated
from projections import follower, performance, performance_rows
from projections.rebuild import rebuild_rows
from tests.events.samples import META, synced
from tests.projections.rows import days
from worker.sync import erasing

pytestmark = pytest.mark.postgres
SOON = datetime.now(UTC) + timedelta(days=100)
LATER = datetime.now(UTC) + timedelta(days=400)


def keep(engine: Engine, months: Any, workspace: str = "w", *, new: bool = False) -> None:
    settings = SettingsChanged(title="W", currency="EUR", locale="en", keep_superseded_months=months)
    begun = [WorkspaceCreated(title="W")] if new else []
    with engine.begin() as database:
        store.append(database, f"{workspace}/workspace/self", [*begun, settings], meta=META)


def content(engine: Engine, number: int, data: bytes, workspace: str = "w", file_id: str = "f1") -> str:
    """Store a revision as the sync activity does; `data` is one number a day."""
    with engine.begin() as database:
        performance_rows.store(database, workspace, file_id, number, read(data))
        address = blobs.put(database, data)
        event = synced(file_id, number, revision=address)
        store.append(database, f"{workspace}/file/{file_id}", [event], meta=META)
    return address


def read(data: bytes, _event: FileSynced | None = None) -> pl.DataFrame:
    return days([int(word) for word in data.split()])


def kept(engine: Engine) -> set[str]:
    with engine.connect() as database:
        return set(database.execute(sa.text("SELECT address FROM blob")).scalars())


def told(engine: Engine, workspace: str = "w") -> list[tuple[str, list[int], int]]:
    with engine.connect() as database:
        found = store.read(database, workspace=workspace, names=[FileContentsErased.NAME])
    events = [one.event for one in found if isinstance(one.event, FileContentsErased)]
    return [(event.file_id, event.revisions, event.bytes_freed) for event in events]


def test_superseded_originals_go_once_and_the_newest_stays(engine: Engine) -> None:
    content(engine, 1, b"10 20")
    content(engine, 2, b"10 25")
    newest = content(engine, 3, b"10 30")
    keep(engine, 6)

    erasing.superseded(engine, "w", SOON)
    assert ([], 3) == (told(engine), len(kept(engine)))
    for _ in range(2):
        erasing.superseded(engine, "w", LATER)

    assert {newest} == kept(engine)
    assert [("f1", [1, 2], 10)] == told(engine)
    with engine.connect() as database:
        assert 30 == sum(row["spend"] for row in performance.rows(database, "w", "f1", at=1))
        assert verify.verify(database).problem is None


@pytest.mark.parametrize("months", [[], [6, None], [6, 24]])
def test_the_newest_setting_holds(engine: Engine, months: list[int | None]) -> None:
    content(engine, 1, b"10 20")
    content(engine, 2, b"10 25")
    for each in months:
        keep(engine, each)

    erasing.superseded(engine, "w", LATER)

    assert ([], 2) == (told(engine), len(kept(engine)))


def test_bytes_that_another_file_or_workspace_keeps_stay(engine: Engine) -> None:
    shared = [content(engine, 1, b"10 20"), content(engine, 2, b"11 20"), content(engine, 3, b"12 20")]
    content(engine, 4, b"13 20")
    content(engine, 5, b"10 20")  # the first content is back
    content(engine, 1, b"11 20", file_id="f2")
    for number, data in enumerate((b"12 20", b"14 20"), start=1):
        content(engine, number, data, workspace="other")
    keep(engine, 6)

    erasing.superseded(engine, "w", LATER)

    assert set(shared) <= kept(engine)
    assert [("f1", [4], 5)] == told(engine)

    keep(engine, 12, workspace="other")
    erasing.superseded(engine, "other", LATER)
    erasing.superseded(engine, "w", LATER)

    assert shared[2] not in kept(engine)
    assert [("f1", [1], 5)] == told(engine, "other")
    assert [("f1", [4], 5), ("f1", [3], 0)] == told(engine)


def test_a_kill_before_the_end_leaves_everything(engine: Engine) -> None:
    content(engine, 1, b"10 20")
    content(engine, 2, b"10 25")
    keep(engine, 6)

    with engine.connect() as database:
        assert [blobs.Erased("w/file/f1", [1], 5)] == blobs.erase_superseded(database, "w", LATER)
        database.rollback()

    assert 2 == len(kept(engine))


def test_nothing_else_gets_past_the_trigger(engine: Engine) -> None:
    content(engine, 1, b"10 20")

    with engine.connect() as database:
        database.execute(sa.text("SET LOCAL ROLE NONE"))
        blobs.erase_superseded(database, "w", LATER)
        with pytest.raises(DatabaseError, match="only grows"):
            database.execute(sa.text("DELETE FROM blob"))


def test_rows_are_made_again_from_what_is_kept(engine: Engine) -> None:
    for number, data in enumerate((b"10 20", b"10 25 7", b"10 30"), start=1):
        content(engine, number, data)
    keep(engine, 6)
    erasing.superseded(engine, "w", LATER)
    with engine.begin() as database:
        database.execute(sa.text("UPDATE performance_row SET spend = 99 WHERE spend = 30"))

    (rebuilt,) = rebuild_rows(engine, read)
    follower.catch_up(engine)

    assert (True, [1, 2]) == (rebuilt.same, rebuilt.unread)
    with engine.connect() as database:
        found = [
            [row["spend"] for row in performance.rows(database, "w", "f1", at=position)] for position in (1, 2, None)
        ]
    assert [[10, 20], [10, 25, 7], [10, 30]] == found


async def test_every_workspace_that_wishes_is_served_connected_or_not(engine: Engine) -> None:
    for workspace in ("w", "other", "third"):
        content(engine, 1, b"%d 1" % ord(workspace[0]), workspace)
        content(engine, 2, b"10 25", workspace)
    for workspace, months in (("w", 6), ("other", None), ("third", 6)):
        keep(engine, months, workspace, new=True)
    follower.catch_up(engine)

    turns = asyncio.create_task(erasing.daily(engine, lambda: LATER))
    async with asyncio.timeout(30):
        while not told(engine, "third") or not told(engine):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    turns.cancel()

    assert [] == told(engine, "other")
    assert [[1], [1]] == [revisions for name in ("w", "third") for _, revisions, _ in told(engine, name)]


def test_a_database_that_is_away_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    away = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")

    erasing.everywhere(away, LATER)

    assert "the next day tries again" in caplog.text
