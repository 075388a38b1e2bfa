"""Events of a workspace: who may see and do what. Stream: `workspace/workspace/self`."""

from typing import Literal

from events.envelope import Event, named

Role = Literal["owner", "planner", "viewer"]
Months = Literal[6, 12, 24]


@named("workspace.created")
class WorkspaceCreated(Event, frozen=True, kw_only=True):
    title: str
    currency: str = "EUR"
    locale: str = "en"


@named("workspace.settings_changed")
class SettingsChanged(Event, frozen=True, kw_only=True):
    """How the workspace is called, and how money, numbers and dates are written in it: all of it, as it is from now on.

    `currency` is an ISO 4217 code; `locale` one that CLDR knows, such as de_AT.
    """

    title: str
    currency: str
    locale: str
    keep_superseded_months: Months | None = None
    """How long the original of a revision stays after a newer one came; None for ever."""


@named("workspace.member_added")
class MemberAdded(Event, frozen=True, kw_only=True):
    """`user` is the stable subject of the sign-in; `name` is what people call them."""

    user: str
    name: str
    role: Role


@named("workspace.member_removed")
class MemberRemoved(Event, frozen=True, kw_only=True):
    user: str
