"""Campaign files as a list: what each one is worth to the reader today, and what to do about it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from dashboard.views.badges import Badge, badge
from dashboard.views.file_drift import drift_words, field_words
from dashboard.views.file_overlaps import counted_words
from dashboard.views.freshness import LATE_AFTER
from dashboard.voice import Voice
from dashboard.words.reading import said
from projections.files import CampaignFile

FILTERS = ("all", "up_to_date", "checking", "late", "needs_you", "waiting", "paused", "removed")
PAGE = 25
"""Files on a page of a list."""
_URGENCY = ("needs_you", "late", "checking", "waiting", "paused", "up_to_date", "removed")
_OUR_PROMISE = ("late", "checking", "waiting", "up_to_date")
"""States that say how well we keep a file up to date; without a connection that works, nobody does."""


class FileLine(NamedTuple):
    file_id: str
    name: str
    badge: Badge
    todo: str
    changed: str
    behind: str
    rows: str
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
    """Files with their states, the most urgent first. Only lines that are shown are put into words."""

    voice: Voice
    files: list[tuple[str, CampaignFile]]
    others: list[CampaignFile]
    counts: dict[str, int]
    """Files by state, `all` included."""
    pending: Mapping[str, datetime]
    not_counted: Mapping[str, str]
    watched: bool

    def shown(self, state: str = "all", page: int | None = None) -> list[FileLine]:
        """Give the lines in a state: one page of them, counted from 1, or all."""
        files = [file for found, file in self.files if state in ("all", found)]
        counted = counted_words(self.voice, self.not_counted, self.names)
        return [
            file_line(self.voice, file, self.pending, counted.get(file.file_id, ""), watched=self.watched)
            for file in _page(files, page)
        ]

    def other_lines(self, page: int | None = None) -> list[OtherFile]:
        return [_other(self.voice, file) for file in _page(self.others, page)]

    @property
    def names(self) -> dict[str, str]:
        return {file.file_id: file.name for _, file in self.files}

    @property
    def note(self) -> str:
        """Say what to do where files need somebody; empty when none does."""
        return self.voice.say("files.some_need") if self.counts["needs_you"] else ""


def files_view(
    voice: Voice,
    files: list[CampaignFile],
    pending: Mapping[str, datetime],
    not_counted: Mapping[str, str] | None = None,
    *,
    watched: bool = True,
) -> FilesView:
    """`pending` maps files that changed in Drive and are not yet stored to when the change was noted.

    `not_counted` maps files that are left out to those that hold the same money; `watched` says whether Drive is
    connected.
    """
    ours = [
        (file_state(voice, file, pending, watched=watched), file) for file in files if file.status != "not_campaign"
    ]
    ours.sort(key=lambda one: (_URGENCY.index(one[0]), one[1].name.lower()))
    counts = dict.fromkeys(FILTERS, 0) | {"all": len(ours)} | Counter(state for state, _ in ours)
    others = [file for file in files if file.status == "not_campaign"]
    return FilesView(voice, ours, others, counts, pending, not_counted or {}, watched)


def pages(count: int) -> int:
    """Give the number of pages of a list."""
    return max(1, -(-count // PAGE))


def _page(files: list[CampaignFile], page: int | None) -> list[CampaignFile]:
    return files if page is None else files[(page - 1) * PAGE : page * PAGE]


def file_line(
    voice: Voice, file: CampaignFile, pending: Mapping[str, datetime], counted: str = "", *, watched: bool = True
) -> FileLine:
    state = file_state(voice, file, pending, watched=watched)
    return FileLine(
        file_id=file.file_id,
        name=file.name,
        badge=badge(voice.say, state),
        todo="" if state == "paused" else todo(voice, file),  # the page says once what to do
        changed=ago(voice, file.modified_at),
        behind=_behind(voice, file, pending),
        rows=voice.figures.number(file.rows) if file.revision_number else "–",
        channels=", ".join(file.channels),
        link=file.link,
        counted=counted,
    )


def file_state(voice: Voice, file: CampaignFile, pending: Mapping[str, datetime], *, watched: bool = True) -> str:
    """A change that is being read is Checking, the first content of a file is Waiting, both are Late after a while.

    All of these are Paused while Drive is not connected.
    """
    state = _state_while_watched(voice, file, pending)
    return "paused" if state in _OUR_PROMISE and not watched else state


def _state_while_watched(voice: Voice, file: CampaignFile, pending: Mapping[str, datetime]) -> str:
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
    if file.status == "removed":
        return problem_of(voice, file)
    if file.quarantined:
        return voice.say("files.todo.quarantined", count=file.quarantined)
    return voice.say("files.todo.drift") if file.drift and file.status == "up_to_date" else ""


def problem_of(voice: Voice, file: CampaignFile) -> str:
    """Say what is wrong, in the workspace's language where its words are known."""
    if file.problem_code == "many_unreadable_cells":
        return voice.say("file.problem_of.many_unreadable_cells", count=file.quarantined)
    details = file.problem_details | {"changes": " ".join(drift_words(voice, file.drift_open))}
    first = f"{file.problem_code}_first"
    code = first if not file.revision_number and voice.say.known(f"file.problem_of.{first}") else file.problem_code
    return problem_words(voice, code, details, file.problem or "")


def problem_words(voice: Voice, code: str | None, details: Mapping[str, str], known_as: str) -> str:
    """Say a problem by its code; `known_as` is the sentence that stands in the log."""
    key = f"file.problem_of.{code}"
    if not voice.say.known(key):
        return said(voice.say, known_as)
    return voice.say(key, **(dict(details) | {"field": field_words(voice, details.get("field", "other"))}))


def _behind(voice: Voice, file: CampaignFile, pending: Mapping[str, datetime]) -> str:
    if file.file_id in pending:
        seconds = (voice.now - pending[file.file_id]).total_seconds()
        return voice.say("files.behind.now", time=voice.figures.duration(max(0, seconds)))
    if file.took_seconds is None:
        return "–"
    return voice.figures.duration(file.took_seconds)


def _other(voice: Voice, file: CampaignFile) -> OtherFile:
    reasons = " ".join(said(voice.say, reason) for reason in file.reasons) or voice.say("files.other.no_reason")
    if file.pins.is_campaign is False:
        reasons = voice.say("files.other.said_no")
    return OtherFile(file.file_id, file.name, reasons, ago(voice, file.modified_at))


def ago(voice: Voice, moment: datetime | None) -> str:
    return voice.figures.ago(moment, voice.now) if moment else "–"
