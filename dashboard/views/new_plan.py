"""What a person asks a plan for: read from the form, and every problem said in a sentence before anything starts."""

import calendar
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

from babel.numbers import NumberFormatError, parse_decimal

from dashboard.views.home import TOTAL
from dashboard.voice import Voice
from events.plan import Brief, Goal, Limit
from projections.performance import ChannelWeek

GOALS: tuple[Goal, ...] = get_args(Goal)
OWN_PERIOD = "own"
MAX_DAYS = 3 * 366
SHARE_WEEKS = 8
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True)
class LimitForm:
    """What was typed for one channel: an amount (5000) or a share of the budget (20 %); empty is no limit."""

    at_least: str = ""
    at_most: str = ""
    locked: bool = False


@dataclass(frozen=True)
class PlanForm:
    title: str
    goal: Goal
    budget: str
    target: str
    start: date | None
    end: date | None
    limits: Mapping[str, LimitForm] = field(default_factory=dict)
    file_ids: tuple[str, ...] = ()
    """Empty: all files count."""


@dataclass(frozen=True)
class Drafted:
    """Either a brief, or the problems that keep it from being one."""

    brief: Brief | None
    problems: list[str]


class Unreadable(Exception):
    """The text is no amount."""


def draft(voice: Voice, form: PlanForm) -> Drafted:
    problems: list[str] = []
    if not form.title.strip():
        problems.append(voice.say("new.problem.title"))
    budget = _positive(voice, form.budget, "budget", problems)
    target = _positive(voice, form.target, f"target_{form.goal}", problems) if needs_target(form.goal) else None
    problems.extend(_period_problems(voice, form))
    limits = _limits(voice, form, budget, problems) if budget else {}
    if problems or budget is None or form.start is None or form.end is None:
        return Drafted(None, problems)
    brief = Brief(
        title=form.title.strip(),
        budget=budget,
        start=form.start,
        end=form.end,
        currency=voice.figures.currency,
        goal=form.goal,
        target=target,
        limits=limits,
        file_ids=list(form.file_ids) or None,
    )
    return Drafted(brief, [])


def needs_target(goal: Goal) -> bool:
    return goal != "most_response"


def amount_of(text: str, locale: str, whole: Decimal | None = None) -> Decimal:
    """Read "1,200,000", "€ 1.200,50" (as the locale writes it) or, with `whole`, "20 %"."""
    cleaned = "".join(sign for sign in text if sign not in "€$£¥ \xa0\u202f")
    share = cleaned.endswith("%") and whole is not None
    try:
        value = parse_decimal(cleaned.removesuffix("%") if share else cleaned, locale=locale, strict=True)
    except NumberFormatError as error:
        raise Unreadable(text) from error
    if not value.is_finite() or abs(value) > LARGEST:
        raise Unreadable(text)
    value = value * whole / 100 if share and whole is not None else value
    return round(value, 2)


def _positive(voice: Voice, text: str, what: str, problems: list[str]) -> Decimal | None:
    if not text.strip():
        problems.append(voice.say(f"new.problem.{what}_missing"))
        return None
    try:
        value = amount_of(text, voice.figures.locale)
    except Unreadable:
        example = voice.figures.number(1_200_000)
        problems.append(voice.say("new.problem.unreadable", text=text.strip(), example=example))
        return None
    if value <= 0:
        problems.append(voice.say(f"new.problem.{what}_zero"))
        return None
    return value


def _period_problems(voice: Voice, form: PlanForm) -> list[str]:
    if form.start is None or form.end is None:
        return [voice.say("new.problem.period_missing")]
    if form.end < form.start:
        return [voice.say("new.problem.period_reversed")]
    if (form.end - form.start).days > MAX_DAYS:
        return [voice.say("new.problem.period_long")]
    return []


def _limits(voice: Voice, form: PlanForm, budget: Decimal, problems: list[str]) -> dict[str, Limit]:
    limits: dict[str, Limit] = {}
    for channel, typed in form.limits.items():
        limit = _limit(voice, channel, typed, budget, problems)
        if limit != Limit():
            limits[channel] = limit
    problems.extend(_sum_problems(voice, form, limits, budget))
    return limits


