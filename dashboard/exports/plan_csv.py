"""The split as a small table that opens in the spreadsheet of the workspace's country."""

from dashboard.exports.cells import csv_bytes, split_of
from dashboard.views.plans import sorted_lines
from dashboard.voice import Voice
from events.plan import Estimate, Line
from projections.plans import Plan

HEADER = (
    *("channel", "currency", "now", "plan", "change", "share", "expected", "expected low", "expected high"),
    *("at least", "at most", "held by"),
)


def plan_csv(voice: Voice, plan: Plan) -> bytes:
    """One row a channel, the biggest first."""
    split = split_of(plan)
    return csv_bytes(HEADER, [_row(line, split.currency) for line in sorted_lines(split)], voice.figures.locale)


def _row(line: Line, currency: str) -> list[object]:
    money = [line.current, line.amount, line.change]
    limits = [line.at_least, line.at_most]
    return [line.channel, currency, *money, round(line.share, 6), *estimate(line.expected), *limits, line.bound_by]


def estimate(found: Estimate | None) -> list[float | None]:
    return [round(value, 4) for value in (found.mean, found.low, found.high)] if found else [None, None, None]
