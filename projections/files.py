"""Which campaign files are there, what is in them, and which need a person?"""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection

from events import store
from events.campaign_file import (
    ColumnMapping,
    FileDiscovered,
    FileNotCampaign,
    FileReadFailed,
    FileRemoved,
    FileRenamed,
    FileRestored,
    FileSynced,
    QuarantinedCell,
)
from events.database import cursor
from events.envelope import Recorded, stream_of
from projections.as_of import rows_as_of
from projections.read_model import METADATA, Folded

VERSION = 1
MANY_QUARANTINED = 0.05
"""Unreadable cells per row from which on a person should look at the file."""

Status = Literal["waiting", "up_to_date", "needs_you", "removed", "not_campaign"]


class CampaignFile(msgspec.Struct, frozen=True, kw_only=True):
    workspace: str
    file_id: str
    platform: str = ""
    name: str
    mime_type: str = ""
    link: str = ""
    owner: str = ""
    status: Status
    score: float = 0.0
    reasons: list[str] = []
    modified_at: datetime | None = None
    """When the platform says that it changed last."""
    synced_at: datetime | None = None
    revision: str | None = None
    revision_number: int = 0
    """0 until rows were stored for the first time."""
    rows: int = 0
    sums: dict[str, Decimal] = {}
    currency: str | None = None
    kind: Literal["actuals", "plan", "mixed"] | None = None
    first_date: str | None = None
    last_date: str | None = None
    channels: list[str] = []
    mapping: list[ColumnMapping] = []
    quarantined: int = 0
    quarantined_cells: list[QuarantinedCell] = []
    dropped_rows: int = 0
    non_additive: list[str] = []
    warnings: list[str] = []
    problem: str | None = None
    """What a person should know or do, in a sentence."""
    problem_code: str | None = None
    position: int
    """Of the newest event about this file."""


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
    sa.Column("non_additive", JSONB, nullable=False),
    sa.Column("warnings", JSONB, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Column("problem_code", sa.Text),
    sa.Column("position", sa.BigInteger, nullable=False),
)

_LIVE = b"""
    SELECT to_jsonb(f)::text, EXISTS (
        SELECT FROM sync_pending p WHERE (p.workspace, p.file_id) = (f.workspace, f.file_id))
    FROM files f WHERE f.workspace = %(workspace)s AND (%(file_id)s::text IS NULL OR f.file_id = %(file_id)s)
"""
_decoder = msgspec.json.Decoder(CampaignFile)


def key(recorded: Recorded) -> tuple[str, str]:
    return recorded.workspace, recorded.stream.split("/", 2)[2]


_REMOVED = {
    "trashed": "The file is in the trash. Restore it there and it counts again.",
    "deleted_or_unshared": "The file was deleted or is no longer shared. Share it again and it counts again.",
    "disconnected": "Google Drive was disconnected. Connect it again and the file counts again.",
}


def _unseen(recorded: Recorded, name: str) -> CampaignFile:
    workspace, file_id = key(recorded)
    return CampaignFile(workspace=workspace, file_id=file_id, name=name, status="waiting", position=recorded.position)


def _standing(row: CampaignFile) -> CampaignFile:
    """Give a file the status that its newest reading earns, without the problem of its absence."""
    if row.revision_number == 0:
        return msgspec.structs.replace(row, status="waiting", problem=None, problem_code=None)
    if row.rows == 0:
        return msgspec.structs.replace(
            row,
            status="needs_you",
            problem="No row could be used. Check that the sheet still holds a table with dates and numbers.",
            problem_code="no_rows",
        )
    if row.quarantined > MANY_QUARANTINED * row.rows:
        return msgspec.structs.replace(
            row,
            status="needs_you",
            problem=f"{row.quarantined} cells could not be understood. Correct them in the sheet; the list says which.",
            problem_code="many_unreadable_cells",
        )
    return msgspec.structs.replace(row, status="up_to_date", problem=None, problem_code=None)


