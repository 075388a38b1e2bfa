"""Campaign budgets for Google Ads Editor: Account, Import, From file.

Headers are the English ones that the Editor knows by itself; a blank field changes nothing there. Google spends daily
budgets, so each row holds the day's average, rounded down to the cent: a campaign never gets more than planned, and
at most one cent a day less. The comment tells the plan's exact amount.
Source of the columns: support.google.com/google-ads/editor/answer/57747, read in November 2026.
"""

from decimal import ROUND_DOWN, Decimal

from dashboard.exports.campaigns import CampaignAmount, campaign_amounts
from dashboard.exports.cells import CENT, csv_bytes, split_of
from dashboard.voice import Voice
from events.plan import DistributionPlan
from projections.plans import Plan

HEADER = ("Campaign", "Campaign Type", "Budget", "Budget type", "Start Date", "End Date", "Comment")
TYPES = {
    "Google Ads": "",
    "Google Search": "Search",
    "Google Display": "Display",
    "Google Shopping": "Shopping",
    "Google Performance Max": "Performance Max",
    "Google Demand Gen": "Demand Gen",
    "Google App campaigns": "App",
    "Google Smart campaigns": "",
    "Google Hotel": "",
    "YouTube": "Video",
}
"""Channels that are bought in Google Ads, as files are read into, with their campaign type there."""


def google_ads_csv(voice: Voice, plan: Plan) -> bytes:
    split = split_of(plan)
    voice = voice.in_currency(split.currency)
    return csv_bytes(HEADER, [_row(voice, split, one) for one in _campaigns(split)])


def bought_there(split: DistributionPlan) -> bool:
    return any(line.channel in TYPES and line.amount >= CENT * days(split) for line in split.lines)


def days(split: DistributionPlan) -> int:
    return (split.end - split.start).days + 1


def _campaigns(split: DistributionPlan) -> list[CampaignAmount]:
    """Leave out campaigns of less than a cent a day: the Editor refuses a budget of zero."""
    least = CENT * days(split)
    return [one for one in campaign_amounts(split) if one.channel in TYPES and one.amount >= least]


def _row(voice: Voice, split: DistributionPlan, one: CampaignAmount) -> list[object]:
    count = days(split)
    daily = (one.amount / count).quantize(CENT, ROUND_DOWN)
    comment = voice.say(
        "export.google_comment",
        amount=voice.figures.exact_money(one.amount),
        count=count,
        rest=voice.figures.exact_money(one.amount - daily * count),
    )
    period = [split.start.isoformat(), split.end.isoformat()]
    return [one.campaign or one.channel, TYPES[one.channel], daily, "Daily", *period, comment]


def left_over(split: DistributionPlan) -> Decimal:
    """What daily budgets leave unspent, all campaigns together."""
    chosen = _campaigns(split)
    spent = sum(((one.amount / days(split)).quantize(CENT, ROUND_DOWN) * days(split) for one in chosen), Decimal(0))
    total = sum((line.amount for line in split.lines if line.channel in TYPES), Decimal(0))
    return total - spent
