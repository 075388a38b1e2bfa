"""The form of a new plan: what to reach, with how much, when, and within which limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import parts
from dashboard.plans import request_limits
from dashboard.views.new_plan import (
    FLIGHTINGS,
    GOALS,
    OWN_PERIOD,
    REGIMES,
    RESPONSES,
    PlanForm,
    needs_target,
)
from dashboard.views.periods import period_label, periods
from dashboard.views.plan_limits import Problem
from dashboard.visits import Visit
from events.plan import Brief, Flighting, Regime, ResponseKind, week_starts

MOST_WEEKS = 53


@dataclass
class Places:
    """Where below each field a problem with it is said."""

    slots: dict[str, DeltaGenerator] = field(default_factory=dict[str, DeltaGenerator])

    def add(self, name: str) -> None:
        self.slots[name] = st.empty()

    def show(self, problems: Iterable[Problem], *, missing_too: bool) -> None:
        for problem in problems:
            if problem.place in self.slots and (missing_too or not problem.missing):
                self.slots[problem.place].markdown(f":red[:material/error: {parts.plain(problem.sentence)}]")


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
        "response": brief.response,
        "regime": brief.regime,
        "flighting": brief.flighting,
    }
    filled |= request_limits.filled(visit, brief)
    if brief.flighting == "own":
        weights = zip(week_starts(brief.start, brief.end), brief.week_weights, strict=False)
        filled |= {f"week_{start}": float(weight) for start, weight in weights}
    for key, value in filled.items():
        st.session_state[key] = value


def ask(visit: Visit, places: Places, shares: Mapping[str, float], files: Mapping[str, str]) -> PlanForm:
    """Draw the form and read it. `shares` are the channels' shares of spend today, `files` names by id."""
    say, figures = visit.say, visit.voice.figures
    title = st.text_input(say("new.name"), placeholder=say("new.name_example"), max_chars=120, key="title")
    places.add("title")
    goal = st.selectbox(say("new.goal"), GOALS, format_func=lambda goal: say(f"goal.{goal}"), key="goal")
    wanted = needs_target(goal)
    label = say("new.budget_most" if wanted else "new.budget", symbol=figures.symbol)
    budget = st.text_input(label, placeholder=figures.number(1_200_000), key="budget")
    places.add("budget")
    target = ""
    if wanted:
        target = st.text_input(say(f"new.target_{goal}", symbol=figures.symbol), key="target")
        places.add("target")
    start, end = _ask_period(visit)
    places.add("period")
    flighting, weights = _ask_flight(visit, start, end)
    places.add("weeks")
    places.add("limits")
    limits, groups = request_limits.ask(visit, places.add, shares)
    data = _ask_data(visit, files)
    places.add("response")
    return PlanForm(
        title=title or "",
        goal=goal,
        budget=budget or "",
        target=target or "",
        start=start,
        end=end,
        limits=limits,
        groups=groups,
        file_ids=data.file_ids,
        response=data.response,
        regime=data.regime,
        flighting=flighting,
        week_weights=weights,
    )


class Data(NamedTuple):
    """Which numbers count, and what they mean."""

    file_ids: tuple[str, ...] = ()
    regime: Regime = REGIMES[0]
    response: ResponseKind = RESPONSES[0]


def _ask_data(visit: Visit, files: Mapping[str, str]) -> Data:
    say, held = visit.say, ("counted", "regime", "response")
    shown = st.expander(say("new.data"), key="data", on_change="rerun")
    if not request_limits.drawn("data", shown.open or any(name in st.session_state for name in held)):
        return Data()
    with shown:
        counted = _ask_files(visit, files)
        regime = st.selectbox(say("new.regime"), REGIMES, format_func=lambda one: say(f"regime.{one}"), key="regime")
        parts.note(say(f"regime.{regime}_note"))
        response = st.selectbox(
            say("new.response"), RESPONSES, format_func=lambda one: say(f"response_kind.{one}"), key="response"
        )
    return Data(counted, regime, response)


def _ask_files(visit: Visit, files: Mapping[str, str]) -> tuple[str, ...]:
    counted = st.multiselect(
        visit.say("new.files"),
        list(files),
        format_func=lambda file_id: files[file_id],
        placeholder=visit.say("new.files_all"),
        key="counted",
    )
    return tuple(counted)


def _ask_period(visit: Visit) -> tuple[date | None, date | None]:
    offered = periods(visit.voice.now.date())
    labels = {key: period_label(visit.voice, key, offered.get(key)) for key in [*offered, OWN_PERIOD]}
    st.session_state.setdefault("period", list(labels)[2])
    chosen = st.selectbox(visit.say("new.period"), list(labels), format_func=lambda key: labels[key], key="period")
    if chosen in offered:
        return offered[chosen]
    first, last = st.columns(2)
    written = visit.voice.figures.day_format
    return (
        first.date_input(visit.say("new.start"), None, format=written, key="start"),
        last.date_input(visit.say("new.end"), None, format=written, key="end"),
    )


def _ask_flight(visit: Visit, start: date | None, end: date | None) -> tuple[Flighting, tuple[float, ...]]:
    say = visit.say
    flighting = st.selectbox(
        say("new.flighting"), FLIGHTINGS, format_func=lambda one: say(f"flighting.{one}"), key="flighting"
    )
    if flighting != "own" or start is None or end is None or end < start:
        return flighting, ()
    starts = week_starts(start, end)
    if len(starts) > MOST_WEEKS:
        parts.note(say("new.weeks_many", count=MOST_WEEKS))
        return "as_usual", ()
    with st.expander(say("new.weeks"), expanded=True, key="weeks"):
        parts.note(say("new.weeks_note"))
        with st.grid(4, min_column_width=120):
            return flighting, tuple(_ask_week(visit, start) for start in starts)


def _ask_week(visit: Visit, start: date) -> float:
    key = f"week_{start}"
    st.session_state.setdefault(key, 1.0)
    label = visit.voice.figures.short_day(start)
    return float(st.number_input(label, min_value=0.0, max_value=100.0, step=0.5, format="%g", key=key))
