"""Campaign files: the connection, how far behind Drive we are, and every file with what to do about it."""

import streamlit as st

from dashboard import parts, visits
from dashboard.access import file_reads, reads
from dashboard.files import listing
from dashboard.views.files import files_view
from dashboard.workspace import connection

visit = visits.here()
say, place = visit.say, visit.place
view = files_view(visit.voice, reads.campaign_files(place), reads.pending(place), file_reads.not_counted(place))


def show_numbers() -> None:
    counts = view.counts
    behind = "–" if visit.past else parts.current_freshness(visit).behind
    with st.grid(4, min_column_width=160):
        st.metric(say("files.behind_drive"), behind, border=True, help=say("files.behind_help"))
        for label, value in (
            ("files.read", counts["up_to_date"]),
            ("files.waiting", counts["waiting"] + counts["checking"] + counts["late"]),
            ("files.needs", counts["needs_you"]),
        ):
            st.metric(say(label), visit.voice.figures.number(value), border=True)


parts.title(say("page.files"))
parts.freshness_line(visit)
connection.card(visit)
connection.sync_progress(visit)
if view.lines:
    show_numbers()
    if shown := listing.choose(visit, view):
        listing.show(visit, shown)
    else:
        parts.note(say("files.none_shown"))
elif connection.is_connected(visit):
    connection.first_steps(visit, "empty")
if lag := reads.lag(place):
    listing.show_lag(visit, view, lag)
if view.others:
    listing.show_others(visit, view)
