"""The plan as one long table for BI tools: a row for each plan, channel, campaign, week and measure.

Always with a comma between columns and a point before decimals: machines read it. `basis` says how a value came
about: `plan` is the plan's own money, `shared` is a number that the plan tells for a whole channel, shared out as its
money is. Adding up a measure over campaigns and weeks gives the plan's number of the channel.
"""

from collections.abc import Iterator
from decimal import Decimal

from dashboard.exports.campaigns import Cut, cuts
from dashboard.exports.cells import csv_bytes, shared_out, split_of
from dashboard.views.plans import plan_state, sorted_lines
from events.plan import DistributionPlan, Line
from projections.plans import Plan

HEADER = ("plan_id", "plan", "state", "channel", "campaign", "week", "measure", "value", "unit", "basis")
Row = tuple[object, ...]


def long_csv(plan: Plan) -> bytes:
    split = split_of(plan)
    about = (plan.campaign_id, plan.brief.title, plan_state(plan))
    rows = [(*about, *row) for line in sorted_lines(split) for row in _rows(split, line)]
    return csv_bytes(HEADER, rows)


def _rows(split: DistributionPlan, line: Line) -> Iterator[Row]:
    planned, money = cuts(split, line), split.currency
    yield from _measure(line, "planned_spend", planned, money, "plan")
    yield from _measure(line, "spend_as_today", shared_out(line.current, planned), money, "shared")
    unit = money if split.response == "revenue" else split.response
    if line.expected is not None:
        for name in ("mean", "low", "high"):
            value = Decimal(repr(round(float(getattr(line.expected, name)), 2)))
            measure = "expected_response" if name == "mean" else f"expected_response_{name}"
            yield from _measure(line, measure, shared_out(value, planned), unit, "shared")


def _measure(line: Line, measure: str, parts: dict[Cut, Decimal], unit: str, basis: str) -> Iterator[Row]:
    for (week, campaign), value in parts.items():
        yield line.channel, campaign, week.isoformat(), measure, value, unit, basis
