"""Asking for a plan from a program. The request is an event first, so that nothing is lost when Temporal is away."""

from datetime import datetime

import sqlalchemy
from temporalio.client import Client

from events import store
from events.envelope import Meta, business_key, stream_of
from events.plan import Brief, PlanRequested
from projections import members
from worker.contracts import PLANNING_WORKFLOW, TASK_QUEUE, PlanningInput, planning_workflow_id


async def request_plan(
    engine: sqlalchemy.Engine, client: Client, workspace: str, user: str, campaign_id: str, brief: Brief, now: datetime
) -> str:
    """Record the request and start the workflow that answers it; returns the workflow's id.

    Raises NoAccess for a viewer or a stranger.
    """
    planning_id = planning_workflow_id(campaign_id, int(now.timestamp()))
    with engine.begin() as connection:
        members.require(connection, workspace, user, "planner")
        store.append(
            connection,
            stream_of(workspace, "plan", campaign_id),
            [PlanRequested(campaign_id=campaign_id, brief=brief)],
            meta=Meta(actor=user, workflow_id=planning_id),
            key=business_key(workspace, planning_id, "plan.requested"),
        )
    await client.start_workflow(
        PLANNING_WORKFLOW,
        PlanningInput(campaign_id=campaign_id, workspace_id=workspace),
        id=planning_id,
        task_queue=TASK_QUEUE,
    )
    return planning_id
