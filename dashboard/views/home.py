"""Home: what changed, what needs you, and the numbers that matter, from live read models."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dashboard.tables import Fact
from dashboard.views.files import files_view
from dashboard.voice import Voice
from dashboard.words.reading import said
from projections.connections import Connection
from projections.files import CampaignFile
from projections.performance import ChannelWeek

WEEKS_COMPARED = 4
TOTAL = "(total)"
"""The channel of rows that hold the sales of the whole business."""


@dataclass(frozen=True)
class Need:
    what: str
    todo: str
    file_id: str | None


@dataclass(frozen=True)
class WeekTotals:
    week: date
    spend: float = 0.0
    revenue: float = 0.0
    conversions: float = 0.0


@dataclass(frozen=True)
class HomeView:
    state: str
    """no_connection | connecting | empty | normal"""
    numbers: list[Fact] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    weeks: list[WeekTotals] = field(default_factory=list)
    currency: str = ""
    """What the amounts are in: the workspace's currency, or that of its files when they know no other."""
    left_out: str = ""
    """Which amounts in other currencies were not added up; empty when none."""


def home_view(
    voice: Voice,
    connection: Connection | None,
    files: list[CampaignFile],
    weekly: list[ChannelWeek],
    pending: Mapping[str, datetime],
) -> HomeView:
    currency = main_currency(voice.figures.currency, weekly)
    monday = voice.now.date() - timedelta(days=voice.now.weekday())
    weeks = week_totals([row for row in weekly if row.currency in (None, currency) and row.week < monday])
    needs = [*_connection_needs(voice, connection), *_file_needs(voice, files, pending)]
    return HomeView(
        state=_state(connection, files),
        numbers=_numbers(voice.in_currency(currency), weeks, len(needs)),
        needs=needs,
        weeks=weeks,
        currency=currency,
        left_out=_left_out(voice, weekly, currency),
    )


def main_currency(ours: str, weekly: list[ChannelWeek]) -> str:
    rows = Counter(row.currency for row in weekly if row.currency)
    return ours if ours in rows or not rows else rows.most_common(1)[0][0]


def _left_out(voice: Voice, weekly: list[ChannelWeek], currency: str) -> str:
    others = sorted({row.currency for row in weekly if row.currency not in (None, currency) and row.currency})
    return voice.say("home.left_out", currencies=voice.figures.both(others), currency=currency) if others else ""


def _state(connection: Connection | None, files: list[CampaignFile]) -> str:
    if any(file.status != "not_campaign" for file in files):
        return "normal"
    if connection is None or connection.status in ("disconnected", "failed"):
        return "no_connection"
    return "connecting" if connection.status == "requested" else "empty"


def week_totals(weekly: list[ChannelWeek]) -> list[WeekTotals]:
    """Sum the channels of each week. Where total sales are known they stand for revenue: channels only claim parts."""
    sums: dict[date, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in weekly:
        week = sums[row.week]
        where = "total" if row.channel == TOTAL else "channels"
        week["spend"] += float(row.spend or 0)
        week[f"{where}.revenue"] += float(row.revenue or 0)
        week[f"{where}.conversions"] += float(row.conversions or 0)
    return [
        WeekTotals(
            week,
            found["spend"],
            found["total.revenue"] or found["channels.revenue"],
            found["total.conversions"] or found["channels.conversions"],
        )
        for week, found in sorted(sums.items())
    ]


def _numbers(voice: Voice, weeks: list[WeekTotals], needs: int) -> list[Fact]:
    say, figures = voice.say, voice.figures
    now, before = _sum(weeks[-WEEKS_COMPARED:]), _sum(weeks[-2 * WEEKS_COMPARED : -WEEKS_COMPARED])
    cards = [_card(voice, "home.spend", figures.short_money, now.spend, before.spend)]
    if now.revenue:
        cards.append(_card(voice, "home.revenue", figures.short_money, now.revenue, before.revenue))
        returns, returns_before = (part.revenue / part.spend if part.spend else 0.0 for part in (now, before))
        cards.append(_card(voice, "home.returns", figures.ratio, returns, returns_before))
    else:
        cards.append(_card(voice, "home.conversions", figures.short_number, now.conversions, before.conversions))
    waiting = figures.number(needs) if needs else say("home.nothing")
    cards.append(Fact(say("home.needs"), waiting, say("home.needs_note")))
    return cards


def _sum(weeks: list[WeekTotals]) -> WeekTotals:
    return WeekTotals(
        weeks[0].week if weeks else date.min,
        sum(week.spend for week in weeks),
        sum(week.revenue for week in weeks),
        sum(week.conversions for week in weeks),
    )


def _card(voice: Voice, label: str, write: Callable[[float], str], now: float, before: float) -> Fact:
    if not before:
        return Fact(voice.say(label), write(now))
    change = voice.figures.signed_share(now / before - 1)
    return Fact(voice.say(label), write(now), voice.say("home.before", change=change, value=write(before)))


def _connection_needs(voice: Voice, connection: Connection | None) -> list[Need]:
    if connection is None or connection.status not in ("failed", "access_lost"):
        return []
    todo = said(voice.say, connection.reason or "") or voice.say("home.reconnect")
    return [Need(voice.say("platform.google_drive"), todo, None)]


def _file_needs(voice: Voice, files: list[CampaignFile], pending: Mapping[str, datetime]) -> list[Need]:
    candidates = [file for file in files if file.status == "needs_you"]
    lines = files_view(voice, candidates, pending).shown("needs_you")
    return [Need(line.name, line.todo, line.file_id) for line in lines]
