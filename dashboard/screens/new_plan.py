"""New plan: ask, check in sentences, record, and go where its progress is."""

import uuid

import streamlit as st

from dashboard import commands, parts, plan_form, problems, reads, visits
from dashboard.views.new_plan import PlanForm, channel_shares, draft

visit = visits.here()
say, place = visit.say, visit.place


def fill() -> None:
    """Take over another plan's numbers when the address names one."""
    like = st.query_params.get("like")
    if like and st.session_state.get("filled_like") != like:
        st.session_state["filled_like"] = like
        if other := reads.plan(place, like):
            plan_form.fill_like(visit, other.brief)


def make(form: PlanForm) -> None:
    drafted = draft(visit.voice, form)
    if drafted.brief is None:
        st.error("\n".join(f"- {parts.plain(problem)}" for problem in drafted.problems), title=say("new.check"))
        return
    with problems.told(say):
        commands.request_plan(place, campaign_id, drafted.brief, visit.voice.now)
    del st.session_state["campaign_id"]
    parts.switch_to("plans", visit, plan=campaign_id)


parts.title(say("page.new_plan"))
parts.freshness_line(visit)
campaign_id = st.session_state.setdefault("campaign_id", uuid.uuid4().hex[:12])
files = {file.file_id: file.name for file in reads.campaign_files(place) if file.revision_number}
if not visit.holds("planner"):
    parts.empty(say("new.no_right_title"), say("new.no_right"))
elif not files:
    parts.empty(say("new.empty_title"), say("new.empty"))
    parts.go_to("files", visit, say("new.to_files"), icon=":material/folder_open:")
else:
    fill()
    left, right = st.columns([3, 2])
    with left.container(border=True):
        form = plan_form.ask(visit, channel_shares(reads.weekly(place)), files)
        if st.button(say("new.make"), type="primary", icon=":material/play_arrow:", disabled=visit.past):
            make(form)
    with right.container(border=True):
        parts.heading(say("new.what"))
        st.markdown(say("new.what_body"))
        parts.note(say("new.how_long"))
