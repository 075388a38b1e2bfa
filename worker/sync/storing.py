"""Store what was seen of one file, in one transaction: bytes, rows, and the events last."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.engine import Connection as Database

from events import blobs, store
from events.campaign_file import FileSynced
from events.envelope import Event, Meta, business_key, stream_of
from projections import performance_rows, sync_lag
from worker.sync import facts, overlapping
from worker.sync.fetch import Fresh, Gone, LeftAlone, Same, Seen, Unreadable
from worker.sync.known_file import KnownFile


@dataclass(frozen=True)
class Storing:
    """A second try finds either nothing of the first or all of it."""

    database: Database
    """In a transaction that the caller commits."""
    known: KnownFile
    noted_at: datetime | None
    """Time of the noted change that this look answers; None when the file was looked at without one."""
    platform: str
    meta: Meta

    def store(self, seen: Seen) -> str:
        """Return the sync status: synced, unchanged, not_campaign, failed or removed."""
        match seen:
            case Gone():
                self._conclude(facts.gone(self.known, seen))
                return "removed"
            case LeftAlone():
                self._conclude([])
                return "not_campaign"
            case Unreadable():
                self._conclude(facts.unreadable(self.known, seen, self.platform))
                return "failed"
            case Same():
                back = self.known.synced if self.known.status == "removed" else None
                self._conclude(facts.same(self.known, seen), content=back)
                return "unchanged"
            case Fresh():
                return self._store_content(seen)

    def _store_content(self, seen: Fresh) -> str:
        opening = facts.opening(self.known, seen, self.platform)
        if self.known.undecided and not seen.reading.is_campaign:
            self._conclude([] if self.known.status == "not_campaign" else opening)
            return "not_campaign"
        number = self.known.next_revision_number
        attempt = self.database.begin_nested()
        workspace, file_id = self.known.workspace, self.known.file_id
        changes = performance_rows.store(self.database, workspace, file_id, number, seen.reading.rows)
        content = facts.synced(self.known, seen, changes)
        if seen.file.checksum is None and facts.tells_nothing_new(self.known, content, changes):
            attempt.rollback()
            self._conclude(opening)
            return "unchanged"
        attempt.commit()
        blobs.put(self.database, seen.path.read_bytes())
        self._conclude([*opening, content], content=content)
        return "synced"

    def _conclude(self, events: Sequence[Event], *, content: FileSynced | None = None) -> None:
        """Append the events; `content` is compared with the other files, as it came or came back."""
        known = self.known
        overlaps = overlapping.noticed(self.database, replace(known, row=None), content) if content else []
        if self.noted_at is not None:
            sync_lag.remove_pending(self.database, known.workspace, known.file_id, up_to=self.noted_at)
        names = [event.NAME for event in events]
        key = business_key(known.workspace, known.file_id, *names, _revision(events), known.version)
        store.append(self.database, known.stream, events, meta=self.meta, key=key, expected=known.version)
        if overlaps:
            pairs = stream_of(known.workspace, "overlap", "self")
            store.append(self.database, pairs, overlaps, meta=self.meta, key=business_key(key, "overlaps"))


def _revision(events: Sequence[Event]) -> str:
    return "".join(getattr(event, "revision", "") for event in events)
