"""The charts of plans: how the money is split, what more of it brings, and when it is spent."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.charts import CALM, Chart, bar_series, grid, line_series, with_unit
from dashboard.scales import Option, Scale, axis, scale, tip
from dashboard.views.plans import MONEY_RESPONSES, per, response_at, response_text, response_word, sorted_lines
from dashboard.voice import Voice
from events.plan import Curve, DistributionPlan

_PALE = 0.4
_NAMED = {"width": 140, "overflow": "truncate"}
"""Long names of channels leave the bars their room; tips and the table below have them whole."""


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
    return CALM | {
        "legend": {"top": 0, "left": 0},
        "grid": grid(top=40, bottom=36),
        "tooltip": tip(names, {"type": "shadow"}),
        "xAxis": axis(voice, voice.figures.symbol, counted, 28) | {"splitNumber": 3},
        "yAxis": {"type": "category", "data": channels, "axisTick": {"show": False}, "axisLabel": _NAMED},
        "series": [
            bar_series(names[0], [[bar, place, *told[place]] for place, bar in enumerate(first)])
            | {"itemStyle": {"opacity": _PALE}},
            bar_series(names[1], second),
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
    spent_on = voice.say("chart.spend_on", channel=curve.channel, per=per(voice, split), symbol=voice.figures.symbol)
    spent, brought = (
        scale([point.spend for point in curve.points]),
        scale([point.high for point in curve.points]),
    )
    points = [
        (spent.part(point.spend), *(brought.part(value) for value in (point.low, point.high, point.mean)))
        for point in curve.points
    ]
    option = CALM | {
        "grid": grid(top=48, bottom=36) | {"left": 28},
        "tooltip": {"show": False},
        "xAxis": axis(voice, spent_on, spent, 30) | {"max": points[-1][0], "axisLabel": {"showMaxLabel": False}},
        "yAxis": axis(voice, _response_per(voice, split), brought, 34),
        "series": [
            _band(curve.channel, [(spend, low) for spend, low, _, _ in points], filled=False),
            _band(curve.channel, [(spend, high - low) for spend, low, high, _ in points], filled=True),
            line_series(curve.channel, [(spend, mean) for spend, _, _, mean in points])
            | {"smooth": True, "markLine": _marks(voice, curve, spent)},
        ],
    }
    return Chart(option, _curve_alt(voice, split, curve), 360)


def _response_per(voice: Voice, split: DistributionPlan) -> str:
    response = response_word(voice, split.response).capitalize()
    name = voice.say("chart.response_per", response=response, per=per(voice, split))
    return with_unit(voice, name) if split.response in MONEY_RESPONSES else name


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
        per=per(voice, split),
        now=money(curve.now),
        plan=money(curve.plan),
        at_now=response_text(voice, split.response, response_at(curve, curve.now)),
        at_plan=response_text(voice, split.response, response_at(curve, curve.plan)),
        seen=money(curve.seen_up_to),
    )


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
    option = CALM | {
        "legend": {"top": 0, "left": 0, "type": "scroll"},
        "grid": grid(top=60),
        "tooltip": tip(channels, {"type": "shadow"}),
        "xAxis": {"type": "category", "data": [voice.figures.short_day(week.start) for week in split.weeks]},
        "yAxis": axis(voice, voice.figures.symbol, counted),
        "series": [bar_series(channel, told) | {"stack": "plan"} for channel, told in bars.items()],
    }
    alt = voice.say(
        "chart.flighting",
        count=len(split.weeks),
        least=voice.figures.money(min(totals, default=0)),
        most=voice.figures.money(max(totals, default=0)),
    )
    return Chart(option, alt, 320)
