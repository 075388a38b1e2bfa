"""What the log says about who and what caused an event: the person, and the activity's place in Temporal."""

from temporalio import activity

from events.envelope import Meta


def because_of(actor: str) -> Meta:
    """`actor` is a user id, or "system" when a timer did it."""
    info = activity.info()
    return Meta(actor=actor, workflow_id=info.workflow_id, run_id=info.workflow_run_id, activity=info.activity_type)
