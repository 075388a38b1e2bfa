"""What exactly one event changed, in the words of the pages."""

from dataclasses import dataclass
from datetime import date

from babel import Locale

from dashboard.views.badges import badge
from dashboard.views.file import metric_text
from dashboard.views.file_pins import summary
from dashboard.views.files import problem_of
from dashboard.views.plans import expectation, move_sentence, plan_state, sure_badge
from dashboard.views.settings import keeping
from dashboard.voice import Voice
from dashboard.words.reading import said
from projections.connections import Connection
from projections.files import CampaignFile
from projections.members import Membership
from projections.plans import Plan


@dataclass(frozen=True)
class Difference:
    what: str
    before: str
    after: str


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
