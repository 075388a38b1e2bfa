"""What is known of one campaign file, and how each event about it changes that. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from events.campaign_file import (
    NO_PINS,
    ColumnMapping,
    DriftChange,
    FileDiscovered,
    FileDriftConfirmed,
    FileNotCampaign,
    FilePinned,
    FilePins,
    FilePinsUndone,
    FileReadFailed,
    FileRemoved,
    FileRenamed,
    FileRestored,
    FileSynced,
    QuarantinedCell,
    ReadTable,
)
from events.envelope import Event, Recorded
from projections.read_model import of_stream

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
    """When its newest content was read first; reading the same content in another way is no news."""
    took_seconds: float | None = None
    """From the newest change on the platform to the stored rows; None for the first content, which may be old."""
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
    tables: list[ReadTable] = []
    pins: FilePins = NO_PINS
    """What people decided about reading it, as it stands."""
    drift: list[DriftChange] = []
    """What changed in its shape with the newest content."""
    drift_open: list[DriftChange] = []
    """Changes that need a person and that nobody confirmed yet; also of contents before the newest."""
    non_additive: list[str] = []
    warnings: list[str] = []
    problem: str | None = None
    """What a person should know or do, in a sentence."""
    problem_code: str | None = None
    problem_details: dict[str, str] = {}
    """What a sentence about the problem in another language needs."""
    position: int
    """Of the newest event about this file."""


_REMOVED = {
    "trashed": "The file is in the trash. Restore it there and it counts again.",
    "deleted_or_unshared": "The file was deleted or is no longer shared. Share it again and it counts again.",
    "disconnected": "Google Drive was disconnected. Connect it again and the file counts again.",
}


def _unseen(recorded: Recorded, name: str) -> CampaignFile:
    workspace, file_id = of_stream(recorded)
    return CampaignFile(workspace=workspace, file_id=file_id, name=name, status="waiting", position=recorded.position)


def _standing(row: CampaignFile) -> CampaignFile:
    """Give a file the status that its newest reading earns, without the problem of its absence."""
    status, code, problem = _earned(row, row.drift_open)
    return msgspec.structs.replace(row, status=status, problem_code=code, problem=problem, problem_details={})


def _earned(content: CampaignFile | FileSynced, drift_open: list[DriftChange]) -> tuple[Status, str | None, str | None]:
    if content.revision_number == 0:
        return "waiting", None, None
    if content.rows == 0:
        problem = "No row could be used. Check that the sheet still holds a table with dates and numbers."
        return "needs_you", "no_rows", problem
    if content.quarantined > MANY_QUARANTINED * content.rows:
        problem = (
            f"{content.quarantined} cells could not be understood. Correct them in the sheet; the list says which."
        )
        return "needs_you", "many_unreadable_cells", problem
    if drift_open:
        problem = (
            "The file is built differently than before. Look at what changed, then confirm it or correct the file."
        )
        return "needs_you", "drift", problem
    return "up_to_date", None, None


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
        problem_details={},
        position=recorded.position,
    )


def _synced(row: CampaignFile | None, event: FileSynced, recorded: Recorded) -> CampaignFile:
    drift_open = _open(row, event)
    status, code, problem = _earned(event, drift_open)
    return msgspec.structs.replace(
        row or _unseen(recorded, event.name),
        name=event.name,
        mime_type=event.mime_type,
        modified_at=event.modified_at,
        **_timing(row, event, recorded),
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
        tables=event.tables,
        pins=event.pins,
        drift=event.drift,
        drift_open=drift_open,
        non_additive=event.non_additive,
        warnings=event.warnings,
        status=status,
        problem=problem,
        problem_code=code,
        problem_details={},
        position=recorded.position,
    )


def _open(row: CampaignFile | None, event: FileSynced) -> list[DriftChange]:
    """A change that was turned back needs nobody any more."""
    before = row.drift_open if row else []
    fresh = [change for change in event.drift if change.needs_you and not any(_undoes(change, old) for old in before)]
    return [*(old for old in before if not _is_back(old, event)), *fresh]


def _undoes(change: DriftChange, old: DriftChange) -> bool:
    return (change.about, change.tab, change.now) == (old.about, old.tab, old.was) and change.about != "column"


def _is_back(change: DriftChange, event: FileSynced) -> bool:
    if change.about == "column":
        wanted = (change.tab, change.header, change.field)
        return any((column.tab, column.header, column.field) == wanted for column in event.mapping)
    if change.about == "tab":
        return any(column.tab == change.tab for column in event.mapping)
    tables = [table for table in event.tables if table.used and table.tab == change.tab]
    return any(change.was in (table.currency, table.date_format, table.decimal) for table in tables)


def _timing(row: CampaignFile | None, event: FileSynced, recorded: Recorded) -> dict[str, Any]:
    if event.because == "pins" and row is not None:
        return {}
    took = max(0.0, (recorded.at - event.modified_at).total_seconds()) if event.revision_number > 1 else None
    return {"synced_at": recorded.at, "took_seconds": took}


def _read_failed(row: CampaignFile | None, event: FileReadFailed, recorded: Recorded) -> CampaignFile:
    """The rows of the last good revision stay."""
    known = row or _unseen(recorded, event.name)
    return msgspec.structs.replace(
        known,
        name=event.name,
        link=event.link or known.link,
        owner=event.owner or known.owner,
        status="needs_you",
        modified_at=event.modified_at,
        problem=event.reason,
        problem_code=event.code,
        problem_details=event.details,
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


def _pinned(row: CampaignFile | None, event: FilePinned | FilePinsUndone, recorded: Recorded) -> CampaignFile | None:
    """Who decides how a file is read has looked at what changed; who says that it is a campaign file has it read."""
    if row is None:
        return None
    row = msgspec.structs.replace(row, pins=event.pins, position=recorded.position)
    return _standing(row) if row.status == "not_campaign" and event.pins.is_campaign else _looked_at(row)


def _drift_confirmed(row: CampaignFile | None, event: FileDriftConfirmed, recorded: Recorded) -> CampaignFile | None:
    if row is None or event.revision_number < row.revision_number:
        return row
    return _looked_at(msgspec.structs.replace(row, position=recorded.position))


def _looked_at(row: CampaignFile) -> CampaignFile:
    row = msgspec.structs.replace(row, drift_open=[])
    return _standing(row) if row.problem_code == "drift" else row


FOLDS: Mapping[type[Event], Callable[[CampaignFile | None, Any, Recorded], CampaignFile | None]] = {
    FileDiscovered: _discovered,
    FileNotCampaign: _not_campaign,
    FileSynced: _synced,
    FileRenamed: _renamed,
    FileReadFailed: _read_failed,
    FileRemoved: _removed,
    FileRestored: _restored,
    FilePinned: _pinned,
    FilePinsUndone: _pinned,
    FileDriftConfirmed: _drift_confirmed,
}
