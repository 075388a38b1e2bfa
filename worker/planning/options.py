"""What a person typed at `media-planner plan`, as a brief. A slip is a BriefProblem that says what to write."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast, get_args

import msgspec

from events.plan import Brief, Goal, Limit, Regime, ResponseKind
from worker.planning.limits import CENT, MOST_MONEY, BriefProblem
from worker.planning.voice import LANGUAGES

if TYPE_CHECKING:
    from worker.planning.history import History


_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
"""A thousand to some people, one to others."""


@dataclass(frozen=True)
class Options:
    """As typed."""

    budget: str
    goal: str = "most_response"
    target: str | None = None
    response: str = "auto"
    regime: str = "auto"
    limits: Sequence[str] = ()
    locks: Sequence[str] = ()
    start: str | None = None
    end: str | None = None
    weeks: int | None = None
    periods: int | None = None
    seed: int = 1


def budget_of(options: Options) -> Decimal:
    return _money(options.budget, "budget").quantize(CENT)


def require_language(text: str) -> None:
    """Raise BriefProblem for a language that plans do not speak; de_CH speaks as de does."""
    if re.split("[-_]", text)[0] not in LANGUAGES:
        raise BriefProblem("typed.no_choice", name="language", text=text, known=", ".join(LANGUAGES))


def brief(options: Options, history: "History", today: date) -> Brief:
    """The brief for a history: by default its next period (a week, a day or a month); after `today` without any."""
    from worker.planning import panel

    known_until: date = max(history.rows["date"].to_list(), default=today)
    draft = Brief(
        title="plan",
        budget=budget_of(options),
        start=known_until,
        end=known_until,
        goal=cast(Goal, _one_of(options.goal, "goal", Goal)),
        target=None if options.target is None else _money(options.target, "target"),
        response=cast(ResponseKind, _one_of(options.response, "response", ResponseKind)),
        regime=cast(Regime, _one_of(options.regime, "regime", Regime)),
        limits=_limits(options),
        seed=options.seed,
    )
    table = panel.build(draft, history)
    _known(options, draft.limits, table.channels)
    start, end = _span(options, known_until + timedelta(days=table.days), table.days)
    return msgspec.structs.replace(draft, start=start, end=end)


def _money(text: str, name: str) -> Decimal:
    value = _number(text)
    if value is None:
        raise BriefProblem("typed.no_number", name=name, text=text)
    if not value.is_finite() or value <= 0:
        raise BriefProblem("typed.not_above_zero", name=name, text=text)
    if value > MOST_MONEY:
        raise BriefProblem("brief.too_much", most=MOST_MONEY)
    return value


def _number(text: str) -> Decimal | None:
    """A comma may only stand between thousands: 1.000,50 would become one and a bit, and so would 1.000."""
    if _POINTS.fullmatch(text) or ("," in text and not _THOUSANDS.fullmatch(text)):
        return None
    try:
        return Decimal(text.replace("_", "").replace(",", ""))
    except InvalidOperation:
        return None


def _one_of(text: str, name: str, choices: Any) -> str:
    known = [choice for choice in get_args(choices) if choice != "none"]
    if text not in known:
        raise BriefProblem("typed.no_choice", name=name, text=text, known=", ".join(known))
    return text


def _limits(options: Options) -> dict[str, Limit]:
    limits = dict(_limit(text) for text in options.limits)
    for channel in options.locks:
        limits[channel] = msgspec.structs.replace(limits.get(channel, Limit()), locked=True)
    return limits


def _limit(text: str) -> tuple[str, Limit]:
    """`Search=1000..5000`, `Search=1000..` or `Search=..5000`."""
    channel, equals, span = text.rpartition("=")
    low, dots, high = span.partition("..")
    if not (channel.strip() and equals and dots and (low.strip() or high.strip())):
        raise BriefProblem("typed.limit", text=text)
    return channel.strip(), Limit(at_least=_bound(low, text), at_most=_bound(high, text))


def _bound(text: str, limit: str) -> Decimal | None:
    if not text.strip():
        return None
    value = _number(text.strip())
    if value is None or not value.is_finite() or abs(value) > MOST_MONEY:
        raise BriefProblem("typed.bound", text=text.strip(), limit=limit)
    return value.quantize(CENT)


def _known(options: Options, limits: dict[str, Limit], channels: Sequence[str]) -> None:
    """A channel without a history may get a least amount; any other word about it is probably a slip."""
    for name, limit in limits.items():
        if channels and name not in channels and (name in options.locks or not limit.at_least):
            near = difflib.get_close_matches(name, channels, 1, 0.5)
            if near:
                raise BriefProblem("typed.channel_like", name=name, near=near[0])
            raise BriefProblem("typed.channel", name=name, known=", ".join(channels))


def _span(options: Options, start: date, days: int) -> tuple[date, date]:
    lengths = [name for name in ("end", "weeks", "periods") if getattr(options, name) is not None]
    if len(lengths) > 1:
        raise BriefProblem("typed.both", one=lengths[0], other=lengths[1])
    first = _date(options.start, "start") if options.start is not None else start
    if options.end is not None:
        return first, _date(options.end, "end")
    return first, first + timedelta(days=(7 * options.weeks if options.weeks else days * (options.periods or 1)) - 1)


def _date(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BriefProblem("typed.no_date", name=name, text=text) from problem
