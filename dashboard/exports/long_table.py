"""The plan as one long table for BI tools: a row for each plan, channel, campaign, week and measure.

Always with a comma between columns and a point before decimals: machines read it. `basis` says how a value came
about: `plan` is the plan's own number, `shared` is its part by recent spend (campaigns) or by planned money (results).
Adding up a measure over campaigns and weeks gives the plan's number of the channel.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from dashboard.exports.campaigns import Mix, by_campaign, weeks_of
from dashboard.exports.cells import csv_bytes, shared_out, split_of
from dashboard.views.plan import sorted_lines
from dashboard.views.plans import plan_state
from events.plan import DistributionPlan, Line
from projections.plans import Plan

HEADER = ("plan_id", "plan", "state", "channel", "campaign", "week", "measure", "value", "unit", "basis")
Row = tuple[object, ...]
Cut = tuple[date, str]
"""A week and a campaign."""


def long_csv(plan: Plan, mix: Mix) -> bytes:
    split = split_of(plan)
    about = (plan.campaign_id, plan.brief.title, plan_state(plan))
    rows = [(*about, *row) for line in sorted_lines(split) for row in _rows(split, line, mix)]
    return csv_bytes(HEADER, rows)


def _rows(split: DistributionPlan, line: Line, mix: Mix) -> Iterator[Row]:
    planned = _cuts(split, line, mix)
    named = len({campaign for _, campaign in planned}) == 1
    money = split.currency
    yield from _measure(line, "planned_spend", planned, money, "plan" if named else "shared")
    yield from _measure(line, "spend_as_today", _like(line.current, planned), money, "shared")
    unit = money if split.response == "revenue" else split.response
    if line.expected is not None:
        for name in ("mean", "low", "high"):
            value = Decimal(repr(round(float(getattr(line.expected, name)), 2)))
            measure = "expected_response" if name == "mean" else f"expected_response_{name}"
            yield from _measure(line, measure, _like(value, planned), unit, "shared")


def _measure(line: Line, measure: str, cuts: dict[Cut, Decimal], unit: str, basis: str) -> Iterator[Row]:
    for (week, campaign), value in cuts.items():
        yield line.channel, campaign, week.isoformat(), measure, value, unit, basis


def _cuts(split: DistributionPlan, line: Line, mix: Mix) -> dict[Cut, Decimal]:
    return {
        (week, campaign): part
        for week, amount in weeks_of(split, line).items()
        for campaign, part in by_campaign(line.channel, amount, mix).items()
    }


def _like(value: Decimal, planned: dict[Cut, Decimal]) -> dict[Cut, Decimal]:
    """Share a number out as the planned money is; evenly where none is planned."""
    weights = {_name(cut): amount for cut, amount in planned.items()}
    if not any(weights.values()):
        weights = dict.fromkeys(weights, Decimal(1))
    parts = shared_out(value, weights)
    return {cut: parts[_name(cut)] for cut in planned}


def _name(cut: Cut) -> str:
    return f"{cut[0].isoformat()} {cut[1]}"
