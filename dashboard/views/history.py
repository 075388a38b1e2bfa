"""The log as a marketer reads it: one sentence an event."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from babel import Locale

from dashboard.views.files import problem_words
from dashboard.voice import Voice
from dashboard.words.reading import said
from events.campaign_file import (
    FileContentsErased,
    FilePinned,
    FilePins,
    FileReadFailed,
    FileRemoved,
    FileSynced,
    RefreshRequested,
)
from events.envelope import Event
from events.integration import AccessLost, IntegrationFailed
from events.overlap import OverlapChosen, OverlapFound
from events.plan import PlanDeclined, PlanRequested
from events.workspace import MemberAdded, SettingsChanged
from projections.history import Entry

SYSTEM = "system"
ROUTINE = ("sync.checked", "plan.finding_stored")
"""Told only when asked for: they would bury what people did."""


@dataclass(frozen=True)
class Names:
    """What ids are called in this workspace."""

    people: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EventLine:
    position: int
    when: str
    ago: str
    who: str
    sentence: str


def event_line(voice: Voice, entry: Entry, names: Names) -> EventLine:
    return EventLine(
        position=entry.position,
        when=voice.figures.moment(entry.at),
        ago=voice.figures.ago(entry.at, voice.now),
        who=person(voice, names, entry.actor),
        sentence=sentence(voice, entry, names),
    )


def person(voice: Voice, names: Names, user: str) -> str:
    return voice.say("history.system") if user == SYSTEM else names.people.get(user, user)


def sentence(voice: Voice, entry: Entry, names: Names) -> str:
    event = entry.event
    details = {
        "who": person(voice, names, entry.actor),
        "file": _file_name(voice, event, names),
        "plan": _plan_title(voice, event, names),
        "platform": voice.say("platform.google_drive"),
        "member": person(voice, names, getattr(event, "user", "")),
    }
    key = f"event.{event.NAME}{_variant(event)}"
    return voice.say(key, **(_fields(voice, event) | details))


def _variant(event: Event) -> str:
    """Some events read differently by what they hold."""
    variant = ""
    match event:
        case RefreshRequested():
            variant = ".one" if event.file_id else ".all"
        case FileRemoved():
            variant = f".{event.why}"
        case PlanDeclined():
            variant = ".because" if event.reason else ".simply"
        case FileSynced():
            variant = _variant_of_content(event)
        case FilePinned():
            variant = _variant_of_decision(event.pins)
        case OverlapFound() | OverlapChosen():
            variant = {event.one: ".one", event.other: ".other"}.get(event.counts or "", ".both")
        case _:
            pass
    return variant


def _variant_of_content(event: FileSynced) -> str:
    if event.because == "pins":
        return ".pins"
    return ".first" if event.revision_number == 1 else ".again"


def _variant_of_decision(pins: FilePins) -> str:
    if pins.is_campaign is False:
        return ".no_campaign"
    return ".campaign" if pins == FilePins(is_campaign=True) else ".how"


def _fields(voice: Voice, event: Event) -> dict[str, object]:
    """The event's own fields as text, so that a sentence may name any of them."""
    values = {name: getattr(event, name) for name in event.__struct_fields__}
    return {name: value for name, value in values.items() if isinstance(value, str)} | _worded(voice, event)


def _worded(voice: Voice, event: Event) -> dict[str, object]:
    """Write what is no text yet, or text in no language, in the workspace's."""
    worded: dict[str, object] = {}
    match event:
        case FileSynced():
            counts = {"rows": event.rows, "added": event.rows_added, "removed": event.rows_removed}
            worded = {name: voice.figures.number(count) for name, count in counts.items()}
        case OverlapFound():
            figures = (voice.in_currency(event.currency) if event.currency else voice).figures
            worded = {"money": figures.exact_money(event.money)}
        case FileReadFailed():
            worded = {"reason": problem_words(voice, event.code, event.details, event.reason)}
        case IntegrationFailed() | AccessLost():
            worded = {"reason": said(voice.say, event.reason)}
        case FileContentsErased():
            worded = {"revisions": ", ".join(map(voice.figures.number, event.revisions))}
        case PlanRequested():
            worded = {"budget": voice.figures.money(event.brief.budget)}
        case SettingsChanged():
            worded = {"locale": Locale.parse(event.locale).get_display_name(voice.figures.locale)}
        case MemberAdded():
            worded = {"role": voice.say(f"role.{event.role}")}
        case _:
            pass
    return worded


def _file_name(voice: Voice, event: Event, names: Names) -> str:
    own = getattr(event, "name", "") if event.NAME.startswith("file.") else ""
    file_id = getattr(event, "file_id", None)
    return own or names.files.get(file_id or "", voice.say("history.a_file"))


def _plan_title(voice: Voice, event: Event, names: Names) -> str:
    if isinstance(event, PlanRequested):
        return event.brief.title
    return names.plans.get(getattr(event, "campaign_id", ""), voice.say("history.a_plan"))


def technical(entry: Entry) -> dict[str, object]:
    """Everything that stands in the log about one event, for the download and the technical view."""
    return {
        "position": entry.position,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "event": entry.event.NAME,
        "workflow_id": entry.workflow_id,
        "activity": entry.activity,
        "data": msgspec.to_builtins(entry.event),
    }


def kinds() -> dict[str, tuple[str, ...]]:
    """Filter of the page: groups of event names under a word people use (`kind.*`)."""
    return {
        "plans": (
            "plan.requested",
            "plan.approved",
            "plan.changes_requested",
            "plan.declined",
            "plan.decision_undone",
        ),
        "results": ("plan.produced", "plan.partially_produced", "plan.failed"),
        "content": (
            "file.synced",
            "file.renamed",
            "file.pinned",
            "file.pins_undone",
            "file.drift_confirmed",
            "file.contents_erased",
        ),
        "overlaps": ("overlap.found", "overlap.ended", "overlap.chosen", "overlap.choice_undone"),
        "problems": ("file.read_failed", "integration.failed", "integration.access_lost"),
        "found": ("file.discovered", "file.not_campaign", "file.removed", "file.restored"),
        "connection": (
            "integration.requested",
            "integration.connected",
            "integration.reconnected",
            "integration.disconnected",
        ),
        "checks": ("sync.refresh_requested", "sync.checked"),
        "people": (
            "workspace.created",
            "workspace.settings_changed",
            "workspace.member_added",
            "workspace.member_removed",
        ),
    }
