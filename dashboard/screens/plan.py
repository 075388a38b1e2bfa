"""One plan as a decision page; while it is being made, its progress."""

import streamlit as st

from dashboard import charts, decision, parts, reads, visits
from dashboard.views.history import person
from dashboard.views.plan import PlanView, plan_view

visit = visits.here()
say, place, voice = visit.say, visit.place, visit.voice
plan = reads.plan(place, st.query_params["plan"])


def back() -> None:
    st.query_params.pop("plan", None)


def show_headline(view: PlanView) -> None:
    with st.grid(3, min_column_width=240):
        with st.container(border=True, height="stretch"):
            expected = view.expected
            st.metric(expected.label, expected.value, expected.change, delta_description=expected.likely or None)
            parts.note(expected.note)
        with st.container(border=True, height="stretch"):
            st.metric(say("plan.moves"), view.moves)
            parts.note(view.moves_note)
        with st.container(border=True, height="stretch"):
            st.metric(say("plan.sure"), view.sure.label if view.sure else "–")
            parts.note(view.sure_note)
            for driver in view.drivers:
                parts.note(driver)


def show_charts(view: PlanView) -> None:
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        parts.heading(say("plan.where"))
        parts.show_chart(charts.budget_split(voice, split), "split")
    with right.container(border=True, height="stretch"):
        parts.heading(say("plan.curve"))
        if view.channels_with_curve:
            channel = st.selectbox(
                say("plan.curve_channel"), view.channels_with_curve, bind="query-params", key="curve"
            )
            curve = next(one for one in split.curves if one.channel == channel)
            parts.show_chart(charts.response_curve(voice, split, curve), "curve_chart")
        else:
            parts.note(say("plan.no_curves"))


def show_lists(view: PlanView) -> None:
    parts.heading(say("plan.findings"))
    if not view.findings:
        parts.note(say("plan.no_findings"))
    for finding in view.findings:
        with st.container(border=True):
            parts.write(finding.sentence)
            parts.note(" · ".join([finding.stake, *finding.evidence]))
            with st.container(horizontal=True):
                for file_id, name in finding.files.items():
                    parts.go_to("files", visit, name, icon=":material/table_rows:", file=file_id)
    parts.heading(say("plan.lines"))
    parts.show_table(view.lines, say("plan.lines_table"))
    if view.weeks:
        parts.heading(say("plan.by_week"))
        parts.show_chart(charts.flighting(voice, split), "flighting")
        with st.expander(say("plan.weeks_table")):
            parts.show_table(view.weeks, say("plan.weeks_table"))
    with st.expander(say("plan.sources")):
        parts.show_table(view.sources, say("plan.sources_table"))


st.button(say("plan.back"), icon=":material/arrow_back:", type="tertiary", on_click=back)
if plan is None:
    parts.title(say("plan.missing"))
    parts.write(say("plan.missing_body"))
    st.stop()
names = visits.names(visit)
view = plan_view(
    voice,
    plan,
    requested_by=person(voice, names, plan.requested_by),
    decided_by=person(voice, names, plan.decided_by or ""),
)
decision.show_head(visit, view)
if plan.result is None:
    decision.show_waiting(visit, plan, view)
else:
    split = plan.result.distribution_plan
    decision.show_actions(visit, plan, view)
    show_headline(view)
    decision.show_cautions(visit, view)
    if view.lines:
        show_charts(view)
        show_lists(view)
