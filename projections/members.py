"""Who may see and do what in a workspace?"""

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection

from events import store
from events.envelope import Recorded, stream_of
from events.workspace import MemberAdded, MemberRemoved, Months, Role, SettingsChanged, WorkspaceCreated
from projections.as_of import rows_as_of
from projections.read_model import METADATA, Folded, select

VERSION = 3
_END = 2**63 - 1
"""After every position that a log can have."""
_RANK: dict[Role, int] = {"viewer": 1, "planner": 2, "owner": 3}


class Member(msgspec.Struct, frozen=True, kw_only=True):
    user: str
    name: str
    role: Role


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: str
    currency: str
    locale: str
    role: Role | None
    """Of the person who asks; None when nobody in particular does."""
    keep_superseded_months: Months | None = None


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace with its members by user."""

    workspace: str
    title: str
    currency: str
    locale: str
    members: dict[str, Member] = {}
    keep_superseded_months: Months | None = None
    """How long originals of superseded revisions stay; None for ever."""


class NoAccess(Exception):
    """A person asked for something that their role does not cover. The message is for them."""

    def __init__(self, role: Role | None, at_least: Role) -> None:
        super().__init__(
            "You are not a member of this workspace. Ask one of its owners to add you."
            if role is None
            else f"This needs the role of {at_least}, and yours is {role}. Ask an owner of the workspace to change it."
        )


TABLE = sa.Table(
    "workspaces",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("members", JSONB, nullable=False),
    sa.Column("keep_superseded_months", sa.SmallInteger),
)
sa.Index("workspaces_members", TABLE.c.members, postgresql_using="gin")


def key(recorded: Recorded) -> tuple[str]:
    return (recorded.workspace,)


def _created(row: Membership | None, event: WorkspaceCreated, recorded: Recorded) -> Membership:
    return Membership(
        workspace=recorded.workspace,
        title=event.title,
        currency=event.currency,
        locale=event.locale,
        members=row.members if row else {},
    )


def _changed(row: Membership | None, event: SettingsChanged, _recorded: Recorded) -> Membership | None:
    return row and msgspec.structs.replace(
        row,
        title=event.title,
        currency=event.currency,
        locale=event.locale,
        keep_superseded_months=event.keep_superseded_months,
    )


def _added(row: Membership | None, event: MemberAdded, _recorded: Recorded) -> Membership | None:
    member = Member(user=event.user, name=event.name, role=event.role)
    return row and msgspec.structs.replace(row, members={**row.members, event.user: member})


def _removed(row: Membership | None, event: MemberRemoved, _recorded: Recorded) -> Membership | None:
    if row is None:
        return None
    left = {user: member for user, member in row.members.items() if user != event.user}
    return msgspec.structs.replace(row, members=left)


MODEL = Folded(
    name="members",
    version=VERSION,
    table=TABLE,
    row=Membership,
    key=key,
    folds={WorkspaceCreated: _created, SettingsChanged: _changed, MemberAdded: _added, MemberRemoved: _removed},
)


def of(connection: Connection, workspace: str) -> list[Member]:
    """Members of a workspace, by name."""
    standing = _now(connection, workspace)
    return sorted(standing.members.values(), key=lambda member: member.name.casefold()) if standing else []


def role(connection: Connection, workspace: str, user: str) -> Role | None:
    standing = _now(connection, workspace)
    member = standing.members.get(user) if standing else None
    return member.role if member else None


def require(connection: Connection, workspace: str, user: str, at_least: Role) -> None:
    """Raise NoAccess unless the person has this role or a higher one: viewer < planner < owner."""
    held = role(connection, workspace, user)
    if held is None or _RANK[held] < _RANK[at_least]:
        raise NoAccess(held, at_least)


def workspaces(connection: Connection, user: str) -> list[Workspace]:
    """The workspaces that a person is a member of, by title."""
    rows = select(connection, MODEL, "members ? %s ORDER BY lower(title), workspace", [user])
    return [_seen_by(row, user) for row in rows]


def wishing_to_erase(connection: Connection) -> list[str]:
    """Workspaces that do not keep the originals of superseded revisions for ever."""
    return [
        row.workspace for row in select(connection, MODEL, "keep_superseded_months IS NOT NULL ORDER BY workspace", [])
    ]


def workspace(connection: Connection, workspace: str) -> Workspace | None:
    standing = _now(connection, workspace)
    return _seen_by(standing, None) if standing else None


def standing(connection: Connection, workspace: str, at: int | None = None) -> Membership | None:
    """The workspace with its members, now or as it stood right after a position."""
    return _now(connection, workspace) if at is None else _at(connection, workspace, at)


def names(connection: Connection, workspace: str, at: int | None = None) -> dict[str, str]:
    """How everybody who ever was a member is called, by user: the history names those who left, too."""
    stream = stream_of(workspace, "workspace", "self")
    told = store.read(connection, stream=stream, names=[MemberAdded.NAME], until=at)
    return {one.event.user: one.event.name for one in told if isinstance(one.event, MemberAdded)}


def _seen_by(row: Membership, user: str | None) -> Workspace:
    return Workspace(
        id=row.workspace,
        title=row.title,
        currency=row.currency,
        locale=row.locale,
        role=row.members[user].role if user else None,
        keep_superseded_months=row.keep_superseded_months,
    )


def _now(connection: Connection, workspace: str) -> Membership | None:
    """Fold the short stream itself: a right that was taken away is gone at once, whatever the follower does."""
    return _at(connection, workspace, _END)


def _at(connection: Connection, workspace: str, at: int) -> Membership | None:
    stream = stream_of(workspace, "workspace", "self")
    rows = rows_as_of(connection, MODEL, workspace, at, stream=stream)
    return rows[0] if rows else None
