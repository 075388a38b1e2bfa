"""Syncing a Drive for real: what changes there, what the log says then, and what is left alone."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from events.campaign_file import (
    DriveChecked,
    FileDiscovered,
    FileNotCampaign,
    FileReadFailed,
    FileRemoved,
    FileRenamed,
    FileRestored,
    FileSynced,
)
from events.integration import AccessLost, IntegrationDisconnected
from events.workspace import MemberRemoved
from worker.contracts import FORCE_REFRESH_SIGNAL, ForceRefresh, sync_workflow_id
from worker.google_drive.sandbox.accounts import MARA

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]


@pytest.fixture
async def connected(world, campaign_csv) -> AsyncIterator:
    """A connected Drive with one campaign file that is stored. `world.file_id` is its id."""
    world.file_id = world.google.control.add_file(MARA.email, "Spring.csv", campaign_csv, "text/csv")
    async with world.working():
        await world.connect()
        await world.synced()
        yield world


def synced(world) -> list[FileSynced]:
    return world.told(FileSynced.NAME)


async def test_a_changed_cell_is_one_revision(connected) -> None:
    connected.google.control.edit_cell(connected.file_id, "D2", "250")
    await connected.refresh()
    await connected.refresh()

    assert [(event.revision_number, event.rows_added, event.rows_removed) for event in synced(connected)] == [
        (1, 16, 0),
        (2, 1, 1),
    ]
    assert synced(connected)[1].sums["spend"] - synced(connected)[0].sums["spend"] == 150


async def test_an_unchanged_drive_tells_one_check_an_hour_and_costs_one_request(connected) -> None:
    await connected.refresh()
    events = len(connected.told())
    connected.google.control.clear_requests()
    handle = connected.client.get_workflow_handle(sync_workflow_id(connected.workspace))
    before = await connected.checked_at()
    await handle.signal(FORCE_REFRESH_SIGNAL, ForceRefresh("no such file"))
    while await connected.checked_at() == before:  # noqa: ASYNC110
        await asyncio.sleep(0.05)

    assert len(connected.told(DriveChecked.NAME)) == 1
    assert len(connected.told()) == events
    assert len(connected.google.control.requests("/drive/v3")) == 1


async def test_a_changed_shape_is_told_with_the_content_and_needs_a_person(connected, campaign_csv) -> None:
    connected.google.control.replace_content(connected.file_id, campaign_csv.replace(b"Conversions", b"Remarks"))
    await connected.refresh()
    lost = connected.files()["Spring.csv"]
    connected.google.control.replace_content(connected.file_id, campaign_csv)
    await connected.refresh()

    told = {(change.kind, change.header, change.needs_you) for change in synced(connected)[1].drift}
    assert told == {("gone", "Conversions", True), ("added", "Remarks", False)}
    assert [] == synced(connected)[0].drift
    assert (lost.status, lost.problem_code) == ("needs_you", "drift")
    assert connected.files()["Spring.csv"].status == "up_to_date"


async def test_a_file_that_goes_back_to_earlier_content_is_a_third_revision(connected, campaign_csv) -> None:
    connected.google.control.edit_cell(connected.file_id, "D2", "250")
    await connected.refresh()
    connected.google.control.replace_content(connected.file_id, campaign_csv)
    await connected.refresh()

    assert [event.revision_number for event in synced(connected)] == [1, 2, 3]
    assert synced(connected)[0].revision == synced(connected)[2].revision


async def test_a_rename_is_no_revision_and_no_download(connected) -> None:
    connected.google.control.clear_requests()
    connected.google.control.change_file(connected.file_id, name="Summer.csv")
    await connected.refresh()

    renamed = connected.told(FileRenamed.NAME)
    assert [(event.old_name, event.name) for event in renamed] == [("Spring.csv", "Summer.csv")]
    assert len(synced(connected)) == 1
    assert not [call for call in connected.google.control.requests() if "alt=media" in call["query"]]


async def test_a_file_comes_back_from_the_trash_with_its_history(connected) -> None:
    connected.google.control.trash(connected.file_id)
    await connected.refresh()
    gone = connected.files()["Spring.csv"].status
    rows_while_gone = connected.rows()
    connected.google.control.trash(connected.file_id, trashed=False)
    await connected.refresh()

    assert gone == "removed"
    assert rows_while_gone == 0
    assert [event.why for event in connected.told(FileRemoved.NAME)] == ["trashed"]
    assert len(connected.told(FileRestored.NAME)) == 1
    assert len(synced(connected)) == 1
    assert connected.files()["Spring.csv"].status == "up_to_date"
    assert connected.rows() == 16


async def test_a_deleted_file_is_told_once_and_keeps_its_history(connected) -> None:
    connected.google.control.delete_file(connected.file_id)
    await connected.refresh()
    await connected.refresh()

    assert [event.why for event in connected.told(FileRemoved.NAME)] == ["deleted_or_unshared"]
    assert len(synced(connected)) == 1


async def test_a_new_file_is_judged(connected, campaign_csv) -> None:
    other = campaign_csv.replace(b"Spring", b"Autumn")
    connected.google.control.add_file(MARA.email, "Autumn.csv", other, "text/csv")
    connected.google.control.add_sheet(MARA.email, "Holidays", {"Tab": [["Name", "Days"], ["Ida", 20], ["Bo", 25]]})
    await connected.refresh()

    assert [event.name for event in connected.told(FileDiscovered.NAME)] == ["Spring.csv", "Autumn.csv"]
    assert [event.name for event in synced(connected)] == ["Spring.csv", "Autumn.csv"]
    assert [event.name for event in connected.told(FileNotCampaign.NAME)] == ["Holidays"]


async def test_a_file_that_becomes_a_campaign_is_found(connected, campaign_csv) -> None:
    file_id = connected.google.control.add_file(MARA.email, "Notes.csv", b"Name,Days\nIda,20\nBo,25\n", "text/csv")
    await connected.refresh()
    connected.google.control.replace_content(file_id, campaign_csv.replace(b"Spring", b"Autumn"))
    await connected.refresh()

    assert connected.files()["Notes.csv"].status == "up_to_date"
    assert len(connected.told(FileNotCampaign.NAME)) == 1


@pytest.mark.parametrize("healed", [True, False])
async def test_a_file_that_was_left_alone_and_broke_is_judged_again(connected, campaign_csv, healed: bool) -> None:
    holidays = b"Name,Days\nIda,20\nBo,25\n"
    file_id = connected.google.control.add_file(MARA.email, "Budget.csv", holidays, "text/csv")
    await connected.refresh()
    connected.google.control.replace_content(file_id, b"\x00\x01\x02 no table \xff")
    await connected.refresh()
    broken = connected.files()["Budget.csv"].status
    connected.google.control.replace_content(file_id, campaign_csv.replace(b"Spring", b"A") if healed else holidays)
    await connected.refresh()

    assert "needs_you" == broken
    assert ["Spring.csv", *["Budget.csv"] * healed] == [event.name for event in connected.told(FileDiscovered.NAME)]
    assert ["Spring.csv", *["Budget.csv"] * healed] == [event.name for event in synced(connected)]
    assert ("up_to_date" if healed else "not_campaign") == connected.files()["Budget.csv"].status


async def test_a_touched_sheet_with_the_same_cells_tells_nothing(connected) -> None:
    rows = [
        ["Date", "Channel", "Spend", "Clicks"],
        *[[f"2026-01-{day:02}", "Search", 10 + day, 5] for day in range(1, 20)],
    ]
    file_id = connected.google.control.add_sheet(MARA.email, "Budget", {"Tab": rows})
    await connected.refresh()
    before = len(connected.told())
    connected.google.control.replace_tabs(file_id, {"Tab": rows})
    await connected.refresh()

    assert [event.name for event in synced(connected)] == ["Spring.csv", "Budget"]
    assert len(connected.told()) == before


async def test_a_broken_file_holds_up_no_other_and_is_told_once_per_change(connected, campaign_csv) -> None:
    connected.google.control.replace_content(connected.file_id, b"\x00\x01\x02 no table \xff")
    connected.google.control.add_file(MARA.email, "Autumn.csv", campaign_csv.replace(b"Spring", b"A"), "text/csv")
    await connected.refresh()
    await connected.refresh()
    await connected.refresh(connected.file_id)
    broken = connected.files()["Spring.csv"]
    connected.google.control.replace_content(connected.file_id, campaign_csv)
    await connected.refresh()

    assert broken.status == "needs_you"
    assert len(connected.told(FileReadFailed.NAME)) == 1
    assert connected.files()["Autumn.csv"].status == "up_to_date"
    assert connected.files()["Spring.csv"].status == "up_to_date"
    assert [(event.name, event.revision_number) for event in synced(connected)] == [
        ("Spring.csv", 1),
        ("Autumn.csv", 1),
        ("Spring.csv", 1),
    ]
    assert connected.rows() == 32


async def test_a_file_that_cannot_be_fetched_waits_for_the_next_check(connected) -> None:
    connected.google.control.edit_cell(connected.file_id, "D2", "250")
    connected.google.control.faults({"match": {"path": "/files/"}, "times": 6, "do": {"status": 503}})
    handle = connected.client.get_workflow_handle(sync_workflow_id(connected.workspace))
    await handle.signal(FORCE_REFRESH_SIGNAL, ForceRefresh())
    async with asyncio.timeout(30):
        while not connected.told(FileReadFailed.NAME):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    waiting = connected.files()["Spring.csv"].status
    noted = connected.pending()
    connected.google.control.clear_faults()
    await connected.refresh()

    assert (waiting, noted) == ("waiting", [connected.file_id])
    assert [event.code for event in connected.told(FileReadFailed.NAME)] == ["unavailable"]
    assert [event.revision_number for event in synced(connected)] == [1, 2]
    assert connected.files()["Spring.csv"].status == "up_to_date"


async def test_a_slow_down_is_obeyed(connected) -> None:
    connected.google.control.edit_cell(connected.file_id, "D2", "250")
    connected.google.control.clear_requests()
    busy = {"status": 429, "reason": "rateLimitExceeded", "retry_after": 3}
    connected.google.control.faults({"match": {"path": "/files/"}, "times": 1, "do": busy})
    began = asyncio.get_running_loop().time()
    await connected.refresh()

    assert asyncio.get_running_loop().time() - began >= 3
    assert [event.revision_number for event in synced(connected)] == [1, 2]


async def test_lost_access_ends_syncing_and_a_reconnect_starts_it_again(connected) -> None:
    connected.google.control.revoke_grant(MARA.email)
    handle = connected.client.get_workflow_handle(sync_workflow_id(connected.workspace))
    await handle.signal(FORCE_REFRESH_SIGNAL, ForceRefresh())
    await handle.result()
    lost = connected.told(AccessLost.NAME)
    connected.google.control.edit_cell(connected.file_id, "D2", "250")
    await connected.connect()
    async with asyncio.timeout(20):
        while len(synced(connected)) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    assert len(lost) == 1
    assert "onnect" in lost[0].reason
    assert [event.revision_number for event in synced(connected)] == [1, 2]


async def test_a_disconnect_gives_the_grant_back_and_keeps_what_was_read(connected) -> None:
    stream = f"{connected.workspace}/integration/google_drive"
    connected.append(stream, IntegrationDisconnected(platform="google_drive", user="mia"), actor="mia")
    connected.google.control.clear_requests()
    handle = connected.client.get_workflow_handle(sync_workflow_id(connected.workspace))
    await handle.signal(FORCE_REFRESH_SIGNAL, ForceRefresh())
    await handle.result()

    with connected.engine.connect() as database:
        assert database.execute(sa.text("SELECT count(*) FROM vault_entry")).scalar_one() == 0
    assert [request["path"] for request in connected.google.control.requests()] == ["/revoke"]
    assert len(synced(connected)) == 1
    assert connected.rows() == 16


async def test_who_left_the_workspace_brings_no_more_data(connected) -> None:
    connected.append(f"{connected.workspace}/workspace/self", MemberRemoved(user="mia"), actor="otto")
    connected.google.control.edit_cell(connected.file_id, "D2", "250")
    handle = connected.client.get_workflow_handle(sync_workflow_id(connected.workspace))
    await handle.signal(FORCE_REFRESH_SIGNAL, ForceRefresh())
    await handle.result()

    assert len(connected.told(AccessLost.NAME)) == 1
    assert len(synced(connected)) == 1


async def test_a_lost_change_feed_is_made_up_for_by_the_listing(connected) -> None:
    connected.google.control.edit_cell(connected.file_id, "D2", "250")
    with connected.engine.begin() as database:
        database.execute(sa.text("DELETE FROM sync_check"))
    await connected.refresh()

    assert [event.revision_number for event in synced(connected)] == [1, 2]
