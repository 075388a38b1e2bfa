"""Which campaign files are there, what is in them, and which need a person?"""

from collections import Counter

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection

from events import store
from events.campaign_file import FileSynced
from events.database import cursor
from events.envelope import Recorded, stream_of
from projections.as_of import rows_as_of
from projections.file_state import FOLDS, CampaignFile, Status
from projections.read_model import METADATA, Folded, of_stream

__all__ = ["MODEL", "CampaignFile", "Status"]

VERSION = 3

TABLE = sa.Table(
    "files",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("file_id", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("mime_type", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("score", sa.Double, nullable=False),
    sa.Column("reasons", JSONB, nullable=False),
    sa.Column("modified_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("synced_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("took_seconds", sa.Double),
    sa.Column("revision", sa.Text),
    sa.Column("revision_number", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("sums", JSONB, nullable=False),
    sa.Column("currency", sa.Text),
    sa.Column("kind", sa.Text),
    sa.Column("first_date", sa.Text),
    sa.Column("last_date", sa.Text),
    sa.Column("channels", JSONB, nullable=False),
    sa.Column("mapping", JSONB, nullable=False),
    sa.Column("quarantined", sa.BigInteger, nullable=False),
    sa.Column("quarantined_cells", JSONB, nullable=False),
    sa.Column("dropped_rows", sa.BigInteger, nullable=False),
    sa.Column("tables", JSONB, nullable=False),
    sa.Column("pins", JSONB, nullable=False),
    sa.Column("drift", JSONB, nullable=False),
    sa.Column("drift_open", JSONB, nullable=False),
    sa.Column("non_additive", JSONB, nullable=False),
    sa.Column("warnings", JSONB, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Column("problem_code", sa.Text),
    sa.Column("problem_details", JSONB, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)

_LIVE = b"""
    SELECT to_jsonb(f)::text, EXISTS (
        SELECT FROM sync_pending p WHERE (p.workspace, p.file_id) = (f.workspace, f.file_id))
    FROM files f WHERE f.workspace = %(workspace)s AND (%(file_id)s::text IS NULL OR f.file_id = %(file_id)s)
"""
_COUNT = b"""
    SELECT CASE WHEN f.status IN ('up_to_date', 'needs_you') AND EXISTS (
               SELECT FROM sync_pending p WHERE (p.workspace, p.file_id) = (f.workspace, f.file_id))
           THEN 'waiting' ELSE f.status END, count(*)
    FROM files f WHERE f.workspace = %(workspace)s GROUP BY 1
"""
_decoder = msgspec.json.Decoder(CampaignFile)


MODEL = Folded(name="files", version=VERSION, table=TABLE, row=CampaignFile, key=of_stream, folds=FOLDS)


def of(connection: Connection, workspace: str, at: int | None = None) -> list[CampaignFile]:
    """Every file that was ever looked into, by name."""
    rows = _live(connection, workspace, None) if at is None else rows_as_of(connection, MODEL, workspace, at)
    return sorted(rows, key=lambda row: (row.name.casefold(), row.file_id))


def one(connection: Connection, workspace: str, file_id: str, at: int | None = None) -> CampaignFile | None:
    if at is None:
        rows = _live(connection, workspace, file_id)
    else:
        rows = rows_as_of(connection, MODEL, workspace, at, stream=stream_of(workspace, "file", file_id))
    return rows[0] if rows else None


def revisions(
    connection: Connection, workspace: str, file_id: str, *, until: int | None = None, limit: int = 5000
) -> list[Recorded]:
    """Contents that were stored up to a position, the newest first."""
    return store.read(
        connection,
        workspace=workspace,
        stream=stream_of(workspace, "file", file_id),
        names=[FileSynced.NAME],
        until=until,
        limit=limit,
        backwards=True,
    )


def count_by_status(connection: Connection, workspace: str) -> Counter[Status]:
    """How many files are in each state, without reading what is in them."""
    return Counter(dict(cursor(connection).execute(_COUNT, {"workspace": workspace}).fetchall()))


def _live(connection: Connection, workspace: str, file_id: str | None) -> list[CampaignFile]:
    rows = cursor(connection).execute(_LIVE, {"workspace": workspace, "file_id": file_id})
    return [_with_pending(_decoder.decode(row), pending) for row, pending in rows]


def _with_pending(row: CampaignFile, pending: bool) -> CampaignFile:
    """A change that is noted and not yet stored makes a file wait, if it counts."""
    if pending and row.status in {"up_to_date", "needs_you"}:
        return msgspec.structs.replace(row, status="waiting")
    return row
