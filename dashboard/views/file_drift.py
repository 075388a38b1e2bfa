"""What changed in the shape of a file, in words."""

from collections.abc import Sequence

from dashboard.voice import Voice
from events.campaign_file import DriftChange


def drift_words(voice: Voice, drift: Sequence[DriftChange]) -> list[str]:
    return [_words(voice, change) for change in drift]


def _words(voice: Voice, change: DriftChange) -> str:
    key = f"file.drift.{change.about}_{change.kind}"
    if change.needs_you and voice.say.known(f"{key}_unsure"):
        key = f"{key}_unsure"
    elif change.about == "column" and change.kind == "gone" and change.field == "other":
        key = f"{key}_unused"
    was, now = (_order(value) if change.about == "date" else value for value in (change.was, change.now))
    return voice.say(key, header=change.header, field=field_words(voice, change.field), was=was, now=now)


def _order(pattern: str) -> str:
    """Write %d/%m/%Y as DD/MM/YYYY."""
    return pattern.replace("%d", "DD").replace("%m", "MM").replace("%Y", "YYYY").replace("%y", "YY")


def field_words(voice: Voice, field: str) -> str:
    """A wide table's "spend@tv" is spend of a channel."""
    name, _, channel = field.partition("@")
    label = voice.say(f"field.{name}") if voice.say.known(f"field.{name}") else name
    return f"{label}: {channel}" if channel else label
