"""The same money in two files of a Drive is counted once, for as long as it is the same."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from events.campaign_file import (
    NO_PINS,
    FileDiscovered,
    FileNotCampaign,
    FilePinned,
    FilePins,
    FilePinsUndone,
)
from events.overlap import OverlapChosen, OverlapEnded, OverlapFound
from projections import performance
from projections.rebuild import rebuild
from worker.google_drive.sandbox.accounts import MARA

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]


@pytest.fixture
async def connected(world, campaign_csv) -> AsyncIterator:
    """A Drive with an export and, stored at the same time, its copy."""
    add = world.google.control.add_file
    world.file_id = add(MARA.email, "Spring.csv", campaign_csv, "text/csv")
    world.copy_id = add(MARA.email, "Copy of Spring.csv", campaign_csv, "text/csv")
    async with world.working():
        await world.connect()
        await world.synced()
        yield world


def found(world) -> list[OverlapFound]:
    return world.told(OverlapFound.NAME)


async def test_an_export_and_its_copy_count_once_even_if_stored_at_once(connected) -> None:
    assert 1 == len(found(connected))
    assert 16 == connected.rows()
    assert {connected.file_id, connected.copy_id} == {found(connected)[0].one, found(connected)[0].other}


async def test_a_copy_that_gets_its_own_numbers_counts_again(connected) -> None:
    connected.google.control.edit_cell(connected.copy_id, "D2", "987.65")
    await connected.refresh()

    assert 1 == len(connected.told(OverlapEnded.NAME))
    assert 32 == connected.rows()
    assert rebuild(connected.engine, "overlaps").same


async def test_a_file_in_the_trash_gives_way_and_comes_back(connected) -> None:
    winner = found(connected)[0].counts
    loser = connected.copy_id if winner == connected.file_id else connected.file_id
    connected.google.control.trash(winner)
    await connected.refresh()
    rows_without = connected.rows()
    with connected.engine.connect() as database:
        counted = [source.file_id for source in performance.sources(database, connected.workspace)]
    connected.google.control.trash(winner, trashed=False)
    await connected.refresh()

    assert (16, [loser]) == (rows_without, counted)
    assert 16 == connected.rows()
    assert 1 == len(found(connected))


async def forget(world) -> None:
    """Make the workspace look like one whose files were stored before they were compared."""
    with world.engine.begin() as database:
        database.execute(text("DELETE FROM overlap_compared"))


async def test_files_that_were_stored_before_are_compared_at_the_next_check(connected) -> None:
    pair = found(connected)[0]
    names = {"one": pair.one, "one_name": pair.one_name, "other": pair.other, "other_name": pair.other_name}
    connected.append(f"{connected.workspace}/overlap/self", OverlapEnded(**names))
    rows_apart = connected.rows()
    await connected.refresh()
    compared_already = connected.rows()
    await forget(connected)
    await connected.refresh()
    await connected.refresh()

    assert [32, 32] == [rows_apart, compared_already]
    assert 16 == connected.rows()
    assert 2 == len(found(connected))


async def test_a_file_that_counts_again_is_compared_again(connected, campaign_csv) -> None:
    stream = f"{connected.workspace}/file/{connected.copy_id}"
    discovered = next(one for one in connected.told(FileDiscovered.NAME) if one.file_id == connected.copy_id)
    no, undo = FilePins(is_campaign=False), FilePinsUndone(file_id=connected.copy_id, name="Copy", pins=NO_PINS)
    out = FileNotCampaign(
        file_id=connected.copy_id, platform="google_drive", name="Copy of Spring.csv",
        modified_at=discovered.modified_at, score=0.0, reasons=[],
    )  # fmt: skip
    connected.append(stream, FilePinned(file_id=connected.copy_id, name="Copy", pins=no), out)
    connected.google.control.replace_content(connected.file_id, campaign_csv + b"\n")
    await connected.refresh()
    ended = len(connected.told(OverlapEnded.NAME))
    connected.append(stream, undo, discovered)
    await connected.refresh(connected.copy_id)

    assert 1 == ended
    assert 16 == connected.rows()


async def test_a_choice_stays_when_both_files_grow(connected, campaign_csv) -> None:
    first = found(connected)[0]
    loser = first.one if first.counts == first.other else first.other
    names = {"one_name": first.one_name, "other_name": first.other_name}
    choice = OverlapChosen(one=first.one, other=first.other, counts=loser, **names)
    connected.append(f"{connected.workspace}/overlap/self", choice)
    longer = campaign_csv + b"\n2026-03-01,Search,Spring,111.11,5000,50,5,400"
    for file_id in (connected.file_id, connected.copy_id):
        connected.google.control.replace_content(file_id, longer)
    await connected.refresh()

    assert 17 == connected.rows()
    with connected.engine.connect() as database:
        assert [loser] == [source.file_id for source in performance.sources(database, connected.workspace)]


async def test_a_longer_export_counts_and_other_campaigns_stay(connected, campaign_csv) -> None:
    longer = campaign_csv + b"\n2026-03-01,Search,Spring,111.11,5000,50,5,400"
    add = connected.google.control.add_file
    long_id = add(MARA.email, "All of it.csv", longer, "text/csv")
    other = add(MARA.email, "Autumn.csv", campaign_csv.replace(b"Spring", b"Autumn"), "text/csv")
    await connected.refresh()

    assert 33 == connected.rows()
    with connected.engine.connect() as database:
        counted = {source.file_id for source in performance.sources(database, connected.workspace)}
    assert {long_id, other} == counted
    assert {"same_total", "same_lines"} == {event.how for event in found(connected)}
