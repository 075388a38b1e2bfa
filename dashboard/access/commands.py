"""Everything pages do. Each command checks the role, records the fact, and only then tells Temporal.

The order matters: whatever happens to Temporal, what a person asked for is in the log.
"""

from datetime import datetime

from sqlalchemy.engine import Connection as Database

from dashboard.access import reads, services
from dashboard.access.reads import Place
from events import store
from events.campaign_file import RefreshRequested
from events.envelope import Event, Meta, Recorded, business_key, stream_of
from events.integration import IntegrationDisconnected, IntegrationRequested
from events.plan import (
    Brief,
    DecisionUndone,
    PlanApproved,
    PlanChangesRequested,
    PlanDeclined,
    PlanRequested,
)
from events.workspace import MemberAdded, MemberRemoved, Role, SettingsChanged
from projections import members
from projections.plans import Decided, Decision
from worker.contracts import (
    PLATFORM_GOOGLE_DRIVE,
    ForceRefresh,
    IntegrationInput,
    PlanningInput,
    integration_workflow_id,
    planning_workflow_id,
)

FOLLOWED_LIVE = 0.08
"""Seconds that a click waits for the read models where the page looks again by itself."""


class PastIsFixed(Exception):
    """A command was given while looking at the past."""


class Superseded(Exception):
    """Someone else decided meanwhile; the page must be read again."""


class LastOwner(Exception):
    """Without an owner nobody could let anyone in."""


def request_refresh(place: Place, request_id: str, file_id: str | None = None) -> None:
    """Ask Drive for changes now; with a file, read that one again even when Drive says that it is unchanged.

    The page that asks follows the check live, so it hardly waits for the read models.
    """
    asked = RefreshRequested(file_id=file_id, request_id=request_id)
    _record(place, "planner", "sync", "self", [asked], request_id, settles_within=FOLLOWED_LIVE)
    services.temporal().force_refresh(place.workspace, ForceRefresh(file_id))


def begin_connection(place: Place, now: datetime) -> str:
    """Record the attempt and start its workflow, which waits for Google's answer. Returns the attempt's id."""
    attempt = integration_workflow_id(place.user, int(now.timestamp()))
    asked = IntegrationRequested(platform=PLATFORM_GOOGLE_DRIVE, user=place.user, attempt=attempt)
    _record(place, "planner", "integration", PLATFORM_GOOGLE_DRIVE, [asked], attempt, workflow_id=attempt)
    services.temporal().start_integration(
        attempt, IntegrationInput(user_id=place.user, platform=PLATFORM_GOOGLE_DRIVE, workspace_id=place.workspace)
    )
    return attempt


def disconnect(place: Place) -> None:
    """End the connection: the next check gives the grant back to Google. What was read stays."""
    standing = reads.drive(place)
    if standing is None or standing.status != "connected":
        return
    ended = IntegrationDisconnected(platform=PLATFORM_GOOGLE_DRIVE, user=place.user)
    key = f"disconnected {standing.attempt}"
    _record(place, "planner", "integration", PLATFORM_GOOGLE_DRIVE, [ended], key)
    services.temporal().force_refresh(place.workspace, ForceRefresh())


def request_plan(place: Place, campaign_id: str, brief: Brief, now: datetime) -> None:
    """Ask for a plan. The same campaign again, after a failure, is a new run of the same plan."""
    planning_id = planning_workflow_id(campaign_id, int(now.timestamp()))
    asked = PlanRequested(campaign_id=campaign_id, brief=brief)
    _record(place, "planner", "plan", campaign_id, [asked], planning_id, workflow_id=planning_id)
    _start_planning(place, campaign_id, planning_id)


def start_plan(place: Place, campaign_id: str) -> None:
    """Start the planning of a recorded request that Temporal never heard of. Starting twice is harmless."""
    with reads.opened(place) as connection:
        members.require(connection, place.workspace, place.user, "planner")
    planning_id = reads.planning_id(place, campaign_id)
    if planning_id is not None:
        _start_planning(place, campaign_id, planning_id)


