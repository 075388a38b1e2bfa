"""What another split would bring, as money is moved by hand: sentences and numbers, and how sliders share a budget."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from dashboard.views.plans import MONEY_RESPONSES, range_text, response_text, response_word
from dashboard.voice import Voice
from events.plan import Estimate
from worker.planning.what_if import WhatIf

Amounts = dict[str, int]
"""Whole units of money by channel."""
SHARES_OF_A_STEP = 200


@dataclass(frozen=True)
class Range:
    """Of every slider alike, so that places compare."""

    most: int
    step: int


@dataclass(frozen=True)
class WhatIfView:
    label: str
    value: str
    change: str | None
    likely: str
    between: str
    against_plan: str
    total: str
    warnings: list[str]
    channels: dict[str, str]
    """What each channel brings."""


def slider_range(budget: int, amounts: Mapping[str, int]) -> Range:
    """As far as twice what the biggest channel has, and steps a person can hit: 1, 2 or 5 of some power of ten."""
    most = max(min(budget, 2 * max(amounts.values(), default=0)), *amounts.values(), 1)
    rough = max(most // SHARES_OF_A_STEP, 1)
    power = 10 ** (len(str(rough)) - 1)
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough)
    return Range(most, step)


def in_whole_units(amounts: Mapping[str, float]) -> Amounts:
    """Round amounts so that their sum stays, the biggest first: that channel takes what rounding leaves."""
    by_money = sorted(amounts, key=lambda channel: -amounts[channel])
    rounded = {channel: max(round(amounts[channel]), 0) for channel in by_money}
    if rounded:
        biggest = max(rounded, key=lambda channel: rounded[channel])
        rounded[biggest] = max(rounded[biggest] + round(sum(amounts.values())) - sum(rounded.values()), 0)
    return rounded


def balanced(amounts: Mapping[str, int], moved: str, held: Collection[str], budget: int) -> Amounts:
    """Let the other channels give or take what one channel's slider moved, in proportion to what they have.

    Channels in `held` were set by hand and move only when the others cannot do it alone.
    """
    result = dict(amounts) | {moved: min(amounts[moved], budget)}
    free = [channel for channel in result if channel != moved and channel not in held]
    rest = [channel for channel in result if channel != moved and channel in held]
    for group in (free, rest):
        gap = budget - sum(result.values())
        if gap and group:
            result |= _shared(result, group, gap)
    return result


def _shared(amounts: Mapping[str, int], group: list[str], gap: int) -> Amounts:
    have = sum(amounts[channel] for channel in group)
    wanted = max(have + gap, 0)
    parts = {channel: amounts[channel] / have if have else 1 / len(group) for channel in group}
    return in_whole_units({channel: wanted * part for channel, part in parts.items()})


def what_if_view(voice: Voice, response: str, answer: WhatIf, budget: float, *, of_plan: bool) -> WhatIfView:
    """`of_plan`: the sliders started from a plan, so that it is worth telling how they compare with it."""
    mean, low, high = (_exact(voice, response, value) for value in _values(answer.expected))
    moved = not _nothing(answer.over_current)
    change = voice.figures.signed_share(answer.over_current.mean)
    return WhatIfView(
        label=voice.say("plan.expected_of", response=response_word(voice, response)),
        value=mean,
        change=change if moved and not change.startswith("±") else None,
        likely=range_text(voice, answer.over_current) if moved else "",
        between=voice.say("plan.expected_between", low=low, high=high),
        against_plan=_against_plan(voice, answer) if of_plan else "",
        total=_total(voice, answer.spent, budget),
        warnings=_warnings(voice, answer),
        channels={name: _brings(voice, response, one) for name, one in answer.channels.items()},
    )


def _exact(voice: Voice, response: str, value: float) -> str:
    """All digits: a short number would hide what a slider changes."""
    return voice.figures.money(value) if response in MONEY_RESPONSES else voice.figures.number(round(value))


def _values(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.mean, estimate.low, estimate.high


def _nothing(over: Estimate) -> bool:
    """Tell what would be written as 0.0 %."""
    return max(abs(value) for value in _values(over)) < 0.0005


def _brings(voice: Voice, response: str, estimate: Estimate) -> str:
    mean, low, high = (response_text(voice, response, value) for value in _values(estimate))
    return voice.say("what_if.brings", range=voice.say("plan.estimate", mean=mean, low=low, high=high))


def _against_plan(voice: Voice, answer: WhatIf) -> str:
    over = answer.over_plan
    if _nothing(over):
        return voice.say("what_if.as_plan")
    chance = voice.figures.chance(answer.probability_better_than_plan)
    change = voice.figures.signed_share(over.mean)
    return voice.say("what_if.against_plan", change=change, range=range_text(voice, over), share=chance)


def _total(voice: Voice, spent: float, budget: float) -> str:
    money, gap = voice.figures.money, round(spent - budget)
    key = "total" if not gap else "total_over" if gap > 0 else "total_under"
    return voice.say(f"what_if.{key}", total=money(round(spent)), gap=money(abs(gap)), budget=money(round(budget)))


def _warnings(voice: Voice, answer: WhatIf) -> list[str]:
    warnings: list[str] = []
    if answer.beyond:
        warnings.append(voice.say("what_if.beyond", channels=voice.figures.both(answer.beyond)))
    if answer.unknown:
        warnings.append(voice.say("what_if.unknown", channels=voice.figures.both(answer.unknown)))
    return warnings


def as_limit(voice: Voice, amount: int) -> str:
    """Write a slider's position as a person would type it into a limit."""
    return voice.figures.amount(Decimal(amount))
