"""People decide how a file is read: read anew at once, kept for later content, taken back, and made again the same."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from events.campaign_file import NO_PINS, FilePinned, FilePins, FilePinsUndone, FileReadFailed, FileSynced
from projections import performance, sync_lag
from projections.rebuild import rebuild, rebuild_rows
from worker.google_drive.sandbox.accounts import MARA
from worker.sync.rows import rows_of

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

REVENUE_IS_SPEND = FilePins(columns={"Revenue": "spend", "Spend": "other"})


@pytest.fixture
async def connected(world, campaign_csv) -> AsyncIterator:
    world.file_id = world.google.control.add_file(MARA.email, "Spring.csv", campaign_csv, "text/csv")
    async with world.working():
        await world.connect()
        await world.synced()
        yield world


async def decide(world, event: FilePinned | FilePinsUndone) -> None:
    """Append and note as the page does, then wake the workflow."""
    world.append(f"{world.workspace}/file/{world.file_id}", event)
    await world.refresh(world.file_id)


def pinned(world, pins: FilePins) -> FilePinned:
    return FilePinned(file_id=world.file_id, name="Spring.csv", pins=pins)


def undone(world, pins: FilePins = NO_PINS) -> FilePinsUndone:
    return FilePinsUndone(file_id=world.file_id, name="Spring.csv", pins=pins)


def synced(world) -> list[FileSynced]:
    return world.told(FileSynced.NAME)


async def test_a_pin_reads_the_kept_bytes_anew_and_an_undo_goes_back(connected) -> None:
    connected.google.control.clear_requests()
    await decide(connected, pinned(connected, REVENUE_IS_SPEND))
    downloads = [call for call in connected.google.control.requests() if "alt=media" in call["query"]]
    await decide(connected, undone(connected))
    await connected.refresh(connected.file_id)

    assert [] == downloads
    told = synced(connected)
    assert [1, 2, 3] == [event.revision_number for event in told]
    assert 1 == len({event.revision for event in told})
    assert ["content", "pins", "pins"] == [event.because for event in told]
    assert [NO_PINS, REVENUE_IS_SPEND, NO_PINS] == [event.pins for event in told]
    assert 6400 == told[1].sums["spend"]
    assert told[0].sums == told[2].sums
    with connected.engine.connect() as database:
        assert [] == sync_lag.trend(database, connected.workspace)


async def test_pins_hold_for_later_content(connected) -> None:
    await decide(connected, pinned(connected, REVENUE_IS_SPEND))
    connected.google.control.edit_cell(connected.file_id, "H2", "1000")
    await connected.refresh()

    newest = synced(connected)[-1]
    assert ("content", REVENUE_IS_SPEND) == (newest.because, newest.pins)
    assert 7000 == newest.sums["spend"]


async def test_a_pin_that_does_not_fit_is_told_and_loses_no_row(connected) -> None:
    await decide(connected, pinned(connected, FilePins(columns={"Kosten": "spend"})))
    broken = connected.files()["Spring.csv"]
    rows = connected.rows()
    await decide(connected, pinned(connected, FilePins(columns={"Clicks": "spend", "Spend": "spend"})))
    second = connected.files()["Spring.csv"]
    await decide(connected, undone(connected))

    assert ("needs_you", "pins_column", {"header": "Kosten"}) == (
        broken.status,
        broken.problem_code,
        broken.problem_details,
    )
    assert "“Kosten”" in (broken.problem or "")
    assert "pins_conflict" == second.problem_code
    assert 16 == rows
    assert 2 == len(connected.told(FileReadFailed.NAME))
    healed = connected.files()["Spring.csv"]
    assert ("up_to_date", NO_PINS, {}) == (healed.status, healed.pins, healed.problem_details)


@pytest.mark.parametrize("pins", [FilePins(tab="Gone"), FilePins(header_row=900), FilePins(header_row=5)])
async def test_no_pin_breaks_the_reader(connected, pins: FilePins) -> None:
    await decide(connected, pinned(connected, pins))

    file = connected.files()["Spring.csv"]
    assert "needs_you" == file.status
    assert (file.problem_code or "").startswith("pins_")
    assert 16 == connected.rows()


async def test_a_rebuild_reads_every_revision_with_the_pins_of_its_time(connected) -> None:
    await decide(connected, pinned(connected, REVENUE_IS_SPEND))
    await decide(connected, undone(connected))
    connected.files()

    assert [] == rebuild_rows(connected.engine, rows_of)
    assert rebuild(connected.engine, "files").same
    with connected.engine.connect() as database:
        second = performance.difference(database, connected.workspace, connected.file_id, 2)
    assert 32 == len(second)


async def test_a_choice_made_while_the_file_is_read_is_not_lost(connected) -> None:
    slow = {"match": {"path": f"/files/{connected.file_id}"}, "times": 2, "do": {"delay_s": 0.5}}
    connected.google.control.faults(slow)
    connected.google.control.edit_cell(connected.file_id, "D2", "250")
    reading = asyncio.create_task(connected.refresh())
    await asyncio.sleep(0.4)
    await decide(connected, pinned(connected, REVENUE_IS_SPEND))
    await reading

    assert REVENUE_IS_SPEND == synced(connected)[-1].pins
    assert "up_to_date" == connected.files()["Spring.csv"].status
