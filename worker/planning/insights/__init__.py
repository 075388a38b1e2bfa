"""Findings worth money, each with its evidence, none that a coin toss would support, most at stake first.

What makes a kind sure:

- uplift, shift, more_budget, less_budget: the share of draws that agree.
- saturated, over_used, under_used, limit_costs: draws of the last money against its cost, or that of the whole mix.
- trend: response per money and at the same spend changed, against the other channels or last year.
- carry_over: the probability of the echoes that put a quarter or more of the effect into later periods.
- season, better_time: the plan's weeks in earlier years against stretches as long, spend and trend taken out;
  `better_time` is the best of many, so it must be surer.
- campaign_leads, campaign_wastes: shrunken returns of campaigns, with the doubt about attribution.
- tracking_outage, unheard, quarantine: counted, not estimated.
- test, never_varied: the chance to see a channel whose next money brings half of the average, given how weeks stray.
"""

from collections import Counter

from events.plan import Fact, Insight
from worker.planning.checks import files_of
from worker.planning.findings import State
from worker.planning.insights import channels, experiments, moves, parts, seasons, timing
from worker.planning.insights.ledger import Ledger, Look
from worker.planning.voice import Voice

SURE = 0.8
"""An insight is kept when it is at least this probable."""
MOST = 10
OF_A_KIND = 2
LOOKS: tuple[Look, ...] = (
    channels.returns,
    moves.uplift,
    moves.shift,
    moves.more_budget,
    channels.saturation,
    channels.limits,
    channels.unheard,
    timing.trends,
    timing.carry_over,
    seasons.season,
    parts.standing_out,
    parts.quarantine,
    experiments.experiments,
)


def of(state: State) -> tuple[list[Insight], list[Fact], list[str]]:
    """Insights ranked by what is at stake in money, the facts they rest on, and warnings."""
    ledger = Ledger(state, files_of(state["panel"], state["history"]), Voice(state["language"]))
    ledger.insights += state["data_steward"].insights
    ledger.facts += [*state["data_steward"].facts, *state["allocator"].facts, *state["critic"].facts]
    for look in LOOKS:
        look(ledger)
    sure = [insight for insight in ledger.insights if insight.sure >= SURE and insight.size > 0]
    ranked = sorted(sure, key=lambda insight: (-ledger.worth(insight), insight.id))
    return _few(ranked), ledger.facts, ledger.warnings


def _few(ranked: list[Insight]) -> list[Insight]:
    """The first ones, not more than OF_A_KIND of one kind."""
    told: Counter[str] = Counter()
    few: list[Insight] = []
    for insight in ranked:
        if told[insight.kind] < OF_A_KIND and len(few) < MOST:
            told[insight.kind] += 1
            few.append(insight)
    return few
