"""Doubts the plan: checks its sums, tests the curves on weeks they have not seen, and says how sure it is."""

from worker.planning import doubts
from worker.planning.findings import CriticFinding, State

BACK_AGAIN = 1
"""How often work may be sent back."""
SHORTER = 0.5


def run(state: State) -> CriticFinding:
    review = doubts.review(state)
    rounds = state.get("rounds", 0)
    reject = review.shaky and rounds < BACK_AGAIN and state["allocator"].step > 0
    return CriticFinding(
        summary="Sent back: a shorter step is safer." if reject else review.summary,
        accepted=not reject,
        caution=SHORTER if review.shaky else 1.0,
        confidence=review.confidence,
        drivers=review.drivers,
        warnings=review.warnings,
        facts=review.facts,
    )
