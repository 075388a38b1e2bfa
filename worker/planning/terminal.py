"""A plan for people at a terminal: a table, small curves, what stands out."""

from rich.console import Console
from rich.table import Table

from events.plan import Curve, Estimate, PlanResult

BARS = " ▁▂▃▄▅▆▇█"
WIDTH = 24


def show(result: PlanResult) -> None:
    console = Console()
    plan = result.distribution_plan
    table = Table(title=f"{plan.spent:,.2f} {plan.currency}, {plan.start} to {plan.end}", title_justify="left")
    for heading in ("channel", "amount", "share", "today", "change", "brings (80 % range)", "held by"):
        table.add_column(heading, justify="left" if heading in {"channel", "held by"} else "right")
    for line in plan.lines:
        table.add_row(
            line.channel,
            f"{line.amount:,.2f}",
            f"{line.share:.0%}",
            f"{line.current:,.2f}",
            f"{line.change:+,.2f}",
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
    return "" if expected is None else f"{expected.mean:,.0f} ({expected.low:,.0f} to {expected.high:,.0f})"


def spark(curve: Curve) -> str:
    """The mean curve in block characters."""
    means = [point.mean for point in curve.points]
    top = max(means) or 1.0
    picked = [means[round(i * (len(means) - 1) / (WIDTH - 1))] for i in range(WIDTH)]
    return "".join(BARS[round(max(value, 0.0) / top * (len(BARS) - 1))] for value in picked)
