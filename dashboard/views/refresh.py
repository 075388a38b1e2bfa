"""A check that a person asked for, from the click to the result."""

from dataclasses import dataclass
from datetime import timedelta

from dashboard.voice import Voice
from projections.history import Entry
from projections.sync_lag import Freshness

TOLD_FOR = timedelta(minutes=2)
UNANSWERED_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class RefreshView:
    state: str
    """quiet | running | done | unanswered"""
    sentence: str = ""


def refresh_view(voice: Voice, freshness: Freshness, asked: Entry | None, read: list[Entry]) -> RefreshView:
    """`asked` is the newest wish for a check, `read` the newest files that were read."""
    if freshness.checking:
        return RefreshView("running", voice.say("files.checking"))
    if freshness.waiting:
        return RefreshView("running", voice.say("files.progress", count=freshness.waiting))
    if asked is None or voice.now - asked.at > UNANSWERED_FOR:
        return RefreshView("quiet")
    if freshness.last_checked_at is None or freshness.last_checked_at < asked.at:
        return RefreshView("unanswered", voice.say("files.unanswered"))
    if voice.now - asked.at > TOLD_FOR:
        return RefreshView("quiet")
    found = {entry.subject for entry in read if entry.position > asked.position}
    return RefreshView("done", voice.say("files.result", count=len(found)))
