"""Home: what changed, what needs you, where the money went, and the latest plan."""

import streamlit as st

from dashboard import parts, tables, visits
from dashboard.access import reads
from dashboard.views.home import home_view
from dashboard.workspace import connection, home_cards

visit = visits.here()
place = visit.place
view = home_view(
    visit.voice, reads.drive(place), reads.campaign_files(place), reads.weekly(place), reads.pending(place)
)

parts.title(visit.say("page.home"))
parts.freshness_line(visit)
if view.state == "normal":
    names = visits.names(visit)
    st.html(tables.facts(view.numbers))
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch"):
        home_cards.show_trend(visit, view)
    with right.container(border=True, height="stretch"):
        home_cards.show_latest_plan(visit, names)
    if view.needs:
        home_cards.show_needs(visit, view)
    home_cards.show_changes(visit, names)
else:
    connection.first_steps(visit, view.state)
    if view.state == "empty":
        parts.go_to("files", visit, visit.say("page.files"), icon=":material/folder_open:")
