"""One event looked at closely, and the way to any past moment."""

from datetime import UTC, datetime, time

import msgspec
import streamlit as st

from dashboard import parts, visits
from dashboard.access import reads
from dashboard.files import changes
from dashboard.serving.settings import settings
from dashboard.views.differences import (
    Difference,
    connection_differences,
    file_differences,
    plan_differences,
    workspace_differences,
)
from dashboard.views.history import Names, event_line, technical
from dashboard.visits import Visit
from events.campaign_file import FileSynced
from projections.history import Entry


def travel(visit: Visit) -> None:
    """Offer a moment to go to; the pages show it by the position of the last event before it."""
    say = visit.say
    with st.popover(say("history.as_of"), icon=":material/history:", key="travel"):
        parts.note(say("history.as_of_note"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            written = visit.voice.figures.day_format
            day = st.date_input(
                say("history.as_of_day"), visit.voice.now.date(), format=written, key="as_of_day", width=200
            )
            at = st.time_input(say("history.as_of_time"), time(12, 0), key="as_of_time", width=160)
            if st.button(say("history.go"), icon=":material/history:") and day and at:
                _go(visit, datetime.combine(day, at, visit.voice.figures.zone).astimezone(UTC))


def _go(visit: Visit, moment: datetime) -> None:
    now = visit.place._replace(at=None)
    last = reads.last_event(now._replace(at=reads.position_at(now, moment)))
    if last is None:
        st.warning(visit.say("history.before_log"))
        return
    visits.go({"at": str(last.position)})
    st.rerun()


def show_chosen(visit: Visit, names: Names) -> None:
    """Show the event that the address names."""
    text = st.query_params.get("event", "")
    entry = reads.entry(visit.place, int(text)) if text.isascii() and text.isdigit() else None
    if entry is None:
        return
    say = visit.say
    line = event_line(visit.voice, entry, names)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            parts.heading(say("history.event", number=visit.voice.figures.number(entry.position)), width="stretch")
            st.button(say("history.close"), icon=":material/close:", on_click=parts.set_parameter, args=("event", None))
        parts.write(line.sentence)
        parts.note(f"{line.who} · {line.when}")
        parts.heading(say("history.difference"))
        _show_differences(visit, entry)
        with st.container(horizontal=True):
            st.button(
                say("history.travel"),
                icon=":material/history:",
                on_click=visits.go,
                args=({"at": str(entry.position)},),
            )
        _show_technical(visit, entry)


def _show_differences(visit: Visit, entry: Entry) -> None:
    say = visit.say
    found = _differences(visit, entry)
    if found:
        labels = say("history.fact"), say("history.before"), say("history.after")
        rows = [dict(zip(labels, (one.what, one.before, one.after), strict=True)) for one in found]
        parts.show_table(rows, say("history.difference_table"))
    if isinstance(entry.event, FileSynced):
        parts.heading(say("history.cells"))
        changes.show(visit, entry.event)
    elif not found:
        parts.note(say("history.no_difference"))


def _differences(visit: Visit, entry: Entry) -> list[Difference]:
    """Compare the read models right before and right after the event."""
    before, after = (visit.place._replace(at=position) for position in (entry.position - 1, entry.position))
    if entry.kind == "file":
        old, new = (reads.campaign_file(place, entry.subject) for place in (before, after))
        return file_differences(visit.voice, old, new)
    if entry.kind == "plan":
        old_plan, new_plan = (reads.plan(place, entry.subject) for place in (before, after))
        return plan_differences(visit.voice, old_plan, new_plan)
    if entry.kind == "integration":
        return connection_differences(visit.voice, reads.drive(before), reads.drive(after))
    if entry.kind == "workspace":
        return workspace_differences(visit.voice, reads.standing(before), reads.standing(after))
    return []


def _show_technical(visit: Visit, entry: Entry) -> None:
    if not visit.holds("owner"):
        return
    with st.expander(visit.say("app.technical")):
        data = msgspec.json.format(msgspec.json.encode(technical(entry)), indent=2).decode()
        st.code(data, language="json")
        address = settings().temporal_ui_url
        if address and entry.workflow_id:
            st.link_button(
                visit.say("service.workflows"), f"{address}/namespaces/default/workflows/{entry.workflow_id}"
            )
