"""Charts as plain ECharts options, each with its text alternative from the same data.

No color is named here: the theme's palette decides, in the order of the series.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.scales import ENDS, ONES, TIMES, Option, Scale, axis, scale, tip
from dashboard.views.home import WeekTotals
from dashboard.views.plan import response_text, sorted_lines
from dashboard.views.plans import MONEY_RESPONSES, response_word
from dashboard.voice import Voice
from events.plan import Curve, DistributionPlan
from projections.sync_lag import LagPoint

_CALM = {"animation": False, "aria": {"enabled": True}}
_PALE = 0.4


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
    axes = [axis(voice, _with_unit(voice, names[0]) if dual else voice.figures.symbol, counted)]
    if dual:
        axes.append(axis(voice, names[1], counted_other) | {"splitLine": {"show": False}})
    write = voice.figures.number if dual else voice.figures.money
    told = [[write(one), voice.figures.money(money)] for one, money in zip(other, spend, strict=True)]
    option = _CALM | {
        "legend": {"top": 0, "left": 0},
        "grid": _grid(top=56),
        "tooltip": tip((names[1], names[0])),
        "xAxis": {
            "type": "category",
            "data": [_week_name(voice, week.week, len(weeks)) for week in weeks],
            "boundaryGap": False,
            "axisLabel": ENDS,
        },
        "yAxis": axes,
        "series": [
            _line(names[1], [[place, counted_other.part(one), *told[place]] for place, one in enumerate(other)])
            | ({"yAxisIndex": 1} if dual else {}),
            _line(names[0], [counted.part(money) for money in spend]) | {"lineStyle": {"type": "dashed", "width": 2}},
        ],
    }
    return Chart(option, _trend_alt(voice, weeks, second), 320)


def _week_name(voice: Voice, day: date, weeks: int) -> str:
    """Name a week by its Monday; with its year where one year does not hold them all."""
    return voice.figures.day(day) if weeks > 52 else voice.figures.short_day(day)


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


def budget_split(voice: Voice, split: DistributionPlan) -> Chart:
    """Now against plan, a bar pair a channel; the biggest on top."""
    lines = list(reversed(sorted_lines(split)))
    current = {line.channel: float(line.current) for line in lines}
    planned = {line.channel: float(line.amount) for line in lines}
    names = voice.say("chart.now"), voice.say("chart.plan")
    option = _pairs(voice, list(planned), names, (current, planned))
    return Chart(option, _split_alt(voice, split), 120 + 44 * len(lines))


def two_splits(voice: Voice, titles: tuple[str, str], one: DistributionPlan, other: DistributionPlan) -> Chart:
    """Two plans against each other, a bar pair a channel; the first's biggest on top."""
    amounts = [{line.channel: float(line.amount) for line in sorted_lines(split)} for split in (one, other)]
    channels = [*amounts[0], *(name for name in amounts[1] if name not in amounts[0])]
    option = _pairs(voice, list(reversed(channels)), titles, amounts)
    lines = [
        voice.say(
            "chart.split_line",
            channel=name,
            now=_amount(voice, amounts[0], name),
            plan=_amount(voice, amounts[1], name),
        )
        for name in channels
    ]
    alt = voice.say("chart.two_splits", one=titles[0], other=titles[1], lines="; ".join(lines))
    return Chart(option, alt, 120 + 44 * len(channels))


def _amount(voice: Voice, amounts: Mapping[str, float], channel: str) -> str:
    return voice.figures.money(amounts.get(channel, 0.0))


def _pairs(voice: Voice, channels: list[str], names: tuple[str, str], amounts: Sequence[Mapping[str, float]]) -> Option:
    """Two bars a channel, the first pale."""
    counted = scale(money for found in amounts for money in found.values())
    first, second = ([counted.part(found.get(channel, 0.0)) for channel in channels] for found in amounts)
    told = [[_amount(voice, found, channel) for found in amounts] for channel in channels]
    return _CALM | {
        "legend": {"top": 0, "left": 0},
        "grid": _grid(top=40, bottom=36),
        "tooltip": tip(names, {"type": "shadow"}),
        "xAxis": axis(voice, voice.figures.symbol, counted, 28) | {"splitNumber": 3},
        "yAxis": {"type": "category", "data": channels, "axisTick": {"show": False}},
        "series": [
            _bars(names[0], [[bar, place, *told[place]] for place, bar in enumerate(first)])
            | {"itemStyle": {"opacity": _PALE}},
            _bars(names[1], second),
        ],
    }


def _split_alt(voice: Voice, split: DistributionPlan) -> str:
    money = voice.figures.money
    lines = [
        voice.say("chart.split_line", channel=line.channel, now=money(line.current), plan=money(line.amount))
        for line in sorted_lines(split)
    ]
    return voice.say("chart.split", lines="; ".join(lines))


