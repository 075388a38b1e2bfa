"""What the page of two plans is put together from: the choice of both, and what the numbers cannot say alone."""

import streamlit as st

from dashboard import parts
from dashboard.access import reads
from dashboard.views.compare import CompareView
from dashboard.visits import Visit
from projections.plans import Plan


def choose_plans(visit: Visit, plans: list[Plan]) -> None:
    """Offer every plan that was made, for both sides."""
    names = {
        plan.campaign_id: f"{plan.brief.title} · {visit.voice.figures.moment(plan.requested_at)}"
        for plan in plans
        if plan.result is not None
    }
    left, right = st.columns(2)
    with left:
        parts.choose(visit.say("compare.left"), names, "plan")
    with right:
        parts.choose(visit.say("compare.right"), names, "with")


def offer(visit: Visit, plan: Plan) -> None:
    """Lead from one plan to the comparison with the newest other one."""
    others = [
        one
        for one in reads.all_plans(visit.place)
        if one.campaign_id != plan.campaign_id and one.result and one.result.distribution_plan.lines
    ]
    if others:
        st.button(
            visit.say("compare.open"),
            icon=":material/compare_arrows:",
            on_click=parts.set_parameter,
            args=("with", others[0].campaign_id),
        )


def chance_on_same_curves(visit: Visit, one: Plan, other: Plan) -> float | None:
    """Ask the first plan's curves about the second's amounts: a fairer question than whether two ranges overlap.

    None where the two are for other times or files, or the curves do not know every channel.
    """
    asked = ("start", "end", "currency", "file_ids", "regime", "response")
    if (
        one.result is None
        or other.result is None
        or any(getattr(one.brief, x) != getattr(other.brief, x) for x in asked)
    ):
        return None
    curves = reads.curves(visit.place, one.campaign_id)
    if curves is None:
        return None
    first, second = (
        {line.channel: float(line.amount) for line in plan.result.distribution_plan.lines}
        for plan in (one, other)
        if plan.result
    )
    answer = curves.ask(second)
    return None if answer.unknown or first == second else answer.probability_better_than_plan


def show_findings(visit: Visit, view: CompareView) -> None:
    """Show what only one of the two plans says."""
    parts.heading(visit.say("compare.findings"))
    if not any(view.findings):
        parts.note(visit.say("compare.findings_same"))
        return
    for column, title, sentences in zip(st.columns(2), view.titles, view.findings, strict=True):
        with column.container(border=True):
            parts.write(visit.say("compare.only", plan=title))
            for sentence in sentences:
                parts.note(sentence)
            if not sentences:
                parts.note(visit.say("compare.nothing_more"))
