"""What discovery saw of a platform, kept as a blob between two activities, and the facts that follow from it."""

from collections.abc import Container, Mapping
from datetime import datetime

import msgspec

from events.envelope import Event
from worker import first_look
from worker.contracts import DiscoveredFile
from worker.google_drive.discovery import Found


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    workspace: str
    platform: str
    cursor: str
    """Where the change feed stood before the files were listed."""
    found: list[Found]

    def encode(self) -> bytes:
        return msgspec.json.encode(self)

    def campaign_files(self) -> list[DiscoveredFile]:
        return [
            DiscoveredFile(file.id, file.name, file.modified_at, judgement.score, list(judgement.reasons))
            for file, judgement in ((found.file, found.judgement) for found in self.found)
            if judgement is not None and judgement.is_campaign
        ]

    def first_facts(self, known: Container[str]) -> list[tuple[str, Event]]:
        """What the log says first about each file that it does not know, by file id."""
        facts = ((found.file.id, self._fact(found)) for found in self.found if found.file.id not in known)
        return [(file_id, fact) for file_id, fact in facts if fact is not None]

    def unread(self, status: Mapping[str, str]) -> list[tuple[str, datetime]]:
        """The files that syncing must look into, with their change: the unread ones, and those that were away."""
        return [
            (found.file.id, found.file.modified_at)
            for found in self.found
            if status.get(found.file.id, "waiting") in {"waiting", "removed"}
        ]

    def _fact(self, found: Found) -> Event | None:
        if found.judgement is None:
            if found.code is None or found.code == "later":
                return None
            return first_look.unreadable(found.file, self.platform, found.code, found.problem or "")
        return first_look.judged(found.file, self.platform, found.judgement)


def decode(data: bytes) -> Listing:
    return msgspec.json.decode(data, type=Listing)
