"""A plan for people at a terminal: where the money goes, curves, what stands out; for 80 columns and for wide ones."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

import numpy as np
from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from events.plan import Curve, DistributionPlan, Estimate, Line, PlanResult
from worker.planning.voice import Voice

BARS = " ▁▂▃▄▅▆▇█"
CURVE_WIDTH = 30
WIDE = 116
"""From here on two curves stand side by side, and the table has room for shares as bars."""
NAMES = {False: 20, True: 44}
"""Columns for names, narrow and wide."""
CAMPAIGNS = 5
"""Campaigns of a channel that are shown; the rest share a line."""
REACH = 3.0
"""How far beyond today and the plan a curve is shown, as a factor: further out its middle would be a corner."""
HEADINGS = ("channel", "total", "amount", "share", "change", "brings", "range", "next")
BOUNDS = ("floor", "cap", "locked", "unmeasured", "extrapolation")


def show(result: PlanResult, console: Console | None = None, language: str = "en") -> None:
    console = console or Console(highlight=False)
    wide = console.width >= WIDE
    for part in _parts(result, Voice(language), wide=wide):
        console.print(part)


def _parts(result: PlanResult, voice: Voice, *, wide: bool) -> Iterator[RenderableType]:
    plan = result.distribution_plan
    yield _head(result, voice)
    yield _money(plan, voice, wide=wide)
    yield from _held(plan.lines, voice)
    yield from _weeks(plan, voice)
    if plan.curves:
        yield _curves(plan, voice, columns=2 if wide else 1)
    found = {
        "insights": [(Text("•"), insight.sentence) for insight in result.insights],
        "drivers": [_driver(driver) for driver in result.confidence_drivers],
        "missing": [(Text("?", "yellow"), sentence) for sentence in result.missing],
        "warnings": [(Text("!", "yellow"), sentence) for sentence in result.warnings],
    }
    for title, entries in found.items():
        yield from _list(voice.say(f"terminal.{title}"), entries)


def _head(result: PlanResult, voice: Voice) -> RenderableType:
    plan = result.distribution_plan
    title = Text.assemble(
        (f"\n{voice.say('terminal.plan')} ", "bold"),
        (f"{voice.number(plan.spent, ',.2f')} {plan.currency}", "bold cyan"),
        (f"  {_span(plan.start, plan.end, voice)}", ""),
    )
    response = voice.say(f"response.{'none' if plan.response == 'auto' else plan.response}")
    sure = voice.say(f"confidence.{result.confidence_word.replace(' ', '_')}")
    score = round(10 * result.confidence_score)
    grid = Table.grid(padding=(0, 2))
    grid.add_row(Text(voice.say("terminal.goal"), "dim"), voice.say(f"terminal.{plan.goal}", response=response))
    said = f"  {voice.number(result.confidence_score, '.0%')}, {sure}"
    bar = Text.assemble(("━" * score, "green"), ("─" * (10 - score), "dim"), said)
    grid.add_row(Text(voice.say("terminal.confidence"), "dim"), bar)
    if plan.uplift is not None and plan.probability_better is not None:
        bounds = {"mean": plan.uplift.mean, "low": plan.uplift.low, "high": plan.uplift.high}
        moved = any(line.change for line in plan.lines)
        said = voice.say(f"terminal.{'uplift' if moved else 'kept'}", response=response, **bounds)
        grid.add_row(Text(voice.say("terminal.against"), "dim"), said)
    return Group(title, grid)


def _span(start: date, end: date, voice: Voice) -> str:
    first, last = voice.day(start), voice.day(end)
    return first if first == last else voice.say("terminal.span", start=first, end=last)


def _money(plan: DistributionPlan, voice: Voice, *, wide: bool) -> Table:
    heading = {key: voice.say(f"terminal.{key}") for key in HEADINGS}
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), collapse_padding=True, show_footer=len(plan.lines) > 1)
    total = sum((line.share for line in plan.lines), 0.0)
    answers = any(line.expected for line in plan.lines)
    table.add_column(heading["channel"], heading["total"], max_width=NAMES[wide], overflow="ellipsis", no_wrap=True)
    table.add_column(heading["amount"], voice.number(plan.spent, ",.2f"), justify="right", no_wrap=True)
    table.add_column(heading["share"], voice.number(total, ".0%"), justify="right", no_wrap=True)
    if wide:
        table.add_column("", "", no_wrap=True, min_width=20)
    table.add_column(heading["change"], "", justify="right", no_wrap=True)
    if answers:
        table.add_column(heading["brings"], _mean(plan.expected, voice), justify="right", no_wrap=True)
        table.add_column(heading["range"], _range(plan.expected, voice), justify="right", no_wrap=True)
    if wide and answers:
        table.add_column(heading["next"], "", justify="right", no_wrap=True)
    for line in sorted(plan.lines, key=lambda line: (-line.amount, line.channel)):
        table.add_row(*_cells(line, voice, wide=wide, answers=answers))
        for campaign in _shown(line, voice):
            table.add_row(*(campaign if wide else [*campaign[:3], campaign[4]]), style="dim")
    return table


def _cells(line: Line, voice: Voice, *, wide: bool, answers: bool) -> list[RenderableType]:
    number = voice.number
    cells: list[RenderableType] = [Text(line.channel), number(line.amount, ",.2f"), number(line.share, ".0%")]
    if wide:
        cells.append(Text("█" * round(20 * line.share), "cyan"))
    cells.append(_change(float(line.change), voice))
    if answers:
        cells += [_mean(line.expected, voice), _range(line.expected, voice)]
    if wide and answers:
        cells.append("" if line.marginal_plan is None else number(line.marginal_plan, ",.2f"))
    return cells


def _shown(line: Line, voice: Voice) -> list[list[RenderableType]]:
    """Campaigns under their channel; one alone says nothing new."""
    first, rest = line.campaigns[:CAMPAIGNS], line.campaigns[CAMPAIGNS:]
    if len(first) < 2:
        return []
    parts = [(entry.campaign, entry.amount, entry.share, entry.change) for entry in first]
    if rest:
        amount, change = sum(entry.amount for entry in rest), sum(entry.change for entry in rest)
        more = voice.say("terminal.more", count=len(rest))
        parts.append((more, Decimal(amount), sum(entry.share for entry in rest), Decimal(change)))
    number = voice.number
    return [
        [
            Text(f"  {name}"),
            number(amount, ",.2f"),
            number(share * line.share, ".0%"),
            "",
            _change(float(change), voice),
        ]
        for name, amount, share, change in parts
    ]


def _change(change: float, voice: Voice) -> Text:
    if abs(change) < 0.5:
        return Text("=", "dim")
    sign, color = ("▲", "green") if change > 0 else ("▼", "red")
    return Text(f"{sign} {voice.number(change, '+,.0f')}", color)


def _mean(expected: Estimate | None, voice: Voice) -> str:
    return "" if expected is None else voice.number(expected.mean, ",.0f")


def _range(expected: Estimate | None, voice: Voice) -> str:
    return "" if expected is None else "–".join(voice.number(end, ",.0f") for end in (expected.low, expected.high))


def _held(lines: Sequence[Line], voice: Voice) -> Iterator[RenderableType]:
    held = [
        voice.say("terminal.held_by", channel=line.channel, bound=voice.say(f"terminal.{line.bound_by}"))
        for line in lines
        if line.bound_by in BOUNDS
    ]
    if held:
        yield Padding(Text(voice.say("terminal.held", channels=", ".join(held)), "dim"), (0, 0, 1, 2))


def _weeks(plan: DistributionPlan, voice: Voice) -> Iterator[RenderableType]:
    amounts = [float(sum(week.amounts.values())) for week in plan.weeks]
    if len(amounts) > 1:
        low, high = min(amounts), max(amounts)
        key = "week_one" if round(low) == round(high) else "week_span"
        values = {"low": low, "money": plan.currency, "first": voice.day(plan.weeks[0].start)}
        said = f"{_bars(amounts)}  {voice.say(f'terminal.{key}', high=high, **values)}"
        yield Padding(Text.assemble((f"{voice.say('terminal.by_week')}  ", "bold"), said), (0, 0, 1, 2))


def _bars(values: Sequence[float]) -> str:
    top = max(*values, 1e-12)
    return "".join(BARS[round(max(value, 0.0) / top * (len(BARS) - 1))] for value in values)


def _curves(plan: DistributionPlan, voice: Voice, *, columns: int) -> RenderableType:
    legend = f"  {voice.say('terminal.legend')}"
    title = Text.assemble((voice.say("terminal.curves"), "bold"), (legend, "dim"))
    grid = Table.grid(padding=(0, 2))
    cells = [cell for curve in plan.curves for cell in _curve(curve, voice)]
    for first in range(0, len(cells), 3 * columns):
        grid.add_row(*cells[first : first + 3 * columns])
    return Group(title, Padding(grid, (0, 0, 0, 2)))


def _curve(curve: Curve, voice: Voice) -> tuple[RenderableType, RenderableType, RenderableType]:
    name = Text(curve.channel)
    name.truncate(18, overflow="ellipsis", pad=True)
    picture = Text.assemble((spark(curve), "cyan"), "\n", (_marks(curve), "bold"))
    return name, picture, Text(voice.say("terminal.reach", reach=_reach(curve)), "dim")


def _reach(curve: Curve) -> float:
    near = REACH * max(curve.now, curve.plan)
    return min(curve.points[-1].spend, near) if near > 0 else curve.points[-1].spend


def spark(curve: Curve) -> str:
    """The mean curve in block characters."""
    spend, mean = [point.spend for point in curve.points], [point.mean for point in curve.points]
    return _bars(np.interp(np.linspace(0.0, _reach(curve), CURVE_WIDTH), spend, mean).tolist())


def _marks(curve: Curve) -> str:
    """Where the most ever tried, today and the plan stand under the curve; a later mark covers an earlier one."""
    line = [" "] * CURVE_WIDTH
    reach = max(_reach(curve), 1e-12)
    for value, mark in ((curve.seen_up_to, "┊"), (curve.now, "○"), (curve.plan, "●")):
        if value <= reach:
            line[round(value / reach * (CURVE_WIDTH - 1))] = mark
    return "".join(line).rstrip()


def _driver(sentence: str) -> tuple[Text, str]:
    signs = {"+ ": Text("▲", "green"), "- ": Text("▼", "red")}
    sign = signs.get(sentence[:2])
    return (sign, sentence[2:]) if sign is not None else (Text("·", "dim"), sentence)


def _list(title: str, entries: Sequence[tuple[Text, str]]) -> Iterator[RenderableType]:
    if not entries:
        return
    grid = Table.grid(padding=(0, 1))
    for mark, sentence in entries:
        grid.add_row(mark, Text(sentence))
    yield Group(Text(f"\n{title}", "bold"), Padding(grid, (0, 0, 0, 2)))
