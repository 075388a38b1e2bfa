"""Connections, members, plans and the history of all of them."""

from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine

from events import store
from events.envelope import Event, Meta
from events.integration import (
    AccessLost,
    IntegrationDisconnected,
    IntegrationFailed,
    IntegrationReconnected,
    IntegrationRequested,
)
from events.plan import (
    DecisionUndone,
    PlanApproved,
    PlanChangesRequested,
    PlanDeclined,
    PlanFailed,
    PlanPartiallyProduced,
    PlanRequested,
)
from events.workspace import MemberAdded, MemberRemoved, SettingsChanged, WorkspaceCreated
from projections import connections, follower, history, members, plans, replay
from projections.members import NoAccess
from tests.events.samples import META, brief, connected, discovered, produced, requested, result, synced

ANA, BO = Meta(actor="ana"), Meta(actor="bo")
REQUESTED = IntegrationRequested(platform="google_drive", user="ana", attempt="a1")
FAILED = IntegrationFailed(platform="google_drive", user="ana", attempt="a1", code="denied", reason="Try again.")
LOST = AccessLost(platform="google_drive", reason="Access ended. Reconnect.")
AGAIN = IntegrationReconnected(
    platform="google_drive", user="ana", attempt="a2", account="ana@example.com", scopes=[], vault_handle="handle-2"
)
GONE = IntegrationDisconnected(platform="google_drive", user="ana")
SECOND = IntegrationRequested(platform="google_drive", user="bo", attempt="a2")


def tell(engine: Engine, stream: str, *events: Event, meta: Meta = META) -> None:
    with engine.begin() as connection:
        store.append(connection, stream, events, meta=meta)
    follower.catch_up(engine)


@pytest.mark.parametrize(
    ("told", "status", "reason"),
    [
        ([REQUESTED], "requested", None),
        ([REQUESTED, connected()], "connected", None),
        ([REQUESTED, FAILED], "failed", "Try again."),
        ([FAILED], "failed", "Try again."),
        ([REQUESTED, FAILED, SECOND], "requested", "Try again."),
        ([connected(), LOST], "access_lost", "Access ended. Reconnect."),
        ([connected(), LOST, AGAIN], "connected", None),
        ([connected(), SECOND], "connected", None),
        ([connected(), SECOND, FAILED], "connected", None),
        ([connected(), GONE], "disconnected", None),
    ],
)
def test_a_connection_shows_where_it_stands(engine: Engine, told: list[Event], status: str, reason: str | None) -> None:
    tell(engine, "w/integration/google_drive", *told)

    with engine.connect() as connection:
        (found,) = connections.of(connection, "w")
        assert (status, reason) == (found.status, found.reason)
        assert [found] == connections.of(connection, "w", at=len(told))
        assert [] == connections.of(connection, "v")
        assert (found.vault_handle is None) == (status in {"requested", "failed", "disconnected"})


def test_roles_decide_what_a_person_may_do(engine: Engine) -> None:
    tell(
        engine,
        "w/workspace/self",
        WorkspaceCreated(title="Acme", currency="CHF", locale="de"),
        MemberAdded(user="ana", name="Ana", role="owner"),
        MemberAdded(user="bo", name="Bo", role="viewer"),
    )
    tell(engine, "v/workspace/self", WorkspaceCreated(title="Beta"), MemberAdded(user="bo", name="Bo", role="planner"))

    with engine.connect() as connection:
        members.require(connection, "w", "ana", "owner")
        members.require(connection, "w", "bo", "viewer")
        with pytest.raises(NoAccess, match="needs the role of planner, and yours is viewer"):
            members.require(connection, "w", "bo", "planner")
        with pytest.raises(NoAccess, match="not a member"):
            members.require(connection, "v", "ana", "viewer")
        assert [("w", "viewer"), ("v", "planner")] == [
            (each.id, each.role) for each in members.workspaces(connection, "bo")
        ]
        assert ["Ana", "Bo"] == [member.name for member in members.of(connection, "w")]
        found = members.workspace(connection, "w")
        assert found is not None
        assert ("Acme", "CHF", "de") == (found.title, found.currency, found.locale)
        assert members.workspace(connection, "nowhere") is None


def test_a_workspace_is_written_as_it_was_last_set(engine: Engine) -> None:
    tell(
        engine,
        "w/workspace/self",
        WorkspaceCreated(title="Acme"),
        MemberAdded(user="ana", name="Ana", role="owner"),
        SettingsChanged(title="Acme Europe", currency="CHF", locale="de_CH"),
    )

    with engine.connect() as connection:
        found = members.workspaces(connection, "ana")[0]
        assert ("Acme Europe", "CHF", "de_CH", "owner") == (found.title, found.currency, found.locale, found.role)


def test_a_right_that_was_taken_away_is_gone_at_once(engine: Engine) -> None:
    tell(engine, "w/workspace/self", WorkspaceCreated(title="A"), MemberAdded(user="bo", name="Bo", role="owner"))
    with engine.begin() as connection:
        store.append(connection, "w/workspace/self", [MemberRemoved(user="bo")], meta=ANA)

    with engine.connect() as connection, pytest.raises(NoAccess):  # the follower has not been here
        members.require(connection, "w", "bo", "viewer")


