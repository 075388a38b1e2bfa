"""The same money in two files of a Drive is counted once, for as long as it is the same."""

from collections.abc import AsyncIterator

import pytest

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
