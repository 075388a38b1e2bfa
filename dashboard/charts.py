"""Charts as plain ECharts options, each with its text alternative from the same data: weeks, delays, and their pieces.

No color is named here: the theme's palette decides, in the order of the series.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.scales import ONES, TIMES, Option, axis, places_named, scale, tip
from dashboard.views.home import WeekTotals
from dashboard.voice import Voice
from projections.sync_lag import LagPoint

CALM = {"animation": False, "aria": {"enabled": True}}


@dataclass(frozen=True)
class Chart:
    option: Option
    alt: str
    height: int


def trend(voice: Voice, weeks: list[WeekTotals]) -> Chart:
    """Spend and revenue by week; conversions stand in where no revenue is known."""
    say = voice.say
    second = "revenue" if any(week.revenue for week in weeks) else "conversions"
    spend = [round(week.spend, 2) for week in weeks]
    other = [round(getattr(week, second), 2) for week in weeks]
    names = say("field.spend"), say(f"field.{second}")
    dual = second == "conversions"
    counted = scale(spend if dual else spend + other)
    counted_other = scale(other) if dual else counted
    axes = [axis(voice, with_unit(voice, names[0]) if dual else voice.figures.symbol, counted)]
    if dual:
        axes.append(axis(voice, names[1], counted_other) | {"splitLine": {"show": False}})
    write = voice.figures.number if dual else voice.figures.money
    told = [
        [write(one), voice.figures.money(money), voice.figures.day(week.week)]
        for one, money, week in zip(other, spend, weeks, strict=True)
    ]
    option = CALM | {
        "legend": {"top": 0, "left": 0},
        "grid": grid(top=56),
        "tooltip": tip((names[1], names[0]), titled=True),
        "xAxis": {
            "type": "category",
            "data": [_week_name(voice, week.week, len(weeks)) for week in weeks],
            "boundaryGap": False,
            "axisLabel": places_named(len(weeks)),
        },
        "yAxis": axes,
        "series": [
            line_series(names[1], [[place, counted_other.part(one), *told[place]] for place, one in enumerate(other)])
            | ({"yAxisIndex": 1} if dual else {}),
            line_series(names[0], [counted.part(money) for money in spend])
            | {"lineStyle": {"type": "dashed", "width": 2}},
        ],
    }
    return Chart(option, _trend_alt(voice, weeks, second), 320)


def _week_name(voice: Voice, day: date, weeks: int) -> str:
    """Name a week by its Monday; by its month and year where one year does not hold them all."""
    return voice.figures.month(day) if weeks > 52 else voice.figures.short_day(day)


def _trend_alt(voice: Voice, weeks: list[WeekTotals], second: str) -> str:
    if not weeks:
        return voice.say("chart.empty")
    first, last = weeks[0], weeks[-1]
    write = voice.figures.money if second == "revenue" else voice.figures.number
    return voice.say(
        "chart.trend",
        count=len(weeks),
        first=voice.figures.day(first.week),
        last=voice.figures.day(last.week),
        spend_first=voice.figures.money(first.spend),
        spend_last=voice.figures.money(last.spend),
        other=voice.say(f"field.{second}"),
        other_first=write(getattr(first, second)),
        other_last=write(getattr(last, second)),
    )


def lag(voice: Voice, points: list[LagPoint], names: Mapping[str, str]) -> Chart:
    """How long each of the newest changes took from Drive until it was stored."""
    seconds = sorted(point.seconds for point in points)
    labels = [f"{names.get(point.file_id, '')} {voice.figures.moment(point.at)}".strip() for point in points]
    counted = scale(seconds, TIMES)
    name = voice.say(f"chart.lag_in.{counted.key}")
    bars = [
        [place, counted.part(point.seconds), voice.figures.duration(point.seconds)]
        for place, point in enumerate(points)
    ]
    option = CALM | {
        "grid": grid(top=40),
        "tooltip": tip([voice.say("files.lag")], {"type": "shadow"}),
        "xAxis": {"type": "category", "data": labels, "axisLabel": {"show": False}},
        "yAxis": axis(voice, name, ONES),
        "series": [bar_series(name, bars)],
    }
    middle, most = (voice.figures.duration(value) for value in (seconds[len(seconds) // 2], seconds[-1]))
    return Chart(option, voice.say("chart.lag", count=len(points), middle=middle, most=most), 220)


def grid(top: int, bottom: int = 12) -> Option:
    return {"left": 8, "right": 24, "top": top, "bottom": bottom, "containLabel": True}


def line_series(name: str, data: list[Any]) -> Option:
    return {"type": "line", "name": name, "data": data, "symbol": "none", "lineStyle": {"width": 2.5}}


def bar_series(name: str, data: Sequence[Any]) -> Option:
    return {"type": "bar", "name": name, "data": data, "barMaxWidth": 16}


def with_unit(voice: Voice, name: str) -> str:
    return f"{name}, {voice.figures.symbol}"
