"""From what is known and what was seen to what happened: the events of one file. Pure."""

import msgspec

from events.campaign_file import (
    NO_PINS,
    ColumnMapping,
    FileNotCampaign,
    FileReadFailed,
    FileRemoved,
    FileRenamed,
    FileRestored,
    FileSynced,
    QuarantinedCell,
    ReadTable,
)
from events.envelope import Event
from projections.performance_rows import RowChanges
from worker import first_look
from worker.google_drive.discovery import Judgement
from worker.platform import RemoteFile
from worker.sheets.reader import READER_VERSION
from worker.sheets.reading import METRICS, Reading, Table
from worker.sync import shapes
from worker.sync.fetch import Fresh, Gone, Same, Unreadable
from worker.sync.known_file import KnownFile

_CELLS_IN_AN_EVENT = 50
_SAID_SO = "People decided that it is a campaign file."


def gone(known: KnownFile, seen: Gone) -> list[Event]:
    if known.row is None or known.status in {"removed", "not_campaign"}:
        return []
    return [FileRemoved(file_id=known.file_id, name=known.row.name, why=seen.why)]


def unreadable(known: KnownFile, seen: Unreadable, platform: str) -> list[Event]:
    """Tell a failure once per change of the file."""
    if known.undecided:
        first = _undecided_failure(known, seen, platform)
        told = known.status == "not_campaign" and isinstance(first, FileNotCampaign)
        return [] if told or _told(known, seen) else [first]
    if _told(known, seen):
        return []
    return [*_back_and_renamed(known, seen.file), _failure(seen)]


def _undecided_failure(known: KnownFile, seen: Unreadable, platform: str) -> Event:
    """Who decided how to read a file wants to hear that it did not work, whatever the file is called."""
    if known.pins != NO_PINS:
        return _failure(seen)
    return first_look.unreadable(seen.file, platform, seen.code, seen.reason)


def _failure(seen: Unreadable) -> FileReadFailed:
    failed = first_look.read_failed(seen.file, seen.code, seen.reason)
    return msgspec.structs.replace(failed, details=seen.details)


def _told(known: KnownFile, seen: Unreadable) -> bool:
    row = known.row
    told = (row.problem_code, row.problem, row.modified_at) if known.failing and row is not None else None
    return told == (seen.code, seen.reason, seen.file.modified_at)


def same(known: KnownFile, seen: Same) -> list[Event]:
    """Nothing to store. After a failed reading, the stored content is told again: the file is fine."""
    events = _back_and_renamed(known, seen.file)
    if known.failing and known.synced is not None:
        file = seen.file
        again = msgspec.structs.replace(
            known.synced,
            name=file.name,
            drive_version=file.version,
            modified_at=file.modified_at,
            rows_added=0,
            rows_removed=0,
            because="content",
            drift=[],
        )
        events.append(again)
    return events


def opening(known: KnownFile, seen: Fresh, platform: str) -> list[Event]:
    """What comes before the content: found to be a campaign file, back again, renamed."""
    if known.undecided:
        reading = seen.reading
        reasons = (_SAID_SO,) if known.pins.is_campaign else reading.reasons
        return [first_look.judged(seen.file, platform, Judgement(reading.is_campaign, reading.score, reasons))]
    return _back_and_renamed(known, seen.file)


def _back_and_renamed(known: KnownFile, file: RemoteFile) -> list[Event]:
    events: list[Event] = []
    if known.status == "removed":
        events.append(FileRestored(file_id=file.id, name=file.name))
    elif known.row is not None and known.row.name != file.name:
        renamed = FileRenamed(file_id=file.id, old_name=known.row.name, name=file.name, modified_at=file.modified_at)
        events.append(renamed)
    return events


def synced(known: KnownFile, seen: Fresh, changes: RowChanges) -> FileSynced:
    """The content as it was read, with what changed in its shape."""
    content = _content(known, seen, changes)
    return msgspec.structs.replace(content, drift=shapes.since(known.synced, content))


def _content(known: KnownFile, seen: Fresh, changes: RowChanges) -> FileSynced:
    reading, file = seen.reading, seen.file
    first, last = _period(reading)
    return FileSynced(
        file_id=file.id,
        name=file.name,
        revision=seen.revision,
        revision_number=known.next_revision_number,
        drive_version=file.version,
        modified_at=file.modified_at,
        bytes=seen.size,
        mime_type=file.mime_type,
        kind=reading.kind,
        rows=reading.rows.height,
        rows_added=changes.added,
        rows_removed=changes.removed,
        sums={metric: total for metric, total in reading.sums().items() if total is not None},
        currency=reading.currency,
        first_date=first,
        last_date=last,
        channels=sorted(reading.rows["channel"].drop_nulls().unique().to_list()),
        mapping=_mapping(reading),
        quarantined=len(reading.quarantined),
        quarantined_cells=_quarantined(reading),
        dropped_rows=len(reading.dropped),
        warnings=list(reading.warnings),
        reader_version=READER_VERSION,
        non_additive=[metric for metric in METRICS if metric in reading.non_additive],
        tables=[_table(table) for table in reading.tables],
        pins=known.pins,
        because="pins" if seen.revision == known.revision and known.pins_are_new else "content",
    )


def tells_nothing_new(known: KnownFile, now: FileSynced, changes: RowChanges) -> bool:
    """Whether a native document, whose export has other bytes each time, reads as it did before."""
    before = known.synced
    if before is None or changes.added or changes.removed or known.failing:
        return False
    alike = msgspec.structs.replace(
        now,
        name=before.name,
        revision=before.revision,
        revision_number=before.revision_number,
        drive_version=before.drive_version,
        modified_at=before.modified_at,
        bytes=before.bytes,
        rows_added=before.rows_added,
        rows_removed=before.rows_removed,
        drift=before.drift,
        because=before.because,
    )
    return alike == before


def _period(reading: Reading) -> tuple[str | None, str | None]:
    """First and last day that a row speaks of, in ISO format."""
    days = [reading.rows[column].drop_nulls() for column in ("date", "start_date", "end_date")]
    known = [day for column in days if not column.is_empty() for day in (column.min(), column.max())]
    return (str(min(known)), str(max(known))) if known else (None, None)  # pyright: ignore[reportCallIssue, reportArgumentType]


def _mapping(reading: Reading) -> list[ColumnMapping]:
    return [
        ColumnMapping(
            tab=table.tab,
            header=column.header,
            field=column.field,
            sure=column.sure,
            why=column.why,
            letters=column.letters,
        )
        for table in reading.tables
        if table.used
        for column in table.columns
    ]


def _table(table: Table) -> ReadTable:
    return ReadTable(
        tab=table.tab,
        header_row=table.header_rows[-1] if table.header_rows else None,
        used=table.used,
        why=table.why,
        date_format=table.date_format,
        decimal=table.decimal,
        currency=table.currency,
    )


def _quarantined(reading: Reading) -> list[QuarantinedCell]:
    return [
        QuarantinedCell(tab=cell.tab, cell=cell.cell, field=cell.field, raw=cell.raw, problem=cell.problem)
        for cell in reading.quarantined[:_CELLS_IN_AN_EVENT]
    ]
