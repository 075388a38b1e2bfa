"""Campaign files: the connection, how far behind Drive we are, and every file with what to do about it."""

import streamlit as st

from dashboard import parts, tables, visits
from dashboard.access import file_reads, reads
from dashboard.files import listing
from dashboard.tables import Fact
from dashboard.views.files import files_view
from dashboard.views.freshness import is_watched
from dashboard.workspace import connection

visit = visits.here()
say, place = visit.say, visit.place
view = files_view(
    visit.voice,
    reads.campaign_files(place),
    reads.pending(place),
    file_reads.not_counted(place),
    watched=is_watched(reads.drive(place)),
)


def show_numbers() -> None:
    counts, number = view.counts, visit.voice.figures.number
    waiting = counts["waiting"] + counts["checking"] + counts["late"]
    numbers = [
        Fact(say("files.read"), number(counts["up_to_date"] + counts["paused"])),
        Fact(say("files.waiting"), number(waiting)),
        Fact(say("files.needs"), number(counts["needs_you"])),
    ]
    if not visit.past:
        numbers.insert(0, Fact(say("files.behind_drive"), parts.current_freshness(visit).behind))
    st.html(tables.facts(numbers))


parts.title(say("page.files"))
parts.live(visit, connection.show_freshness_and_progress)
if view.files or connection.is_known(visit):
    connection.card(visit)
else:
    connection.first_steps(visit, "no_connection")
if view.files:
    show_numbers()
    parts.note(view.note)
    listing.show(visit, view)
elif connection.is_connected(visit):
    connection.first_steps(visit, "empty")
if lag := reads.lag(place):
    listing.show_lag(visit, view.names, lag)
if view.others:
    listing.show_others(visit, view)
