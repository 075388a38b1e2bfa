"""Two plans side by side: what was asked, what each does with the money, and whether one is clearly better."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from dashboard.views.actuals import estimate_text
from dashboard.views.plans import MONEY_RESPONSES, goal_text, per_unit, response_word, sorted_lines, sure_badge
from dashboard.voice import Voice
from events.plan import Brief, DistributionPlan, Estimate, Limit
from projections.plans import Plan

Row = dict[str, str]
Splits = tuple[DistributionPlan, DistributionPlan]


@dataclass(frozen=True)
class CompareView:
    titles: tuple[str, str]
    verdict: str
    caution: str
    """Why the two do not compare one to one; empty when they do."""
    results: list[Row]
    """Expected result, range, confidence and money of both."""
    brief: list[Row]
    """Only what differs in what was asked."""
    channels: list[Row]
    findings: tuple[list[str], list[str]]
    """Sentences that only the one or the other says."""


def compare_view(voice: Voice, one: Plan, other: Plan, *, better: float | None = None) -> CompareView:
    """`better`: probability that the second brings more than the first, asked on the same curves."""
    titles = _titles(voice, one, other)
    first, second = _split(one), _split(other)
    splits = (first, second) if first and second else None
    return CompareView(
        titles=titles,
        verdict=_verdict(voice, titles, splits, better) if _same_time(one, other) else voice.say("compare.periods"),
        caution=_caution(voice, one, other, splits),
        results=_results(voice, titles, one, other),
        brief=_brief_rows(voice, titles, one.brief, other.brief),
        channels=_channels(voice, titles, *splits) if splits else [],
        findings=_findings(one, other),
    )


def _split(plan: Plan) -> DistributionPlan | None:
    return plan.result.distribution_plan if plan.result else None


def _titles(voice: Voice, one: Plan, other: Plan) -> tuple[str, str]:
    """Plans of one name are told apart by when they were asked for."""
    if one.brief.title != other.brief.title:
        return one.brief.title, other.brief.title
    first, second = (f"{plan.brief.title} ({voice.figures.moment(plan.requested_at)})" for plan in (one, other))
    return first, second


def _verdict(voice: Voice, titles: tuple[str, str], splits: Splits | None, better: float | None) -> str:
    one, other = (split.expected for split in splits) if splits else (None, None)
    if splits is None or one is None or other is None:
        return voice.say("compare.no_expectation")
    if splits[0].response != splits[1].response:
        return voice.say("compare.other_response")
    chance = "" if better is None else f" {_chance(voice, titles, better)}"
    if one.low <= other.high and other.low <= one.high:
        return voice.say("compare.overlap") + chance
    winner = titles[0] if one.mean > other.mean else titles[1]
    return voice.say("compare.clear", plan=winner) + chance


def _chance(voice: Voice, titles: tuple[str, str], better: float) -> str:
    plan, share = (titles[1], better) if better >= 0.5 else (titles[0], 1 - better)
    return voice.say("compare.chance", plan=plan, share=voice.figures.chance(share))


def _same_time(one: Plan, other: Plan) -> bool:
    return (one.brief.start, one.brief.end) == (other.brief.start, other.brief.end)


def _caution(voice: Voice, one: Plan, other: Plan, splits: Splits | None) -> str:
    cautions: list[str] = []
    if splits and splits[0].spent != splits[1].spent:
        cautions.append(voice.say("compare.budgets"))
    if one.brief.currency != other.brief.currency:
        cautions.append(voice.say("compare.currencies"))
    return " ".join(cautions)


def _results(voice: Voice, titles: tuple[str, str], one: Plan, other: Plan) -> list[Row]:
    asked: tuple[tuple[str, Callable[[Plan], str]], ...] = (
        (voice.say("compare.expected"), lambda plan: _expected(voice, _split(plan))),
        (voice.say("compare.uplift"), lambda plan: _uplift(voice, _split(plan))),
        (voice.say("compare.spent"), lambda plan: _spent(voice, _split(plan))),
        (voice.say("compare.each", unit=voice.figures.symbol), lambda plan: _each(voice, _split(plan))),
        (voice.say("plan.sure"), lambda plan: _sure(voice, plan)),
    )
    return [_row(voice, titles, label, write(one), write(other)) for label, write in asked]


def _row(voice: Voice, titles: tuple[str, str], label: str, one: str, other: str) -> Row:
    return {voice.say("compare.what"): label, titles[0]: one, titles[1]: other}


def _expected(voice: Voice, split: DistributionPlan | None) -> str:
    if split is None or split.expected is None:
        return "–"
    return f"{estimate_text(voice, split.response, split.expected)} {_unit(voice, split)}".strip()


def _unit(voice: Voice, split: DistributionPlan) -> str:
    return "" if split.response in MONEY_RESPONSES else response_word(voice, split.response)


def _uplift(voice: Voice, split: DistributionPlan | None) -> str:
    if split is None or split.uplift is None:
        return "–"
    mean, low, high = (
        voice.figures.signed_share(value) for value in (split.uplift.mean, split.uplift.low, split.uplift.high)
    )
    return voice.say("plan.estimate", mean=mean, low=low, high=high)


def _spent(voice: Voice, split: DistributionPlan | None) -> str:
    return voice.figures.money(split.spent) if split else "–"


def _each(voice: Voice, split: DistributionPlan | None) -> str:
    """Result per unit of money, or money per result where results are counted."""
    ratio = per_unit(split) if split else 0.0
    if not split or not ratio:
        return "–"
    if split.response in MONEY_RESPONSES:
        return voice.figures.ratio(ratio)
    return voice.say("compare.per_result", money=voice.figures.exact_money(1 / ratio), response=_unit(voice, split))


def _sure(voice: Voice, plan: Plan) -> str:
    known = sure_badge(voice, plan)
    if known is None or plan.result is None:
        return "–"
    share = voice.figures.chance(plan.result.confidence_score)
    return voice.say("compare.sure", word=known.label, share=share)


def _brief_rows(voice: Voice, titles: tuple[str, str], one: Brief, other: Brief) -> list[Row]:
    first, second = _asked(voice, one), _asked(voice, other)
    return [
        _row(voice, titles, label, first.get(label, "–"), second.get(label, "–"))
        for label in [*first, *(label for label in second if label not in first)]
        if first.get(label) != second.get(label)
    ]


def _asked(voice: Voice, brief: Brief) -> dict[str, str]:
    say = voice.say
    facts = {
        say("compare.period"): voice.figures.span(brief.start, brief.end),
        say("fact.budget"): voice.figures.money(brief.budget),
        say("compare.goal"): goal_text(voice, brief),
        say("new.flighting"): say(f"flighting.{brief.flighting}"),
        say("new.regime"): say(f"regime.{brief.regime}"),
        say("new.response"): say(f"response_kind.{brief.response}"),
        say("compare.files"): say("new.files_all")
        if brief.file_ids is None
        else voice.figures.number(len(brief.file_ids)),
    }
    limits = {say("export.limit", channel=name): limit_text(voice, limit) for name, limit in brief.limits.items()}
    groups = {
        say("export.limit", channel=group.name): limit_text(
            voice, Limit(at_least=group.at_least, at_most=group.at_most)
        )
        for group in brief.groups
    }
    return facts | limits | groups


def limit_text(voice: Voice, limit: Limit) -> str:
    if limit.locked:
        return voice.say("new.locked")
    bounds = (("new.least", limit.at_least), ("new.most", limit.at_most), ("new.if_any", limit.at_least_if_any))
    return ", ".join(f"{voice.say(key)} {voice.figures.money(value)}" for key, value in bounds if value is not None)


def _channels(voice: Voice, titles: tuple[str, str], one: DistributionPlan, other: DistributionPlan) -> list[Row]:
    first, second = ({line.channel: line for line in sorted_lines(split)} for split in (one, other))
    rows: list[Row] = []
    for channel in [*first, *(name for name in second if name not in first)]:
        amounts = [lines[channel].amount if channel in lines else Decimal(0) for lines in (first, second)]
        answers = [lines[channel].expected if channel in lines else None for lines in (first, second)]
        rows.append(
            {
                voice.say("plan.column.channel"): channel,
                titles[0]: voice.figures.money(amounts[0]),
                titles[1]: voice.figures.money(amounts[1]),
                voice.say("compare.difference"): _difference(voice, amounts[1] - amounts[0]),
                voice.say("compare.brings", plan=titles[0]): _brings(voice, one, answers[0]),
                voice.say("compare.brings", plan=titles[1]): _brings(voice, other, answers[1]),
            }
        )
    return rows


def _difference(voice: Voice, change: Decimal) -> str:
    return voice.figures.signed_money(change) if change else voice.say("plan.same")


def _brings(voice: Voice, split: DistributionPlan, estimate: Estimate | None) -> str:
    return estimate_text(voice, split.response, estimate) if estimate else "–"


def _findings(one: Plan, other: Plan) -> tuple[list[str], list[str]]:
    first, second = (
        [insight.sentence for insight in plan.result.insights] if plan.result else [] for plan in (one, other)
    )
    return [said for said in first if said not in second], [said for said in second if said not in first]
