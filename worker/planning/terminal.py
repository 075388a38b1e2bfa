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
GOALS = {
    "most_response": "most {response}",
    "least_cost": "least cost for the wanted {response}",
    "target_cpa": "as many {response} as the target cost allows",
    "target_roas": "as much {response} as the target return allows",
}
BOUNDS = {
    "floor": "its least amount",
    "cap": "its most",
    "locked": "its lock",
    "unmeasured": "missing results",
    "extrapolation": "what was ever tried",
}


def show(result: PlanResult, console: Console | None = None) -> None:
    console = console or Console(highlight=False)
    wide = console.width >= WIDE
    for part in _parts(result, wide=wide):
        console.print(part)


def _parts(result: PlanResult, *, wide: bool) -> Iterator[RenderableType]:
    plan = result.distribution_plan
    yield _head(result)
    yield _money(plan, wide=wide)
    yield from _held(plan.lines)
    yield from _weeks(plan)
    if plan.curves:
        yield _curves(plan, columns=2 if wide else 1)
    yield from _list("What stands out", [(Text("•"), insight.sentence) for insight in result.insights])
    yield from _list("How sure, and why", [_driver(driver) for driver in result.confidence_drivers])
    yield from _list("What is missing", [(Text("?", "yellow"), sentence) for sentence in result.missing])
    yield from _list("Watch", [(Text("!", "yellow"), sentence) for sentence in result.warnings])


def _head(result: PlanResult) -> RenderableType:
    plan = result.distribution_plan
    title = Text.assemble(
        ("\nPlan ", "bold"),
        (f"{plan.spent:,.2f} {plan.currency}", "bold cyan"),
        (f"  {_span(plan.start, plan.end)}", ""),
    )
    goal = GOALS[plan.goal].format(response="response" if plan.response == "none" else plan.response)
    score = round(10 * result.confidence_score)
    grid = Table.grid(padding=(0, 2))
    grid.add_row(Text("Goal", "dim"), goal)
    grid.add_row(
        Text("Confidence", "dim"),
        Text.assemble(("━" * score, "green"), ("─" * (10 - score), "dim"), f"  {result.confidence_score:.0%}, "
                      f"{result.confidence_word}"),
    )  # fmt: skip
    if plan.uplift is not None and plan.probability_better is not None:
        said = f"{plan.uplift.mean:+.1%} {plan.response}, most likely {plan.uplift.low:+.1%} to {plan.uplift.high:+.1%}"
        unmoved = all(line.change == 0 for line in plan.lines)
        grid.add_row(Text("Against today", "dim"), "today's mix is kept" if unmoved else said)
    return Group(title, grid)


def _span(start: date, end: date) -> str:
    return f"{start:%-d %b %Y} to {end:%-d %b %Y}" if start != end else f"{start:%-d %b %Y}"


def _money(plan: DistributionPlan, *, wide: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), collapse_padding=True, show_footer=len(plan.lines) > 1)
    total = sum((line.share for line in plan.lines), 0.0)
    answers = any(line.expected for line in plan.lines)
    table.add_column("Channel", "Total", max_width=NAMES[wide], overflow="ellipsis", no_wrap=True)
    table.add_column("Amount", f"{plan.spent:,.2f}", justify="right", no_wrap=True)
    table.add_column("Share", f"{total:.0%}", justify="right", no_wrap=True)
    if wide:
        table.add_column("", "", no_wrap=True, min_width=20)
    table.add_column("Change", "", justify="right", no_wrap=True)
    if answers:
        table.add_column("Brings", _mean(plan.expected), justify="right", no_wrap=True)
        table.add_column("80 % range", _range(plan.expected), justify="right", no_wrap=True)
    if wide and answers:
        table.add_column("Next 1 brings", "", justify="right", no_wrap=True)
    for line in sorted(plan.lines, key=lambda line: (-line.amount, line.channel)):
        table.add_row(*_cells(line, wide=wide, answers=answers))
        for campaign in _shown(line):
            table.add_row(*(campaign if wide else [*campaign[:3], campaign[4]]), style="dim")
    return table


