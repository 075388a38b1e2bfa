"""Connecting a Drive, all the way: consent page, workflow, tokens in the vault, files in the log, sync running."""

import asyncio
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from temporalio.testing import ActivityEnvironment

from events.campaign_file import FileDiscovered, FileNotCampaign, FileReadFailed, FileSynced
from events.integration import IntegrationConnected, IntegrationFailed, IntegrationReconnected
from projections import sync_lag
from projections.members import NoAccess
from worker.contracts import (
    OAUTH_CALLBACK_SIGNAL,
    Access,
    DiscoverInput,
    HandleOAuthInput,
    StoreIntegrationInput,
    sync_workflow_id,
)
from worker.google_drive.sandbox.accounts import INES, MARA
from worker.integration.activities import IntegrationActivities, OtherWorkspace
from worker.platform import ConsentRefused
from worker.vault import VaultCannotOpen

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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


@pytest.fixture
def activities(world) -> IntegrationActivities:
    outside = world.outside
    return IntegrationActivities(outside.engine, outside.vault, outside.connectors, world.client, outside.clock)


def sealed(world) -> list[str]:
    with world.engine.connect() as database:
        return list(database.execute(sa.text("SELECT handle FROM vault_entry ORDER BY created_at")).scalars())


def cursor(world) -> str | None:
    with world.engine.connect() as database:
        return sync_lag.cursor(database, world.workspace, "google_drive")


async def test_a_denied_consent_is_recorded_with_what_to_do(world) -> None:
    async with world.working():
        handle = await world.start_integration()
        callback = await asyncio.to_thread(world.consent, handle.id, allow=False)
        await handle.signal(OAUTH_CALLBACK_SIGNAL, callback)
        result = await handle.result()

    failed = world.told(IntegrationFailed.NAME)
    assert (result.status, [event.code for event in failed]) == ("failed", ["denied"])
    assert result.reason == failed[0].reason
    assert "choose Allow" in failed[0].reason
    assert sealed(world) == []


async def test_reconnecting_replaces_the_tokens_and_keeps_history_and_cursor(world, campaign_csv) -> None:
    world.google.control.add_file(MARA.email, "Spring.csv", campaign_csv, "text/csv")
    async with world.working():
        await world.connect()
        await world.synced()
        before, first_cursor = sealed(world), cursor(world)
        result = await world.connect()
        await world.synced()

    assert result.status == "connected"
    assert len(world.told(IntegrationConnected.NAME)) == 1
    assert [event.account for event in world.told(IntegrationReconnected.NAME)] == [MARA.email]
    assert len(sealed(world)) == 1
    assert sealed(world) != before
    assert cursor(world) == first_cursor
    assert [event.revision_number for event in world.told(FileSynced.NAME)] == [1]
    assert len(world.told(FileDiscovered.NAME)) == 1


async def test_another_account_starts_its_own_change_feed(world, campaign_csv) -> None:
    world.google.control.add_file(MARA.email, "Spring.csv", campaign_csv, "text/csv")
    world.google.control.add_file(INES.email, "Autumn.csv", campaign_csv.replace(b"Spring", b"Autumn"), "text/csv")
    async with world.working():
        await world.connect()
        await world.synced()
        await world.connect(INES.email)
        await world.synced()
        async with asyncio.timeout(20):
            while world.files()["Spring.csv"].status != "removed":  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    assert {name: file.status for name, file in world.files().items()} == {
        "Autumn.csv": "up_to_date",
        "Spring.csv": "removed",
    }
    assert world.rows() == 16


@pytest.mark.parametrize("user", ["vera", "stranger"])
async def test_who_may_not_plan_may_not_connect(world, user: str) -> None:
    async with world.working():
        handle = await world.start_integration(user)
        callback = await asyncio.to_thread(world.consent, handle.id, user=user)
        await handle.signal(OAUTH_CALLBACK_SIGNAL, callback)
        result = await handle.result()

    assert result.status == "failed"
    assert "Ask" in (result.reason or "")
    assert world.told(IntegrationConnected.NAME, IntegrationFailed.NAME) == []
    assert sealed(world) == []


async def test_a_drive_that_cannot_be_listed_is_not_connected_and_its_tokens_are_forgotten(world) -> None:
    world.google.control.faults({"match": {"path": "/drive/v3/files"}, "times": None, "do": {"status": 503}})
    async with world.working():
        result = await world.connect()

    assert result.status == "failed"
    assert [event.code for event in world.told(IntegrationFailed.NAME)] == ["broken"]
    assert sealed(world) == []


async def test_a_repeated_exchange_finds_what_the_first_try_stored(world, activities) -> None:
    attempt = "integration-mia-1"
    callback = await asyncio.to_thread(world.consent, attempt)
    request = HandleOAuthInput(world.workspace, "mia", "google_drive", attempt, callback.code or "")
    first = await asyncio.to_thread(ActivityEnvironment().run, activities.handle_oauth, request)
    again = await asyncio.to_thread(ActivityEnvironment().run, activities.handle_oauth, request)

    assert first == again
    assert len(sealed(world)) == 1
    assert len(world.google.control.requests("/token")) == 1
    assert first.account == MARA.email


