"""How far what we show is behind Drive, in one line: a promise kept or not, rather than the result of a job."""

from dataclasses import dataclass
from datetime import timedelta

from dashboard.views.badges import Badge, badge
from dashboard.voice import Voice
from projections.connections import Connection
from projections.sync_lag import Freshness
from worker.contracts import SYNC_EVERY

LATE_AFTER = 2 * SYNC_EVERY
_UNWATCHED = ("not_connected", "connecting", "failed", "access_lost")


@dataclass(frozen=True)
class FreshnessView:
    badge: Badge
    sentence: str
    behind: str
    """How far behind Drive, as a figure: "42 sec"; a dash when there is nothing to be behind of."""


def is_watched(connection: Connection | None) -> bool:
    """Whether files are kept up to date: there is a connection, and it works."""
    return connection is not None and connection.status == "connected"


def freshness_view(voice: Voice, connection: Connection | None, freshness: Freshness) -> FreshnessView:
    state = freshness_state(voice, connection, freshness)
    behind = "–" if state in _UNWATCHED else _behind(voice, freshness)
    return FreshnessView(badge(voice.say, state), _sentence(voice, state, freshness), behind)


def freshness_state(voice: Voice, connection: Connection | None, freshness: Freshness) -> str:
    if connection is None or connection.status == "disconnected":
        return "not_connected"
    if connection.status == "requested":
        return "connecting"
    if connection.status in ("failed", "access_lost"):
        return connection.status
    if _is_late(voice, freshness):
        return "late"
    if freshness.checking or freshness.waiting:
        return "checking"
    return "up_to_date"


def _is_late(voice: Voice, freshness: Freshness) -> bool:
    checked = freshness.last_checked_at
    unchecked = checked is not None and voice.now - checked > LATE_AFTER
    return unchecked or timedelta(seconds=freshness.behind_seconds or 0) > LATE_AFTER


def _sentence(voice: Voice, state: str, freshness: Freshness) -> str:
    if state in _UNWATCHED:
        return voice.say(f"freshness.{state}")
    read = freshness.up_to_date
    parts = [
        voice.say(
            "freshness.read", count=read + freshness.waiting + freshness.needs_you, read=voice.figures.number(read)
        )
    ]
    if freshness.waiting:
        parts.append(voice.say("freshness.waiting", count=freshness.waiting))
    if freshness.needs_you:
        parts.append(voice.say("freshness.needs", count=freshness.needs_you))
    if freshness.last_checked_at is None:
        parts.append(voice.say("freshness.first_check"))
    else:
        parts.append(voice.say("freshness.checked", ago=voice.figures.ago(freshness.last_checked_at, voice.now)))
        parts.extend(_next(voice, freshness))
    return " · ".join(parts)


def _next(voice: Voice, freshness: Freshness) -> list[str]:
    due = freshness.next_check_at
    if due is None or due <= voice.now:
        return []
    return [voice.say("freshness.next", when=voice.figures.ago(due, voice.now))]


def _behind(voice: Voice, freshness: Freshness) -> str:
    if freshness.last_checked_at is None:
        return "–"
    return voice.figures.duration(freshness.behind_seconds or 0)
