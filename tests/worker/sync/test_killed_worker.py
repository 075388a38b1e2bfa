"""A real worker process is killed at the worst moments. Nothing is lost, nothing is there twice."""

import asyncio
import signal

import pytest

from events.campaign_file import FileDiscovered, FileSynced
from events.integration import IntegrationConnected
from worker.contracts import FORCE_REFRESH_SIGNAL, ForceRefresh, sync_workflow_id
from worker.google_drive.sandbox.accounts import MARA

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]
FILES = 3


@pytest.fixture
def drive(world, campaign_csv) -> list[str]:
    return [
        world.google.control.add_file(
            MARA.email, f"Campaign {number}.csv", campaign_csv.replace(b"Spring", b"C%d" % number), "text/csv"
        )
        for number in range(FILES)
    ]


@pytest.mark.parametrize(
    ("event", "moment"),
    [
        (FileDiscovered.NAME, "before"),
        (IntegrationConnected.NAME, "after"),
        (FileSynced.NAME, "before"),
        (FileSynced.NAME, "after"),
    ],
)
async def test_killed_around_a_commit(world, process, drive, event: str, moment: str) -> None:
    with process(dies_at=event, moment=moment) as first:
        connecting = asyncio.create_task(world.connect())
        await world.until(lambda: first.poll() is not None)
        assert first.returncode == -signal.SIGKILL
        with process():
            result = await connecting
            await world.synced()
            await world.until(lambda: len(world.told(FileSynced.NAME)) == FILES)
            await world.end()

    assert result.status == "connected"
    assert len(world.told(IntegrationConnected.NAME)) == 1
    assert sorted(file.file_id for file in world.told(FileDiscovered.NAME)) == sorted(drive)
    assert sorted(file.file_id for file in world.told(FileSynced.NAME)) == sorted(drive)
    assert world.rows() == FILES * 16


async def test_killed_in_the_middle_of_a_download(world, process, drive) -> None:
    with process() as first:
        await world.connect()
        await world.synced()
        world.google.control.edit_cell(drive[0], "D2", "250")
        world.google.control.edit_cell(drive[1], "D2", "260")
        world.google.control.clear_requests()
        slow = {"match": {"path": f"/files/{drive[0]}"}, "times": 2, "do": {"delay_s": 2}}
        world.google.control.faults(slow)
        sync = world.client.get_workflow_handle(sync_workflow_id(world.workspace))
        await sync.signal(FORCE_REFRESH_SIGNAL, ForceRefresh())
        await world.until(lambda: len(world.told(FileSynced.NAME)) == FILES + 1)
        first.kill()
        first.wait()
        assert drive[0] in world.pending()
        with process():
            await world.synced()
            await world.end()

    revisions = [(event.file_id, event.revision_number) for event in world.told(FileSynced.NAME)]
    assert sorted(revisions) == sorted([(file_id, 1) for file_id in drive] + [(drive[0], 2), (drive[1], 2)])
    assert world.rows() == FILES * 16


async def test_told_to_stop_it_finishes_what_runs(world, process, drive) -> None:
    with process() as child:
        await world.connect()
        await world.synced()
        world.google.control.edit_cell(drive[0], "D2", "250")
        world.google.control.clear_requests()
        world.google.control.faults({"match": {"path": f"/files/{drive[0]}"}, "times": 1, "do": {"delay_s": 2}})
        sync = world.client.get_workflow_handle(sync_workflow_id(world.workspace))
        await sync.signal(FORCE_REFRESH_SIGNAL, ForceRefresh(drive[0]))
        await world.until(lambda: any(drive[0] in call["path"] for call in world.google.control.requests()))
        child.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(child.wait, 40)
        await world.end()

    log = process.log.read_text()
    assert code == 0, log
    assert [event.revision_number for event in world.told(FileSynced.NAME) if event.file_id == drive[0]] == [1, 2]
    assert "Traceback" not in log
