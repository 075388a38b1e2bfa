"""Events of a workspace: who may see and do what. Stream: `workspace/workspace/self`."""

from typing import Literal

from events.envelope import Event, named

Role = Literal["owner", "planner", "viewer"]


@named("workspace.created")
class WorkspaceCreated(Event, frozen=True, kw_only=True):
    title: str
    currency: str = "EUR"
    locale: str = "en"


@named("workspace.member_added")
class MemberAdded(Event, frozen=True, kw_only=True):
    """`user` is the stable subject of the sign-in; `name` is what people call them."""

    user: str
    name: str
    role: Role


@named("workspace.member_removed")
class MemberRemoved(Event, frozen=True, kw_only=True):
    user: str
