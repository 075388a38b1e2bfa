"""Weeks of a channel, split into the lines that a file shows: campaigns and days, in whole cents and whole clicks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from worker.google_drive.sandbox.samples_history import ChannelWeek

CENT = Decimal("0.01")
_WEEKDAYS = (1.02, 1.05, 1.04, 1.0, 0.97, 0.9, 1.02)


@dataclass(frozen=True)
class Line:
    """What one campaign spent and brought from `start` to `end` (inclusive). Money in EUR."""

    start: date
    end: date
    campaign: str
    spend: Decimal
    impressions: int
    clicks: int
    conversions: int
    revenue: Decimal


def weekly_lines(weeks: Iterable[ChannelWeek], campaigns: Mapping[str, float], random: Random) -> list[Line]:
    """Split each week over campaigns, whose shares (adding up to 1) wander a little."""
    result: list[Line] = []
    for week in weeks:
        end = week.week + timedelta(days=6)
        for campaign, share in zip(campaigns, _wander(tuple(campaigns.values()), random), strict=True):
            result.append(_line(week, week.week, end, campaign, share))
    return result


def daily_lines(weeks: Iterable[ChannelWeek], campaigns: Mapping[str, float], random: Random) -> list[Line]:
    """Split each week over its days and each day over campaigns."""
    result: list[Line] = []
    for week in weeks:
        for number, weight in enumerate(_wander(_WEEKDAYS, random)):
            day = week.week + timedelta(days=number)
            for campaign, share in zip(campaigns, _wander(tuple(campaigns.values()), random), strict=True):
                result.append(_line(week, day, day, campaign, weight * share))
    return result


def sums(lines: Iterable[Line], metrics: Sequence[str]) -> dict[str, Decimal]:
    """Add up the named metrics exactly."""
    kept = list(lines)
    return {metric: sum((Decimal(getattr(line, metric)) for line in kept), Decimal(0)) for metric in metrics}


def money(value: float) -> Decimal:
    return Decimal(value).quantize(CENT)


def _wander(shares: Sequence[float], random: Random) -> list[float]:
    moved = [share * (0.85 + 0.3 * random.random()) for share in shares]
    return [share / sum(moved) for share in moved]


def _line(week: ChannelWeek, start: date, end: date, campaign: str, share: float) -> Line:
    return Line(
        start=start,
        end=end,
        campaign=campaign,
        spend=money(week.spend * share),
        impressions=round(week.impressions * share),
        clicks=round(week.clicks * share),
        conversions=round(week.conversions * share),
        revenue=money(week.revenue * share),
    )
