"""Settings: who is here, what is connected, and whether every service does its part."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import get_args

from babel import Locale
from babel.numbers import get_currency_name, get_territory_currencies

from dashboard.views.badges import Badge, badge
from dashboard.voice import Voice
from dashboard.words.reading import said
from events.workspace import Months
from projections.connections import Connection
from projections.members import Member

LOCALES = ("en_US", "en_GB", "en_IE", "en_CA", "en_AU", "en_IN", "de_DE", "de_AT", "de_CH")
"""Ways of writing figures and dates in the languages that the catalogue speaks."""
EVENTS_BEHIND = 500
"""Read models this far behind the log are worth telling."""
FOLLOWER_SILENT = timedelta(seconds=15)
"""The process that keeps the read models says each second that it lives."""


@dataclass(frozen=True)
class MemberLine:
    user: str
    name: str
    role: str
    is_you: bool


@dataclass(frozen=True)
class ConnectionView:
    """The connection card: what is connected, by whom, and the one thing to do about it."""

    title: str
    badge: Badge
    account: str
    note: str
    problem: str
    action: str | None
    """connect | reconnect | again | None"""


@dataclass(frozen=True)
class ServiceLine:
    name: str
    badge: Badge
    note: str


@dataclass(frozen=True)
class Pulse:
    """What was measured about the services. None: no answer."""

    database: bool
    workflows: bool
    workers: bool
    events_behind: int
    read_models_seen_at: datetime | None
    last_checked_at: datetime | None


def connection_view(voice: Voice, connection: Connection | None) -> ConnectionView:
    title = voice.say("platform.google_drive")
    if connection is None or connection.status == "disconnected":
        state = badge(voice.say, "not_connected")
        return ConnectionView(title, state, "", voice.say("connection.none"), "", "connect")
    if connection.status == "requested":
        state = badge(voice.say, "connecting")
        return ConnectionView(title, state, "", voice.say("connection.waiting"), "", "again")
    state, account = badge(voice.say, connection.status), _account(voice, connection)
    if connection.status == "connected":
        return ConnectionView(title, state, account, _connected_note(voice, connection), "", None)
    action = "reconnect" if connection.status == "access_lost" else "connect"
    problem = said(voice.say, connection.reason or "") or voice.say(f"freshness.{connection.status}")
    return ConnectionView(title, state, account, "", problem, action)


def _connected_note(voice: Voice, connection: Connection) -> str:
    note = voice.say("connection.read_only")
    if connection.connected_at is None:
        return note
    since = voice.say("connection.since", day=voice.figures.day(connection.connected_at.date()))
    return f"{since} · {note}"


def _account(voice: Voice, connection: Connection) -> str:
    return voice.say("connection.account", account=connection.account) if connection.account else ""


def member_lines(voice: Voice, members: list[Member], you: str) -> list[MemberLine]:
    order = ("owner", "planner", "viewer")
    ranked = sorted(members, key=lambda member: (order.index(member.role), member.name.lower()))
    return [
        MemberLine(member.user, member.name, voice.say(f"role.{member.role}"), member.user == you) for member in ranked
    ]


def locales(voice: Voice) -> dict[str, str]:
    """Locales to choose from, the workspace's own first, with their names in its language."""
    own = voice.figures.locale
    offered = dict.fromkeys((own, *LOCALES))
    return {name: _locale_name(name, own) for name in offered}


@cache
def _locale_name(name: str, language: str) -> str:
    return str(Locale.parse(name).get_display_name(language))


def keeping(voice: Voice) -> dict[Months | None, str]:
    """How long originals of superseded revisions may be kept, the longest first."""
    limited: dict[Months | None, str] = {
        months: voice.say("settings.keep_months", count=months) for months in sorted(get_args(Months), reverse=True)
    }
    return {None: voice.say("settings.keep_forever"), **limited}


def kept_originals(voice: Voice, months: Months | None) -> str:
    chosen = keeping(voice)[months]
    return chosen if months is None else voice.say("settings.kept_limited", keep=chosen)


def currencies(voice: Voice) -> dict[str, str]:
    """Currencies to choose from by code, the workspace's own first, with their names in its language."""
    own = voice.figures.currency
    offered = dict.fromkeys((own, *_currencies_in_use()))
    return {code: f"{_currency_name(code, voice.figures.locale)} ({code})" for code in offered}


@cache
def _currency_name(code: str, language: str) -> str:
    return get_currency_name(code, locale=language)


@cache
def _currencies_in_use() -> list[str]:
    countries = [str(code) for code in Locale("en").territories if len(str(code)) == 2]
    return sorted({currency for country in countries for currency in get_territory_currencies(country)})


def service_lines(voice: Voice, pulse: Pulse, connection: ConnectionView) -> list[ServiceLine]:
    say = voice.say
    return [
        ServiceLine(say("service.database"), _works(voice, pulse.database), say("service.database_note")),
        ServiceLine(say("service.read_models"), _models_badge(voice, pulse), _models_note(voice, pulse)),
        ServiceLine(say("service.workflows"), _works(voice, pulse.workflows), say("service.workflows_note")),
        ServiceLine(say("service.workers"), _works(voice, pulse.workers), say("service.workers_note")),
        ServiceLine(connection.title, connection.badge, _checked_note(voice, pulse)),
    ]


def _works(voice: Voice, works: bool) -> Badge:
    return badge(voice.say, "works" if works else "away")


def _models_badge(voice: Voice, pulse: Pulse) -> Badge:
    seen = pulse.read_models_seen_at
    if seen is None or voice.now - seen > FOLLOWER_SILENT:
        return badge(voice.say, "away")
    return badge(voice.say, "behind" if pulse.events_behind > EVENTS_BEHIND else "works")


def _models_note(voice: Voice, pulse: Pulse) -> str:
    if not pulse.events_behind:
        return voice.say("service.read_models_note")
    return voice.say("service.read_models_behind", count=pulse.events_behind)


def _checked_note(voice: Voice, pulse: Pulse) -> str:
    if pulse.last_checked_at is None:
        return voice.say("freshness.first_check")
    return voice.say("freshness.checked", ago=voice.figures.ago(pulse.last_checked_at, voice.now))
