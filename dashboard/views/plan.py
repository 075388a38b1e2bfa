"""One plan as a decision page: what to expect, what moves, how sure we are and why."""

from dataclasses import dataclass

from dashboard.views.badges import Badge, badge
from dashboard.views.plans import (
    MONEY_RESPONSES,
    SMALL_MOVE,
    each_text,
    money_that_moves,
    move_sentence,
    plan_state,
    range_text,
    response_text,
    response_word,
    sorted_lines,
    subtitle,
    sure_badge,
)
from dashboard.views.surer import TESTS, surer
from dashboard.voice import Voice
from events.plan import CampaignLine, DistributionPlan, Estimate, Fact, Insight, Line, PlanResult
from projections.performance_rows import Only
from projections.plans import Plan

Row = dict[str, str]
NO_CHANNEL = ("(total)", "(no channel)")


@dataclass(frozen=True)
class BehindIt:
    """Rows of a campaign file that a finding rests on."""

    file_id: str
    name: str
    only: Only


@dataclass(frozen=True)
class Finding:
    sentence: str
    stake: str
    evidence: list[str]
    rows: list[BehindIt]


@dataclass(frozen=True)
class Expected:
    label: str
    value: str
    change: str
    """Against today's split, with its range; empty when unknown."""
    note: str


@dataclass(frozen=True)
class PlanView:
    title: str
    badge: Badge
    subtitle: str
    state: str
    """planning | ready | partial | failed, whatever was decided."""
    decision_note: str
    failure: str
    expected: Expected
    moves: str
    moves_note: str
    sure: Badge | None
    sure_note: str
    drivers: list[str]
    lines: list[Row]
    weeks: list[Row]
    findings: list[Finding]
    warnings: list[str]
    missing: list[str]
    sources: list[Row]
    campaigns: list[Row]
    surer: list[str]
    channels_with_curve: list[str]
    can_decide: bool
    can_undo: bool


def plan_view(voice: Voice, plan: Plan, *, requested_by: str, decided_by: str) -> PlanView:
    result, split = plan.result, plan.result.distribution_plan if plan.result else None
    return PlanView(
        title=plan.brief.title,
        badge=badge(voice.say, plan_state(plan)),
        subtitle=_subtitle(voice, plan, requested_by),
        state="planning" if plan.status == "waiting" else plan.status,
        decision_note=_decision_note(voice, plan, decided_by),
        failure=plan.failure or "",
        expected=_expected(voice, split),
        moves=voice.figures.money(money_that_moves(split)) if split else "–",
        moves_note=move_sentence(voice, split) if split else "",
        sure=sure_badge(voice, plan),
        sure_note=_sure_note(voice, plan),
        drivers=list(result.confidence_drivers) if result else [],
        lines=_lines(voice, split) if split else [],
        weeks=_weeks(voice, split) if split else [],
        findings=_findings(voice, plan, result) if result else [],
        warnings=list(result.warnings) if result else [],
        missing=list(result.missing) if result else [],
        sources=[_source(voice, source.name, source.rows) for source in plan.sources],
        campaigns=_campaigns(voice, split) if split else [],
        surer=surer(voice, plan),
        channels_with_curve=_channels_with_curve(split) if split else [],
        can_decide=bool(split and split.lines) and plan.decision is None,
        can_undo=plan.decision is not None,
    )


def _channels_with_curve(split: DistributionPlan) -> list[str]:
    """Channels whose response is known, the one that moves most first."""
    change = {line.channel: abs(line.change) for line in split.lines}
    known = [curve.channel for curve in split.curves if curve.points]
    return sorted(known, key=lambda channel: (-change.get(channel, 0), channel))


def _subtitle(voice: Voice, plan: Plan, requested_by: str) -> str:
    made = plan.produced_at or plan.requested_at
    made_by = voice.say("plans.made", who=requested_by, ago=voice.figures.ago(made, voice.now))
    parts = [subtitle(voice, plan), made_by]
    if plan.sources:
        parts.append(voice.say("plan.from_files", count=len(plan.sources)))
    return " · ".join(parts)


