"""Connecting a Drive, all the way: consent page, workflow, tokens in the vault, files in the log, sync running."""

import pytest

from events.campaign_file import FileDiscovered, FileNotCampaign, FileSynced
from events.integration import IntegrationConnected
from worker.google_drive.sandbox.accounts import MARA

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]


async def test_a_drive_is_connected_and_its_campaign_files_are_synced(world, campaign_csv) -> None:
    world.google.control.add_file(MARA.email, "Spring.csv", campaign_csv, "text/csv")
    world.google.control.add_sheet(MARA.email, "Holidays", {"Tab": [["Name", "Days"], ["Ida", 20], ["Bo", 25]]})
    async with world.working():
        result = await world.connect()
        await world.synced()

    assert result.status == "connected"
    assert [file.name for file in result.discovered_files] == ["Spring.csv"]
    connected = world.told(IntegrationConnected.NAME)
    assert [(event.user, event.account) for event in connected] == [("mia", MARA.email)]
    assert [event.name for event in world.told(FileDiscovered.NAME)] == ["Spring.csv"]
    assert [event.name for event in world.told(FileNotCampaign.NAME)] == ["Holidays"]
    assert [(event.name, event.rows) for event in world.told(FileSynced.NAME)] == [("Spring.csv", 16)]
    assert {name: file.status for name, file in world.files().items()} == {
        "Spring.csv": "up_to_date",
        "Holidays": "not_campaign",
    }
    assert world.rows() == 16
