"""The body of a decision page: the three answers, the pictures, and the reasons."""

import streamlit as st

from dashboard import charts, parts
from dashboard.access import reads
from dashboard.files import row_tables
from dashboard.plans import outcome, what_if
from dashboard.views.plan import Finding, PlanView
from dashboard.visits import Visit
from events.plan import DistributionPlan
from projections.plans import Plan

LOOKS = {"now": "figure", "plan": "figure", "change": "figure", "share": "figure aside", "held": "aside"}
FINDINGS = 5
"""How many findings stand open at first: more are not read, and the list is in the order of what is at stake."""


def show_headline(visit: Visit, view: PlanView) -> None:
    """Answer: what to expect, what moves, how sure we are."""
    with st.grid(3, min_column_width=240):
        with st.container(border=True, height="stretch"):
            expected = view.expected
            st.metric(expected.label, expected.value, expected.change, delta_description=expected.likely or None)
            parts.note(expected.note)
        with st.container(border=True, height="stretch"):
            st.metric(visit.say("plan.moves"), view.moves)
            parts.note(view.moves_note)
        with st.container(border=True, height="stretch"):
            st.metric(visit.say("plan.sure"), view.sure.label if view.sure else "–")
            parts.note(view.sure_note)
            parts.note(outcome.sentence(visit))
            if view.drivers:
                with st.popover(visit.say("plan.why_sure"), type="tertiary"):
                    for driver in view.drivers:
                        parts.note(driver)


def show_charts(visit: Visit, view: PlanView, split: DistributionPlan) -> None:
    """Show where the money goes, and what more of it would bring in one channel."""
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        parts.heading(visit.say("plan.where"))
        parts.show_chart(charts.budget_split(visit.voice, split), "split")
    with right.container(border=True, height="stretch"):
        parts.heading(visit.say("plan.curve"))
        known = view.channels_with_curve
        if not known:
            parts.note(visit.say("plan.no_curves"))
            return
        options = dict(zip(known, known, strict=True))
        channel = parts.choose(visit.say("plan.curve_channel"), options, "curve", default=known[0])
        curve = next(one for one in split.curves if one.channel == channel)
        parts.show_chart(charts.response_curve(visit.voice, split, curve), "curve_chart")


def show_what_if(visit: Visit, plan: Plan, split: DistributionPlan) -> None:
    """Offer sliders that start from the plan; they are drawn when somebody wants them."""
    curves = reads.curves(visit.place, plan.campaign_id)
    if curves is None:
        return
    with st.container(border=True):
        parts.heading(visit.say("what_if.title"))
        parts.note(visit.say("what_if.of_plan"))
        opened = st.query_params.get("try") == "1"
        if not opened:
            label = visit.say("what_if.open")
            st.button(label, icon=":material/tune:", on_click=parts.set_parameter, args=("try", "1"))
            return
        amounts = {line.channel: float(line.amount) for line in split.lines}
        known = {name: amounts.get(name, 0.0) for name in curves.channels}
        fixed = {name: amount for name, amount in amounts.items() if name not in known and amount}
        what_if.show(what_if.Question(plan.campaign_id, curves, split.response, known, of_plan=True, fixed=fixed))


def show_reasons(visit: Visit, view: PlanView, split: DistributionPlan) -> None:
    """Show the findings, the split line by line and week by week, and the files behind it all."""
    say = visit.say
    parts.heading(say("plan.findings"))
    if not view.findings:
        parts.note(say("plan.no_findings"))
    _show_findings(visit, view.findings)
    parts.heading(say("plan.lines"))
    looks = {say(f"plan.column.{name}"): look for name, look in LOOKS.items()}
    parts.show_table(view.lines, say("plan.lines_table"), looks)
    if view.campaigns:
        _show_folded(
            say("plan.campaigns"), "campaigns", view.campaigns, say("plan.campaigns_table"), say("plan.campaigns_note")
        )
    if view.weeks:
        parts.heading(say("plan.by_week"))
        parts.show_chart(charts.flighting(visit.voice, split), "flighting")
        _show_folded(say("plan.weeks_table"), "by_week", view.weeks, say("plan.weeks_table"))
    if view.surer:
        with st.container(border=True):
            parts.heading(say("surer.title"))
            for sentence in view.surer:
                parts.write(sentence)
    _show_folded(say("plan.sources"), "sources", view.sources, say("plan.sources_table"))


def _show_folded(title: str, key: str, rows: list[dict[str, str]], alt: str, note: str = "") -> None:
    """Show a table that few look at: it is drawn when somebody opens it."""
    shown = st.expander(title, key=key, on_change="rerun", bind="query-params")
    if shown.open:
        with shown:
            parts.note(note)
            parts.show_table(rows, alt)


def _show_findings(visit: Visit, findings: list[Finding]) -> None:
    """Show what matters most; the rest when it is asked for."""
    rest = len(findings) - FINDINGS
    whole = rest <= 1 or st.query_params.get("findings") == "all"
    for finding in findings if whole else findings[:FINDINGS]:
        _show_finding(visit, finding)
    if not whole:
        label = visit.say("plan.more_findings", count=rest)
        st.button(label, icon=":material/unfold_more:", on_click=parts.set_parameter, args=("findings", "all"))


def _show_finding(visit: Visit, finding: Finding) -> None:
    with st.container(border=True):
        parts.write(finding.sentence)
        with st.container(horizontal=True, vertical_alignment="center"):
            parts.note(finding.stake)
            _show_evidence(visit, finding)


def _show_evidence(visit: Visit, finding: Finding) -> None:
    if finding.evidence:
        with st.popover(visit.say("plan.evidence"), type="tertiary", icon=":material/table_rows:"):
            for fact in finding.evidence:
                parts.note(fact)
            with st.container(horizontal=True):
                for behind in finding.rows:
                    where = row_tables.address_of(behind.only)
                    label = ": ".join(name for name in (behind.name, behind.only.channel) if name)
                    parts.go_to("files", visit, label, icon=":material/table_rows:", file=behind.file_id, **where)