def _discovered(row: CampaignFile | None, event: FileDiscovered, recorded: Recorded) -> CampaignFile:
    known = row or _unseen(recorded, event.name)
    known = msgspec.structs.replace(
        known,
        platform=event.platform,
        name=event.name,
        mime_type=event.mime_type,
        link=event.link,
        owner=event.owner,
        score=event.score,
        reasons=event.reasons,
        modified_at=event.modified_at,
        position=recorded.position,
    )
    return _standing(known) if known.status in {"removed", "not_campaign"} else known


def _not_campaign(row: CampaignFile | None, event: FileNotCampaign, recorded: Recorded) -> CampaignFile:
    return msgspec.structs.replace(
        row or _unseen(recorded, event.name),
        platform=event.platform,
        name=event.name,
        status="not_campaign",
        score=event.score,
        reasons=event.reasons,
        modified_at=event.modified_at,
        problem=None,
        problem_code=None,
        position=recorded.position,
    )


def _synced(row: CampaignFile | None, event: FileSynced, recorded: Recorded) -> CampaignFile:
    return _standing(
        msgspec.structs.replace(
            row or _unseen(recorded, event.name),
            name=event.name,
            mime_type=event.mime_type,
            modified_at=event.modified_at,
            synced_at=recorded.at,
            revision=event.revision,
            revision_number=event.revision_number,
            rows=event.rows,
            sums=event.sums,
            currency=event.currency,
            kind=event.kind,
            first_date=event.first_date,
            last_date=event.last_date,
            channels=event.channels,
            mapping=event.mapping,
            quarantined=event.quarantined,
            quarantined_cells=event.quarantined_cells,
            dropped_rows=event.dropped_rows,
            non_additive=event.non_additive,
            warnings=event.warnings,
            position=recorded.position,
        )
    )


def _read_failed(row: CampaignFile | None, event: FileReadFailed, recorded: Recorded) -> CampaignFile:
    """The rows of the last good revision stay."""
    return msgspec.structs.replace(
        row or _unseen(recorded, event.name),
        name=event.name,
        status="needs_you",
        modified_at=event.modified_at,
        problem=event.reason,
        problem_code=event.code,
        position=recorded.position,
    )


def _renamed(row: CampaignFile | None, event: FileRenamed, recorded: Recorded) -> CampaignFile | None:
    return row and msgspec.structs.replace(
        row, name=event.name, modified_at=event.modified_at, position=recorded.position
    )


def _removed(row: CampaignFile | None, event: FileRemoved, recorded: Recorded) -> CampaignFile | None:
    return row and msgspec.structs.replace(
        row, status="removed", problem=_REMOVED[event.why], problem_code=event.why, position=recorded.position
    )


def _restored(row: CampaignFile | None, event: FileRestored, recorded: Recorded) -> CampaignFile | None:
    return row and _standing(msgspec.structs.replace(row, name=event.name, position=recorded.position))


MODEL = Folded(
    name="files",
    version=VERSION,
    table=TABLE,
    row=CampaignFile,
    key=key,
    folds={
        FileDiscovered: _discovered,
        FileNotCampaign: _not_campaign,
        FileSynced: _synced,
        FileRenamed: _renamed,
        FileReadFailed: _read_failed,
        FileRemoved: _removed,
        FileRestored: _restored,
    },
)


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


def revisions(connection: Connection, workspace: str, file_id: str) -> list[Recorded]:
    """Every content that was stored, the newest first."""
    return store.read(
        connection,
        workspace=workspace,
        stream=stream_of(workspace, "file", file_id),
        names=[FileSynced.NAME],
        backwards=True,
    )


def count_by_status(connection: Connection, workspace: str) -> Counter[Status]:
    return Counter(row.status for row in _live(connection, workspace, None))


def _live(connection: Connection, workspace: str, file_id: str | None) -> list[CampaignFile]:
    rows = cursor(connection).execute(_LIVE, {"workspace": workspace, "file_id": file_id})
    return [_with_pending(_decoder.decode(row), pending) for row, pending in rows]


def _with_pending(row: CampaignFile, pending: bool) -> CampaignFile:
    """A change that is noted and not yet stored makes a file wait, if it counts."""
    if pending and row.status in {"up_to_date", "needs_you"}:
        return msgspec.structs.replace(row, status="waiting")
    return row
