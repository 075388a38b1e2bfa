"""Which files need a look, by what the platform tells and what we know. Cost grows with changes, not with files."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from projections.files import CampaignFile
from worker.platform import Change, FilePlatform, RemoteFile

Known = Callable[[], Mapping[str, CampaignFile]]
"""Gives what is known of every file, by id."""


@dataclass(frozen=True)
class News:
    """Files to look at, each with the time of its change, and where to go on reading the feed."""

    files: dict[str, datetime]
    cursor: str


def find(platform: FilePlatform, cursor: str | None, known: Known, now: datetime, *, everything: bool) -> News:
    """Read the change feed. Look through the whole listing too when asked to, at first, or after a gap in the feed.

    The feed comes first: what changes while files are listed is told by the next feed. `known` is asked only when
    there is something to compare, as it costs more than an idle check.
    """
    feed = platform.changes(cursor or platform.cursor())
    full = everything or cursor is None or feed.gap
    if not feed.changes and not full:
        return News({}, feed.cursor)
    rows = known()
    news = {change.file_id: _moment(change, now) for change in feed.changes if _matters(change, rows)}
    if full:
        news |= _reconciled(platform, rows, now)
    return News(news, feed.cursor)


def _matters(change: Change, known: Mapping[str, CampaignFile]) -> bool:
    row, file = known.get(change.file_id), change.file
    if file is None or file.trashed:
        return row is not None and _counts(row)
    return row is None or row.status != "not_campaign" or _differs(file, row)


def _moment(change: Change, now: datetime) -> datetime:
    """Going and coming back leave a file's own time as it was: then the moment we heard of it stands in."""
    return change.file.modified_at if change.file is not None and not change.file.trashed else now


def _reconciled(
    platform: FilePlatform, known: Mapping[str, CampaignFile], now: datetime
) -> Iterator[tuple[str, datetime]]:
    listed: set[str] = set()
    for file in platform.spreadsheets():
        listed.add(file.id)
        row = known.get(file.id)
        if row is None or row.status in {"waiting", "removed"} or _differs(file, row):
            yield file.id, file.modified_at
    for file_id, row in known.items():
        if file_id not in listed and _counts(row):
            yield file_id, now


def _differs(file: RemoteFile, row: CampaignFile) -> bool:
    return (file.modified_at, file.name) != (row.modified_at, row.name)


def _counts(row: CampaignFile) -> bool:
    return row.status not in {"removed", "not_campaign"}
