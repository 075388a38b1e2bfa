"""What a person asks a plan for: read from the form, and every problem said in a sentence before anything starts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import get_args

from dashboard.views.home import TOTAL
from dashboard.views.plan_limits import GroupForm, LimitForm, Problem, Unreadable, amount_of, read_groups, read_limits
from dashboard.voice import Voice
from events.plan import Brief, Flighting, Goal, Regime, ResponseKind
from projections.performance import ChannelWeek

GOALS: tuple[Goal, ...] = get_args(Goal)
RESPONSES: tuple[ResponseKind, ...] = get_args(ResponseKind)
REGIMES: tuple[Regime, ...] = ("auto", "channel", "attributed", "total")
FLIGHTINGS: tuple[Flighting, ...] = get_args(Flighting)
OWN_PERIOD = "own"
MAX_DAYS = 730
SHARE_WEEKS = 8


@dataclass(frozen=True)
class PlanForm:
    title: str
    goal: Goal
    budget: str
    target: str
    start: date | None
    end: date | None
    limits: Mapping[str, LimitForm] = field(default_factory=dict)
    groups: tuple[GroupForm, ...] = ()
    file_ids: tuple[str, ...] = ()
    """Empty: all files count."""
    response: ResponseKind = "auto"
    regime: Regime = "auto"
    flighting: Flighting = "as_usual"
    week_weights: tuple[float, ...] = ()
    """One a week of the period, with flighting own."""


@dataclass(frozen=True)
class Drafted:
    """Either a brief, or the problems that keep it from being one."""

    brief: Brief | None
    problems: list[Problem]


def draft(voice: Voice, form: PlanForm) -> Drafted:
    problems: list[Problem] = []
    if not form.title.strip():
        problems.append(Problem("title", voice.say("new.problem.title"), missing=True))
    budget = _positive(voice, form.budget, "budget", "budget", problems)
    wanted = needs_target(form.goal)
    target = _positive(voice, form.target, "target", f"target_{form.goal}", problems) if wanted else None
    problems.extend(_meaning_problems(voice, form))
    problems.extend(_period_problems(voice, form))
    exact = form.goal == "most_response"
    limits = read_limits(voice, form.limits, budget, problems, spends_all=exact) if budget else {}
    groups = read_groups(voice, form.groups, budget, problems) if budget else []
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
        groups=groups,
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


def channel_shares(weekly: list[ChannelWeek]) -> dict[str, float]:
    """Channels that had spend in the last eight weeks with data, with their share of it, the biggest first."""
    weeks = sorted({row.week for row in weekly if row.spend})[-SHARE_WEEKS:]
    spent: Counter[str] = Counter()
    for row in weekly:
        if row.spend and row.week in weeks and row.channel != TOTAL:
            spent[row.channel] += float(row.spend)  # pyright: ignore[reportArgumentType] - a Counter of amounts
    total = sum(spent.values())
    return {channel: amount / total for channel, amount in spent.most_common()} if total else {}
