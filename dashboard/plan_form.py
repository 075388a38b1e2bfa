"""The form of a new plan: what to reach, with how much, when, and within which limits."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from dashboard import parts
from dashboard.views.new_plan import (
    GOALS,
    OWN_PERIOD,
    LimitForm,
    PlanForm,
    needs_target,
    period_label,
    periods,
)
from dashboard.visits import Visit
from events.plan import Brief


def fill_like(visit: Visit, brief: Brief) -> None:
    """Put the numbers of another plan into the form, once, so that a person changes only what differs."""
    amount = visit.voice.figures.amount
    filled: dict[str, object] = {
        "title": brief.title,
        "goal": brief.goal,
        "budget": amount(brief.budget),
        "target": "" if brief.target is None else amount(brief.target),
        "period": OWN_PERIOD,
        "start": brief.start,
        "end": brief.end,
        "counted": brief.file_ids or [],
        "limited_channels": list(brief.limits),
    }
    for channel, limit in brief.limits.items():
        filled[f"least_{channel}"] = "" if limit.at_least is None else amount(limit.at_least)
        filled[f"most_{channel}"] = "" if limit.at_most is None else amount(limit.at_most)
        filled[f"locked_{channel}"] = limit.locked
    for key, value in filled.items():
        st.session_state[key] = value


def ask(visit: Visit, shares: Mapping[str, float], files: Mapping[str, str]) -> PlanForm:
    """Draw the form and read it. `shares` are the channels' shares of spend today, `files` names by id."""
    say, figures = visit.say, visit.voice.figures
    title = st.text_input(say("new.name"), placeholder=say("new.name_example"), max_chars=120, key="title")
    goal = st.selectbox(say("new.goal"), GOALS, format_func=lambda goal: say(f"goal.{goal}"), key="goal")
    wanted = needs_target(goal)
    label = say("new.budget_most" if wanted else "new.budget", symbol=figures.symbol)
    budget = st.text_input(label, placeholder=figures.number(1_200_000), key="budget")
    target = st.text_input(say(f"new.target_{goal}", symbol=figures.symbol), key="target") if wanted else ""
    start, end = _ask_period(visit)
    channels = dict(shares) | {name: 0.0 for name in st.session_state.get("limited_channels", []) if name not in shares}
    with st.expander(say("new.limits"), key="limits"):
        parts.note(say("new.limits_note", symbol=figures.symbol))
        limits = {channel: _ask_limit(visit, channel, share) for channel, share in channels.items()}
    counted = st.multiselect(
        say("new.files"),
        list(files),
        format_func=lambda file_id: files[file_id],
        placeholder=say("new.files_all"),
        key="counted",
    )
    return PlanForm(title or "", goal, budget or "", target or "", start, end, limits, tuple(counted))


def _ask_period(visit: Visit) -> tuple[date | None, date | None]:
    offered = periods(visit.voice.now.date())
    labels = {key: period_label(visit.voice, key, offered.get(key)) for key in [*offered, OWN_PERIOD]}
    st.session_state.setdefault("period", list(labels)[2])
    chosen = st.selectbox(visit.say("new.period"), list(labels), format_func=lambda key: labels[key], key="period")
    if chosen in offered:
        return offered[chosen]
    first, last = st.columns(2)
    return (
        first.date_input(visit.say("new.start"), None, key="start"),
        last.date_input(visit.say("new.end"), None, key="end"),
    )


def _ask_limit(visit: Visit, channel: str, share: float) -> LimitForm:
    say = visit.say
    name, least, most, locked = st.columns([4, 3, 3, 3], vertical_alignment="center")
    today = say("new.share_today", share=visit.voice.figures.share(share))
    name.markdown(f"{parts.plain(channel)}  \n:small[{parts.plain(today)}]")
    at_least = least.text_input(
        say("new.least_of", channel=channel),
        placeholder=say("new.least"),
        label_visibility="collapsed",
        key=f"least_{channel}",
    )
    at_most = most.text_input(
        say("new.most_of", channel=channel),
        placeholder=say("new.most"),
        label_visibility="collapsed",
        key=f"most_{channel}",
    )
    keep = locked.checkbox(say("new.locked"), key=f"locked_{channel}")
    return LimitForm(at_least or "", at_most or "", keep)
