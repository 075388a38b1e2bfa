"""From channels down to campaigns and weeks, every sum kept to the cent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dashboard.exports.cells import shared_out
from dashboard.views.plans import sorted_lines
from events.plan import DistributionPlan, Line, Week

Cut = tuple[date, str]
"""A week and a campaign."""


@dataclass(frozen=True)
class CampaignAmount:
    channel: str
    campaign: str
    """Empty where the plan names no campaign of the channel."""
    amount: Decimal


def campaign_amounts(split: DistributionPlan) -> list[CampaignAmount]:
    """Every channel's money by campaign; each channel adds up to its line."""
    return [
        CampaignAmount(line.channel, campaign, amount)
        for line in sorted_lines(split)
        for campaign, amount in by_campaign(line).items()
    ]


def by_campaign(line: Line) -> dict[str, Decimal]:
    return {one.campaign: one.amount for one in line.campaigns} or {"": line.amount}


def weeks_of(split: DistributionPlan, line: Line) -> dict[date, Decimal]:
    """One line by week. A plan without weeks is one week that begins with it."""
    weeks: list[Week] = split.weeks or [Week(start=split.start, amounts={line.channel: line.amount})]
    return {week.start: week.amounts.get(line.channel, Decimal(0)) for week in weeks}


def cuts(split: DistributionPlan, line: Line) -> dict[Cut, Decimal]:
    """One line by week and campaign: every week adds up, and so does every campaign over the weeks."""
    return dict(_cuts(weeks_of(split, line), by_campaign(line)))


def _cuts(weeks: dict[date, Decimal], campaigns: dict[str, Decimal]) -> Iterator[tuple[Cut, Decimal]]:
    """Give each week what brings every campaign closest to its part of the money so far."""
    whole, passed = sum(weeks.values(), Decimal(0)), Decimal(0)
    given = dict.fromkeys(campaigns, Decimal(0))
    for week, amount in weeks.items():
        passed += amount
        due = {name: money * passed / whole - given[name] if whole else Decimal(0) for name, money in campaigns.items()}
        for name, part in shared_out(amount, {name: max(money, Decimal(0)) for name, money in due.items()}).items():
            given[name] += part
            yield (week, name), part
