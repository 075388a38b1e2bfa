"""The body of a decision page: the three answers, the pictures, and the reasons."""

import streamlit as st

from dashboard import parts, tables
from dashboard.access import reads
from dashboard.files import row_tables
from dashboard.plans import outcome, plan_charts, what_if
from dashboard.tables import Fact, Fold, Link, Told
from dashboard.views.plan import BehindIt, Finding, PlanView
from dashboard.visits import Visit
from events.plan import DistributionPlan
from projections.plans import Plan

LOOKS = {
    "channel": "sentence",
    "now": "figure",
    "plan": "figure",
    "change": "figure",
    "share": "figure aside",
    "held": "aside",
}
FINDINGS = 5
"""How many findings stand open at first: more are not read, and the list is in the order of what is at stake."""


def show_headline(visit: Visit, view: PlanView) -> None:
    """Answer: what to expect, what moves, how sure we are."""
    say, expected = visit.say, view.expected
    sure = view.sure.label if view.sure else "–"
    answers = [
        Fact(expected.label, expected.value, "\n".join(filter(None, (expected.change, expected.note)))),
        Fact(say("plan.moves"), view.moves, view.moves_note),
        Fact(
            say("plan.sure"),
            sure,
            "\n".join(filter(None, (view.sure_note, outcome.sentence(visit)))),
            Fold(say("plan.why_sure"), view.drivers),
        ),
    ]
    st.html(tables.facts(answers))


def show_charts(visit: Visit, view: PlanView, split: DistributionPlan) -> None:
    """Show where the money goes, and what more of it would bring in one channel."""
    with st.grid(2, min_column_width=320):
        with st.container(border=True, height="stretch"):
            parts.heading(visit.say("plan.where"))
            parts.show_chart(plan_charts.budget_split(visit.voice, split), "split")
        with st.container(border=True, height="stretch"):
            parts.heading(visit.say("plan.curve"))
            _show_curve(visit, view, split)


def _show_curve(visit: Visit, view: PlanView, split: DistributionPlan) -> None:
    known = view.channels_with_curve
    if not known:
        parts.note(visit.say("plan.no_curves"))
        return
    options = dict(zip(known, known, strict=True))
    channel = parts.pick(visit.say("plan.curve_channel"), options, "curve", default=known[0])
    curve = next(one for one in split.curves if one.channel == channel)
    parts.show_chart(plan_charts.response_curve(visit.voice, split, curve), "curve_chart")


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
    _show_findings(visit, view.findings)
    parts.heading(say("plan.lines"))
    looks = {say(f"plan.column.{name}"): look for name, look in LOOKS.items()}
    parts.show_table(view.lines, say("plan.lines_table"), looks)
    if view.campaigns:
        table = tables.table(view.campaigns, say("plan.campaigns_table"), looks)
        _show_folded(say("plan.campaigns"), "campaigns", tables.small(say("plan.campaigns_note")) + table)
    if view.weeks:
        parts.heading(say("plan.by_week"))
        parts.show_chart(plan_charts.flighting(visit.voice, split), "flighting")
        weeks = say("plan.weeks_table")
        figures = dict.fromkeys(view.weeks[0], "figure") | {say("plan.column.week"): "brief"}
        _show_folded(weeks, "by_week", tables.table(view.weeks, weeks, figures))
    surer = tables.card(say("surer.title"), [Told(sentence) for sentence in view.surer]) if view.surer else ""
    looks = {say("plan.source.file"): "sentence", say("plan.source.rows"): "figure"}
    sources = tables.table(view.sources, say("plan.sources_table"), looks)
    _show_folded(say("plan.sources"), "sources", sources, before=surer)


def _show_folded(title: str, key: str, inner: str, *, before: str = "") -> None:
    """Show what few look at folded; a link that names it opens it."""
    st.html(before + tables.fold(title, inner, opened=st.query_params.get(key) == "true"))


def _show_findings(visit: Visit, found: list[Finding]) -> None:
    """Show what matters most; the rest when it is asked for."""
    if not found:
        parts.note(visit.say("plan.no_findings"))
        return
    told = [_told(visit, one) for one in found]
    rest = len(told) - FINDINGS
    if rest <= 1:
        st.html(tables.findings(told))
        return
    label, opened = visit.say("plan.more_findings", count=rest), st.query_params.get("findings") == "all"
    more = tables.fold(label, tables.findings(told[FINDINGS:]), opened=opened)
    st.html(tables.findings(told[:FINDINGS]) + more)


def _told(visit: Visit, one: Finding) -> tables.Finding:
    links = [_link(visit, behind) for behind in one.rows]
    return tables.Finding(one.sentence, one.stake, Fold(visit.say("plan.evidence"), one.evidence, links))


def _link(visit: Visit, behind: BehindIt) -> Link:
    """Lead to the rows of a file that a finding rests on."""
    label = ": ".join(name for name in (behind.name, behind.only.channel) if name)
    return parts.link_to("files", visit, label, file=behind.file_id, **row_tables.address_of(behind.only))
