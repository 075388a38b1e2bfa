"""New plan: what to reach, with how much, when, and within which limits."""

import uuid
from datetime import date

import streamlit as st

from dashboard import commands, parts, problems, reads, visits
from dashboard.views.new_plan import (
    GOALS,
    OWN_PERIOD,
    LimitForm,
    PlanForm,
    channel_shares,
    draft,
    needs_target,
    period_label,
    periods,
)

visit = visits.here()
say, place, voice = visit.say, visit.place, visit.voice
offered = periods(voice.now.date())
campaign_id = st.session_state.setdefault("campaign_id", uuid.uuid4().hex[:12])


def ask_period() -> tuple[date | None, date | None]:
    labels = {key: period_label(voice, key, offered.get(key)) for key in [*offered, OWN_PERIOD]}
    chosen = st.selectbox(say("new.period"), list(labels), index=2, format_func=lambda key: labels[key], key="period")
    if chosen in offered:
        return offered[chosen]
    first, last = st.columns(2)
    return first.date_input(say("new.start"), None, key="start"), last.date_input(say("new.end"), None, key="end")


def ask_limit(channel: str, share: float) -> LimitForm:
    name, least, most, locked = st.columns([3, 2, 2, 2], vertical_alignment="center")
    with name:
        parts.write(channel)
        parts.note(say("new.share_today", share=voice.figures.share(share)))
    hidden = "collapsed"
    at_least = least.text_input(
        say("new.least_of", channel=channel), placeholder=say("new.least"), label_visibility=hidden
    )
    at_most = most.text_input(say("new.most_of", channel=channel), placeholder=say("new.most"), label_visibility=hidden)
    keep = locked.checkbox(say("new.locked"), key=f"locked_{channel}", help=say("new.locked_of", channel=channel))
    return LimitForm(at_least or "", at_most or "", keep)


def ask() -> PlanForm:
    title = st.text_input(say("new.name"), placeholder=say("new.name_example"), max_chars=120, key="title")
    goal = st.selectbox(say("new.goal"), GOALS, format_func=lambda goal: say(f"goal.{goal}"), key="goal")
    symbol = voice.figures.symbol
    budget_label = "new.budget_most" if needs_target(goal) else "new.budget"
    budget = st.text_input(say(budget_label, symbol=symbol), placeholder=voice.figures.number(1_200_000), key="budget")
    target = ""
    if needs_target(goal):
        target = st.text_input(say(f"new.target_{goal}", symbol=symbol), key="target")
    start, end = ask_period()
    with st.expander(say("new.limits"), key="limits"):
        parts.note(say("new.limits_note", symbol=symbol))
        limits = {channel: ask_limit(channel, share) for channel, share in shares.items()}
    chosen = st.multiselect(
        say("new.files"),
        list(names),
        format_func=lambda one: names[one],
        placeholder=say("new.files_all"),
        key="counted",
    )
    return PlanForm(title or "", goal, budget or "", target or "", start, end, limits, tuple(chosen))


def make(form: PlanForm) -> None:
    drafted = draft(voice, form)
    if drafted.brief is None:
        st.error("\n".join(f"- {parts.plain(problem)}" for problem in drafted.problems), title=say("new.check"))
        return
    with problems.told(say):
        commands.request_plan(place, campaign_id, drafted.brief, voice.now)
    del st.session_state["campaign_id"]
    parts.switch_to("plans", visit, plan=campaign_id)


parts.title(say("page.new_plan"))
parts.freshness_line(visit)
shares = channel_shares(reads.weekly(place))
names = {file.file_id: file.name for file in reads.campaign_files(place) if file.revision_number}
if not visit.holds("planner"):
    parts.empty(say("new.no_right_title"), say("new.no_right"))
elif not names:
    parts.empty(say("new.empty_title"), say("new.empty"))
    parts.go_to("files", visit, say("new.to_files"), icon=":material/folder_open:")
else:
    left, right = st.columns([3, 2])
    with left.container(border=True):
        form = ask()
        if st.button(say("new.make"), type="primary", icon=":material/play_arrow:", disabled=visit.past):
            make(form)
    with right.container(border=True):
        parts.heading(say("new.what"))
        st.markdown(say("new.what_body"))
        parts.note(say("new.how_long"))
