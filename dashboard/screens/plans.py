"""Plans: each in one sentence."""

import streamlit as st

from dashboard import parts, plan_outcome, reads, visits
from dashboard.views.history import person
from dashboard.views.plans import PlanLine, plan_line

visit = visits.here()
say = visit.say
names = visits.names(visit)
plans = reads.all_plans(visit.place)


def open_plan(campaign_id: str) -> None:
    st.query_params["plan"] = campaign_id


def show(line: PlanLine) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            parts.heading(line.title, width="content")
            parts.show_badge(line.badge)
        parts.note(f"{line.subtitle} · {line.made}")
        parts.show_plan_line(line)
        st.button(
            say("plans.open"),
            key=f"open_{line.campaign_id}",
            icon=":material/arrow_forward:",
            on_click=open_plan,
            args=(line.campaign_id,),
            help=parts.plain(line.title),
        )


parts.title(say("page.plans"))
parts.freshness_line(visit)
if plans:
    parts.go_to("new_plan", visit, say("plans.new"), icon=":material/add_chart:")
else:
    parts.empty(say("plans.empty_title"), say("plans.empty"))
    parts.go_to("new_plan", visit, say("home.make_plan"), icon=":material/add_chart:")
plan_outcome.show_record(visit)
for plan in plans:
    show(plan_line(visit.voice, plan, person(visit.voice, names, plan.requested_by)))
