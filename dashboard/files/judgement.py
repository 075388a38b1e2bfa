"""Whether a file is a campaign file, by people's choice: the buttons, and the form that says where its amounts are."""

from datetime import UTC, datetime

import msgspec
import streamlit as st

from dashboard import parts, problems
from dashboard.access import file_commands
from dashboard.views.file_drift import field_words
from dashboard.views.file_pins import AUTO, DATE_ORDERS, FIRST_MEANINGS, first_columns, pins_of, told_columns
from dashboard.views.settings import currencies
from dashboard.visits import Visit
from events.campaign_file import FilePins
from projections.files import CampaignFile


def show(visit: Visit, file: CampaignFile) -> None:
    """Tell a file that does not count why, with the way to let it count."""
    if file.status != "not_campaign":
        return
    with st.container(border=True):
        parts.heading(visit.say("file.judgement.title"))
        if file.pins.is_campaign is False:
            parts.write(visit.say("file.judgement.said_no"))
            _undo_button(visit, file)
            return
        parts.write(" ".join(file.reasons) or visit.say("files.other.no_reason"))
        parts.note(visit.say("file.judgement.note"))
        parts.command_button(
            visit,
            visit.say("file.judgement.yes"),
            lambda: _decide(visit, file, msgspec.structs.replace(file.pins, is_campaign=True)),
            allowed=visit.may("planner"),
            help_text=visit.say("file.pins.only_planners"),
            icon=":material/check:",
            type="primary",
        )


def ask_first(visit: Visit, file: CampaignFile) -> None:
    """Let people say where the amounts of a file stand that was never read, so that none of its columns is known."""
    if not visit.may("planner"):
        return
    say, pins = visit.say, file.pins
    told = told_columns(pins)
    broken = (file.problem_code or "").startswith("pins_")
    with st.expander(say("file.judgement.where"), expanded=broken), st.form("first_pins", border=False):
        parts.note(say("file.judgement.where_note"))
        with st.grid(3, min_column_width=220):
            for field in FIRST_MEANINGS:
                label = say("file.judgement.column", field=field_words(visit.voice, field))
                st.text_input(label, told.get(field, ""), key=_key(file, field))
            st.text_input(say("file.pins.tab"), pins.tab or "", key=_key(file, "tab"))
            st.number_input(
                say("file.pins.header_row"), 1, 1000, pins.header_row, 1, key=_key(file, "header_row"),
                placeholder=say("file.pins.auto"), help=say("file.pins.header_row_help"),
            )  # fmt: skip
            _offer(visit, file, "money", currencies(visit.voice), pins.currency)
            orders = {order: say(f"file.pins.{order}") for order in DATE_ORDERS}
            _offer(visit, file, "date_order", orders, pins.date_order)
        st.form_submit_button(say("file.pins.save"), on_click=_save, args=(visit, file), icon=":material/push_pin:")


def offer_no(visit: Visit, file: CampaignFile) -> None:
    """Let people take out a file that was taken for a campaign file."""
    parts.command_button(
        visit,
        visit.say("file.judgement.no"),
        lambda: _decide(visit, file, msgspec.structs.replace(file.pins, is_campaign=False)),
        allowed=visit.may("planner"),
        help_text=visit.say("file.pins.only_planners"),
        icon=":material/block:",
        type="tertiary",
    )


def _offer(visit: Visit, file: CampaignFile, name: str, options: dict[str, str], chosen: str | None) -> None:
    labels = {AUTO: visit.say("file.pins.auto")} | options
    label = visit.say("file.pins.currency" if name == "money" else "file.pins.date_order")
    index = list(labels).index(chosen) if chosen in labels else 0
    st.selectbox(label, list(labels), index, format_func=labels.__getitem__, key=_key(file, name))


def _key(file: CampaignFile, name: str) -> str:
    return f"first_{name}_{file.file_id}_{file.position}"


def _save(visit: Visit, file: CampaignFile) -> None:
    state = st.session_state
    said = {field: str(state[_key(file, field)]) for field in FIRST_MEANINGS}
    columns = first_columns(said)
    if len(columns) < sum(bool(header.strip()) for header in said.values()):
        problems.tell(visit.say("file.judgement.twice"))
        return
    pins = pins_of(
        columns,
        tab=str(state[_key(file, "tab")]).strip(),
        header_row=state[_key(file, "header_row")],
        currency=state[_key(file, "money")],
        date_order=state[_key(file, "date_order")],
        is_campaign=True,
    )
    if pins == file.pins:
        problems.tell(visit.say("file.pins.same"))
        return
    _decide(visit, file, pins)


def _undo_button(visit: Visit, file: CampaignFile) -> None:
    parts.command_button(
        visit,
        visit.say("file.judgement.undo"),
        lambda: _undo(visit, file),
        allowed=visit.may("planner"),
        help_text=visit.say("file.pins.only_planners"),
        icon=":material/undo:",
    )


def _decide(visit: Visit, file: CampaignFile, pins: FilePins) -> None:
    with problems.told(visit.say):
        file_commands.pin(visit.place, file.file_id, pins, file.pins, datetime.now(UTC))
        word = "taken_out" if pins.is_campaign is False else "saved"
        st.toast(visit.say(f"file.judgement.{word}"), icon=":material/push_pin:")


def _undo(visit: Visit, file: CampaignFile) -> None:
    with problems.told(visit.say):
        file_commands.undo_pins(visit.place, file.file_id, file.pins, datetime.now(UTC))
        st.toast(visit.say("file.pins.undone"), icon=":material/undo:")
