"""The form in which people say how a file is read: what its columns mean, its sheet, header row, currency and dates."""

import streamlit as st

from dashboard import parts, problems
from dashboard.files import decisions
from dashboard.views.file_drift import field_words
from dashboard.views.file_pins import (
    AUTO,
    DATE_ORDERS,
    FIRST_MEANINGS,
    MEANINGS,
    PinsView,
    conflict,
    first_columns,
    pins_of,
    pins_view,
    told_columns,
)
from dashboard.views.settings import currencies
from dashboard.visits import Visit
from projections.files import CampaignFile


def show(visit: Visit, file: CampaignFile) -> None:
    """Ask what the columns mean that are known; of a file that was never read, ask where the amounts stand."""
    say, known = visit.say, file.revision_number > 0
    view = pins_view(visit.voice, file)
    with st.form("how_read", border=False):
        parts.note(say("file.pins.note" if known else "file.judgement.where_note"))
        with st.grid(3, min_column_width=220):
            if known:
                _ask_meanings(visit, file, view)
            else:
                _ask_headers(visit, file)
            _ask_sheet(visit, file, view)
            st.number_input(
                say("file.pins.header_row"), 1, 1000, file.pins.header_row, 1, key=_key(file, "header_row"),
                placeholder=say("file.pins.auto"), help=say("file.pins.header_row_help"),
            )  # fmt: skip
            _offer(visit, say("file.pins.currency"), currencies(visit.voice), file.pins.currency, _key(file, "money"))
            orders = {order: say(f"file.pins.{order}") for order in DATE_ORDERS}
            _offer(visit, say("file.pins.date_order"), orders, file.pins.date_order, _key(file, "date_order"))
        st.form_submit_button(say("file.pins.save"), on_click=_save, args=(visit, file, view), icon=":material/check:")


def _ask_meanings(visit: Visit, file: CampaignFile, view: PinsView) -> None:
    meanings = {field: field_words(visit.voice, field) for field in MEANINGS}
    for place, column in enumerate(view.columns):
        label = visit.say("file.pins.column", header=parts.plain(column.label))
        found = visit.say("file.pins.auto_as", found=column.found)
        _offer(visit, label, meanings, column.chosen, _key(file, f"column_{place}"), auto=found)


def _ask_headers(visit: Visit, file: CampaignFile) -> None:
    told = told_columns(file.pins)
    for field in FIRST_MEANINGS:
        label = visit.say("file.judgement.column", field=field_words(visit.voice, field))
        st.text_input(label, told.get(field, ""), key=_key(file, field))


def _ask_sheet(visit: Visit, file: CampaignFile, view: PinsView) -> None:
    label, key = visit.say("file.pins.tab"), _key(file, "tab")
    if not file.revision_number:
        st.text_input(label, file.pins.tab or "", key=key)
    elif view.tabs:
        _offer(visit, label, {tab: tab for tab in view.tabs}, file.pins.tab, key)


def _offer(
    visit: Visit, label: str, options: dict[str, str], chosen: str | None, key: str, auto: str | None = None
) -> None:
    labels = {AUTO: auto or visit.say("file.pins.auto")} | options
    if chosen and chosen not in labels:
        labels[chosen] = chosen
    st.selectbox(label, list(labels), list(labels).index(chosen or AUTO), format_func=labels.__getitem__, key=key)


def _key(file: CampaignFile, name: str) -> str:
    """Widgets of another file, or after other choices, start anew."""
    return f"read_{name}_{file.file_id}_{file.position}"


def _save(visit: Visit, file: CampaignFile, view: PinsView) -> None:
    state, known = st.session_state, file.revision_number > 0
    if known:
        columns = {column.key: str(state[_key(file, f"column_{place}")]) for place, column in enumerate(view.columns)}
    else:
        columns = first_columns({field: str(state[_key(file, field)]) for field in FIRST_MEANINGS})
    pins = pins_of(
        columns or {},
        tab=str(state.get(_key(file, "tab")) or "").strip(),
        header_row=state[_key(file, "header_row")],
        currency=state[_key(file, "money")],
        date_order=state[_key(file, "date_order")],
        is_campaign=file.pins.is_campaign if known else True,
    )
    refused = visit.say("file.judgement.twice") if columns is None else conflict(visit.voice, view, pins)
    if pins == file.pins and not refused:
        refused = visit.say("file.pins.same")
    if refused:
        problems.tell(refused)
        return
    decisions.carry_out(visit, lambda: decisions.pin(visit, file, pins), "file.pins.saved")
