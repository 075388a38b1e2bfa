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
audit.travel(visit)
filters = event_list.ask_filters(visit, names)
routine = st.toggle(say("history.routine"), key="routine", bind="query-params")
audit.show_chosen(visit, names)
event_list.show(visit, names, filters, routine=routine)
event_list.show_downloads(visit, names, filters)
event_list.show_trail(visit)
