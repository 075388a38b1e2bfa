"""New plan: ask, check in sentences, record, and go where its progress is; beside it, what if."""

import uuid

import streamlit as st

from dashboard import parts, problems, visits
from dashboard.access import commands, file_reads, reads
from dashboard.plans import request_form, what_if_form
from dashboard.views.file_overlaps import offered_words
from dashboard.views.new_plan import Drafted, channel_shares, draft, readable_budget

visit = visits.here()
say, place = visit.say, visit.place


def fill() -> None:
    """Take over another plan's numbers when the address names one, and say what should change in it."""
    like = st.query_params.get("like")
    other = reads.plan(place, like) if like else None
    if other is None:
        return
    if st.session_state.get("filled_like") != like:
        st.session_state["filled_like"] = like
        request_form.fill_like(visit, other.brief)
    if other.decision == "changes_requested":
        st.info(parts.plain(other.decision_note), title=say("new.changes"), icon=":material/edit:")


def make(drafted: Drafted) -> None:
    st.session_state["tried"] = drafted.brief is None
    if drafted.brief is None:
        st.error("\n".join(f"- {parts.plain(one.sentence)}" for one in drafted.problems), title=say("new.check"))
        return
    with problems.told(say):
        commands.request_plan(place, campaign_id, drafted.brief, visit.voice.now)
    del st.session_state["campaign_id"]
    parts.switch_to("plans", visit, plan=campaign_id)


parts.title(say("page.new_plan"))
parts.freshness_line(visit)
campaign_id = st.session_state.setdefault("campaign_id", uuid.uuid4().hex[:12])
files = {file.file_id: file.name for file in reads.campaign_files(place) if file.revision_number}
files = offered_words(visit.voice, files, file_reads.not_counted(place))
if not visit.holds("planner"):
    parts.empty(say("new.no_right_title"), say("new.no_right"))
elif not files:
    parts.empty(say("new.empty_title"), say("new.empty"))
    parts.go_to("files", visit, say("new.to_files"), icon=":material/folder_open:")
else:
    fill()
    what_if_form.take_limits(visit)
    left, right = st.columns([3, 2])
    with left.container(border=True):
        places = request_form.Places()
        form = request_form.ask(visit, places, channel_shares(reads.weekly(place)), files)
        drafted = draft(visit.voice, form)
        if st.button(say("new.make"), type="primary", icon=":material/play_arrow:", disabled=visit.past):
            make(drafted)
        places.show(drafted.problems, missing_too=bool(st.session_state.get("tried")))
        parts.note(say("new.how_long"))
    with right.container(border=True):
        what_if_form.show(visit, form, readable_budget(visit.voice, form))
