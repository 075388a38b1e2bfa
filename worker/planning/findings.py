"""What each agent finds, in a form that can be stored and read back by a later run."""

from collections.abc import Callable
from decimal import Decimal
from typing import NotRequired, TypedDict, TypeVar

import msgspec

from events.plan import Brief, Curve, Estimate, Fact, Insight, Line, TrackRecord, Week
from worker.planning.evidence import Judgement
from worker.planning.fit_process import Running
from worker.planning.history import History
from worker.planning.kept import KeptDraws
from worker.planning.language_model import Ask
from worker.planning.panel import Panel


class StewardFinding(msgspec.Struct, frozen=True, kw_only=True):
    summary: str
    judgement: Judgement
    response: str
    data_version: str
    warnings: list[str]
    missing: list[str]
    insights: list[Insight]
    facts: list[Fact]


class AnalystFinding(msgspec.Struct, frozen=True, kw_only=True):
    summary: str
    draws: KeptDraws | None
    season: list[float]
    """Factor of each day of the plan."""
    noise: float
    method: str
    """fit, or prior when no fit could be made."""
    warnings: list[str]
    missing: list[str]


class AllocatorFinding(msgspec.Struct, frozen=True, kw_only=True):
    summary: str
    lines: list[Line]
    spent: Decimal
    expected: Estimate | None
    expected_current: Estimate | None
    uplift: Estimate | None
    probability_better: float | None
    chance_good: float
    step: float
    """How far the plan goes from today's mix (0) to the best split (1)."""
    curves: list[Curve]
    weeks: list[Week]
    draws: KeptDraws | None
    warnings: list[str]
    facts: list[Fact] = []


class CriticFinding(msgspec.Struct, frozen=True, kw_only=True):
    summary: str
    accepted: bool
    caution: float
    """What the allocator should take when the work goes back: the longest step it may go."""
    confidence: float
    drivers: list[str]
    warnings: list[str]
    facts: list[Fact]


class NarratorFinding(msgspec.Struct, frozen=True, kw_only=True):
    summary: str
    insights: list[Insight]
    facts: list[Fact]
    warnings: list[str]


class State(TypedDict):
    """What travels through the graph; each agent adds its finding under its own name."""

    brief: Brief
    history: History
    panel: Panel
    trouble: NotRequired[str]
    """Why this is only a partial result: then nothing slow is tried again."""
    running: NotRequired[Running]
    """The fit, begun before the agents."""
    language: str
    """Of the sentences: en or de."""
    track: NotRequired[TrackRecord]
    """How earlier plans of the workspace turned out."""
    words: NotRequired[Ask]
    """The language model to ask for words; absent means templates."""
    data_steward: StewardFinding
    response_analyst: AnalystFinding
    allocator: AllocatorFinding
    critic: CriticFinding
    narrator: NarratorFinding
    rounds: NotRequired[int]


Agent = Callable[[State], msgspec.Struct]
F = TypeVar("F", bound=msgspec.Struct)
KINDS: dict[str, type[msgspec.Struct]] = {
    "data_steward": StewardFinding,
    "response_analyst": AnalystFinding,
    "allocator": AllocatorFinding,
    "critic": CriticFinding,
    "narrator": NarratorFinding,
}


def encode(finding: msgspec.Struct) -> bytes:
    return msgspec.msgpack.encode(finding, order="deterministic")


def decode(data: bytes, kind: type[F]) -> F:
    return msgspec.msgpack.decode(data, type=kind)


def days_of(brief: Brief) -> int:
    return (brief.end - brief.start).days + 1
