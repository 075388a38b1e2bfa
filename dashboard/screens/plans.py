"""Plans: each in one sentence."""

import streamlit as st

from dashboard import parts, tables, visits
from dashboard.access import reads
from dashboard.plans import outcome
from dashboard.views.history import person
from dashboard.views.plans import PlanLine, in_state, plan_line, states

MANY = 20

visit = visits.here()
say = visit.say
names = visits.names(visit)
plans = reads.all_plans(visit.place)
asked = st.query_params.get("many", "")
many = int(asked) if asked.isascii() and asked.isdigit() else MANY


def card(line: PlanLine) -> tables.Card:
    return tables.Card(
        title=line.title,
        pill=parts.pill(line.badge),
        note=f"{line.subtitle} · {line.made}",
        sentence=line.sentence,
        sure=parts.pill(line.sure) if line.sure else None,
        expectation=line.expectation,
        link=parts.link_to("plans", visit, say("plans.open"), plan=line.campaign_id),
    )


parts.title(say("page.plans"))
parts.freshness_line(visit)
if plans:
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = parts.pick(say("plans.show"), states(visit.voice, plans), "state", default="all")
        parts.go_to("new_plan", visit, say("plans.new"), icon=":material/add_chart:")
else:
    chosen = None
    parts.empty(say("plans.empty_title"), say("plans.empty"))
    parts.go_to("new_plan", visit, say("home.make_plan"), icon=":material/add_chart:")
outcome.show_record(visit)
shown = in_state(plans, chosen)
if plans and not shown:
    parts.note(say("plans.none_shown"))
if shown:
    lines = [plan_line(visit.voice, plan, person(visit.voice, names, plan.requested_by)) for plan in shown[:many]]
    st.html(tables.cards([card(line) for line in lines]))
if len(shown) > many:
    st.button(say("plans.more"), on_click=parts.set_parameter, args=("many", str(many + MANY)))