def _decision_note(voice: Voice, plan: Plan, decided_by: str) -> str:
    if plan.decision is None or plan.decided_at is None:
        return ""
    ago = voice.figures.ago(plan.decided_at, voice.now)
    note = voice.say(f"plan.{plan.decision}_by", who=decided_by, ago=ago)
    return f"{note} “{plan.decision_note}”" if plan.decision_note else note


def _expected(voice: Voice, split: DistributionPlan | None) -> Expected:
    if split is None:
        return Expected(voice.say("plan.expected"), "–", "", "")
    label = voice.say("plan.expected_of", response=response_word(voice, split.response))
    if split.expected is None:
        return Expected(label, "–", "", voice.say("plan.no_expectation"))
    low, high = (response_text(voice, split.response, value) for value in (split.expected.low, split.expected.high))
    return Expected(
        label=label,
        value=response_text(voice, split.response, split.expected.mean),
        change=_against_today(voice, split.uplift) if split.uplift else "",
        note=f"{voice.say('plan.expected_between', low=low, high=high)} {each_text(voice, split)}".strip(),
    )


def _against_today(voice: Voice, uplift: Estimate) -> str:
    return voice.say(
        "plan.against_today", change=voice.figures.signed_share(uplift.mean), range=range_text(voice, uplift)
    )


def _sure_note(voice: Voice, plan: Plan) -> str:
    if plan.result is None:
        return ""
    chance = plan.result.distribution_plan.probability_better
    note = voice.say("plan.within", share=voice.figures.chance(plan.result.confidence_score))
    if chance is None:
        return note
    return f"{note} {voice.say('plan.chance_better', share=voice.figures.chance(chance))}"


def _lines(voice: Voice, split: DistributionPlan) -> list[Row]:
    """Say what held a channel only where something did."""
    rows = [_line(voice, split, line) for line in sorted_lines(split)]
    held = voice.say("plan.column.held")
    return rows if any(row[held] for row in rows) else [{k: v for k, v in row.items() if k != held} for row in rows]


def _line(voice: Voice, split: DistributionPlan, line: Line) -> Row:
    say, figures = voice.say, voice.figures
    small = abs(line.change) < SMALL_MOVE * (split.spent or 1)
    return {
        say("plan.column.channel"): line.channel,
        say("plan.column.now"): figures.money(line.current),
        say("plan.column.plan"): figures.money(line.amount),
        say("plan.column.change"): say("plan.same") if small else figures.signed_money(line.change),
        say("plan.column.share"): figures.column_share(line.share),
        say("plan.column.expected"): _estimate(voice, split.response, line.expected),
        say("plan.column.one_more", unit=figures.symbol): _one_more(voice, split, line),
        say("plan.column.held"): _held(voice, line),
    }


