"""History: every event as a sentence, what one of them changed, and the way back to any moment."""

import streamlit as st

from dashboard import parts, visits
from dashboard.history import audit, event_list

visit = visits.here()
say = visit.say
names = visits.names(visit)

parts.title(say("page.history"))
parts.note(say("history.note"))
parts.freshness_line(visit)
with st.container(horizontal=True):
    asked = event_list.ask_filters(visit, names)
    audit.travel(visit)
    event_list.show_downloads(visit, names, asked.filters)
audit.show_chosen(visit, names)
event_list.show(visit, names, asked)
