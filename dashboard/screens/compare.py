"""Two plans side by side; both are in the address."""

import streamlit as st

from dashboard import parts, visits
from dashboard.access import reads
from dashboard.plans import plan_charts
from dashboard.plans.comparison import chance_on_same_curves, choose_plans, show_findings
from dashboard.views.compare import compare_view
from dashboard.views.retelling import retold

visit = visits.here()
say = visit.say


def back() -> None:
    st.query_params.pop("with", None)


st.button(say("compare.back"), icon=":material/arrow_back:", type="tertiary", on_click=back)
parts.title(say("compare.title"))
parts.freshness_line(visit)
plans = {plan.campaign_id: plan for plan in reads.all_plans(visit.place) if plan.result}
choose_plans(visit, list(plans.values()))
one, other = (plans.get(st.query_params.get(name, "")) for name in ("plan", "with"))
if one is None or other is None:
    parts.write(say("compare.choose"))
    st.stop()
if one.campaign_id == other.campaign_id:
    parts.write(say("compare.same"))
    st.stop()

one, other = (retold(visit.voice, plan) for plan in (one, other))
view = compare_view(visit.voice, one, other, better=chance_on_same_curves(visit, one, other))
with st.container(border=True):
    parts.heading(view.verdict)
    parts.note(view.caution)
    parts.show_table(view.results, say("compare.results_table"))
if view.channels and one.result and other.result:
    splits = one.result.distribution_plan, other.result.distribution_plan
    with st.container(border=True):
        parts.heading(say("compare.channels"))
        parts.show_chart(plan_charts.two_splits(visit.voice, view.titles, *splits), "two_splits")
        figures = dict.fromkeys((*view.titles, say("compare.difference")), "figure")
        looks = dict.fromkeys(view.channels[0], "sentence") | figures
        parts.show_table(view.channels, say("compare.channels_table"), looks)
with st.container(border=True):
    parts.heading(say("compare.brief"))
    if view.brief:
        parts.show_table(view.brief, say("compare.brief_table"))
    else:
        parts.note(say("compare.brief_same"))
show_findings(visit, view)
