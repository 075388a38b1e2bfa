"""Splits the budget: as far towards the best split as the evidence can bear."""

import numpy as np

from events.plan import Estimate
from worker.planning import campaigns, lines, split, unmeasured, weeks
from worker.planning.confidence import estimate, outward
from worker.planning.findings import AllocatorFinding, State
from worker.planning.split import Split
from worker.planning.voice import Voice


def run(state: State) -> AllocatorFinding:
    chosen = split.choose(state, longest=state["critic"].caution if state.get("rounds") else 1.0)
    amounts = lines.in_cents(chosen)
    known = unmeasured.without_claims(lines.table(state, chosen, amounts), unmeasured.channels(state["panel"]))
    table, facts = campaigns.split(state, known)
    outcome = lines.outcome(chosen)
    return AllocatorFinding(
        summary=_summary(chosen, Voice(state["language"])),
        lines=table,
        spent=sum((line.amount for line in table), start=lines.NOTHING),
        expected=_estimate(outcome.plan),
        expected_current=_estimate(outcome.current),
        uplift=None if outcome.uplift is None else outward(outcome.uplift),
        probability_better=float((outcome.uplift > 0).mean()) if outcome.uplift is not None else None,
        chance_good=chosen.chance_good,
        step=chosen.step,
        curves=lines.curves(state, chosen),
        weeks=weeks.flight(state, table),
        draws=lines.kept(state["panel"], chosen, amounts),
        warnings=chosen.warnings,
        facts=facts,
    )


def _estimate(values: np.ndarray | None) -> Estimate | None:
    return None if values is None else estimate(values)


def _summary(chosen: Split, voice: Voice) -> str:
    if chosen.draws is None:
        return voice.say("summary.kept_blind")
    if chosen.step == 0:
        return voice.say("summary.kept")
    return voice.say("summary.moved", step=chosen.step)
