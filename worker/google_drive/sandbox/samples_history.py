"""Two years of invented marketing: what was spent, and what it brought, by response curves that are known.

Every channel answers money with a saturating (Hill) curve on spend that carries over into later weeks (geometric
adstock). Season, trend and noise lie on top. The curves are exposed, so that a plan can be checked against the truth.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

WEEKS = 104
SEED = 20240601
NOISE = 0.06
"""Standard deviation of the weekly log noise of revenue."""


@dataclass(frozen=True)
class ResponseCurve:
    """Revenue in EUR per week at steady weekly spend: top * spend^slope / (half^slope + spend^slope)."""

    channel: str
    usual: float
    """EUR per week around which history moves."""
    top: float
    half: float
    slope: float
    carry_over: float
    """Share of a week's effect that is felt a week later, and so on."""
    pulse: tuple[int, int]
    """Weeks on air and weeks off; (1, 0) runs always."""

    def revenue(self, spend: float) -> float:
        reached = max(spend, 0.0) ** self.slope
        return self.top * reached / (self.half**self.slope + reached)


@dataclass(frozen=True)
class Delivery:
    """What a channel's money buys: EUR per 1,000 impressions, clicks per impression, EUR of revenue per order."""

    cpm: float
    click_rate: float
    order_value: float


@dataclass(frozen=True)
class ChannelWeek:
    """One channel in one week; the week starts on a Monday. Money in EUR."""

    channel: str
    week: date
    spend: float
    impressions: float
    clicks: float
    conversions: float
    revenue: float


_CURVES = (
    ResponseCurve("Google Search", 9_000, 42_000, 4_500, 1.0, 0.10, (1, 0)),
    ResponseCurve("YouTube", 2_500, 30_000, 6_000, 1.3, 0.50, (7, 2)),
    ResponseCurve("Meta", 7_000, 36_000, 7_000, 1.1, 0.30, (1, 0)),
    ResponseCurve("LinkedIn", 3_000, 7_000, 2_000, 1.0, 0.25, (1, 0)),
    ResponseCurve("TikTok", 1_500, 24_000, 5_000, 1.0, 0.20, (1, 0)),
    ResponseCurve("TV", 12_000, 55_000, 15_000, 1.4, 0.60, (6, 3)),
    ResponseCurve("Radio", 2_500, 9_000, 2_000, 1.0, 0.40, (5, 2)),
    ResponseCurve("Affiliate", 2_000, 9_500, 1_500, 1.0, 0.05, (1, 0)),
)
_DELIVERY = {
    "Google Search": Delivery(38.0, 0.052, 74.0),
    "YouTube": Delivery(9.5, 0.0065, 82.0),
    "Meta": Delivery(8.2, 0.0112, 69.0),
    "LinkedIn": Delivery(31.0, 0.0058, 310.0),
    "TikTok": Delivery(4.6, 0.0091, 52.0),
    "TV": Delivery(14.0, 0.0, 88.0),
    "Radio": Delivery(6.5, 0.0, 79.0),
    "Affiliate": Delivery(11.0, 0.021, 64.0),
}


def truth() -> dict[str, ResponseCurve]:
    """The curves that made the history, by channel."""
    return {curve.channel: curve for curve in _CURVES}


def first_week(now: datetime, weeks: int = WEEKS) -> date:
    """Monday of the first week, so that the last one is the last week that is over at `now`."""
    monday = now.date() - timedelta(days=now.weekday())
    return monday - timedelta(weeks=weeks)


def history(now: datetime, seed: int = SEED, weeks: int = WEEKS) -> list[ChannelWeek]:
    """Invent the weeks before `now`, channel by channel. Equal arguments give equal numbers."""
    start = first_week(now, weeks)
    return [week for curve in _CURVES for week in _channel(curve, start, weeks, _random(seed, curve.channel))]


def season(day: date) -> float:
    """How much more people buy at this time of the year than on average: highest at the end of November."""
    return 1.0 + 0.14 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 331) / 365.25)


def _random(seed: int, channel: str) -> Random:
    return Random(f"{seed}/{channel}")  # noqa: S311 - invented numbers, no secrets


def _channel(curve: ResponseCurve, start: date, weeks: int, random: Random) -> list[ChannelWeek]:
    result: list[ChannelWeek] = []
    felt = curve.usual
    for number, spend in enumerate(_spends(curve, weeks, random)):
        week = start + timedelta(weeks=number)
        felt = curve.carry_over * felt + (1 - curve.carry_over) * spend
        lift = season(week) * (1 + 0.0008 * number) * math.exp(random.gauss(0, NOISE))
        result.append(_delivered(curve, week, spend, curve.revenue(felt) * lift, random))
    return result


def _spends(curve: ResponseCurve, weeks: int, random: Random) -> list[float]:
    """Weekly money: moods that last a while, a test up or down now and then, and weeks off the air."""
    on, off = curve.pulse
    shift = random.randrange(on + off)
    mood = 0.0
    result: list[float] = []
    for number in range(weeks):
        mood = 0.7 * mood + random.gauss(0, 0.27)
        test = random.choice((0.35, 0.5, 1.8, 2.4)) if random.random() < 0.16 else 1.0
        running = (number + shift) % (on + off) < on
        result.append(round(curve.usual * (on + off) / on * math.exp(mood) * test, 2) if running else 0.0)
    return result


def _delivered(curve: ResponseCurve, week: date, spend: float, revenue: float, random: Random) -> ChannelWeek:
    bought = _DELIVERY[curve.channel]
    impressions = spend / bought.cpm * 1000 * math.exp(random.gauss(0, 0.08))
    clicks = impressions * bought.click_rate * math.exp(random.gauss(0, 0.06))
    orders = revenue / bought.order_value * math.exp(random.gauss(0, 0.04))
    return ChannelWeek(curve.channel, week, spend, impressions, clicks, orders, revenue)
