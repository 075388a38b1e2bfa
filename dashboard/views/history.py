"""The log as a marketer reads it: one sentence an event, and what exactly one event changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import msgspec
from babel import Locale

from dashboard.views.badges import badge
from dashboard.views.file import metric_text
from dashboard.views.file_pins import summary
from dashboard.views.files import problem_of, problem_words
from dashboard.views.plans import expectation, move_sentence, plan_state, sure_badge
from dashboard.views.settings import keeping
from dashboard.voice import Voice
from dashboard.words.reading import said
from events.campaign_file import FileContentsErased, FileReadFailed, FileSynced
from events.envelope import Event
from events.integration import AccessLost, IntegrationFailed
from events.overlap import OverlapChosen, OverlapFound
from events.plan import PlanDeclined, PlanRequested
from events.workspace import MemberAdded, SettingsChanged
from projections.connections import Connection
from projections.files import CampaignFile
from projections.history import Entry
from projections.members import Membership
from projections.plans import Plan

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


@dataclass(frozen=True)
class Difference:
    what: str
    before: str
    after: str


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
    if event.NAME == "sync.refresh_requested":
        return ".one" if getattr(event, "file_id", None) else ".all"
    if event.NAME == "file.removed":
        return f".{getattr(event, 'why', '')}"
    if isinstance(event, PlanDeclined):
        return ".because" if event.reason else ".simply"
    if isinstance(event, FileSynced):
        return _variant_of_content(event)
    if isinstance(event, OverlapFound | OverlapChosen):
        return {event.one: ".one", event.other: ".other"}.get(event.counts or "", ".both")
    return ""


def _variant_of_content(event: FileSynced) -> str:
    if event.because == "pins":
        return ".pins"
    return ".first" if event.revision_number == 1 else ".again"


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


def file_differences(voice: Voice, before: CampaignFile | None, after: CampaignFile | None) -> list[Difference]:
    return _differences(voice, _file_facts(voice, before), _file_facts(voice, after))


def plan_differences(voice: Voice, before: Plan | None, after: Plan | None) -> list[Difference]:
    return _differences(voice, _plan_facts(voice, before), _plan_facts(voice, after))


def connection_differences(voice: Voice, before: Connection | None, after: Connection | None) -> list[Difference]:
    return _differences(voice, _connection_facts(voice, before), _connection_facts(voice, after))


def workspace_differences(voice: Voice, before: Membership | None, after: Membership | None) -> list[Difference]:
    """Compare the settings, then the role of each person."""
    found = _differences(voice, _workspace_facts(voice, before), _workspace_facts(voice, after))
    old, new = (standing.members if standing else {} for standing in (before, after))
    for user in [*old, *(user for user in new if user not in old)]:
        was, now = (voice.say(f"role.{side[user].role}") if user in side else "–" for side in (old, new))
        if was != now:
            found.append(Difference((new.get(user) or old[user]).name, was, now))
    return found


def _workspace_facts(voice: Voice, standing: Membership | None) -> dict[str, str]:
    if standing is None:
        return {}
    language = Locale.parse(standing.locale).get_display_name(voice.figures.locale) or standing.locale
    kept = keeping(voice)[standing.keep_superseded_months]
    return {"title": standing.title, "locale": language, "currency": standing.currency, "keep": kept}


def _differences(voice: Voice, before: dict[str, str], after: dict[str, str]) -> list[Difference]:
    keys = [*before, *(key for key in after if key not in before)]
    pairs = [(key, before.get(key, "–"), after.get(key, "–")) for key in keys]
    return [Difference(voice.say(f"fact.{key}"), old, new) for key, old, new in pairs if old != new]


def _file_facts(voice: Voice, file: CampaignFile | None) -> dict[str, str]:
    if file is None:
        return {}
    sums = {metric: metric_text(voice, metric, total) for metric, total in file.sums.items()}
    facts = {
        "name": file.name,
        "status": badge(voice.say, file.status).label,
        "problem": problem_of(voice, file) or "–",
        **(_content_facts(voice, file) if file.revision_number else {}),
        "channels": ", ".join(file.channels) or "–",
        "currency": file.currency or "–",
        "first_date": _day(voice, file.first_date),
        "last_date": _day(voice, file.last_date),
        "pins": summary(voice, file.pins) or "–",
    }
    return facts | sums


def _day(voice: Voice, day: str | None) -> str:
    return voice.figures.day(date.fromisoformat(day)) if day else "–"


def _content_facts(voice: Voice, file: CampaignFile) -> dict[str, str]:
    counts = {"revision": file.revision_number, "rows": file.rows, "quarantined": file.quarantined}
    return {name: voice.figures.number(count) for name, count in counts.items()}


def _plan_facts(voice: Voice, plan: Plan | None) -> dict[str, str]:
    if plan is None:
        return {}
    return {
        "title": plan.brief.title,
        "status": badge(voice.say, plan_state(plan)).label,
        "budget": voice.figures.money(plan.brief.budget),
        **_plan_result(voice, plan),
        "decision": voice.say(f"state.{plan.decision}") if plan.decision else "–",
        "problem": plan.failure or "–",
    }


def _plan_result(voice: Voice, plan: Plan) -> dict[str, str]:
    if plan.result is None:
        return {}
    split, sure = plan.result.distribution_plan, sure_badge(voice, plan)
    return {
        "moves": move_sentence(voice, split),
        "expected": expectation(voice, split) or "–",
        "sure": sure.label if sure else "–",
    }


def _connection_facts(voice: Voice, connection: Connection | None) -> dict[str, str]:
    if connection is None:
        return {}
    state = {"requested": "connecting", "disconnected": "not_connected"}.get(connection.status, connection.status)
    return {
        "status": voice.say(f"state.{state}"),
        "account": connection.account or "–",
        "problem": said(voice.say, connection.reason or "") or "–",
    }


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
