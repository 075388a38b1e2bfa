"""From channels down to campaigns and weeks. A plan stops at channels; campaigns share them as they did lately."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dashboard.exports.cells import shared_out
from dashboard.views.plan import sorted_lines
from events.plan import DistributionPlan, Line, Week

Mix = Mapping[str, Mapping[str, Decimal]]
"""What each campaign of a channel spent lately: channel to campaign to money."""


@dataclass(frozen=True)
class CampaignAmount:
    channel: str
    campaign: str
    """Empty where the files name no campaign of the channel."""
    amount: Decimal


def campaign_amounts(split: DistributionPlan, mix: Mix) -> list[CampaignAmount]:
    """Every channel's money by campaign; each channel adds up to its line, to the cent."""
    return [
        CampaignAmount(line.channel, campaign, amount)
        for line in sorted_lines(split)
        for campaign, amount in by_campaign(line.channel, line.amount, mix).items()
    ]


def by_campaign(channel: str, amount: Decimal, mix: Mix) -> dict[str, Decimal]:
    spent = {campaign: money for campaign, money in mix.get(channel, {}).items() if money > 0}
    return shared_out(amount, spent) if spent else {"": amount}


def weeks_of(split: DistributionPlan, line: Line) -> dict[date, Decimal]:
    """One line by week. A plan without weeks is one week that begins with it."""
    weeks: list[Week] = split.weeks or [Week(start=split.start, amounts={line.channel: line.amount})]
    return {week.start: week.amounts.get(line.channel, Decimal(0)) for week in weeks}
