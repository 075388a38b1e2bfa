"""Findings worth money, each with its evidence; none that a coin toss would support."""

from events.plan import Fact, Insight
from worker.planning.findings import State

SURE = 0.8


def of(state: State) -> tuple[list[Insight], list[Fact]]:
    """Insights ranked by what is at stake, and the facts they rest on."""
    steward = state["data_steward"]
    insights = [*steward.insights, *_uplift(state)]
    facts = [*steward.facts, *state["critic"].facts, *_facts(state)]
    sure = [insight for insight in insights if insight.sure >= SURE]
    return sorted(sure, key=lambda insight: -insight.size), facts


def _uplift(state: State) -> list[Insight]:
    allocator = state["allocator"]
    better, uplift, current = allocator.probability_better, allocator.uplift, allocator.expected_current
    if better is None or uplift is None or current is None or better < SURE:
        return []
    unit = state["data_steward"].response
    return [
        Insight(
            id="uplift",
            kind="uplift",
            sentence=f"The plan should bring {uplift.mean:.0%} more {unit} than today's mix for the same money.",
            size=uplift.mean * current.mean,
            unit=unit,
            low=uplift.low,
            high=uplift.high,
            evidence=["uplift"],
            sure=better,
        )
    ]


def _facts(state: State) -> list[Fact]:
    uplift = state["allocator"].uplift
    if uplift is None:
        return []
    return [Fact(id="uplift", text="Uplift over today's mix", value=uplift.mean, unit="share")]
