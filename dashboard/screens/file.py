"""One campaign file: what to do about it, how it was understood, what was left out; its past and its rows on demand."""

import streamlit as st

from dashboard import parts, tables, visits
from dashboard.access import file_reads, reads
from dashboard.files import changes, drift, judgement, listing, overlaps, pins, row_tables
from dashboard.views.file import file_view
from dashboard.views.freshness import is_watched
from dashboard.workspace import connection

visit = visits.here()
say, place = visit.say, visit.place
file_id = st.query_params["file"]
file = reads.campaign_file(place, file_id)


def back() -> None:
    st.query_params.pop("file", None)


st.button(say("file.back"), icon=":material/arrow_back:", type="tertiary", on_click=back)
if file is None:
    parts.title(say("file.missing"))
    parts.write(say("file.missing_body"))
    st.stop()

watched = is_watched(reads.drive(place))
view = file_view(visit.voice, file, reads.pending(place), may_plan=visit.holds("planner"), watched=watched)
counts = file.status not in ("not_campaign", "removed")
with st.container(horizontal=True, vertical_alignment="center"):
    parts.title(view.name, width="content")
    parts.show_badge(view.badge)
st.html(tables.small(view.summary))
if view.problem:
    told = [parts.plain(view.problem), *(f"- {parts.plain(change)}" for change in view.problem_changes)]
    st.error("\n".join(told), icon=":material/error:", title=say("file.problem"))
elif view.standing:
    parts.write(view.standing)
with st.container(horizontal=True, vertical_alignment="center"):
    if view.may_confirm:
        drift.offer_confirm(visit, file)
    if counts:
        connection.check_button(visit, file_id, say("file.check"), first=bool(view.problem) and not view.may_confirm)
    if view.link:
        st.link_button(say("file.in_drive"), view.link, icon=":material/open_in_new:")
    if counts:
        judgement.offer_no(visit, file)
    parts.go_to("history", visit, say("page.history"), icon=":material/history:", file=file_id)
if not visit.past:
    parts.note(view.who)
parts.live(visit, connection.show_progress)
judgement.show(visit, file)
overlaps.show(visit, file_id)
drift.show(visit, view)
asked_for = row_tables.are_asked_for()
if file.rows and asked_for:
    row_tables.show(visit, file_id, file.rows)

if file.revision_number:
    st.html(tables.facts(view.facts))
    parts.heading(say("file.columns"))
    if view.columns:
        parts.show_table(view.columns, say("file.columns_table"), {say("file.column.sure"): "figure aside"})
    st.html(tables.notes(view.notes))
if file.status != "removed":
    pins.show(visit, file)
if view.quarantined:
    parts.heading(say("file.cells"))
    parts.note(view.quarantined_note)
    parts.show_table(view.quarantined, say("file.cells_table"))
if file.revision_number:
    changes.offer(visit, file)
if file.rows and not asked_for:
    row_tables.show(visit, file_id, file.rows)
if lag := file_reads.lag(place, file_id):
    listing.show_lag(visit, {file_id: file.name}, lag)
if view.why and counts:
    with st.expander(say("file.why")):
        st.html(tables.notes(view.why))
