"""What-if beside the form of a new plan: from the newest plan's curves, for the form's budget and period."""

from collections.abc import Mapping
from decimal import Decimal

import streamlit as st

from dashboard import parts
from dashboard.access import reads
from dashboard.plans import what_if
from dashboard.views.new_plan import PlanForm
from dashboard.views.what_if import as_limit
from dashboard.visits import Visit
from events.plan import Brief


def show(visit: Visit, form: PlanForm, budget: Decimal | None) -> None:
    """Say in a calm sentence why there is nothing to ask before a first plan was made."""
    newest = reads.newest_with_curves(visit.place)
    if newest is None or newest.result is None:
        _show_promise(visit)
        return
    days = _days_unlike(newest.brief, form)
    curves = reads.curves(visit.place, newest.campaign_id, days)
    if curves is None:
        _show_promise(visit)
        return
    parts.heading(visit.say("what_if.title"))
    money = float(budget or newest.result.distribution_plan.spent)
    parts.note(visit.say("what_if.from_plan", plan=newest.brief.title, budget=visit.voice.figures.money(money)))
    if days is not None:
        parts.note(visit.say("what_if.usual_season"))
    question = what_if.Question(
        name=f"{newest.campaign_id}/{newest.draws}/{money}/{days}",
        curves=curves,
        response=newest.result.distribution_plan.response,
        start=curves.today(money),
    )
    what_if.show(question, _as_limits)


def _days_unlike(brief: Brief, form: PlanForm) -> int | None:
    """Length of the form's period; None where it is the plan's own, whose season is known."""
    if not form.start or not form.end or form.end < form.start or (form.start, form.end) == (brief.start, brief.end):
        return None
    return (form.end - form.start).days + 1


def _show_promise(visit: Visit) -> None:
    parts.heading(visit.say("new.what"))
    st.markdown(visit.say("new.what_body"))
    parts.note(visit.say("what_if.none_yet"))


def _as_limits(held: Mapping[str, int]) -> None:
    st.session_state["limits_taken"] = dict(held)


def take_limits(visit: Visit) -> None:
    """Hold the channels that were set by hand where they are; the rest stays free.

    Called before the fields are drawn: what a part of the page sets in fields outside of it, the browser does not hear.
    """
    held: dict[str, int] = st.session_state.pop("limits_taken", {})
    if held:
        st.toast(visit.say("what_if.taken"), icon=":material/check:")
    named = list(st.session_state.get("limited_channels", []))
    st.session_state["limited_channels"] = named + [channel for channel in held if channel not in named]
    for channel, amount in held.items():
        st.session_state[f"least_{channel}"] = st.session_state[f"most_{channel}"] = as_limit(visit.voice, amount)
        st.session_state[f"if_any_{channel}"], st.session_state[f"locked_{channel}"] = "", False
