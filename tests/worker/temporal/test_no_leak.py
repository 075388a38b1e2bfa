"""Tokens, codes and campaign data are looked for everywhere they must not be, after everything was used once."""

import asyncio
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from events.integration import IntegrationConnected
from worker.contracts import (
    FORCE_REFRESH_SIGNAL,
    OAUTH_CALLBACK_SIGNAL,
    ForceRefresh,
    sync_workflow_id,
)
from worker.google_drive.sandbox.accounts import MARA

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]
CAMPAIGN = b"Zebra-Canary-7719"


async def test_no_secret_is_anywhere(world, process, campaign_csv) -> None:
    file_id = world.google.control.add_file(
        MARA.email, "Spring.csv", campaign_csv.replace(b"Spring", CAMPAIGN), "text/csv"
    )
    with process() as worker:
        handle = await world.start_integration()
        callback = await asyncio.to_thread(world.consent, handle.id)
        await handle.signal(OAUTH_CALLBACK_SIGNAL, callback)
        await handle.result()
        await world.synced()
        tokens = await asyncio.to_thread(_tokens, world)
        world.google.control.expire_access_tokens(MARA.email)
        world.google.control.faults({"match": {"path": "/files/"}, "times": 2, "do": {"status": 500}})
        world.google.control.edit_cell(file_id, "D2", "250")
        await world.refresh()
        renewed = await asyncio.to_thread(_tokens, world)
        world.google.control.revoke_grant(MARA.email)
        sync = world.client.get_workflow_handle(sync_workflow_id(world.workspace))
        await sync.signal(FORCE_REFRESH_SIGNAL, ForceRefresh())
        await sync.result()
        worker.terminate()
        await asyncio.to_thread(worker.wait, 40)
        histories = [await _raw_history(handle), await _raw_history(sync)]

    secrets = {*tokens, *renewed, callback.code}
    assert len(secrets) >= 4, "two access tokens, a refresh token and a code"
    log = process.log.read_bytes()
    database = await asyncio.to_thread(_everything, world)
    assert b"HandleOAuthActivity" in histories[0]
    assert world.workspace.encode() in database
    for secret in secrets:
        for spelling in {secret.encode(), quote(secret, safe="").encode()}:
            assert spelling not in log
            assert spelling not in database
            assert spelling not in b"".join(histories)
    assert CAMPAIGN not in b"".join(histories)
    assert b"Spring.csv" not in b"".join(histories)
    assert CAMPAIGN not in log


def _tokens(world) -> set[str]:
    handle = world.told(IntegrationConnected.NAME)[0].vault_handle
    with world.engine.connect() as database:
        tokens = world.outside.vault.open(database, world.workspace, handle)
    return {tokens.access, tokens.refresh}


async def _raw_history(handle) -> bytes:
    """Give a history as Temporal holds it."""
    return b"".join([event.SerializeToString() async for event in handle.fetch_history_events()])


def _everything(world) -> bytes:
    """Give every row of every table as text."""
    with world.engine.connect() as database:
        database.exec_driver_sql("RESET ROLE")
        tables = sa.inspect(database).get_table_names()
        rows = [
            row for table in tables for row in database.exec_driver_sql(f'SELECT t::text FROM "{table}" t').scalars()
        ]
    assert len(rows) > 10
    return "\n".join(rows).encode()
