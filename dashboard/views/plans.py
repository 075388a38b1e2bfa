"""Plans as a list: each in one sentence, so that the right one is found without opening it."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from dashboard.views.badges import Badge, badge
from dashboard.voice import Voice
from events.plan import Brief, Curve, DistributionPlan, Estimate, Line
from projections.plans import Plan

MONEY_RESPONSES = ("revenue",)
SMALL_MOVE = Decimal("0.005")
"""Moves below half a percent of the budget are rounding, not advice."""


STATES = ("planning", "ready", "partial", "changes_requested", "approved", "declined", "failed")


@dataclass(frozen=True)
class PlanLine:
    campaign_id: str
    title: str
    badge: Badge
    sentence: str
    expectation: str
    sure: Badge | None
    subtitle: str
    made: str


def plan_line(voice: Voice, plan: Plan, who: str) -> PlanLine:
    split = plan.result.distribution_plan if plan.result else None
    return PlanLine(
        campaign_id=plan.campaign_id,
        title=plan.brief.title,
        badge=badge(voice.say, plan_state(plan)),
        sentence=_sentence(voice, plan, split),
        expectation=expectation(voice, split) if split else "",
        sure=sure_badge(voice, plan),
        subtitle=subtitle(voice, plan),
        made=voice.say("plans.made", who=who, ago=voice.figures.ago(plan.requested_at, voice.now)),
    )


def states(voice: Voice, plans: list[Plan]) -> dict[str, str]:
    """Offer the states that some plan is in, with how many are."""
    counts = Counter(plan_state(plan) for plan in plans)
    number = voice.figures.number
    offered = {"all": f"{voice.say('plans.all')} ({number(len(plans))})"}
    return offered | {
        state: f"{voice.say(f'state.{state}')} ({number(counts[state])})" for state in STATES if counts[state]
    }


def in_state(plans: list[Plan], state: str | None) -> list[Plan]:
    return [plan for plan in plans if state in (None, "all", plan_state(plan))]


def plan_state(plan: Plan) -> str:
    if plan.decision:
        return plan.decision
    return "planning" if plan.status == "waiting" else plan.status


def subtitle(voice: Voice, plan: Plan) -> str:
    brief = plan.brief
    return " · ".join(
        [voice.figures.span(brief.start, brief.end), voice.figures.money(brief.budget), goal_text(voice, brief)]
    )


def goal_text(voice: Voice, brief: Brief) -> str:
    """Write the goal with its target, as in "Stay below a cost per conversion: €12"."""
    goal = voice.say(f"goal.{brief.goal}")
    if brief.target is None or brief.goal == "most_response":
        return goal
    write = voice.figures.exact_money if brief.goal == "target_cpa" else voice.figures.amount
    return f"{goal}: {write(brief.target)}"


def sure_badge(voice: Voice, plan: Plan) -> Badge | None:
    if plan.result is None:
        return None
    return badge(voice.say, plan.result.confidence_word.replace(" ", "_"))


def expectation(voice: Voice, split: DistributionPlan) -> str:
    """Say what the plan brings against today's split, with the range; empty when nothing honest can be said."""
    if split.uplift is None:
        return ""
    return voice.say(
        "plans.expect",
        change=voice.figures.signed_share(split.uplift.mean),
        response=response_word(voice, split.response),
        range=range_text(voice, split.uplift),
    )


def range_text(voice: Voice, uplift: Estimate) -> str:
    low, high = voice.figures.signed_share(uplift.low), voice.figures.signed_share(uplift.high)
    return voice.say("plans.likely", low=low, high=high)


def response_word(voice: Voice, response: str) -> str:
    key = f"response.{response}"
    return voice.say(key) if voice.say.known(key) else response


def response_text(voice: Voice, response: str, value: float) -> str:
    return voice.figures.short_money(value) if response in MONEY_RESPONSES else voice.figures.short_number(value)


def per_unit(split: DistributionPlan) -> float:
    """Expected result for each unit of the plan's money; 0 where nothing is promised or spent."""
    return split.expected.mean / float(split.spent) if split.expected and split.spent else 0.0


def each_text(voice: Voice, split: DistributionPlan) -> str:
    """Say what a unit of money brings, or what a result costs where results are counted."""
    if not (ratio := per_unit(split)):
        return ""
    if split.response in MONEY_RESPONSES:
        return voice.say("plan.returns", ratio=voice.figures.ratio(ratio))
    return voice.say("plan.costs", money=voice.figures.exact_money(1 / ratio))


def per(voice: Voice, split: DistributionPlan) -> str:
    """Say what a point of a curve counts: "per week", or "per day" where the data do."""
    planned = {line.channel: float(line.amount) for line in split.lines}
    days = (split.end - split.start).days + 1
    lengths = {
        round(days * curve.plan / planned[curve.channel]) for curve in split.curves if planned.get(curve.channel)
    }
    named = {1: "day", 7: "week"}
    return voice.say(f"chart.per.{named.get(lengths.pop(), 'period') if len(lengths) == 1 else 'period'}")


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


def sorted_lines(split: DistributionPlan) -> list[Line]:
    """Biggest budget first."""
    return sorted(split.lines, key=lambda line: (-line.amount, line.channel))


def money_that_moves(split: DistributionPlan) -> Decimal:
    """Half the sum of all differences: what leaves one channel enters another."""
    return sum((abs(line.change) for line in split.lines), Decimal(0)) / 2


def move_sentence(voice: Voice, split: DistributionPlan) -> str:
    """Move €42,000 from Display to Search and Video."""
    if not split.lines:
        return voice.say("plans.nothing")
    moved = money_that_moves(split)
    if not split.spent or moved < SMALL_MOVE * split.spent:
        return voice.say("plans.stay")
    by_change = sorted(split.lines, key=lambda line: line.change)
    least = SMALL_MOVE * split.spent
    givers = [line.channel for line in by_change if line.change < -least][:3]
    takers = [line.channel for line in reversed(by_change) if line.change > least][:3]
    if not givers or not takers:
        return voice.say("plans.move_many", money=voice.figures.money(moved))
    names = {"givers": voice.figures.both(givers), "takers": voice.figures.both(takers)}
    return voice.say("plans.move", money=voice.figures.money(moved), **names)


def _sentence(voice: Voice, plan: Plan, split: DistributionPlan | None) -> str:
    if plan.status == "failed":
        return plan.failure or voice.say("plans.failed")
    return move_sentence(voice, split) if split else voice.say("plans.waiting")
