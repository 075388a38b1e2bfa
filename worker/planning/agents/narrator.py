"""Puts what was found into words, most money at stake first."""

from worker.planning import insights
from worker.planning.findings import NarratorFinding, State


def run(state: State) -> NarratorFinding:
    found, facts = insights.of(state)
    return NarratorFinding(summary=f"{len(found)} insights, largest first.", insights=found, facts=facts, warnings=[])
