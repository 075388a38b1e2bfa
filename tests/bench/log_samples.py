"""The events that every contender stores and reads, and how we store them."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from sqlalchemy.engine import Connection

from events import store
from events.campaign_file import FileDiscovered, FileSynced
from events.envelope import Meta

META = Meta(actor="system", workflow_id="sync-bench", run_id=str(uuid.uuid4()), activity="SyncFileActivity")
EVENT = FileDiscovered(
    file_id="1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
    platform="google_drive",
    name="Spring campaign.xlsx",
    mime_type="text/csv",
    modified_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    link="https://drive.example/file/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
    owner="Ana",
    score=0.93,
    reasons=["columns Spend and Clicks"],
)
"""About 300 bytes."""
DATA = msgspec.json.encode(EVENT).decode()
META_TEXT = msgspec.json.encode(META).decode()
BUILTIN = msgspec.json.decode(DATA)
META_BUILTIN = msgspec.json.decode(META_TEXT)


def event(number: int) -> FileSynced:
    """About 600 bytes; 2,000 files take turns."""
    return FileSynced(
        file_id=f"file-{number % 2000}",
        name="Spring campaign.xlsx",
        revision=f"{number:064x}",
        revision_number=number // 2000 + 1,
        drive_version=str(number),
        modified_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        bytes=48_213,
        mime_type="text/csv",
        kind="actuals",
        rows=number % 977,
        rows_added=3,
        rows_removed=1,
        sums={"spend": Decimal("1234.50")},
        currency="EUR",
        first_date="2026-01-01",
        last_date="2026-02-28",
        channels=["Search"],
        mapping=[],
        quarantined=0,
        quarantined_cells=[],
        dropped_rows=0,
        warnings=[],
        reader_version="1",
    )


def append(connection: Connection, size: int, appends: int) -> int:
    """Append as the product does: typed events, checked to come back as they are, under a key, in a transaction."""
    for _ in range(appends):
        with connection.begin():
            store.append(connection, f"w/file/{uuid.uuid4()}", [EVENT] * size, meta=META, key=uuid.uuid4())
    return size * appends
