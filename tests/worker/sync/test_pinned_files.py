"""People decide how a file is read: read anew at once, kept for later content, taken back, and made again the same."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from events.campaign_file import (
    NO_PINS,
    FileDiscovered,
    FileNotCampaign,
    FilePinned,
    FilePins,
    FilePinsUndone,
    FileReadFailed,
    FileSynced,
)
from projections import performance_changes, sync_lag
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


HOLIDAYS = b"Guest,Day,Cost\nIda,2026-01-05,20\nBo,2026-01-06,25.50\n"
IT_IS = FilePins(is_campaign=True)


async def test_a_file_that_was_left_alone_counts_when_people_say_so(connected) -> None:
    connected.file_id = connected.google.control.add_file(MARA.email, "Guests.csv", HOLIDAYS, "text/csv")
    await connected.refresh()
    before = connected.files()["Guests.csv"].status
    await decide(connected, pinned(connected, IT_IS))
    said = connected.files()["Guests.csv"]
    longer = HOLIDAYS + b"Cy,2026-01-07,4.50\n"
    connected.google.control.replace_content(connected.file_id, longer)
    await connected.refresh()
    sums, rows = connected.files()["Guests.csv"].sums, connected.rows()
    await decide(connected, undone(connected))

    assert ["not_campaign", "up_to_date"] == [before, said.status]
    assert (2, IT_IS, ["People decided that it is a campaign file."]) == (said.rows, said.pins, said.reasons)
    assert (50, 19) == (sums["spend"], rows)
    assert "not_campaign" == connected.files()["Guests.csv"].status
    assert 16 == connected.rows()
    assert [] == rebuild_rows(connected.engine, rows_of)
    assert rebuild(connected.engine, "files").same


async def test_a_file_without_amounts_needs_more_than_a_yes(connected) -> None:
    names = b"Guest,Room\nIda,blue\nBo,red\n"
    connected.file_id = connected.google.control.add_file(MARA.email, "Guests.csv", names, "text/csv")
    await connected.refresh()
    await decide(connected, pinned(connected, IT_IS))
    asked = connected.files()["Guests.csv"]
    await decide(connected, undone(connected))

    assert ("needs_you", "pins_table", 0) == (asked.status, asked.problem_code, asked.revision_number)
    assert "not_campaign" == connected.files()["Guests.csv"].status


async def test_a_file_that_people_take_out_is_not_read_again(connected) -> None:
    no = FilePins(is_campaign=False)
    out = FileNotCampaign(
        file_id=connected.file_id, platform="google_drive", name="Spring.csv",
        modified_at=datetime(2026, 1, 1, tzinfo=UTC), score=0.0, reasons=["No."],
    )  # fmt: skip
    found = connected.told(FileDiscovered.NAME)[0]
    connected.append(f"{connected.workspace}/file/{connected.file_id}", pinned(connected, no), out)
    connected.google.control.edit_cell(connected.file_id, "D2", "250")
    await connected.refresh()
    taken_out, rows = connected.files()["Spring.csv"].status, connected.rows()
    connected.append(f"{connected.workspace}/file/{connected.file_id}", undone(connected), found)
    await connected.refresh(connected.file_id)

    assert ("not_campaign", 0) == (taken_out, rows)
    assert "up_to_date" == connected.files()["Spring.csv"].status
    assert 16 == connected.rows()
    assert [1, 2] == [event.revision_number for event in synced(connected)]


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
        second = performance_changes.of(database, connected.workspace, connected.file_id, 2)
    assert 16 == second.total


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
