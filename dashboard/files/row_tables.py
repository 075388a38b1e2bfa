"""Rows of a file as they were stored: all of them, or those that a finding rests on."""

from contextlib import suppress
from datetime import date

import streamlit as st

from dashboard import parts
from dashboard.access import reads
from dashboard.views.file import row_table
from dashboard.visits import Visit
from projections.performance_rows import EVERYTHING, Only

PAGE = 50
MOST = 500
"""Rows behind a finding are shown on one page."""
FILTERS = ("channel", "campaign", "first", "last")


def address_of(only: Only) -> dict[str, str]:
    """The filter as parameters of an address."""
    return {name: str(value) for name, value in only._asdict().items() if value}


def are_asked_for() -> bool:
    """Tell whether the address names rows that a finding rests on: then they come first on the page."""
    return _filter() != EVERYTHING


def show(visit: Visit, file_id: str, total: int) -> None:
    """Show stored rows when they are unfolded, or when the address names those that a finding rests on."""
    only, title = _filter(), visit.say("file.content", count=total)
    shown = st.expander(title, expanded=only != EVERYTHING, key="rows", on_change="rerun", bind="query-params")
    if shown.open:  # what draws the table is the largest script of the page
        with shown:
            _show_rows(visit, file_id, total, only)


def _show_rows(visit: Visit, file_id: str, total: int, only: Only) -> None:
    if only == EVERYTHING:
        pages = max(1, -(-total // PAGE))
        page = st.pagination(pages, key="rows_page") if pages > 1 else 1
        rows = reads.stored_rows(visit.place, file_id, PAGE, (page - 1) * PAGE)
    else:
        rows = reads.stored_rows(visit.place, file_id, MOST, 0, only)
        parts.note(visit.say("file.only", what=_named(visit, only), count=len(rows)))
        st.button(visit.say("file.all_rows"), on_click=_show_all, type="tertiary", icon=":material/filter_alt_off:")
    columns = row_table(visit.voice, rows)
    figures = st.column_config.NumberColumn(format="localized")
    config = {name: figures for name, cells in columns.items() if any(isinstance(cell, float) for cell in cells)}
    alt = visit.say("file.content_table")
    st.dataframe(parts.arrow(columns), column_config=config, hide_index=True, alt=alt)


def _filter() -> Only:
    found = {name: st.query_params.get(name) or None for name in FILTERS}
    days: dict[str, date | None] = {"first": None, "last": None}
    for name in days:
        with suppress(ValueError):
            days[name] = date.fromisoformat(found[name] or "")
    return Only(found["channel"], found["campaign"], days["first"], days["last"])


def _named(visit: Visit, only: Only) -> str:
    names = [name for name in (only.channel, only.campaign) if name]
    if only.first and only.last:
        names.append(visit.voice.figures.span(only.first, only.last))
    return ", ".join(names)


def _show_all() -> None:
    for name in FILTERS:
        st.query_params.pop(name, None)
    st.session_state["rows"] = True
