"""How good were earlier plans? Those that were approved and followed, and whose time is over, against what happened."""

from dataclasses import dataclass
from statistics import median

from sqlalchemy.engine import Connection

from events.plan import DistributionPlan, TrackRecord
from projections import actuals, performance, plans
from projections.actuals import Actuals
from projections.plans import Plan

MOST = 30
"""The newest plans say most about the next one."""


@dataclass(frozen=True)
class Tried:
    """A plan whose time has begun, and how it goes."""

    plan: Plan
    actuals: Actuals

    @property
    def counts(self) -> bool:
        """A plan that nobody followed or whose time is not over says nothing about planning."""
        return self.actuals.over and self.actuals.followed and self.actuals.inside is not None


def of(connection: Connection, workspace: str, at: int | None = None) -> TrackRecord:
    """The record of a workspace as of now or of a position of the log."""
    return record(tried(connection, workspace, plans.of(connection, workspace, at), at))


def tried(connection: Connection, workspace: str, known: list[Plan], at: int | None = None) -> list[Tried]:
    """The approved plans of a workspace whose time has begun, the newest first; `known` are its plans."""
    standing = [
        plan for plan in known if plan.decision == "approved" and plan.result and plan.result.distribution_plan.lines
    ]
    groups: dict[tuple[str, tuple[str, ...] | None], dict[str, DistributionPlan]] = {}
    for plan in standing[:MOST]:
        assert plan.result is not None
        files = None if plan.brief.file_ids is None else tuple(plan.brief.file_ids)
        groups.setdefault((plan.brief.currency, files), {})[plan.campaign_id] = plan.result.distribution_plan
    found: dict[str, Actuals] = {}
    for (currency, files), splits in groups.items():
        first = min(split.start for split in splits.values()) - actuals.BEFORE
        last = max(split.end for split in splits.values())
        rows = performance.between(connection, workspace, first, last, currency, at=at, file_ids=files)
        for campaign_id, split in splits.items():
            if came := actuals.compare(split, rows):
                found[campaign_id] = came
    return [Tried(plan, found[plan.campaign_id]) for plan in standing if plan.campaign_id in found]


def record(tried_plans: list[Tried]) -> TrackRecord:
    counted = [one.actuals for one in tried_plans if one.counts]
    errors = [abs(one.error) for one in counted if one.error is not None]
    return TrackRecord(
        plans=len(counted),
        inside=sum(1 for one in counted if one.inside),
        median_error=round(median(errors), 4) if errors else 0.0,
    )
