"""What speaks against a plan, and the confidence that is left."""

from dataclasses import dataclass, field

from events.plan import Fact
from worker.planning.findings import State

CEILING = {"curves": 1.0, "returns": 0.35, "mix": 0.1, "none": 0.05}


@dataclass(frozen=True)
class Review:
    confidence: float
    summary: str
    shaky: bool = False
    drivers: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


def review(state: State) -> Review:
    steward, allocator = state["data_steward"], state["allocator"]
    level = steward.judgement.level
    confidence = min(allocator.chance_good, CEILING[level]) if allocator.draws else CEILING[level]
    return Review(
        confidence=confidence,
        summary="Found no reason to send the plan back.",
        drivers=_drivers(state),
    )


def _drivers(state: State) -> list[str]:
    return [state["data_steward"].judgement.why]
