"""What a person asks a plan for: read from the form, and every problem said in a sentence before anything starts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import get_args

from babel.numbers import NumberFormatError, parse_decimal

from dashboard.views.home import TOTAL
from dashboard.voice import Voice
from events.plan import Brief, Flighting, Goal, Limit, Regime, ResponseKind
from projections.performance import ChannelWeek

GOALS: tuple[Goal, ...] = get_args(Goal)
RESPONSES: tuple[ResponseKind, ...] = get_args(ResponseKind)
REGIMES: tuple[Regime, ...] = ("auto", "channel", "attributed", "total")
FLIGHTINGS: tuple[Flighting, ...] = get_args(Flighting)
OWN_PERIOD = "own"
MAX_DAYS = 730
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
    response: ResponseKind = "auto"
    regime: Regime = "auto"
    flighting: Flighting = "as_usual"
    week_weights: tuple[float, ...] = ()
    """One a week of the period, with flighting own."""


@dataclass(frozen=True)
class Problem:
    """`place` is where on the form: a field's name, or `limit/CHANNEL`."""

    place: str
    sentence: str
    missing: bool = False
    """Nothing was entered yet: no reason to complain before somebody wants to go on."""


@dataclass(frozen=True)
class Drafted:
    """Either a brief, or the problems that keep it from being one."""

    brief: Brief | None
    problems: list[Problem]


class Unreadable(Exception):
    """The text is no amount."""


def draft(voice: Voice, form: PlanForm) -> Drafted:
    problems: list[Problem] = []
    if not form.title.strip():
        problems.append(Problem("title", voice.say("new.problem.title"), missing=True))
    budget = _positive(voice, form.budget, "budget", "budget", problems)
    wanted = needs_target(form.goal)
    target = _positive(voice, form.target, "target", f"target_{form.goal}", problems) if wanted else None
    problems.extend(_meaning_problems(voice, form))
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
        response=form.response,
        regime=form.regime,
        limits=limits,
        file_ids=list(form.file_ids) or None,
        flighting=form.flighting,
        week_weights=list(form.week_weights) if form.flighting == "own" else [],
    )
    return Drafted(brief, [])


def readable_budget(voice: Voice, form: PlanForm) -> Decimal | None:
    """The budget as far as it can be read while the form is still being filled in."""
    return _positive(voice, form.budget, "budget", "budget", [])


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


def _positive(voice: Voice, text: str, place: str, what: str, problems: list[Problem]) -> Decimal | None:
    if not text.strip():
        problems.append(Problem(place, voice.say(f"new.problem.{what}_missing"), missing=True))
        return None
    try:
        value = amount_of(text, voice.figures.locale)
    except Unreadable:
        example = voice.figures.number(1_200_000)
        sentence = voice.say("new.problem.unreadable", text=text.strip(), example=example)
        problems.append(Problem(place, sentence))
        return None
    if value <= 0:
        problems.append(Problem(place, voice.say(f"new.problem.{what}_zero")))
        return None
    return value


def _meaning_problems(voice: Voice, form: PlanForm) -> list[Problem]:
    """A cost per conversion needs conversions, a return on ad spend revenue."""
    needed = {"target_cpa": "conversions", "target_roas": "revenue"}.get(form.goal)
    if needed is None or form.response in ("auto", needed):
        return []
    return [Problem("response", voice.say(f"new.problem.response_{form.goal}"))]


def _period_problems(voice: Voice, form: PlanForm) -> list[Problem]:
    if form.start is None or form.end is None:
        return [Problem("period", voice.say("new.problem.period_missing"), missing=True)]
    if form.end < form.start:
        return [Problem("period", voice.say("new.problem.period_reversed"))]
    if (form.end - form.start).days > MAX_DAYS:
        return [Problem("period", voice.say("new.problem.period_long"))]
    if form.flighting == "own" and not any(form.week_weights):
        return [Problem("weeks", voice.say("new.problem.weeks_zero"))]
    return []


def _limits(voice: Voice, form: PlanForm, budget: Decimal, problems: list[Problem]) -> dict[str, Limit]:
    limits: dict[str, Limit] = {}
    for channel, typed in form.limits.items():
        limit = _limit(voice, channel, typed, budget, problems)
        if limit != Limit():
            limits[channel] = limit
    problems.extend(_sum_problems(voice, form, limits, budget))
    return limits


def _limit(voice: Voice, channel: str, typed: LimitForm, budget: Decimal, problems: list[Problem]) -> Limit:
    place = f"limit/{channel}"
    at_least = _bound(voice, channel, typed.at_least, budget, problems)
    at_most = _bound(voice, channel, typed.at_most, budget, problems)
    if typed.locked and (at_least is not None or at_most is not None):
        problems.append(Problem(place, voice.say("new.problem.locked_and_limited", channel=channel)))
    if at_least is not None and at_most is not None and at_least > at_most:
        least, most = voice.figures.money(at_least), voice.figures.money(at_most)
        problems.append(Problem(place, voice.say("new.problem.crossed", channel=channel, least=least, most=most)))
    return Limit(at_least=at_least, at_most=at_most, locked=typed.locked)


def _bound(voice: Voice, channel: str, text: str, budget: Decimal, problems: list[Problem]) -> Decimal | None:
    if not text.strip():
        return None
    try:
        value = amount_of(text, voice.figures.locale, budget)
    except Unreadable:
        sentence = voice.say("new.problem.limit_unreadable", channel=channel, text=text.strip())
        problems.append(Problem(f"limit/{channel}", sentence))
        return None
    if value < 0:
        problems.append(Problem(f"limit/{channel}", voice.say("new.problem.limit_negative", channel=channel)))
        return None
    return value


def _sum_problems(voice: Voice, form: PlanForm, limits: Mapping[str, Limit], budget: Decimal) -> list[Problem]:
    least = sum((limit.at_least or Decimal(0) for limit in limits.values()), Decimal(0))
    if least > budget:
        money = voice.figures.money
        sentence = voice.say("new.problem.too_much", least=money(least), budget=money(budget))
        return [Problem("limits", sentence)]
    most = [limits[channel].at_most if channel in limits else None for channel in form.limits]
    capped = [value for value in most if value is not None]
    total = sum(capped, Decimal(0))
    if form.goal == "most_response" and most and len(capped) == len(most) and total < budget:
        share = voice.figures.share(total / budget)
        sentence = voice.say("new.problem.too_little", share=share, most=voice.figures.money(total))
        return [Problem("limits", sentence)]
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
