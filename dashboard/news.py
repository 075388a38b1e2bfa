"""The end of a plan that someone asked for and did not wait for is told on whatever page they are by then."""

import streamlit as st

from dashboard import parts, visits
from dashboard.access import reads
from dashboard.views.history import event_line
from dashboard.visits import Visit

ENDS = {
    "plan.produced": ":material/check_circle:",
    "plan.partially_produced": ":material/check_circle:",
    "plan.failed": ":material/error:",
}
AT_ONCE = 3


def tell(visit: Visit) -> None:
    """Tell what ended since the page was last drawn for this person. Whoever comes later finds it on Home."""
    if visit.past:
        return
    key, shown = f"news.{visit.place.workspace}", reads.shown_position(visit.place)
    seen = st.session_state.get(key, shown)
    st.session_state[key] = shown
    if shown <= seen:
        return
    asked = {plan.campaign_id for plan in reads.all_plans(visit.place) if plan.requested_by == visit.place.user}
    for entry in reads.entries(visit.place, reads.Filters(names=tuple(ENDS)), AT_ONCE):
        if entry.position > seen and entry.subject in asked:
            sentence = event_line(visit.voice, entry, visits.names(visit)).sentence
            st.toast(parts.plain(sentence), icon=ENDS[entry.name], duration="long")
