"""What would make a plan surer, worst gap first: what to measure, to try, or to mend."""

from dashboard.views.plans import response_text
from dashboard.voice import Voice
from events.plan import DistributionPlan, Estimate, Line
from projections.plans import Plan

MOST = 5
TESTS = ("test", "never_varied")
"""Kinds of insights that say what to try."""
WIDE = 0.25
"""A channel's range is worth narrowing when it is at least this share of what the channel brings."""
UNTESTED = {"attributed": "surer.claimed", "channel": "surer.claimed", "total": "surer.total"}


def surer(voice: Voice, plan: Plan) -> list[str]:
    if plan.result is None:
        return []
    split = plan.result.distribution_plan
    tries = _tests(plan) or _widest(voice, split)
    gaps = [*plan.result.missing, *tries, *_beyond(voice, split), *_meaning(voice, plan), *_cells(voice, plan)]
    return gaps[:MOST]


def _tests(plan: Plan) -> list[str]:
    return [insight.sentence for insight in plan.result.insights if insight.kind in TESTS] if plan.result else []


def _widest(voice: Voice, split: DistributionPlan) -> list[str]:
    known = [(_width(line.expected), line) for line in split.lines if line.expected and len(split.lines) > 1]
    if not known:
        return []
    width, line = max(known, key=lambda one: (one[0], one[1].channel))
    if line.expected is None or width < WIDE * abs(line.expected.mean):
        return []
    low, high = (response_text(voice, split.response, value) for value in (line.expected.low, line.expected.high))
    return [voice.say("surer.widest", channel=line.channel, low=low, high=high)]


def _width(estimate: Estimate) -> float:
    return estimate.high - estimate.low


def _beyond(voice: Voice, split: DistributionPlan) -> list[str]:
    bold = [line.channel for line in split.lines if _is_bold(line)]
    return [voice.say("surer.beyond", count=len(bold), channels=voice.figures.both(bold))] if bold else []


def _is_bold(line: Line) -> bool:
    return line.bound_by == "extrapolation" and line.change > 0


def _meaning(voice: Voice, plan: Plan) -> list[str]:
    """Nobody measured what channels cause, unless the brief says so."""
    if plan.result is None or plan.brief.regime == "channel" or not plan.result.distribution_plan.lines:
        return []
    key = UNTESTED.get(plan.result.distribution_plan.regime)
    return [voice.say(key)] if key else []


def _cells(voice: Voice, plan: Plan) -> list[str]:
    worst = max(plan.sources, key=lambda source: source.quarantined, default=None)
    if worst is None or not worst.quarantined:
        return []
    return [voice.say("surer.cells", count=worst.quarantined, file=worst.name)]
