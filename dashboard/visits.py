"""One look at the dashboard: who looks at which workspace, as of when, and how they are spoken to.

Everything that makes a view is in the address, so that a page can be shared, reloaded, and survives a restart.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.access import reads
from dashboard.access.reads import Place
from dashboard.serving import sign_in
from dashboard.views.history import Names
from dashboard.voice import Voice, voice_of
from dashboard.words import Words
from events.workspace import Role
from projections.members import Workspace

_RANK: dict[Role | None, int] = {None: 0, "viewer": 1, "planner": 2, "owner": 3}


class Stranger(Exception):
    """The person is not a member of the workspace in the address."""


@dataclass(frozen=True)
class Visit:
    place: Place
    workspace: Workspace
    voice: Voice

    @property
    def say(self) -> Words:
        return self.voice.say

    @property
    def past(self) -> bool:
        return self.place.at is not None

    def may(self, role: Role) -> bool:
        """Tell whether commands of this role are on: the past cannot be changed by anyone."""
        return not self.past and self.holds(role)

    def holds(self, role: Role) -> bool:
        return _RANK[self.workspace.role] >= _RANK[role]

    def address(self, **parameters: str) -> dict[str, str]:
        """Query parameters of another page of this workspace at this moment."""
        kept = {"workspace": self.place.workspace}
        if self.place.at is not None:
            kept["at"] = str(self.place.at)
        return kept | parameters


def here() -> Visit:
    """Read the visit from the address. Raises Stranger for a workspace of other people."""
    user = sign_in.user() or ""
    mine = {workspace.id: workspace for workspace in reads.workspaces(user)}
    wanted = sticky("workspace") or next(iter(mine), "")
    if wanted not in mine:
        raise Stranger
    workspace = mine[wanted]
    voice = voice_of(workspace.locale, workspace.currency, datetime.now(UTC), _zone())
    return Visit(Place(wanted, user, _position()), workspace, voice)


def names(visit: Visit) -> Names:
    """Names for the ids in sentences, as they were at the moment of the visit."""
    return Names(
        people=reads.names_of_people(visit.place),
        files={file.file_id: file.name for file in reads.campaign_files(visit.place)},
        plans={plan.campaign_id: plan.brief.title for plan in reads.all_plans(visit.place)},
    )


def sticky(name: str) -> str | None:
    """Read a parameter that stays when the page changes: navigation drops the address's parameters."""
    value = st.query_params.get(name) or st.session_state.get(f"visit.{name}")
    if value:
        st.session_state[f"visit.{name}"] = value
        if st.query_params.get(name) != value:
            st.query_params[name] = value
    return value


def go(parameters: Mapping[str, str | None]) -> None:
    """Change sticky parameters; None lets one go."""
    for name, value in parameters.items():
        st.session_state[f"visit.{name}"] = value
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value


def _position() -> int | None:
    text = sticky("at") or ""
    return int(text) if text.isascii() and text.isdigit() else None


def _zone() -> tzinfo:
    """Give the reader's own time zone; UTC when the browser does not tell."""
    with suppress(Exception):
        return ZoneInfo(st.context.timezone or "UTC")
    return UTC
