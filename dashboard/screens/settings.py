"""Settings: the connection, members and roles, the workspace, and whether every service does its part."""

from datetime import UTC, date, datetime
from typing import get_args

import streamlit as st

from dashboard import commands, connection, parts, problems, reads, services, visits
from dashboard.views.settings import Pulse, connection_view, member_lines, service_lines
from events.workspace import Role

visit = visits.here()
say, place, voice = visit.say, visit.place, visit.voice
people = reads.people(place)


def save() -> None:
    user, name, role = (
        str(st.session_state[key] or "").strip() for key in ("member_user", "member_name", "member_role")
    )
    if not user or not name:
        st.error(say("settings.name_missing"))
        return
    with problems.told(say):
        commands.save_member(place, user, name, next(one for one in get_args(Role) if one == role))
        st.toast(say("settings.saved", name=name, role=say(f"role.{role}")), icon=":material/check:")


def remove() -> None:
    user = st.session_state["member_removed"]
    with problems.told(say):
        commands.remove_member(place, user)
        st.toast(say("settings.removed", name=names[user]), icon=":material/check:")


def show_members() -> None:
    lines = member_lines(voice, people, place.user)
    rows = [
        {
            say("settings.member"): say("settings.you", name=one.name) if one.is_you else one.name,
            say("settings.role"): one.role,
        }
        for one in lines
    ]
    parts.show_table(rows, say("settings.members_table"))
    parts.note(say("settings.roles_note"))
    if not visit.may("owner"):
        parts.note(say("past.disabled" if visit.past else "settings.only_owners"))
        return
    with st.expander(say("settings.add")), st.form("add_member", border=False):
        st.text_input(say("settings.add_user"), key="member_user", max_chars=200)
        st.text_input(say("settings.add_name"), key="member_name", max_chars=100)
        st.selectbox(
            say("settings.add_role"), get_args(Role), format_func=lambda role: say(f"role.{role}"), key="member_role"
        )
        st.form_submit_button(say("settings.add_button"), on_click=save)
    with st.expander(say("settings.remove")), st.form("remove_member", border=False):
        st.selectbox(say("settings.member"), list(names), format_func=lambda user: names[user], key="member_removed")
        st.form_submit_button(say("settings.remove_button"), on_click=remove)


def show_services() -> None:
    health, freshness = reads.health(place), reads.freshness(place, datetime.now(UTC))
    pulse = Pulse(
        database=True,
        workflows=services.temporal().answers(),
        events_behind=health.behind,
        read_models_seen_at=health.seen_at,
        last_checked_at=freshness.last_checked_at,
    )
    labels = say("settings.service"), say("settings.state"), say("settings.note")
    lines = service_lines(voice, pulse, connection_view(voice, reads.drive(place)))
    rows = [dict(zip(labels, (one.name, one.badge.label, one.note), strict=True)) for one in lines]
    parts.show_table(rows, say("settings.services_table"))


names = {member.user: member.name for member in people}
parts.title(say("page.settings"))
parts.freshness_line(visit)
connection.card(visit)
with st.container(border=True):
    parts.heading(say("settings.members"))
    show_members()
with st.container(border=True):
    parts.heading(say("settings.workspace"))
    sample = say(
        "settings.sample", money=voice.figures.exact_money(1234567.5), day=voice.figures.day(date(2027, 3, 31))
    )
    parts.write(f"{visit.workspace.title} · {voice.figures.currency} · {voice.figures.locale}")
    parts.note(sample)
with st.container(border=True):
    parts.heading(say("settings.services"))
    show_services()
