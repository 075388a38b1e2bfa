"""Erase originals of superseded revisions that workspaces no longer want kept, and tell of it.

No workflow does this: a workspace's syncing ends when its Drive is disconnected, and its wish goes on.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from events import blobs, store
from events.campaign_file import FileContentsErased
from events.envelope import Meta, business_key
from projections import members

EVERY = timedelta(days=1)
log = logging.getLogger("worker")


async def daily(engine: Engine, clock: Callable[[], datetime]) -> None:
    """Erase in all workspaces now and once a day, for ever. Several workers may do so at once."""
    while True:
        await asyncio.to_thread(everywhere, engine, clock())
        await asyncio.sleep(EVERY.total_seconds())


def everywhere(engine: Engine, now: datetime) -> None:
    """Erase what is due in each workspace that wants it. One that fails is tried again the next day."""
    try:
        with engine.connect() as database:
            wishing = members.wishing_to_erase(database)
        for workspace in wishing:
            superseded(engine, workspace, now)
    except SQLAlchemyError:
        log.exception("Originals of superseded revisions could not be erased; the next day tries again")


def superseded(engine: Engine, workspace: str, now: datetime) -> None:
    """Erase and tell in one transaction: killed in between, neither happened."""
    with engine.begin() as database:
        for gone in blobs.erase_superseded(database, workspace, now):
            file_id = gone.stream.split("/", 2)[2]
            erased = FileContentsErased(file_id=file_id, revisions=gone.revisions, bytes_freed=gone.freed)
            key = business_key(workspace, erased.NAME, file_id, *map(str, gone.revisions))
            store.append(database, gone.stream, [erased], meta=Meta(actor="system"), key=key)
