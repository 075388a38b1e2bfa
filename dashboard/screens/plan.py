"""One plan as a decision page; while it is being made, its progress."""

import streamlit as st

from dashboard import parts, visits
from dashboard.access import reads
from dashboard.plans import decision, details, making, outcome
from dashboard.views.history import person
from dashboard.views.plan import plan_view
from dashboard.views.retelling import retold

visit = visits.here()
say = visit.say
plan = reads.plan(visit.place, st.query_params["plan"])

st.button(
    say("plan.back"),
    icon=":material/arrow_back:",
    type="tertiary",
    on_click=parts.set_parameter,
    args=("plan", None),
)
if plan is None:
    parts.title(say("plan.missing"))
    parts.write(say("plan.missing_body"))
    st.stop()

names, plan = visits.names(visit), retold(visit.voice, plan)
view = plan_view(
    visit.voice,
    plan,
    requested_by=person(visit.voice, names, plan.requested_by),
    decided_by=person(visit.voice, names, plan.decided_by or ""),
)
decision.show_head(visit, view)
if plan.result is None:
    making.show_waiting(visit, plan, view)
else:
    split = plan.result.distribution_plan
    decision.show_actions(visit, plan, view)
    details.show_headline(visit, view)
    decision.show_cautions(visit, view)
    outcome.show_actuals(visit, plan)
    if view.lines:
        details.show_charts(visit, view, split)
        details.show_what_if(visit, plan, split)
        details.show_reasons(visit, view, split)