def _estimate(voice: Voice, response: str, estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    mean, low, high = (response_text(voice, response, value) for value in (estimate.mean, estimate.low, estimate.high))
    return voice.say("plan.estimate", mean=mean, low=low, high=high)


def _held(voice: Voice, line: Line) -> str:
    key = f"bound.{line.bound_by}"
    return voice.say(key) if voice.say.known(key) else ""


def _one_more(voice: Voice, split: DistributionPlan, line: Line) -> str:
    if line.marginal_now is None or line.marginal_plan is None:
        return "–"
    now, plan = (_per_unit(voice, split.response, value) for value in (line.marginal_now, line.marginal_plan))
    return voice.say("plan.marginal", now=now, plan=plan)


def _per_unit(voice: Voice, response: str, value: float) -> str:
    """Write what one more unit of money brings: money with cents, anything else with three digits."""
    return voice.figures.exact_money(value) if response in MONEY_RESPONSES else voice.figures.brief(value)


def _weeks(voice: Voice, split: DistributionPlan) -> list[Row]:
    channels = [line.channel for line in sorted_lines(split)]
    return [
        {voice.say("plan.column.week"): voice.figures.day(week.start)}
        | {channel: voice.figures.money(week.amounts.get(channel, 0)) for channel in channels}
        for week in split.weeks
    ]


def _campaigns(voice: Voice, split: DistributionPlan) -> list[Row]:
    """Only of channels that name campaigns."""
    return [_campaign(voice, split, line, one) for line in sorted_lines(split) for one in line.campaigns]


def _campaign(voice: Voice, split: DistributionPlan, line: Line, one: CampaignLine) -> Row:
    say, figures = voice.say, voice.figures
    small = abs(one.change) < SMALL_MOVE * (line.amount or 1)
    returned = "–" if one.returned is None else _per_unit(voice, split.response, one.returned)
    if one.returned is not None and one.sure is not None:
        returned = say("plan.campaign_sure", value=returned, share=figures.chance(one.sure))
    return {
        say("plan.column.channel"): line.channel,
        say("plan.column.campaign"): one.campaign or say("plan.no_campaign"),
        say("plan.column.now"): figures.money(one.current),
        say("plan.column.plan"): figures.money(one.amount),
        say("plan.column.change"): say("plan.same") if small else figures.signed_money(one.change),
        say("plan.column.returned", unit=figures.symbol): returned,
    }


def _findings(voice: Voice, plan: Plan, result: PlanResult) -> list[Finding]:
    """Say why; what to test stands with what would make us surer."""
    return [_finding(voice, plan, result, insight) for insight in result.insights if insight.kind not in TESTS]


def _finding(voice: Voice, plan: Plan, result: PlanResult, insight: Insight) -> Finding:
    known = {fact.id: fact for fact in result.facts}
    facts = [known[name] for name in insight.evidence if name in known]
    names = {source.file_id: source.name for source in plan.sources}
    behind = {
        (file_id, only): BehindIt(file_id, names[file_id], only)
        for fact in facts
        for file_id in fact.file_ids
        for only in [_only(fact)]
        if file_id in names
    }
    texts = [fact_text(voice, fact) for fact in facts]
    return Finding(insight.sentence, _stake(voice, insight), texts, list(behind.values()))


def _only(fact: Fact) -> Only:
    """Rows that name no channel are found by their time."""
    named = None if fact.channel in NO_CHANNEL else fact.channel
    return Only(named, fact.campaign, fact.first, fact.last)


def fact_text(voice: Voice, fact: Fact) -> str:
    text = f"{fact.text}: {_sized(voice, fact.unit, fact.value)}"
    return f"{text} ({voice.figures.span(fact.first, fact.last)})" if fact.first and fact.last else text


def _stake(voice: Voice, insight: Insight) -> str:
    sure = voice.figures.chance(insight.sure)
    if not insight.size:
        return voice.say("plan.finding_sure", share=sure)
    stake = _sized(voice, insight.unit, insight.size)
    if insight.low is not None and insight.high is not None and insight.low <= insight.size <= insight.high:
        low, high = (_sized(voice, insight.unit, value) for value in (insight.low, insight.high))
        stake = voice.say("plan.estimate", mean=stake, low=low, high=high)
    return voice.say("plan.finding_stake", stake=stake, share=sure)


def _sized(voice: Voice, unit: str, value: float) -> str:
    if unit in (voice.figures.currency, "money", "spend", "budget", "revenue"):
        return voice.figures.money(value)
    if unit in ("share", "%"):
        return voice.figures.share(value)
    if unit == "ratio":
        return voice.figures.ratio(value)
    return f"{voice.figures.number(value)} {response_word(voice, unit)}".strip()


def _source(voice: Voice, name: str, rows: int) -> Row:
    return {voice.say("plan.source.file"): name, voice.say("plan.source.rows"): voice.figures.number(rows)}
