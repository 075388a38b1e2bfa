"""How plans come true: one plan against what happened, and the track record of all."""

import streamlit as st

from dashboard import parts
from dashboard.access import reads
from dashboard.views.actuals import actuals_view, record_rows, record_sentence
from dashboard.visits import Visit
from projections import track_record
from projections.plans import Plan

FIGURES = ("planned", "spent", "pace", "brought")


def show_actuals(visit: Visit, plan: Plan) -> None:
    """Show money and response so far; nothing before the files tell of the plan's first day."""
    found = reads.actuals_of(visit.place, plan.campaign_id)
    if found is None or plan.result is None:
        return
    view = actuals_view(visit.voice, plan.result.distribution_plan.response, found)
    with st.container(border=True):
        parts.heading(visit.say("actuals.title"))
        parts.note(view.until)
        with st.grid(2, min_column_width=240):
            with st.container():
                st.metric(visit.say("actuals.spent"), view.spent)
                parts.note(view.planned)
                parts.note(view.pace)
            with st.container():
                if view.brought is not None:
                    st.metric(view.brought_label, view.brought)
                parts.note(view.expected)
                parts.note(view.verdict)
        looks = {visit.say(f"actuals.column_{name}"): "figure" for name in FIGURES}
        parts.show_table(view.rows, visit.say("actuals.table"), looks)
        parts.note(view.note)


def sentence(visit: Visit) -> str:
    """Say in one sentence how good earlier plans were; nothing before one can be judged."""
    record = track_record.record(reads.tried_plans(visit.place))
    return record_sentence(visit.voice, record) if record.plans else ""


def show_record(visit: Visit) -> None:
    """Show the sentence, and plan by plan how it came; nothing as long as no plan's time has begun."""
    tried = reads.tried_plans(visit.place)
    if not tried:
        return
    with st.container(border=True):
        parts.heading(visit.say("record.title"))
        parts.write(record_sentence(visit.voice, track_record.record(tried)))
        shown = st.expander(visit.say("record.open"), key="record", on_change="rerun", bind="query-params")
        if shown.open:
            with shown:
                parts.note(visit.say("record.note"))
                parts.show_table(record_rows(visit.voice, tried), visit.say("record.table"))
