"""Settings: the connection, members and roles, the workspace, and whether every service does its part."""

from datetime import UTC, datetime

import streamlit as st

from dashboard import parts, visits
from dashboard.access import reads, services
from dashboard.views.settings import Pulse, connection_view, kept_originals, service_lines
from dashboard.workspace import connection, member_forms, workspace_form

visit = visits.here()
say, place, voice = visit.say, visit.place, visit.voice


def show_services() -> None:
    health = reads.health(place)
    pulse = Pulse(
        database=True,
        workflows=services.temporal().answers(),
        workers=services.temporal().has_workers(),
        events_behind=health.behind,
        read_models_seen_at=health.seen_at,
        last_checked_at=reads.freshness(place, datetime.now(UTC)).last_checked_at,
    )
    labels = say("settings.service"), say("settings.state"), say("settings.note")
    lines = service_lines(voice, pulse, connection_view(voice, reads.drive(place)))
    rows = [dict(zip(labels, (one.name, one.badge.label, one.note), strict=True)) for one in lines]
    parts.show_table(rows, say("settings.services_table"))


parts.title(say("page.settings"))
parts.freshness_line(visit)
connection.card(visit, may_end=True)
with st.container(border=True):
    parts.heading(say("settings.members"))
    member_forms.show(visit, reads.people(place))
with st.container(border=True):
    parts.heading(say("settings.workspace"))
    workspace_form.show(visit)
with st.container(border=True):
    parts.heading(say("settings.kept"))
    st.markdown(say("settings.kept_body", keep=kept_originals(voice, visit.workspace.keep_superseded_months)))
with st.container(border=True):
    parts.heading(say("settings.services"))
    show_services()