def _limit(voice: Voice, channel: str, typed: LimitForm, budget: Decimal, problems: list[str]) -> Limit:
    at_least = _bound(voice, channel, typed.at_least, budget, problems)
    at_most = _bound(voice, channel, typed.at_most, budget, problems)
    if typed.locked and (at_least is not None or at_most is not None):
        problems.append(voice.say("new.problem.locked_and_limited", channel=channel))
    if at_least is not None and at_most is not None and at_least > at_most:
        least, most = voice.figures.money(at_least), voice.figures.money(at_most)
        problems.append(voice.say("new.problem.crossed", channel=channel, least=least, most=most))
    return Limit(at_least=at_least, at_most=at_most, locked=typed.locked)


def _bound(voice: Voice, channel: str, text: str, budget: Decimal, problems: list[str]) -> Decimal | None:
    if not text.strip():
        return None
    try:
        value = amount_of(text, voice.figures.locale, budget)
    except Unreadable:
        problems.append(voice.say("new.problem.limit_unreadable", channel=channel, text=text.strip()))
        return None
    if value < 0:
        problems.append(voice.say("new.problem.limit_negative", channel=channel))
        return None
    return value


def _sum_problems(voice: Voice, form: PlanForm, limits: Mapping[str, Limit], budget: Decimal) -> list[str]:
    least = sum((limit.at_least or Decimal(0) for limit in limits.values()), Decimal(0))
    if least > budget:
        money = voice.figures.money
        return [voice.say("new.problem.too_much", least=money(least), budget=money(budget))]
    most = [limits[channel].at_most if channel in limits else None for channel in form.limits]
    capped = [value for value in most if value is not None]
    total = sum(capped, Decimal(0))
    if form.goal == "most_response" and most and len(capped) == len(most) and total < budget:
        share = voice.figures.share(total / budget)
        return [voice.say("new.problem.too_little", share=share, most=voice.figures.money(total))]
    return []


def channel_shares(weekly: list[ChannelWeek]) -> dict[str, float]:
    """Channels that had spend in the last eight weeks with data, with their share of it, the biggest first."""
    weeks = sorted({row.week for row in weekly if row.spend})[-SHARE_WEEKS:]
    spent: Counter[str] = Counter()
    for row in weekly:
        if row.spend and row.week in weeks and row.channel != TOTAL:
            spent[row.channel] += float(row.spend)  # pyright: ignore[reportArgumentType] - a Counter of amounts
    total = sum(spent.values())
    return {channel: amount / total for channel, amount in spent.most_common()} if total else {}


def periods(today: date) -> dict[str, tuple[date, date]]:
    """Offer the periods people plan for: next month, the coming quarters, next year. Keys are labels of `period.*`."""
    offered = {"next_month": _month_after(today), "next_28_days": (today + timedelta(1), today + timedelta(28))}
    quarter = _quarter_after(today)
    for _ in range(4):
        offered[f"quarter:{(quarter[0].month + 2) // 3}:{quarter[0].year}"] = quarter
        quarter = _quarter_after(quarter[0])
    offered["next_year"] = (date(today.year + 1, 1, 1), date(today.year + 1, 12, 31))
    return offered


def period_label(voice: Voice, key: str, period: tuple[date, date] | None) -> str:
    name, _, rest = key.partition(":")
    if name == "quarter":
        number, year = rest.split(":")
        label = voice.say("period.quarter", number=number, year=year)
    else:
        label = voice.say(f"period.{name}")
    return f"{label} ({voice.figures.span(*period)})" if period else label


def _month_after(day: date) -> tuple[date, date]:
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _quarter_after(day: date) -> tuple[date, date]:
    quarter = (day.month - 1) // 3 + 1
    year, month = (day.year + 1, 1) if quarter == 4 else (day.year, quarter * 3 + 1)
    return date(year, month, 1), date(year, month + 2, calendar.monthrange(year, month + 2)[1])
