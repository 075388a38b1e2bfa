"""What the log knows about one file, read backwards: never behind, and cheap however long the file's history is."""

from dataclasses import dataclass

from sqlalchemy.engine import Connection as Database

from events import store
from events.campaign_file import NO_PINS, FilePinned, FilePins, FilePinsUndone, FileSynced
from events.envelope import Recorded, stream_of
from projections import files
from projections.files import CampaignFile

_PAGE = 20
_ABOUT_CONTENT = {"no_rows", "many_unreadable_cells", "drift"}
"""Problems of what was read; all others are problems of reading."""


@dataclass(frozen=True)
class KnownFile:
    workspace: str
    file_id: str
    row: CampaignFile | None
    """Of a file that was stored once, only what its events since then tell."""
    synced: FileSynced | None
    """The newest content that was stored."""
    version: int
    """Of the file's stream; 0 when the log does not know the file."""
    pins: FilePins = NO_PINS
    """What people decided about reading it, as it stands."""

    @property
    def stream(self) -> str:
        return stream_of(self.workspace, "file", self.file_id)

    @property
    def revision(self) -> str | None:
        return self.synced.revision if self.synced else None

    @property
    def pins_are_new(self) -> bool:
        """The stored content was read before people decided otherwise."""
        return self.synced is not None and self.synced.pins != self.pins

    @property
    def next_revision_number(self) -> int:
        return self.synced.revision_number + 1 if self.synced else 1

    @property
    def status(self) -> str | None:
        return self.row.status if self.row else None

    @property
    def undecided(self) -> bool:
        """Whether it holds a campaign is still to be judged, or to be judged again."""
        if self.row is None or self.row.status == "not_campaign":
            return True
        if self.synced is not None:  # it counted because people said so, and they took that back
            return self.synced.pins.is_campaign is True and self.pins.is_campaign is None
        return not self.row.mime_type  # only what was found has one

    @property
    def failing(self) -> bool:
        """The newest try to read it failed."""
        return self.row is not None and self.row.status == "needs_you" and self.row.problem_code not in _ABOUT_CONTENT


def load(database: Database, workspace: str, file_id: str) -> KnownFile:
    stream = stream_of(workspace, "file", file_id)
    newest = _back_to_content(database, stream)
    row: CampaignFile | None = None
    for recorded in reversed(newest):
        if recorded.event.NAME in files.MODEL.names:
            row = files.MODEL.fold(row, recorded)
    oldest = newest[-1].event if newest else None
    synced = oldest if isinstance(oldest, FileSynced) else None
    return KnownFile(workspace, file_id, row, synced, newest[0].version if newest else 0, _pins(newest, synced))


def _pins(newest: list[Recorded], synced: FileSynced | None) -> FilePins:
    """The newest decision; content remembers the decisions that it was read with."""
    decided = (one.event.pins for one in newest if isinstance(one.event, FilePinned | FilePinsUndone))
    return next(decided, synced.pins if synced else NO_PINS)


def _back_to_content(database: Database, stream: str) -> list[Recorded]:
    """Give the events since the newest content, which is the last of them; all events when there is none."""
    found: list[Recorded] = []
    until = None
    while True:
        page = store.read(database, stream=stream, until=until, limit=_PAGE, backwards=True)
        for recorded in page:
            found.append(recorded)
            if isinstance(recorded.event, FileSynced):
                return found
        if len(page) < _PAGE:
            return found
        until = page[-1].position - 1
