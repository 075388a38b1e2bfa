"""What plans were asked for, what came out, and what did people decide?"""

from datetime import datetime
from typing import Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection

from events.envelope import Recorded, stream_of
from events.plan import (
    Brief,
    DecisionUndone,
    PlanApproved,
    PlanChangesRequested,
    PlanDeclined,
    PlanFailed,
    PlanPartiallyProduced,
    PlanProduced,
    PlanRequested,
    PlanResult,
    SourceFile,
)
from projections.as_of import rows_as_of
from projections.read_model import METADATA, Folded, of_stream, select

Decision = Literal["approved", "declined", "changes_requested"]
Decided = PlanApproved | PlanDeclined | PlanChangesRequested

VERSION = 2


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    workspace: str
    campaign_id: str
    brief: Brief
    status: Literal["waiting", "ready", "partial", "failed"]
    requested_by: str
    requested_at: datetime
    planning_id: str | None = None
    produced_at: datetime | None = None
    result: PlanResult | None = None
    sources: list[SourceFile] = []
    draws: str | None = None
    """Blob address of the kept posterior draws."""
    failure: str | None = None
    """Why there is no result, in a sentence."""
    decision: Decision | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_note: str = ""
    """Why it was declined, or what should change."""
    position: int
    """Of the newest event about this plan."""


TABLE = sa.Table(
    "plans",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("campaign_id", sa.Text, primary_key=True),
    sa.Column("brief", JSONB, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("planning_id", sa.Text),
    sa.Column("produced_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("result", JSONB),
    sa.Column("sources", JSONB, nullable=False),
    sa.Column("draws", sa.Text),
    sa.Column("failure", sa.Text),
    sa.Column("decision", sa.Text),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("decision_note", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)


def _requested(_row: Plan | None, event: PlanRequested, recorded: Recorded) -> Plan:
    workspace, campaign_id = of_stream(recorded)
    return Plan(
        workspace=workspace,
        campaign_id=campaign_id,
        brief=event.brief,
        status="waiting",
        requested_by=recorded.meta.actor,
        requested_at=recorded.at,
        position=recorded.position,
    )


def _produced(row: Plan | None, event: PlanProduced | PlanPartiallyProduced, recorded: Recorded) -> Plan | None:
    return row and msgspec.structs.replace(
        row,
        status="ready" if isinstance(event, PlanProduced) else "partial",
        planning_id=event.planning_id,
        produced_at=recorded.at,
        result=event.result,
        sources=event.sources,
        draws=event.draws,
        failure=None,
        position=recorded.position,
    )


def _failed(row: Plan | None, event: PlanFailed, recorded: Recorded) -> Plan | None:
    return row and msgspec.structs.replace(
        row, status="failed", planning_id=event.planning_id, failure=event.reason, position=recorded.position
    )


def _decided(row: Plan | None, event: Decided, recorded: Recorded) -> Plan | None:
    decision, note = decided(event)
    return row and msgspec.structs.replace(
        row,
        decision=decision,
        decided_by=recorded.meta.actor,
        decided_at=recorded.at,
        decision_note=note,
        position=recorded.position,
    )


def _undone(row: Plan | None, _event: DecisionUndone, recorded: Recorded) -> Plan | None:
    return row and msgspec.structs.replace(
        row, decision=None, decided_by=None, decided_at=None, decision_note="", position=recorded.position
    )


def decided(event: Decided) -> tuple[Decision, str]:
    """What a person decided, and the words they left with it."""
    match event:
        case PlanApproved():
            return "approved", ""
        case PlanDeclined():
            return "declined", event.reason
        case PlanChangesRequested():
            return "changes_requested", event.note


MODEL = Folded(
    name="plans",
    version=VERSION,
    table=TABLE,
    row=Plan,
    key=of_stream,
    folds={
        PlanRequested: _requested,
        PlanProduced: _produced,
        PlanPartiallyProduced: _produced,
        PlanFailed: _failed,
        PlanApproved: _decided,
        PlanDeclined: _decided,
        PlanChangesRequested: _decided,
        DecisionUndone: _undone,
    },
)


def of(connection: Connection, workspace: str, at: int | None = None) -> list[Plan]:
    """Every plan that was asked for, the newest request first."""
    if at is None:
        return select(connection, MODEL, "workspace = %s ORDER BY requested_at DESC, campaign_id", [workspace])
    rows = rows_as_of(connection, MODEL, workspace, at)
    return sorted(rows, key=lambda row: (-row.requested_at.timestamp(), row.campaign_id))


def one(connection: Connection, workspace: str, campaign_id: str, at: int | None = None) -> Plan | None:
    if at is None:
        rows = select(connection, MODEL, "workspace = %s AND campaign_id = %s", [workspace, campaign_id])
    else:
        rows = rows_as_of(connection, MODEL, workspace, at, stream=stream_of(workspace, "plan", campaign_id))
    return rows[0] if rows else None


def newest_with_curves(connection: Connection, workspace: str) -> Plan | None:
    """The plan made last that kept its curves."""
    condition = "workspace = %s AND draws IS NOT NULL ORDER BY produced_at DESC, campaign_id LIMIT 1"
    return next(iter(select(connection, MODEL, condition, [workspace])), None)
