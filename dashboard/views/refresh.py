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
    """quiet | running | reading | done | unanswered"""
    sentence: str = ""
    share: float = 0.0
    """Of the files that are read, from 0 to 1."""


def refresh_view(voice: Voice, freshness: Freshness, asked: Entry | None, read: list[Entry]) -> RefreshView:
    """`asked` is the newest wish for a check, `read` the newest files that were read."""
    if freshness.checking:
        return RefreshView("running", voice.say("files.checking"))
    wished = asked is not None and voice.now - asked.at <= UNANSWERED_FOR
    if freshness.waiting > 1 or (freshness.waiting and wished):
        return _reading(voice, freshness)
    if asked is None or not wished or freshness.waiting:
        return RefreshView("quiet")
    if freshness.last_checked_at is None or freshness.last_checked_at < asked.at:
        return RefreshView("unanswered", voice.say("files.unanswered"))
    if voice.now - asked.at > TOLD_FOR:
        return RefreshView("quiet")
    found = {entry.subject for entry in read if entry.position > asked.position}
    return RefreshView("done", voice.say("files.result", count=len(found)))


def _reading(voice: Voice, freshness: Freshness) -> RefreshView:
    """Tell of many files at once, as at the start; the line above tells of a few."""
    read = freshness.up_to_date + freshness.needs_you
    share = read / (read + freshness.waiting)
    return RefreshView("reading", voice.say("files.progress", count=freshness.waiting), share)
