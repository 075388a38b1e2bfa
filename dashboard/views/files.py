"""Campaign files as a list: what each one is worth to the reader today, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from dashboard.views.badges import Badge, badge
from dashboard.views.file_drift import drift_words, field_words
from dashboard.views.file_overlaps import counted_words
from dashboard.views.freshness import LATE_AFTER
from dashboard.voice import Voice
from projections.files import CampaignFile

FILTERS = ("all", "up_to_date", "checking", "late", "needs_you", "waiting", "removed")


class FileLine(NamedTuple):
    file_id: str
    name: str
    badge: Badge
    todo: str
    changed: str
    read: str
    behind: str
    rows: int
    channels: str
    link: str
    counted: str = ""
    """Why its rows do not count, when another file holds the same money."""


@dataclass(frozen=True)
class OtherFile:
    file_id: str
    name: str
    why: str
    modified: str


@dataclass(frozen=True)
class FilesView:
    lines: list[FileLine]
    counts: dict[str, int]
    """Files by state, `all` included."""
    others: list[OtherFile]

    def shown(self, state: str) -> list[FileLine]:
        return [line for line in self.lines if state in ("all", line.badge.state)]


def files_view(
    voice: Voice,
    files: list[CampaignFile],
    pending: Mapping[str, datetime],
    not_counted: Mapping[str, str] | None = None,
) -> FilesView:
    """`pending` maps files that changed in Drive and are not yet stored to when the change was noted.

    `not_counted` maps files that are left out to those that hold the same money.
    """
    ours = [file for file in files if file.status != "not_campaign"]
    counted = counted_words(voice, not_counted or {}, {file.file_id: file.name for file in ours})
    told = (file_line(voice, file, pending, counted.get(file.file_id, "")) for file in ours)
    lines = sorted(told, key=_urgency)
    counts = dict.fromkeys(FILTERS, 0) | {"all": len(lines)}
    for line in lines:
        counts[line.badge.state] += 1
    return FilesView(lines, counts, [_other(voice, file) for file in files if file.status == "not_campaign"])


def file_line(voice: Voice, file: CampaignFile, pending: Mapping[str, datetime], counted: str = "") -> FileLine:
    return FileLine(
        file_id=file.file_id,
        name=file.name,
        badge=badge(voice.say, file_state(voice, file, pending)),
        todo=todo(voice, file),
        changed=ago(voice, file.modified_at),
        read=ago(voice, file.synced_at),
        behind=_behind(voice, file, pending),
        rows=file.rows,
        channels=", ".join(file.channels),
        link=file.link,
        counted=counted,
    )


def file_state(voice: Voice, file: CampaignFile, pending: Mapping[str, datetime]) -> str:
    """A change that is being read is Checking, the first content of a file is Waiting, both are Late after a while."""
    if file.status != "waiting":
        return file.status
    noted = pending.get(file.file_id)
    if noted is not None and voice.now - noted > LATE_AFTER:
        return "late"
    return "checking" if file.revision_number else "waiting"


def todo(voice: Voice, file: CampaignFile) -> str:
    """Say what a person should do about a file; empty when nothing."""
    if file.status == "needs_you":
        return problem_of(voice, file) or voice.say("files.todo.look")
    if file.quarantined:
        return voice.say("files.todo.quarantined", count=file.quarantined)
    return voice.say("files.todo.drift") if file.drift and file.status == "up_to_date" else ""


def problem_of(voice: Voice, file: CampaignFile) -> str:
    """Say what is wrong, in the workspace's language where its words are known."""
    details = file.problem_details | {"changes": " ".join(drift_words(voice, file.drift_open))}
    first = f"{file.problem_code}_first"
    code = first if not file.revision_number and voice.say.known(f"file.problem_of.{first}") else file.problem_code
    return problem_words(voice, code, details, file.problem or "")


def problem_words(voice: Voice, code: str | None, details: Mapping[str, str], known_as: str) -> str:
    """Say a problem by its code; `known_as` is the sentence that stands in the log."""
    key = f"file.problem_of.{code}"
    if not voice.say.known(key):
        return known_as
    return voice.say(key, **(dict(details) | {"field": field_words(voice, details.get("field", "other"))}))


def _behind(voice: Voice, file: CampaignFile, pending: Mapping[str, datetime]) -> str:
    if file.file_id in pending:
        seconds = (voice.now - pending[file.file_id]).total_seconds()
        return voice.say("files.behind.now", time=voice.figures.duration(max(0, seconds)))
    if file.took_seconds is None:
        return "–"
    return voice.say("files.behind.took", time=voice.figures.duration(file.took_seconds))


def _other(voice: Voice, file: CampaignFile) -> OtherFile:
    reasons = " ".join(file.reasons) or voice.say("files.other.no_reason")
    if file.pins.is_campaign is False:
        reasons = voice.say("files.other.said_no")
    return OtherFile(file.file_id, file.name, reasons, ago(voice, file.modified_at))


def ago(voice: Voice, moment: datetime | None) -> str:
    return voice.figures.ago(moment, voice.now) if moment else "–"


def _urgency(line: FileLine) -> tuple[int, str]:
    order = ("needs_you", "late", "checking", "waiting", "up_to_date", "removed")
    return order.index(line.badge.state), line.name.lower()
