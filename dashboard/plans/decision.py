"""What can be done with one plan: approve, ask for changes, decline, take back, compare, download."""

import streamlit as st

from dashboard import parts, problems
from dashboard.access import commands
from dashboard.plans import comparison, downloads
from dashboard.views.plan import PlanView
from dashboard.visits import Visit
from projections.plans import Decision, Plan


def show_head(visit: Visit, view: PlanView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        parts.title(view.title, width="content")
        parts.show_badge(view.badge)
    parts.note(view.subtitle)
    parts.freshness_line(visit)
    if view.decision_note:
        parts.write(view.decision_note)


def show_actions(visit: Visit, plan: Plan, view: PlanView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.can_decide:
            _offer_decisions(visit, plan)
        if view.can_undo:
            _offer_undo(visit, plan)
        _show_more(visit, plan)
    if view.can_decide:
        parts.note(visit.say("plan.approve_note"))


def _offer_decisions(visit: Visit, plan: Plan) -> None:
    say, may = visit.say, visit.may("planner")
    no_right = say("plan.only_planners")
    parts.command_button(
        visit,
        say("plan.approve"),
        lambda: _decide(visit, plan, "approved"),
        allowed=may,
        help_text=no_right,
        type="primary",
        icon=":material/check:",
    )
    with st.popover(say("plan.changes"), icon=":material/edit:", disabled=not may):
        st.text_area(say("plan.changes_note"), key="changes_note", max_chars=500)
        parts.command_button(
            visit,
            say("plan.changes_send"),
            lambda: _ask_for_changes(visit, plan),
            allowed=may,
            help_text=no_right,
            key="changes",
        )
    with st.popover(say("plan.decline"), icon=":material/close:", disabled=not may):
        st.text_input(say("plan.decline_reason"), key="decline_reason", max_chars=300)
        parts.command_button(
            visit,
            say("plan.decline"),
            lambda: _decide(visit, plan, "declined", str(st.session_state.get("decline_reason") or "")),
            allowed=may,
            help_text=no_right,
            key="decline",
        )


def _offer_undo(visit: Visit, plan: Plan) -> None:
    parts.command_button(
        visit,
        visit.say("plan.undo"),
        lambda: _undo(visit, plan),
        allowed=visit.may("planner"),
        help_text=visit.say("plan.only_planners"),
        icon=":material/undo:",
    )


def _show_more(visit: Visit, plan: Plan) -> None:
    say = visit.say
    downloads.show_downloads(visit, plan)
    comparison.offer(visit, plan)
    if visit.may("planner"):
        label = say("plan.changes_make" if plan.decision == "changes_requested" else "plan.again")
        parts.go_to("new_plan", visit, label, icon=":material/add_chart:", like=plan.campaign_id)
    parts.go_to("history", visit, say("plan.history"), icon=":material/history:", plan=plan.campaign_id)


def _decide(visit: Visit, plan: Plan, decision: Decision, note: str = "") -> None:
    with problems.told(visit.say):
        commands.decide_plan(visit.place, plan.campaign_id, decision, note)
        st.toast(visit.say(f"plan.{decision}_toast"), icon=":material/check:")


def _ask_for_changes(visit: Visit, plan: Plan) -> None:
    note = str(st.session_state.get("changes_note") or "").strip()
    if note:
        _decide(visit, plan, "changes_requested", note)
    else:
        problems.tell(visit.say("plan.changes_missing"))


def _undo(visit: Visit, plan: Plan) -> None:
    with problems.told(visit.say):
        commands.undo_decision(visit.place, plan.campaign_id)
        st.toast(visit.say("plan.undone_toast"), icon=":material/undo:")


def show_cautions(visit: Visit, view: PlanView) -> None:
    if view.missing:
        st.warning(_bullets(view.missing), title=visit.say("plan.missing_parts"), icon=":material/incomplete_circle:")
    if view.warnings:
        st.info(_bullets(view.warnings), title=visit.say("plan.warnings"), icon=":material/info:")


def _bullets(sentences: list[str]) -> str:
    return "\n".join(f"- {parts.plain(sentence)}" for sentence in sentences)
