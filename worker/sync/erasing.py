"""Erase originals of superseded revisions that the workspace no longer wants kept, and tell of it."""

from datetime import datetime

from sqlalchemy.engine import Engine

from events import blobs, store
from events.campaign_file import FileContentsErased
from events.envelope import Meta, business_key


def superseded(engine: Engine, workspace: str, now: datetime, meta: Meta) -> None:
    """Erase and tell in one transaction: killed in between, neither happened."""
    with engine.begin() as database:
        for gone in blobs.erase_superseded(database, workspace, now):
            file_id = gone.stream.split("/", 2)[2]
            erased = FileContentsErased(file_id=file_id, revisions=gone.revisions, bytes_freed=gone.freed)
            key = business_key(workspace, erased.NAME, file_id, *map(str, gone.revisions))
            store.append(database, gone.stream, [erased], meta=meta, key=key)