def response_curve(voice: Voice, split: DistributionPlan, curve: Curve) -> Chart:
    """Expected response by spend with its band, marked at today's spend, the plan's and the most ever seen."""
    say = voice.say
    spent, brought = (
        scale([point.spend for point in curve.points]),
        scale([point.high for point in curve.points]),
    )
    points = [
        (spent.part(point.spend), *(brought.part(value) for value in (point.low, point.high, point.mean)))
        for point in curve.points
    ]
    option = _CALM | {
        "grid": _grid(top=48, bottom=36) | {"left": 28},
        "tooltip": {"show": False},
        "xAxis": axis(voice, say("chart.spend_per_period", symbol=voice.figures.symbol), spent, 30)
        | {"max": points[-1][0], "axisLabel": {"showMaxLabel": False}},
        "yAxis": axis(voice, _per_period(voice, split.response), brought, 34),
        "series": [
            _band(curve.channel, [(spend, low) for spend, low, _, _ in points], filled=False),
            _band(curve.channel, [(spend, high - low) for spend, low, high, _ in points], filled=True),
            _line(curve.channel, [(spend, mean) for spend, _, _, mean in points])
            | {"smooth": True, "markLine": _marks(voice, curve, spent)},
        ],
    }
    return Chart(option, _curve_alt(voice, split, curve), 360)


def _per_period(voice: Voice, response: str) -> str:
    name = voice.say("chart.response_per_period", response=response_word(voice, response).capitalize())
    return _with_unit(voice, name) if response in MONEY_RESPONSES else name


def _band(name: str, data: list[tuple[float, float]], *, filled: bool) -> Option:
    """Two stacked areas make a band: an invisible floor, and the width on top. One name, one color of the palette."""
    return {
        "type": "line",
        "name": name,
        "stack": "band",
        "symbol": "none",
        "silent": True,
        "lineStyle": {"opacity": 0},
        "areaStyle": {"opacity": 0.18 if filled else 0},
        "data": data,
        "smooth": True,
    }


def _marks(voice: Voice, curve: Curve, spent: Scale) -> Option:
    marks = [("chart.mark_now", curve.now, "dashed"), ("chart.mark_plan", curve.plan, "solid")]
    if curve.points and curve.seen_up_to < curve.points[-1].spend:
        marks.append(("chart.mark_seen", curve.seen_up_to, "dotted"))
    return {
        "symbol": "none",
        "silent": True,
        "data": [
            {
                "xAxis": spent.part(spend),
                "lineStyle": {"type": style, "width": 1.5},
                "label": {"formatter": voice.say(key), "position": "end", "distance": 4 + 14 * place},
            }
            for place, (key, spend, style) in enumerate(marks)
        ],
    }


def _curve_alt(voice: Voice, split: DistributionPlan, curve: Curve) -> str:
    money = voice.figures.money
    return voice.say(
        "chart.curve",
        channel=curve.channel,
        response=response_word(voice, split.response),
        now=money(curve.now),
        plan=money(curve.plan),
        at_now=response_text(voice, split.response, response_at(curve, curve.now)),
        at_plan=response_text(voice, split.response, response_at(curve, curve.plan)),
        seen=money(curve.seen_up_to),
    )


def response_at(curve: Curve, spend: float) -> float:
    """Read the curve between its points."""
    before = curve.points[0]
    for point in curve.points:
        if point.spend >= spend:
            width = point.spend - before.spend
            part = (spend - before.spend) / width if width else 0.0
            return before.mean + part * (point.mean - before.mean)
        before = point
    return before.mean


def flighting(voice: Voice, split: DistributionPlan) -> Chart:
    """The plan week by week, channels stacked."""
    channels = [line.channel for line in sorted_lines(split) if line.amount]
    totals = [sum(week.amounts.values()) for week in split.weeks]
    counted = scale(map(float, totals))
    amounts = {channel: [float(week.amounts.get(channel, 0)) for week in split.weeks] for channel in channels}
    bars: dict[str, list[Any]] = {name: [counted.part(money) for money in told] for name, told in amounts.items()}
    if channels:
        texts = zip(*(map(voice.figures.money, told) for told in amounts.values()), strict=True)
        bars[channels[0]] = [[place, bars[channels[0]][place], *told] for place, told in enumerate(texts)]
    option = _CALM | {
        "legend": {"top": 0, "left": 0, "type": "scroll"},
        "grid": _grid(top=60),
        "tooltip": tip(channels, {"type": "shadow"}),
        "xAxis": {"type": "category", "data": [voice.figures.short_day(week.start) for week in split.weeks]},
        "yAxis": axis(voice, voice.figures.symbol, counted),
        "series": [_bars(channel, told) | {"stack": "plan"} for channel, told in bars.items()],
    }
    alt = voice.say(
        "chart.flighting",
        count=len(split.weeks),
        least=voice.figures.money(min(totals, default=0)),
        most=voice.figures.money(max(totals, default=0)),
    )
    return Chart(option, alt, 320)


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
    option = _CALM | {
        "grid": _grid(top=40),
        "tooltip": tip([voice.say("files.lag")], {"type": "shadow"}),
        "xAxis": {"type": "category", "data": labels, "axisLabel": {"show": False}},
        "yAxis": axis(voice, name, ONES),
        "series": [_bars(name, bars)],
    }
    middle, most = (voice.figures.duration(value) for value in (seconds[len(seconds) // 2], seconds[-1]))
    return Chart(option, voice.say("chart.lag", count=len(points), middle=middle, most=most), 220)


def _grid(top: int, bottom: int = 12) -> Option:
    return {"left": 8, "right": 24, "top": top, "bottom": bottom, "containLabel": True}


def _line(name: str, data: list[Any]) -> Option:
    return {"type": "line", "name": name, "data": data, "symbol": "none", "lineStyle": {"width": 2.5}}


def _bars(name: str, data: Sequence[Any]) -> Option:
    return {"type": "bar", "name": name, "data": data, "barMaxWidth": 16}


def _with_unit(voice: Voice, name: str) -> str:
    return f"{name}, {voice.figures.symbol}"