def _cells(line: Line, *, wide: bool, answers: bool) -> list[RenderableType]:
    cells: list[RenderableType] = [Text(line.channel), f"{line.amount:,.2f}", f"{line.share:.0%}"]
    if wide:
        cells.append(Text("█" * round(20 * line.share), "cyan"))
    cells.append(_change(float(line.change)))
    if answers:
        cells += [_mean(line.expected), _range(line.expected)]
    if wide and answers:
        cells.append("" if line.marginal_plan is None else f"{line.marginal_plan:,.2f}")
    return cells


def _shown(line: Line) -> list[list[RenderableType]]:
    """Campaigns under their channel; one alone says nothing new."""
    first, rest = line.campaigns[:CAMPAIGNS], line.campaigns[CAMPAIGNS:]
    if len(first) < 2:
        return []
    parts = [(entry.campaign, entry.amount, entry.share, entry.change) for entry in first]
    if rest:
        amount, change = sum(entry.amount for entry in rest), sum(entry.change for entry in rest)
        parts.append((f"and {len(rest)} more", Decimal(amount), sum(entry.share for entry in rest), Decimal(change)))
    return [
        [Text(f"  {name}"), f"{amount:,.2f}", f"{share * line.share:.0%}", "", _change(float(change))]
        for name, amount, share, change in parts
    ]


def _change(change: float) -> Text:
    if abs(change) < 0.5:
        return Text("=", "dim")
    return Text(f"{'▲' if change > 0 else '▼'} {change:+,.0f}", "green" if change > 0 else "red")


def _mean(expected: Estimate | None) -> str:
    return "" if expected is None else f"{expected.mean:,.0f}"


def _range(expected: Estimate | None) -> str:
    return "" if expected is None else f"{expected.low:,.0f}–{expected.high:,.0f}"


def _held(lines: Sequence[Line]) -> Iterator[RenderableType]:
    held = [f"{line.channel} by {BOUNDS[line.bound_by]}" for line in lines if line.bound_by in BOUNDS]
    if held:
        yield Padding(Text(f"Held back: {', '.join(held)}.", "dim"), (0, 0, 1, 2))


def _weeks(plan: DistributionPlan) -> Iterator[RenderableType]:
    amounts = [float(sum(week.amounts.values())) for week in plan.weeks]
    if len(amounts) > 1:
        low, high = f"{min(amounts):,.0f}", f"{max(amounts):,.0f}"
        span = low if low == high else f"{low} to {high}"
        said = f"{_bars(amounts)}  {span} {plan.currency} a week, from {plan.weeks[0].start:%-d %b}"
        yield Padding(Text.assemble(("By week  ", "bold"), said), (0, 0, 1, 2))


def _bars(values: Sequence[float]) -> str:
    top = max(*values, 1e-12)
    return "".join(BARS[round(max(value, 0.0) / top * (len(BARS) - 1))] for value in values)


def _curves(plan: DistributionPlan, *, columns: int) -> RenderableType:
    title = Text.assemble(("Response curves", "bold"), ("  ○ today  ● plan  ┊ the most ever tried", "dim"))
    grid = Table.grid(padding=(0, 2))
    cells = [cell for curve in plan.curves for cell in _curve(curve)]
    for first in range(0, len(cells), 3 * columns):
        grid.add_row(*cells[first : first + 3 * columns])
    return Group(title, Padding(grid, (0, 0, 0, 2)))


def _curve(curve: Curve) -> tuple[RenderableType, RenderableType, RenderableType]:
    name = Text(curve.channel)
    name.truncate(18, overflow="ellipsis", pad=True)
    picture = Text.assemble((spark(curve), "cyan"), "\n", (_marks(curve), "bold"))
    return name, picture, Text(f"to {_reach(curve):,.0f}", "dim")


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
