"""What if: one slider a channel moves money, and the answer comes at once from curves that a plan kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st

from dashboard import parts, visits
from dashboard.views.what_if import Amounts, Range, balanced, in_whole_units, slider_range, what_if_view
from dashboard.visits import Visit
from worker.planning.what_if import Curves


@dataclass(frozen=True)
class Question:
    """What the sliders start from. `name` keeps the sliders of different pages and budgets apart."""

    name: str
    curves: Curves
    response: str
    start: Mapping[str, float]
    of_plan: bool = False
    fixed: Mapping[str, float] = field(default_factory=dict)
    """Money of channels without a curve: counted, not moved."""

    @property
    def budget(self) -> int:
        return round(sum(self.start.values()))

    def key(self, channel: str) -> str:
        return f"what_if/{self.name}/{channel}"

    @property
    def amounts_key(self) -> str:
        return f"what_if/{self.name}//amounts"

    @property
    def held_key(self) -> str:
        return f"what_if/{self.name}//held"

    @property
    def keep_key(self) -> str:
        return f"what_if/{self.name}//keep"


def show(question: Question, take_over: Callable[[Mapping[str, int]], None] | None = None) -> None:
    """Draw the sliders as a part of the page that is drawn again alone. `take_over` gets the amounts set by hand."""
    st.fragment(_show)(question, take_over)


def _show(question: Question, take_over: Callable[[Mapping[str, int]], None] | None) -> None:
    visit = visits.here()
    start = in_whole_units(question.start)
    amounts = _amounts(question, start)
    answer = question.curves.ask(_exact(question, start, amounts) | dict(question.fixed))
    budget = sum(question.start.values()) + sum(question.fixed.values())
    view = what_if_view(visit.voice, question.response, answer, budget, of_plan=question.of_plan)
    left, right = st.columns([2, 3]) if question.of_plan else (st.container(), st.container())
    with left:
        st.metric(view.label, view.value, view.change, delta_description=view.likely)
        for sentence in (view.between, view.against_plan, view.total, *view.warnings):
            parts.note(sentence)
    with right:
        _show_sliders(visit, question, amounts, view.channels)
        _show_buttons(visit, question, start, amounts, take_over)


def _show_buttons(
    visit: Visit,
    question: Question,
    start: Amounts,
    amounts: Amounts,
    take_over: Callable[[Mapping[str, int]], None] | None,
) -> None:
    held = [channel for channel in start if channel in st.session_state.get(question.held_key, [])]
    with st.container(horizontal=True, vertical_alignment="center"):
        reset = visit.say("what_if.reset")
        st.button(reset, on_click=_reset, args=(question, start), disabled=not held, key=f"{question.held_key}/reset")
        if take_over is not None:
            _offer_limits(visit, question, {channel: amounts[channel] for channel in held}, take_over)


def _exact(question: Question, start: Amounts, amounts: Amounts) -> dict[str, float]:
    """Sliders hold whole units; where nobody moved one, the amount it started from counts to the cent."""
    return {name: question.start[name] if amounts[name] == start[name] else amounts[name] for name in amounts}


def _show_sliders(visit: Visit, question: Question, amounts: Amounts, brings: Mapping[str, str]) -> None:
    figures = visit.voice.figures
    scale = slider_range(question.budget, in_whole_units(question.start))
    for channel, amount in amounts.items():
        key = question.key(channel)
        st.session_state.setdefault(key, amount)
        named = parts.plain(f"{channel} {figures.money(amount)}")
        st.slider(
            f"**{named}** :small[{parts.plain(brings.get(channel, ''))}]",
            min_value=0,
            max_value=max(scale.most, amount),
            step=scale.step,
            format=figures.slider_format(st.context.locale or "en"),
            key=key,
            on_change=_moved,
            args=(question, channel, scale),
            disabled=len(amounts) < 2,
        )
    label = visit.say("what_if.keep", budget=visit.voice.figures.money(question.budget))
    st.session_state.setdefault(question.keep_key, True)
    st.checkbox(parts.plain(label), key=question.keep_key)


def _moved(question: Question, channel: str, scale: Range) -> None:
    """Take over what a hand did.

    A browser that has not heard of the newest shares yet sends old ones along with a quick second move. Those are told
    from moves by lying between the steps, where no hand can put a slider.
    """
    amounts = _amounts(question, in_whole_units(question.start))
    value = int(st.session_state[question.key(channel)])
    if value % scale.step and value < scale.most:
        _set(question, amounts)
        return
    held = set(st.session_state.get(question.held_key, []))
    amounts[channel] = value
    if st.session_state.get(question.keep_key, True):
        amounts = balanced(amounts, channel, held, question.budget)
    _set(question, amounts)
    st.session_state[question.held_key] = sorted(held | {channel})


def _reset(question: Question, start: Amounts) -> None:
    _set(question, start)
    st.session_state[question.held_key] = []


def _amounts(question: Question, start: Amounts) -> Amounts:
    """The amounts that count; sliders follow them."""
    return dict(st.session_state.get(question.amounts_key, start))


def _set(question: Question, amounts: Amounts) -> None:
    st.session_state[question.amounts_key] = amounts
    for name, amount in amounts.items():
        st.session_state[question.key(name)] = amount


def _offer_limits(
    visit: Visit, question: Question, held: Mapping[str, int], take_over: Callable[[Mapping[str, int]], None]
) -> None:
    taken = st.button(
        visit.say("what_if.as_limits"),
        help=None if held else visit.say("what_if.as_limits_help"),
        disabled=not held,
        on_click=take_over,
        args=(held,),
        key=f"{question.held_key}/take",
    )
    if taken:
        st.rerun(scope="app")
