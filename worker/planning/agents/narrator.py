"""Puts what was found into words, most money at stake first."""

from worker.planning import insights
from worker.planning.findings import NarratorFinding, State
from worker.planning.voice import Voice


def run(state: State) -> NarratorFinding:
    found, facts, warnings = insights.of(state)
    ask = state.get("words")
    if ask is not None and found:
        from worker.planning import wording  # only with a language model

        worded = wording.reword(found, state["panel"].channels, ask, state["language"])
        found = worded.insights
        warnings += worded.warnings
    return NarratorFinding(
        summary=Voice(state["language"]).say("summary.insights", count=len(found)),
        insights=found,
        facts=facts,
        warnings=warnings,
    )