async def test_a_code_that_was_lost_with_its_worker_asks_to_connect_again(world, activities) -> None:
    attempt = "integration-mia-2"
    callback = await asyncio.to_thread(world.consent, attempt)
    connector = world.outside.connectors["google_drive"]
    await asyncio.to_thread(connector.exchange, world.workspace, attempt, callback.code or "")
    second_try = ActivityEnvironment()
    second_try.info = ActivityEnvironment.default_info()
    object.__setattr__(second_try.info, "attempt", 2)
    request = HandleOAuthInput(world.workspace, "mia", "google_drive", attempt, callback.code or "")

    with pytest.raises(ConsentRefused, match=r"interrupted\. Press Connect"):
        await asyncio.to_thread(second_try.run, activities.handle_oauth, request)


async def test_storing_twice_tells_once(world, activities, campaign_csv) -> None:
    world.google.control.add_file(MARA.email, "Spring.csv", campaign_csv, "text/csv")
    world.google.control.add_file(MARA.email, "Media plan Q3.xlsx", b"PK\x03\x04 no", XLSX)
    request = await asyncio.to_thread(_discovered, world, activities)
    for _ in range(2):
        await asyncio.to_thread(ActivityEnvironment().run, activities.store_integration, request)

    assert len(world.told(IntegrationConnected.NAME)) == 1
    assert len(world.told(FileDiscovered.NAME)) == 1
    assert len(world.pending()) == 1


async def test_a_listing_of_another_workspace_is_refused(world, activities) -> None:
    request = await asyncio.to_thread(_discovered, world, activities)
    world.add_workspace("other")
    stolen = StoreIntegrationInput("other", "mia", "google_drive", "a", request.access, request.listing)

    with pytest.raises(OtherWorkspace):
        await asyncio.to_thread(ActivityEnvironment().run, activities.store_integration, stolen)


async def test_tokens_of_another_workspace_do_not_open(world, activities) -> None:
    request = await asyncio.to_thread(_discovered, world, activities)
    world.add_workspace("other")

    with pytest.raises(VaultCannotOpen):
        await asyncio.to_thread(
            ActivityEnvironment().run,
            activities.discover,
            DiscoverInput("other", "mia", "google_drive", request.access),
        )


async def test_every_activity_refuses_a_viewer(world, activities) -> None:
    who = (world.workspace, "vera", "google_drive")
    access = Access("h", [], datetime.now(UTC), "mara")
    for activity, request in (
        (activities.handle_oauth, HandleOAuthInput(*who, "a", "c")),
        (activities.discover, DiscoverInput(*who, access)),
        (activities.store_integration, StoreIntegrationInput(*who, "a", access, "l")),
    ):
        with pytest.raises(NoAccess):
            await asyncio.to_thread(ActivityEnvironment().run, activity, request)


async def test_a_campaign_that_cannot_be_read_is_told_with_its_reason(world, campaign_csv) -> None:
    world.google.control.add_file(MARA.email, "Media plan Q3.xlsx", b"PK\x03\x04 but no workbook", XLSX)
    world.google.control.add_file(MARA.email, "Spring.csv", campaign_csv, "text/csv")
    async with world.working():
        await world.connect()
        await world.synced()

    assert [event.name for event in world.told(FileReadFailed.NAME)] == ["Media plan Q3.xlsx"]
    broken = world.files()["Media plan Q3.xlsx"]
    assert broken.status == "needs_you"
    assert (broken.owner, bool(broken.link)) == (world.files()["Spring.csv"].owner, True)
    assert world.files()["Spring.csv"].status == "up_to_date"


async def test_connecting_twice_at_once_leaves_one_sync(world, campaign_csv) -> None:
    world.google.control.add_file(MARA.email, "Spring.csv", campaign_csv, "text/csv")
    async with world.working():
        results = await asyncio.gather(world.connect(), world.connect(user="otto"))
        await world.synced()
        sync = await world.client.get_workflow_handle(sync_workflow_id(world.workspace)).describe()

    assert {result.status for result in results} == {"connected"}
    assert sync.status is not None
    assert sync.status.name == "RUNNING"
    assert [event.name for event in world.told(FileSynced.NAME)] == ["Spring.csv"]
    assert len(sealed(world)) == 1


def _discovered(world, activities: IntegrationActivities) -> StoreIntegrationInput:
    attempt = "integration-mia-3"
    callback = world.consent(attempt)
    who = (world.workspace, "mia", "google_drive")
    access = ActivityEnvironment().run(activities.handle_oauth, HandleOAuthInput(*who, attempt, callback.code or ""))
    discovery = ActivityEnvironment().run(activities.discover, DiscoverInput(*who, access))
    return StoreIntegrationInput(*who, attempt, access, discovery.listing)
