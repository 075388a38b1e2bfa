"""Limits on the form of a new plan: of each channel, and of channels together."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import streamlit as st

from dashboard import parts
from dashboard.views.plan_limits import GroupForm, LimitForm
from dashboard.visits import Visit
from events.plan import Brief

MOST_GROUPS = 6


def filled(visit: Visit, brief: Brief) -> dict[str, object]:
    """What the fields hold for the limits of a brief."""

    def text(amount: Decimal | None) -> str:
        return "" if amount is None else visit.voice.figures.amount(amount)

    named = [*brief.limits, *(channel for group in brief.groups for channel in group.channels)]
    fields: dict[str, object] = {"limited_channels": named, "group_count": max(len(brief.groups), 1)}
    for channel, limit in brief.limits.items():
        fields[f"least_{channel}"] = text(limit.at_least)
        fields[f"most_{channel}"] = text(limit.at_most)
        fields[f"if_any_{channel}"] = text(limit.at_least_if_any)
        fields[f"locked_{channel}"] = limit.locked
    for number, group in enumerate(brief.groups):
        fields[f"group_name_{number}"] = group.name
        fields[f"group_channels_{number}"] = group.channels
        fields[f"group_least_{number}"] = text(group.at_least)
        fields[f"group_most_{number}"] = text(group.at_most)
    return fields


def ask(
    visit: Visit, place: Callable[[str], None], shares: Mapping[str, float]
) -> tuple[dict[str, LimitForm], tuple[GroupForm, ...]]:
    """`place` makes room for the problems of a field."""
    named = st.session_state.get("limited_channels", [])
    channels = dict(shares) | {name: 0.0 for name in named if name not in shares}
    limits: dict[str, LimitForm] = {}
    shown = st.expander(visit.say("new.limits"), key="limits", on_change="rerun")
    if drawn("limits", shown.open or bool(named)):
        with shown:
            parts.note(visit.say("new.limits_note", symbol=visit.voice.figures.symbol))
            limits = {channel: _ask_limit(visit, place, channel, share) for channel, share in channels.items()}
    groups: tuple[GroupForm, ...] = ()
    shown = st.expander(visit.say("new.groups"), key="groups", on_change="rerun")
    if drawn("groups", shown.open or bool(st.session_state.get("group_channels_0"))):
        with shown:
            groups = _ask_groups(visit, place, list(channels))
    return limits, groups


def drawn(name: str, wanted: bool | None) -> bool:
    """Draw fields when they are looked at or hold something, and from then on: what is not drawn is forgotten."""
    key = f"{name}_drawn"
    st.session_state[key] = bool(wanted) or bool(st.session_state.get(key))
    return st.session_state[key]


def _ask_groups(visit: Visit, place: Callable[[str], None], channels: list[str]) -> tuple[GroupForm, ...]:
    parts.note(visit.say("new.groups_note"))
    count = int(st.session_state.setdefault("group_count", 1))
    groups = tuple(_ask_group(visit, place, number, channels) for number in range(count))
    if count < MOST_GROUPS:
        st.button(visit.say("new.group_more"), icon=":material/add:", on_click=_one_more_group, type="tertiary")
    return groups


def _one_more_group() -> None:
    st.session_state["group_count"] = int(st.session_state.get("group_count", 1)) + 1


def _ask_limit(visit: Visit, place: Callable[[str], None], channel: str, share: float) -> LimitForm:
    say = visit.say
    with st.container(gap="small"):
        name, locked = st.columns([7, 3], vertical_alignment="center")
        today = say("new.share_today", share=visit.voice.figures.share(share))
        name.markdown(f"{parts.plain(channel)} :small[{parts.plain(today)}]")
        keep = locked.checkbox(say("new.locked"), key=f"locked_{channel}")
        with st.grid(3, min_column_width=100):
            at_least, at_most, if_any = (
                _ask_bound(say(f"new.{kind}_of", channel=channel), say(f"new.{kind}"), f"{kind}_{channel}")
                for kind in ("least", "most", "if_any")
            )
        place(f"limit/{channel}")
    return LimitForm(at_least, at_most, keep, if_any)


def _ask_bound(label: str, placeholder: str, key: str) -> str:
    return st.text_input(label, placeholder=placeholder, label_visibility="collapsed", key=key) or ""


def _ask_group(visit: Visit, place: Callable[[str], None], number: int, channels: list[str]) -> GroupForm:
    say = visit.say
    name = say("new.group", number=number + 1)
    with st.container(gap="small"):
        chosen = st.multiselect(
            say("new.group_channels", group=name),
            channels,
            placeholder=say("new.group_choose"),
            key=f"group_channels_{number}",
        )
        with st.grid(3, min_column_width=100):
            called = _ask_bound(say("new.group_name", group=name), say("new.group_called"), f"group_name_{number}")
            at_least = _ask_bound(say("new.least_of", channel=name), say("new.least"), f"group_least_{number}")
            at_most = _ask_bound(say("new.most_of", channel=name), say("new.most"), f"group_most_{number}")
        place(f"group/{number}")
    return GroupForm(called, tuple(chosen), at_least, at_most)