PARTIAL = PlanPartiallyProduced(campaign_id="c1", planning_id="p2", result=result(), sources=[], draws=None)
CHANGES = PlanChangesRequested(campaign_id="c1", note="Less Display.")
PLAN_FAILED = PlanFailed(campaign_id="c1", planning_id="p1", reason="No file holds spend.")


@pytest.mark.parametrize(
    ("told", "status", "decision"),
    [
        ([requested()], "waiting", None),
        ([requested(), produced()], "ready", None),
        ([requested(), PARTIAL], "partial", None),
        ([requested(), PLAN_FAILED], "failed", None),
        ([requested(), produced(), PlanApproved(campaign_id="c1")], "ready", "approved"),
        ([requested(), produced(), PlanDeclined(campaign_id="c1", reason="Bold")], "ready", "declined"),
        ([requested(), produced(), PlanApproved(campaign_id="c1"), DecisionUndone(campaign_id="c1")], "ready", None),
        ([requested(), produced(), PlanApproved(campaign_id="c1"), requested()], "waiting", None),
        ([requested(), produced(), CHANGES], "ready", "changes_requested"),
    ],
)
def test_a_plan_shows_where_it_stands(engine: Engine, told: list[Event], status: str, decision: str | None) -> None:
    tell(engine, "w/plan/c1", *told)

    with engine.connect() as connection:
        found = plans.one(connection, "w", "c1")
        assert found is not None
        assert (status, decision) == (found.status, found.decision)
        assert brief() == found.brief
        assert (status in {"ready", "partial"}) == (found.result is not None)
        assert [found] == plans.of(connection, "w") == plans.of(connection, "w", at=len(told))
        assert found == plans.one(connection, "w", "c1", at=len(told))
        assert plans.one(connection, "v", "c1") is None


def test_a_decision_keeps_who_made_it_and_their_words(engine: Engine) -> None:
    tell(engine, "w/plan/c1", requested(), produced())
    tell(engine, "w/plan/c1", CHANGES, meta=BO)

    with engine.connect() as connection:
        found = plans.one(connection, "w", "c1")
    assert found is not None
    assert ("bo", "Less Display.") == (found.decided_by, found.decision_note)


def test_plans_are_listed_newest_first_and_keep_the_whole_result(engine: Engine) -> None:
    tell(engine, "w/plan/c1", requested(), produced(), meta=ANA)
    tell(engine, "w/plan/c2", PlanRequested(campaign_id="c2", brief=brief()), meta=BO)

    with engine.connect() as connection:
        newest, oldest = plans.of(connection, "w")
    assert ("c2", "bo", "c1", "ana") == (
        newest.campaign_id,
        newest.requested_by,
        oldest.campaign_id,
        oldest.requested_by,
    )
    assert result() == oldest.result


def test_history_is_filtered_by_who_what_and_when(engine: Engine) -> None:
    tell(engine, "w/file/a/b", discovered("a/b"), synced("a/b"), meta=ANA)
    tell(engine, "w/file/f2", synced("f2"), meta=BO)
    tell(engine, "w/plan/c1", requested(), meta=BO)
    tell(engine, "v/plan/c1", requested(), meta=BO)

    with engine.connect() as connection:

        def positions(workspace: str = "w", **filters: object) -> list[int]:
            return [entry.position for entry in history.of(connection, workspace, **filters)]  # type: ignore[arg-type]

        moments = {recorded.position: recorded.at for recorded in store.read(connection)}
        assert [4, 3, 2, 1] == positions()
        assert [5] == positions("v")
        assert [] == positions("u")
        assert [4, 3] == positions(actor="bo")
        assert [2, 1] == positions(file_id="a/b")
        assert [4] == positions(campaign_id="c1")
        assert [3, 2] == positions(names=["file.synced"])
        assert [] == positions(names=[])
        assert [3] == positions(names=["file.synced"], actor="bo")
        assert [4, 3] == positions(since=moments[3])
        assert [3, 2, 1] == positions(until=moments[3])
        assert [2, 1] == positions(at=2)
        assert [3, 2] == positions(before=4, limit=2)
        assert [] == positions(since=moments[5] + timedelta(seconds=1))
        first = history.of(connection, "w", at=1)[0]
    assert ("file", "a/b", "file.discovered", discovered("a/b")) == (
        first.kind,
        first.subject,
        first.name,
        first.event,
    )


def test_replay_goes_through_the_past_step_by_step(engine: Engine) -> None:
    tell(engine, "w/integration/google_drive", connected())
    tell(engine, "w/file/f1", discovered(), synced())
    tell(engine, "w/plan/c1", requested(), produced())
    tell(engine, "v/file/f1", discovered())

    with engine.connect() as connection:
        steps = list(replay.events(connection, until=5, workspace="w"))
        assert [1, 2, 3, 4, 5] == [step.position for step in steps]
        seen = [replay.state(connection, "w", step.position) for step in steps]
        assert [1, 1, 1, 1, 1] == [len(state.connections) for state in seen]
        assert [[], ["waiting"], ["up_to_date"], ["up_to_date"], ["up_to_date"]] == [
            [file.status for file in state.files] for state in seen
        ]
        assert ["waiting", "ready"] == [state.plans[0].status for state in seen[3:]]
        assert [2, 3] == [step.position for step in replay.events(connection, until=6, stream="w/file/f1")]
