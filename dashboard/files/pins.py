"""The form in which people decide how a file is read, and the way back."""

from datetime import UTC, datetime

import streamlit as st

from dashboard import parts, problems
from dashboard.access import file_commands
from dashboard.files import judgement
from dashboard.views.file_drift import field_words
from dashboard.views.file_pins import (
    AUTO,
    DATE_ORDERS,
    MEANINGS,
    PinnedColumn,
    PinsView,
    conflict,
    pins_of,
    pins_view,
)
from dashboard.views.settings import currencies
from dashboard.visits import Visit
from projections.files import CampaignFile


def show(visit: Visit, file: CampaignFile) -> None:
    say, may = visit.say, visit.may("planner")
    if file.pins.is_campaign is False:
        return
    view = pins_view(visit.voice, file)
    if view.summary:
        parts.note(view.summary)
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.can_undo:
            parts.command_button(
                visit,
                say("file.pins.undo"),
                lambda: _undo(visit, file),
                allowed=may,
                help_text=say("file.pins.only_planners"),
                icon=":material/undo:",
            )
        if file.status != "not_campaign":
            judgement.offer_no(visit, file)
    if file.revision_number == 0:
        judgement.ask_first(visit, file)
        return
    if not may:
        parts.note(say("past.disabled" if visit.past else "file.pins.only_planners"))
        return
    broken = (file.problem_code or "").startswith("pins_")
    with st.expander(say("file.pins.title"), expanded=broken), st.form("pins", border=False):
        _ask(visit, file, view)


def _ask(visit: Visit, file: CampaignFile, view: PinsView) -> None:
    say, pins = visit.say, file.pins
    parts.note(say("file.pins.note"))
    with st.grid(3, min_column_width=220):
        if view.tabs:
            _offer(visit, say("file.pins.tab"), {tab: tab for tab in view.tabs}, pins.tab, _key(file, "tab"))
        st.number_input(
            say("file.pins.header_row"), 1, 1000, pins.header_row, 1, key=_key(file, "header_row"),
            placeholder=say("file.pins.auto"), help=say("file.pins.header_row_help"),
        )  # fmt: skip
        _offer(visit, say("file.pins.currency"), currencies(visit.voice), pins.currency, _key(file, "currency"))
        orders = {order: say(f"file.pins.{order}") for order in DATE_ORDERS}
        _offer(visit, say("file.pins.date_order"), orders, pins.date_order, _key(file, "date_order"))
        for place, column in enumerate(view.columns):
            _offer_meanings(visit, file, column, place)
    st.form_submit_button(say("file.pins.save"), on_click=_save, args=(visit, file, view), icon=":material/push_pin:")


def _offer_meanings(visit: Visit, file: CampaignFile, column: PinnedColumn, place: int) -> None:
    meanings = {field: field_words(visit.voice, field) for field in MEANINGS}
    label = visit.say("file.pins.column", header=parts.plain(column.label))
    found = visit.say("file.pins.auto_as", found=column.found)
    _offer(visit, label, meanings, column.chosen, _key(file, f"column_{place}"), auto=found)


def _offer(
    visit: Visit, label: str, options: dict[str, str], chosen: str | None, key: str, auto: str | None = None
) -> None:
    labels = {AUTO: auto or visit.say("file.pins.auto")} | options
    if chosen and chosen not in labels:
        labels[chosen] = chosen
    st.selectbox(label, list(labels), list(labels).index(chosen or AUTO), format_func=labels.__getitem__, key=key)


def _key(file: CampaignFile, name: str) -> str:
    """Widgets of another file, or after other choices, start anew."""
    return f"pin_{name}_{file.file_id}_{file.position}"


def _save(visit: Visit, file: CampaignFile, view: PinsView) -> None:
    state = st.session_state
    pins = pins_of(
        {column.key: state[_key(file, f"column_{place}")] for place, column in enumerate(view.columns)},
        tab=state.get(_key(file, "tab")),
        header_row=state[_key(file, "header_row")],
        currency=state[_key(file, "currency")],
        date_order=state[_key(file, "date_order")],
        is_campaign=file.pins.is_campaign,
    )
    if told := "" if pins != file.pins else visit.say("file.pins.same"):
        problems.tell(told)
        return
    if told := conflict(visit.voice, view, pins):
        problems.tell(told)
        return
    with problems.told(visit.say):
        file_commands.pin(visit.place, file.file_id, pins, file.pins, datetime.now(UTC))
        st.toast(visit.say("file.pins.saved"), icon=":material/push_pin:")


def _undo(visit: Visit, file: CampaignFile) -> None:
    with problems.told(visit.say):
        file_commands.undo_pins(visit.place, file.file_id, file.pins, datetime.now(UTC))
        st.toast(visit.say("file.pins.undone"), icon=":material/undo:")
