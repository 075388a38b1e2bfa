"""A plan on its way: its steps while it is made, and what to do when it was not."""

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from dashboard import parts, problems, visits
from dashboard.access import commands, reads, services
from dashboard.access.temporal_bridge import NoSuchWorkflow, TemporalAway
from dashboard.views.plan import PlanView
from dashboard.views.progress import progress_view
from dashboard.visits import Visit
from projections.plans import Plan
from worker.contracts import Progress

STEP_ICONS = {
    "done": ":green[:material/check_circle:]",
    "running": ":blue[:material/pending:]",
    "ahead": ":gray[:material/circle:]",
}
STARTS_WITHIN = 10.0
"""Seconds after a request in which a workflow that is not there yet is simply on its way."""


def show_waiting(visit: Visit, plan: Plan, view: PlanView) -> None:
    if plan.status == "failed":
        st.error(parts.plain(view.failure), title=visit.say("plan.failed_title"), icon=":material/error:")
        _retry_button(visit, visit.say("plan.retry"), lambda: _ask_again(visit, plan))
    elif visit.past:
        parts.note(visit.say("plans.waiting"))
    else:
        st.fragment(_show_progress, run_every=parts.LIVE_SECONDS)(plan)


def _show_progress(plan: Plan) -> None:
    visit = visits.here()
    with st.container(border=True):
        try:
            progress = progress_of(visit.place.workspace, reads.planning_id(visit.place, plan.campaign_id))
        except NoSuchWorkflow:
            _show_not_started(visit, plan)
            return
        except TemporalAway:
            st.warning(visit.say("problem.temporal_away"), icon=":material/cloud_off:")
            return
        view = progress_view(visit.voice, progress)
        parts.heading(visit.say("plan.making"))
        st.progress(view.percent, text=parts.plain(view.headline))
        for step in view.steps:
            st.markdown(f"{STEP_ICONS[step.state]} {parts.plain(step.label)} ({visit.say(f'progress.{step.state}')})")
        parts.note(visit.say("plan.leave"))


@st.cache_resource(ttl=1, max_entries=200, show_spinner=False)
def progress_of(workspace: str, planning_id: str | None) -> Progress | None:  # noqa: ARG001 - part of the cache's key
    """Ask the workflow at most once a second, however many people watch."""
    if planning_id is None:
        return None
    return services.temporal().progress(planning_id)


def _show_not_started(visit: Visit, plan: Plan) -> None:
    if (datetime.now(UTC) - plan.requested_at).total_seconds() < STARTS_WITHIN:
        parts.note(visit.say("progress.starting"))
        return
    st.warning(visit.say("plan.not_started"), title=visit.say("plan.not_started_title"), icon=":material/pause:")
    _retry_button(visit, visit.say("plan.start"), lambda: commands.start_plan(visit.place, plan.campaign_id))


def _retry_button(visit: Visit, label: str, act: Callable[[], None]) -> None:
    def guarded() -> None:
        with problems.told(visit.say):
            act()

    parts.command_button(
        visit,
        label,
        guarded,
        allowed=visit.may("planner"),
        help_text=visit.say("plan.only_planners"),
        icon=":material/play_arrow:",
        type="primary",
    )


def _ask_again(visit: Visit, plan: Plan) -> None:
    commands.request_plan(visit.place, plan.campaign_id, plan.brief, datetime.now(UTC))
