"""What more or less money would bring, read from the plan's own curves."""

from dataclasses import dataclass
from decimal import Decimal

from dashboard.views.plans import response_at, sorted_lines
from events.plan import Curve, DistributionPlan, Line

FACTORS = (Decimal("0.8"), Decimal("0.9"), Decimal("1.1"), Decimal("1.2"))


@dataclass(frozen=True)
class Outlook:
    """One channel in one scenario."""

    channel: str
    spend: Decimal
    response: float | None
    """None where no curve is known."""
    untried: bool
    """The spend lies beyond the most that was ever spent: the curve is a guess there."""


def today(split: DistributionPlan) -> list[Outlook]:
    return [
        Outlook(line.channel, line.current, line.expected_current and line.expected_current.mean, untried=False)
        for line in sorted_lines(split)
    ]


def planned(split: DistributionPlan) -> list[Outlook]:
    return scaled(split, Decimal(1))


def scaled(split: DistributionPlan, factor: Decimal) -> list[Outlook]:
    """Every channel's planned money times the factor."""
    curves = {curve.channel: curve for curve in split.curves if curve.points}
    return [_outlook(line, curves.get(line.channel), factor) for line in sorted_lines(split)]


def _outlook(line: Line, curve: Curve | None, factor: Decimal) -> Outlook:
    spend = line.amount * factor
    if line.expected is None or (curve is None and factor != 1):
        return Outlook(line.channel, spend, None, untried=False)
    if curve is None:
        return Outlook(line.channel, spend, line.expected.mean, untried=False)
    steady = curve.plan * float(factor)
    at_plan = response_at(curve, curve.plan)
    part = response_at(curve, steady) / at_plan if at_plan else 1.0
    return Outlook(line.channel, spend, line.expected.mean * part, untried=steady > curve.seen_up_to)
