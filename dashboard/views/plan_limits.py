"""Limits of a new plan, of channels and of groups: read from what was typed, every problem said in a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import NumberFormatError, parse_decimal

from dashboard.voice import Voice
from events.plan import GroupLimit, Limit

LARGEST = Decimal(10) ** 15
MOST_IF_ANY = 10
"""More channels that get all or nothing would be too many splits to try."""


@dataclass(frozen=True)
class LimitForm:
    """What was typed for one channel: an amount (5000) or a share of the budget (20 %); empty is no limit."""

    at_least: str = ""
    at_most: str = ""
    locked: bool = False
    if_any: str = ""
    """The least amount that has an effect."""


@dataclass(frozen=True)
class GroupForm:
    name: str = ""
    channels: tuple[str, ...] = ()
    at_least: str = ""
    at_most: str = ""


@dataclass(frozen=True)
class Problem:
    """`place` is where on the form: a field's name, `limit/CHANNEL`, or `group/NUMBER`."""

    place: str
    sentence: str
    missing: bool = False
    """Nothing was entered yet: no reason to complain before somebody wants to go on."""


class Unreadable(Exception):
    """The text is no amount."""


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


def read_limits(
    voice: Voice, typed: Mapping[str, LimitForm], budget: Decimal, problems: list[Problem], *, spends_all: bool
) -> dict[str, Limit]:
    """Limits by channel. `spends_all`: the budget has to fit into the upper limits."""
    limits: dict[str, Limit] = {}
    for channel, form in typed.items():
        limit = _limit(voice, channel, form, budget, problems)
        if limit != Limit():
            limits[channel] = limit
    problems.extend(_least_problems(voice, limits, budget))
    if spends_all and not problems:
        problems.extend(_most_problems(voice, list(typed), limits, budget))
    return limits


def read_groups(voice: Voice, typed: Sequence[GroupForm], budget: Decimal, problems: list[Problem]) -> list[GroupLimit]:
    """Groups that name channels and a bound; rows left empty are none."""
    groups: list[GroupLimit] = []
    for number, form in enumerate(typed):
        place = f"group/{number}"
        name = form.name.strip() or voice.figures.both(list(form.channels)) or voice.say("new.group", number=number + 1)
        at_least = _bound(voice, place, name, form.at_least, budget, problems)
        at_most = _bound(voice, place, name, form.at_most, budget, problems)
        _check_crossed(voice, place, name, at_least, at_most, problems)
        bounded = at_least is not None or at_most is not None
        if bounded and not form.channels:
            problems.append(Problem(place, voice.say("new.problem.group_empty", group=name)))
        if bounded and form.channels:
            groups.append(GroupLimit(name=name, channels=list(form.channels), at_least=at_least, at_most=at_most))
    named = [channel for group in groups for channel in group.channels]
    twice = sorted({channel for channel in named if named.count(channel) > 1})
    if twice:
        problems.append(Problem("limits", voice.say("new.problem.group_twice", channels=voice.figures.both(twice))))
    return groups


def _limit(voice: Voice, channel: str, typed: LimitForm, budget: Decimal, problems: list[Problem]) -> Limit:
    place = f"limit/{channel}"
    at_least, at_most, if_any = (
        _bound(voice, place, channel, text, budget, problems) for text in (typed.at_least, typed.at_most, typed.if_any)
    )
    if typed.locked and any(bound is not None for bound in (at_least, at_most, if_any)):
        problems.append(Problem(place, voice.say("new.problem.locked_and_limited", channel=channel)))
    _check_crossed(voice, place, channel, at_least if at_least is not None else if_any, at_most, problems)
    return Limit(at_least=at_least, at_most=at_most, at_least_if_any=if_any, locked=typed.locked)


def _check_crossed(
    voice: Voice, place: str, name: str, least: Decimal | None, most: Decimal | None, problems: list[Problem]
) -> None:
    if least is not None and most is not None and least > most:
        money = voice.figures.money
        sentence = voice.say("new.problem.crossed", channel=name, least=money(least), most=money(most))
        problems.append(Problem(place, sentence))


def _bound(voice: Voice, place: str, name: str, text: str, budget: Decimal, problems: list[Problem]) -> Decimal | None:
    if not text.strip():
        return None
    try:
        value = amount_of(text, voice.figures.locale, budget)
    except Unreadable:
        sentence = voice.say("new.problem.limit_unreadable", channel=name, text=text.strip())
        problems.append(Problem(place, sentence))
        return None
    if value < 0:
        problems.append(Problem(place, voice.say("new.problem.limit_negative", channel=name)))
        return None
    return value


def _least_problems(voice: Voice, limits: Mapping[str, Limit], budget: Decimal) -> list[Problem]:
    found: list[Problem] = []
    least = sum((limit.at_least or Decimal(0) for limit in limits.values()), Decimal(0))
    if least > budget:
        money = voice.figures.money
        found.append(Problem("limits", voice.say("new.problem.too_much", least=money(least), budget=money(budget))))
    if sum(1 for limit in limits.values() if limit.at_least_if_any) > MOST_IF_ANY:
        found.append(Problem("limits", voice.say("new.problem.many_if_any", most=MOST_IF_ANY)))
    return found


def _most_problems(voice: Voice, channels: list[str], limits: Mapping[str, Limit], budget: Decimal) -> list[Problem]:
    capped = [limits[channel].at_most if channel in limits else None for channel in channels]
    known = [value for value in capped if value is not None]
    total = sum(known, Decimal(0))
    if not channels or len(known) < len(channels) or total >= budget:
        return []
    share = voice.figures.share(total / budget)
    return [Problem("limits", voice.say("new.problem.too_little", share=share, most=voice.figures.money(total)))]
