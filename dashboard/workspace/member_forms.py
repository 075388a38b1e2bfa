"""Members and their roles: everyone sees them, owners change them."""

from typing import get_args

import streamlit as st

from dashboard import parts, problems
from dashboard.access import commands
from dashboard.views.settings import member_lines
from dashboard.visits import Visit
from events.workspace import Role
from projections.members import Member

ROLES: tuple[Role, ...] = get_args(Role)


def show(visit: Visit, people: list[Member]) -> None:
    say = visit.say
    labels = say("settings.member"), say("settings.role")
    rows = [
        dict(zip(labels, (say("settings.you", name=one.name) if one.is_you else one.name, one.role), strict=True))
        for one in member_lines(visit.voice, people, visit.place.user)
    ]
    parts.show_table(rows, say("settings.members_table"))
    parts.note(say("settings.roles_note"))
    if visit.may("owner"):
        with st.container(horizontal=True):
            _show_add(visit)
            _show_remove(visit, {member.user: member.name for member in people})
    else:
        parts.note(say("past.disabled" if visit.past else "settings.only_owners"))


def _show_add(visit: Visit) -> None:
    say = visit.say
    with parts.folded_form("add_member", say("settings.add"), ":material/person_add:"):
        st.text_input(say("settings.add_user"), key="member_user", max_chars=200)
        st.text_input(say("settings.add_name"), key="member_name", max_chars=100)
        least = len(ROLES) - 1
        st.selectbox(
            say("settings.add_role"), ROLES, least, format_func=lambda role: say(f"role.{role}"), key="member_role"
        )
        st.form_submit_button(say("settings.add_button"), on_click=_save, args=(visit,))


def _save(visit: Visit) -> None:
    say = visit.say
    user, name = (str(st.session_state[key] or "").strip() for key in ("member_user", "member_name"))
    role: Role = st.session_state["member_role"]
    if not user or not name:
        problems.tell(say("settings.name_missing"))
        return
    with problems.told(say):
        commands.save_member(visit.place, user, name, role)
        parts.close_form("add_member")
        st.session_state["member_user"] = st.session_state["member_name"] = ""
        st.toast(say("settings.saved", name=parts.plain(name), role=say(f"role.{role}")), icon=":material/check:")


def _show_remove(visit: Visit, names: dict[str, str]) -> None:
    say = visit.say
    with parts.folded_form("remove_member", say("settings.remove"), ":material/person_remove:"):
        st.selectbox(
            say("settings.member"),
            list(names),
            index=None,
            placeholder=say("settings.remove_whom"),
            format_func=lambda user: names[user],
            key="member_removed",
        )
        st.form_submit_button(say("settings.remove_button"), on_click=_remove, args=(visit, names))


def _remove(visit: Visit, names: dict[str, str]) -> None:
    user = st.session_state["member_removed"]
    if user is None:
        problems.tell(visit.say("settings.nobody_chosen"))
        return
    with problems.told(visit.say):
        commands.remove_member(visit.place, user)
        parts.close_form("remove_member")
        st.toast(visit.say("settings.removed", name=parts.plain(names[user])), icon=":material/check:")
