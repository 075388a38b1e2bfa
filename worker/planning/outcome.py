"""What planning hands from one activity to the next, kept as blobs: gathered rows, and the outcome of the agents."""

from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

import msgspec

from events.plan import Brief, DistributionPlan, PlanResult, SourceFile, TrackRecord

if TYPE_CHECKING:
    from worker.planning.history import History
    from worker.planning.voice import Voice


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """The rows that a brief speaks of, as an Arrow file; with whom they belong to, so that no other reads them."""

    workspace: str
    campaign_id: str
    sources: list[SourceFile]
    currency: str
    rows: bytes
    language: str = "en"
    """The workspace's, for the sentences of the plan."""
    track: TrackRecord | None = None
    """How its earlier plans turned out."""

    def encode(self) -> bytes:
        return msgspec.msgpack.encode(self)

    def history(self) -> "History":
        import polars as pl

        from worker.planning.history import from_frame

        return from_frame(pl.read_ipc(BytesIO(self.rows)), self.sources, self.currency)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    workspace: str
    campaign_id: str
    result: PlanResult
    sources: list[SourceFile]
    draws: str | None
    """Blob address of the kept draws."""

    def encode(self) -> bytes:
        return msgspec.json.encode(self)


def nothing(brief: Brief, why: str, voice: "Voice") -> PlanResult:
    """The result when there is nothing to plan with: it splits no money and says why."""
    plan = DistributionPlan(
        lines=[],
        budget=brief.budget,
        spent=Decimal(0),
        currency=brief.currency,
        start=brief.start,
        end=brief.end,
        goal=brief.goal,
        response=brief.response,
        regime=brief.regime,
        level="none",
        expected=None,
        expected_current=None,
        uplift=None,
        probability_better=None,
        weeks=[],
        curves=[],
        data_version="",
        planner_version="",
        seed=brief.seed,
    )
    return PlanResult(
        distribution_plan=plan,
        insights=[],
        confidence_score=0.0,
        confidence_word="very low",
        confidence_drivers=[why],
        partial=True,
        missing=[voice.say("missing.split")],
        warnings=[why],
    )
