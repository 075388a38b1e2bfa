"""Events of a campaign file. Stream: `workspace/file/{file_id}`.

Rows never sit in events: counts, sums and hashes do.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from events.envelope import Event, named


class ColumnMapping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    tab: str
    header: str
    field: str
    """A field of the reader: campaign, channel, date, spend ... or "other"."""
    sure: float
    why: str
    letters: str = ""
    """Of the column in its sheet: A, B ... AA; empty when not kept."""


class ReadTable(msgspec.Struct, frozen=True, kw_only=True):
    """One table of a file as it was found; a tab may hold several."""

    tab: str
    header_row: int | None
    """1-based, the last of several; None when the table has no header."""
    used: bool
    """Whether its rows count."""
    why: str
    date_format: str | None
    decimal: str
    currency: str | None


class FilePins(msgspec.Struct, frozen=True, kw_only=True):
    """What people decided about reading a file; what is left empty the reader decides."""

    tab: str | None = None
    header_row: int | None = None
    """1-based; 0 says that there is no header."""
    columns: dict[str, str] = {}
    """Header as written, or letters of a column without one, to field; "other" takes a column out."""
    currency: str | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    is_campaign: bool | None = None
    """Whether people say that it is a campaign file; None leaves that to the reader too."""


NO_PINS = FilePins()


class DriftChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change in the shape of a file since the content before."""

    kind: Literal["added", "renamed", "moved", "gone", "type_changed"]
    about: Literal["column", "tab", "currency", "date", "decimal"]
    tab: str
    header: str
    field: str
    was: str
    now: str
    needs_you: bool
    """Whether numbers may mean something else now, so that a person must look; the others are only told."""


class QuarantinedCell(msgspec.Struct, frozen=True, kw_only=True):
    tab: str
    cell: str
    """A1 notation, for example C17."""
    field: str
    raw: str
    problem: str


@named("file.discovered")
class FileDiscovered(Event, frozen=True, kw_only=True):
    """A Drive file judged to hold campaign data, with the reasons in words."""

    file_id: str
    platform: str
    name: str
    mime_type: str
    modified_at: datetime
    link: str
    owner: str
    score: float
    reasons: list[str]


@named("file.not_campaign")
class FileNotCampaign(Event, frozen=True, kw_only=True):
    """A file was looked into and is no campaign file; kept so that nobody wonders why it is missing."""

    file_id: str
    platform: str
    name: str
    modified_at: datetime
    score: float
    reasons: list[str]


@named("file.synced")
class FileSynced(Event, frozen=True, kw_only=True):
    """One revision (one content) of a file was read and its rows stored."""

    file_id: str
    name: str
    revision: str
    """sha256 of the original bytes: the blob's address."""
    revision_number: int
    """1 for the first content of this file that was stored, and so on."""
    drive_version: str
    modified_at: datetime
    bytes: int
    mime_type: str
    kind: Literal["actuals", "plan", "mixed"]
    rows: int
    rows_added: int
    rows_removed: int
    sums: dict[str, Decimal]
    """Per metric field: spend, budget, impressions, clicks, conversions, revenue; absent fields are left out."""
    currency: str | None
    first_date: str | None
    last_date: str | None
    channels: list[str]
    mapping: list[ColumnMapping]
    quarantined: int
    quarantined_cells: list[QuarantinedCell]
    """The first 50; the whole list comes from reading the kept bytes again."""
    dropped_rows: int
    warnings: list[str]
    reader_version: str
    non_additive: list[str] = msgspec.field(default_factory=list[str])
    """Metrics whose rows must not be added up: daily budgets, values repeated on every row."""
    tables: list[ReadTable] = msgspec.field(default_factory=list[ReadTable])
    pins: FilePins = NO_PINS
    """What it was read with: reading the kept bytes again with these gives the same rows."""
    drift: list[DriftChange] = msgspec.field(default_factory=list[DriftChange])
    because: Literal["content", "pins"] = "content"
    """What made us read: the file has other content, or people decided how to read the same content."""


@named("file.renamed")
class FileRenamed(Event, frozen=True, kw_only=True):
    file_id: str
    old_name: str
    name: str
    modified_at: datetime


@named("file.read_failed")
class FileReadFailed(Event, frozen=True, kw_only=True):
    """A revision could not be read. It is tried again when the file changes."""

    file_id: str
    name: str
    drive_version: str
    modified_at: datetime
    code: str
    """Short and stable: not_a_spreadsheet, too_large, damaged, protected, no_table, gone, no_download."""
    reason: str
    """What is wrong and what to do, in a sentence for a marketer."""
    details: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """What a sentence in another language needs: header, field, tab, row."""
    link: str = ""
    owner: str = ""
    """Where the file is and whose, for one that could never be read. Not known of what was stored long ago."""


@named("file.removed")
class FileRemoved(Event, frozen=True, kw_only=True):
    """Trashed, deleted or no longer shared with us. Its history stays."""

    file_id: str
    name: str
    why: Literal["trashed", "deleted_or_unshared", "disconnected"]


@named("file.restored")
class FileRestored(Event, frozen=True, kw_only=True):
    file_id: str
    name: str


@named("file.pinned")
class FilePinned(Event, frozen=True, kw_only=True):
    """Someone decided how the file is to be read, from now on and for every later revision."""

    file_id: str
    name: str
    pins: FilePins
    """The whole set that holds from here."""


@named("file.pins_undone")
class FilePinsUndone(Event, frozen=True, kw_only=True):
    """The newest decision was taken back."""

    file_id: str
    name: str
    pins: FilePins
    """The set that holds again: the one before, or none."""


@named("file.drift_confirmed")
class FileDriftConfirmed(Event, frozen=True, kw_only=True):
    """Someone looked at what changed in a file's shape and found it right."""

    file_id: str
    name: str
    revision_number: int
    """The newest content that the person saw; later changes stay open."""


@named("file.contents_erased")
class FileContentsErased(Event, frozen=True, kw_only=True):
    """Originals of superseded revisions were erased as the workspace's setting asks; what was read from them stays."""

    file_id: str
    revisions: list[int]
    """Their numbers."""
    bytes_freed: int


@named("sync.refresh_requested")
class RefreshRequested(Event, frozen=True, kw_only=True):
    """Someone pressed "Check for changes now". Stream: `workspace/sync/self`."""

    file_id: str | None
    request_id: str


@named("sync.checked")
class DriveChecked(Event, frozen=True, kw_only=True):
    """Drive was asked for changes and had none; at most one an hour, so that history shows that we looked."""

    files_watched: int
    changed: int


def pins_before(told: Iterable[Event]) -> FilePins:
    """What holds when the newest decision about reading a file is taken back; `told` is all of them, oldest first."""
    standing = [NO_PINS]
    for event in told:
        if isinstance(event, FilePinned):
            standing.append(event.pins)
        elif isinstance(event, FilePinsUndone) and len(standing) > 1:
            standing.pop()
    return standing[-2] if len(standing) > 1 else NO_PINS
