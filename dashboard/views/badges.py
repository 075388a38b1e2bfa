"""States as a word, an icon and a color: never by color alone."""

from typing import Literal, NamedTuple

from dashboard.words import Words

Color = Literal["red", "orange", "yellow", "blue", "green", "gray"]

_LOOKS: dict[str, tuple[str, Color]] = {
    "up_to_date": (":material/check:", "green"),
    "checking": (":material/sync:", "blue"),
    "late": (":material/schedule:", "orange"),
    "needs_you": (":material/error:", "red"),
    "waiting": (":material/hourglass_empty:", "gray"),
    "paused": (":material/pause:", "gray"),
    "removed": (":material/delete:", "gray"),
    "not_campaign": (":material/block:", "gray"),
    "not_connected": (":material/link_off:", "gray"),
    "connecting": (":material/sync:", "blue"),
    "connected": (":material/check:", "green"),
    "failed": (":material/error:", "red"),
    "access_lost": (":material/error:", "red"),
    "planning": (":material/sync:", "blue"),
    "not_started": (":material/pause:", "orange"),
    "ready": (":material/edit_note:", "blue"),
    "partial": (":material/incomplete_circle:", "orange"),
    "approved": (":material/check_circle:", "green"),
    "declined": (":material/cancel:", "gray"),
    "changes_requested": (":material/edit:", "orange"),
    "high": (":material/verified:", "green"),
    "medium": (":material/check_circle:", "blue"),
    "low": (":material/help:", "orange"),
    "very_low": (":material/help:", "red"),
    "works": (":material/check:", "green"),
    "behind": (":material/schedule:", "orange"),
    "away": (":material/error:", "red"),
    "unknown": (":material/help:", "gray"),
}


class Badge(NamedTuple):
    state: str
    label: str
    icon: str
    color: Color


def badge(say: Words, state: str) -> Badge:
    icon, color = _LOOKS[state]
    return Badge(state, say(f"state.{state}"), icon, color)
