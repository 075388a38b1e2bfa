"""A plan for people at a terminal: a table, small curves, what stands out."""

from rich import box
from rich.console import Console
from rich.table import Table

from events.plan import Curve, Estimate, PlanResult

BARS = " ▁▂▃▄▅▆▇█"
WIDTH = 24


def show(result: PlanResult) -> None:
    console = Console()
    plan = result.distribution_plan
    title = f"{plan.spent:,.2f} {plan.currency}, {plan.start} to {plan.end}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1))
    for heading in ("channel", "amount", "share", "change", "brings", "80 % range", "held by"):
        left = heading in {"channel", "held by"}
        table.add_column(heading, justify="left" if left else "right", no_wrap=not left)
    for line in plan.lines:
        table.add_row(
            line.channel,
            f"{line.amount:,.2f}",
            f"{line.share:.0%}",
            f"{line.change:+,.0f}",
            "" if line.expected is None else f"{line.expected.mean:,.0f}",
            _range(line.expected),
            line.bound_by or "",
        )
    console.print(table)
    for curve in plan.curves:
        console.print(f"{curve.channel:>20} {spark(curve)}  0 to {curve.points[-1].spend:,.0f} per period")
    console.print(f"\nConfidence: {result.confidence_word} ({result.confidence_score:.0%})")
    if plan.uplift is not None:
        console.print(f"Against today's mix: {plan.uplift.low:+.1%} to {plan.uplift.high:+.1%}")
    for title, sentences in (
        ("What stands out", [insight.sentence for insight in result.insights]),
        ("Why this sure", result.confidence_drivers),
        ("Missing", result.missing),
        ("Watch", result.warnings),
    ):
        if sentences:
            console.print(f"\n{title}")
            for sentence in sentences:
                console.print(f"  {sentence}", highlight=False, markup=False)


def _range(expected: Estimate | None) -> str:
    return "" if expected is None else f"{expected.low:,.0f}–{expected.high:,.0f}"


def spark(curve: Curve) -> str:
    """The mean curve in block characters."""
    means = [point.mean for point in curve.points]
    top = max(means) or 1.0
    picked = [means[round(i * (len(means) - 1) / (WIDTH - 1))] for i in range(WIDTH)]
    return "".join(BARS[round(max(value, 0.0) / top * (len(BARS) - 1))] for value in picked)
