"""Doubts the plan: checks its sums, tests the curves on weeks they have not seen, and says how sure it is."""

from worker.planning import doubts
from worker.planning.findings import CriticFinding, State
from worker.planning.voice import Voice

BACK_AGAIN = 1
"""How often work may be sent back."""
SHORTER = 0.5
FEW = 3
"""Fewer earlier plans raise or lower nothing."""
HELD = 0.6
"""Share of ranges that held; of 80 % ranges, less than this speaks against the planner's word on this workspace."""


def run(state: State) -> CriticFinding:
    review = doubts.review(state)
    rounds = state.get("rounds", 0)
    reject = review.shaky and rounds < BACK_AGAIN and state["allocator"].step > 0
    return CriticFinding(
        summary=Voice(state["language"]).say("summary.sent_back") if reject else review.summary,
        accepted=not reject,
        caution=SHORTER if review.shaky else 1.0,
        confidence=review.confidence,
        drivers=[*review.drivers, *_record(state)],
        warnings=review.warnings,
        facts=review.facts,
    )


def _record(state: State) -> list[str]:
    """What earlier plans of the workspace say about this one."""
    track = state.get("track")
    if track is None:
        return []
    if not track.plans:
        key = "none"
    elif track.plans < FEW:
        key = "few"
    else:
        key = "good" if track.inside >= HELD * track.plans else "poor"
    told = {"plans": track.plans, "inside": track.inside, "error": track.median_error}
    return [Voice(state["language"]).say(f"record.{key}", **told)]
