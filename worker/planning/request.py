"""Asking for a plan: the request is an event first, so that nothing is lost when Temporal is away."""

import uuid
from datetime import datetime

import sqlalchemy
from temporalio.client import Client

from events import store
from events.envelope import Meta, stream_of
from events.plan import Brief, PlanRequested
from projections import members
from worker.contracts import PLANNING_WORKFLOW, TASK_QUEUE, PlanningInput, planning_workflow_id


def record_request(engine: sqlalchemy.Engine, workspace: str, user: str, brief: Brief) -> str:
    """Append PlanRequested and return the new campaign id. Raises NoAccess for a viewer or a stranger."""
    campaign_id = uuid.uuid4().hex[:12]
    with engine.begin() as connection:
        members.require(connection, workspace, user, "planner")
        store.append(
            connection,
            stream_of(workspace, "plan", campaign_id),
            [PlanRequested(campaign_id=campaign_id, brief=brief)],
            meta=Meta(actor=user),
        )
    return campaign_id


async def start_planning(client: Client, workspace: str, campaign_id: str, now: datetime) -> str:
    """Start the workflow that answers a recorded request; its id is the planning id."""
    handle = await client.start_workflow(
        PLANNING_WORKFLOW,
        PlanningInput(campaign_id=campaign_id, workspace_id=workspace),
        id=planning_workflow_id(campaign_id, int(now.timestamp())),
        task_queue=TASK_QUEUE,
    )
    return handle.id


async def request_plan(
    engine: sqlalchemy.Engine, client: Client, workspace: str, user: str, brief: Brief, now: datetime
) -> str:
    campaign_id = record_request(engine, workspace, user, brief)
    await start_planning(client, workspace, campaign_id, now)
    return campaign_id
