"""One campaign file: how its columns were understood, what was left out, its revisions and its rows."""

import streamlit as st

from dashboard import parts, visits
from dashboard.access import file_reads, reads
from dashboard.files import changes, drift, judgement, listing, overlaps, pins, row_tables
from dashboard.views.file import file_view
from dashboard.workspace import connection

visit = visits.here()
say, place = visit.say, visit.place
file_id = st.query_params["file"]
file = reads.campaign_file(place, file_id)


def back() -> None:
    st.query_params.pop("file", None)


def section(title: str, rows: list[dict[str, str]], alt: str, nothing: str, note: str = "") -> None:
    parts.heading(say(title))
    if note or not rows:
        parts.note(note if rows else say(nothing))
    if rows:
        parts.show_table(rows, say(alt))


st.button(say("file.back"), icon=":material/arrow_back:", type="tertiary", on_click=back)
if file is None:
    parts.title(say("file.missing"))
    parts.write(say("file.missing_body"))
    st.stop()

revisions = reads.revisions(place, file_id)
view = file_view(visit.voice, file, revisions, reads.pending(place))
with st.container(horizontal=True, vertical_alignment="center"):
    parts.title(view.name, width="content")
    parts.show_badge(view.badge)
parts.note(view.summary)
parts.freshness_line(visit)
if view.problem:
    decided = view.may_confirm or (file.problem_code or "").startswith("pins_")
    after = "" if decided else f" {say('file.problem_after')}"
    st.error(parts.plain(f"{view.problem}{after}"), icon=":material/error:", title=say("file.problem"))
drift.show(visit, file, view)
judgement.show(visit, file)
overlaps.show(visit, file_id)
with st.container(horizontal=True, vertical_alignment="center"):
    if file.status != "not_campaign":
        connection.check_button(visit, file_id, say("file.check"))
    if view.link:
        st.link_button(say("file.in_drive"), view.link, icon=":material/open_in_new:")
    parts.go_to("history", visit, say("page.history"), icon=":material/history:", file=file_id)
    if file.status != "not_campaign":
        judgement.offer_no(visit, file)
connection.sync_progress(visit)

if not file.revision_number:
    pins.show(visit, file)
    st.stop()
with st.grid(4, min_column_width=160):
    for label, value in view.facts:
        st.metric(label, value, border=True)
if view.warnings:
    st.warning("\n".join(f"- {parts.plain(warning)}" for warning in view.warnings), title=say("file.warnings"))
section("file.columns", view.columns, "file.columns_table", "file.no_columns", say("file.columns_note"))
pins.show(visit, file)
section("file.cells", view.quarantined, "file.cells_table", "file.cell.none", view.quarantined_note)
section("file.revisions", view.revisions, "file.revisions_table", "file.no_revisions")
if len(revisions) == reads.MOST_REVISIONS:
    parts.note(say("file.newest_revisions", count=len(revisions)))
changes.offer(visit, revisions)
if lag := file_reads.lag(place, file_id):
    listing.show_lag_of(visit, {file_id: file.name}, lag)
if file.rows:
    row_tables.show(visit, file_id, file.rows)
if view.why and file.status != "not_campaign":
    with st.expander(say("file.why")):
        for reason in view.why:
            parts.write(reason)