def _start_planning(place: Place, campaign_id: str, planning_id: str) -> None:
    services.temporal().start_planning(planning_id, PlanningInput(campaign_id, place.workspace))


def decide_plan(place: Place, campaign_id: str, decision: Decision, note: str = "") -> None:
    """Record what a person decided. `note` says why it is declined, or what should change."""
    made: dict[Decision, Event] = {
        "approved": PlanApproved(campaign_id=campaign_id),
        "declined": PlanDeclined(campaign_id=campaign_id, reason=note),
        "changes_requested": PlanChangesRequested(campaign_id=campaign_id, note=note),
    }
    _move_plan(place, campaign_id, made[decision], decided=False)


def undo_decision(place: Place, campaign_id: str) -> None:
    _move_plan(place, campaign_id, DecisionUndone(campaign_id=campaign_id), decided=True)


def _move_plan(place: Place, campaign_id: str, event: Event, *, decided: bool) -> None:
    """Append a decision only to a plan that stands as the person saw it."""
    _refuse_the_past(place)
    stream = stream_of(place.workspace, "plan", campaign_id)
    with services.engine().begin() as connection:
        members.require(connection, place.workspace, place.user, "planner")
        told = store.read(connection, stream=stream)
        if not told or _is_decided(told) != decided:
            raise Superseded
        try:
            store.append(connection, stream, [event], meta=Meta(actor=place.user), expected=told[-1].version)
        except store.StreamMoved as error:
            raise Superseded from error
    reads.settle()


def _is_decided(told: list[Recorded]) -> bool:
    decided = False
    for recorded in told:
        if isinstance(recorded.event, Decided):
            decided = True
        elif isinstance(recorded.event, DecisionUndone | PlanRequested):
            decided = False
    return decided


def save_member(place: Place, user: str, name: str, role: Role) -> None:
    """Let someone in, or change their name or role."""
    _refuse_the_past(place)
    with services.engine().begin() as connection:
        members.require(connection, place.workspace, place.user, "owner")
        if role != "owner":
            _keep_an_owner(connection, place, without=user)
        _append_to_workspace(connection, place, MemberAdded(user=user, name=name, role=role))
    reads.settle()


def remove_member(place: Place, user: str) -> None:
    _refuse_the_past(place)
    with services.engine().begin() as connection:
        members.require(connection, place.workspace, place.user, "owner")
        _keep_an_owner(connection, place, without=user)
        _append_to_workspace(connection, place, MemberRemoved(user=user))
    reads.settle()


def change_settings(place: Place, settings: SettingsChanged) -> None:
    _refuse_the_past(place)
    with services.engine().begin() as connection:
        members.require(connection, place.workspace, place.user, "owner")
        _append_to_workspace(connection, place, settings)
    reads.settle()


def _append_to_workspace(connection: Database, place: Place, event: Event) -> None:
    store.append(connection, stream_of(place.workspace, "workspace", "self"), [event], meta=Meta(actor=place.user))


def _keep_an_owner(connection: Database, place: Place, *, without: str) -> None:
    owners = [one for one in members.of(connection, place.workspace) if one.role == "owner" and one.user != without]
    if not owners:
        raise LastOwner


def _record(
    place: Place,
    role: Role,
    kind: str,
    identifier: str,
    events: list[Event],
    key: str,
    workflow_id: str | None = None,
    settles_within: float = reads.SETTLES_WITHIN,
) -> None:
    """Append in one short transaction; `key` makes a repeated click one fact."""
    _refuse_the_past(place)
    with services.engine().begin() as connection:
        members.require(connection, place.workspace, place.user, role)
        store.append(
            connection,
            stream_of(place.workspace, kind, identifier),
            events,
            meta=Meta(actor=place.user, workflow_id=workflow_id),
            key=business_key(place.workspace, kind, key),
        )
    reads.settle(settles_within)


def _refuse_the_past(place: Place) -> None:
    if place.at is not None:
        raise PastIsFixed
