"""Campaign files: the connection, how far behind Drive we are, and every file with what to do about it."""

from typing import Any

import streamlit as st

from dashboard import connection, parts, reads, visits
from dashboard.views.files import FILTERS, FileLine, files_view

visit = visits.here()
say, place = visit.say, visit.place
view = files_view(visit.voice, reads.campaign_files(place), reads.pending(place))


def open_clicked() -> None:
    st.query_params["file"] = shown[st.session_state["open_file"]["row"]].file_id


def show_numbers() -> None:
    counts = view.counts
    behind = "–" if visit.past else parts.current_freshness(visit).behind
    with st.grid(4, min_column_width=160):
        st.metric(say("files.behind_drive"), behind, border=True, help=say("files.behind_help"))
        for label, value in (
            ("files.read", counts["up_to_date"]),
            ("files.waiting", counts["waiting"] + counts["checking"] + counts["late"]),
            ("files.needs", counts["needs_you"]),
        ):
            st.metric(say(label), visit.voice.figures.number(value), border=True)


def show_files(lines: list[FileLine]) -> None:
    columns: dict[str, list[Any]] = {
        "name": [line.name for line in lines],
        "state": [line.badge.label for line in lines],
        "todo": [line.todo for line in lines],
        "changed": [line.changed for line in lines],
        "read": [line.read for line in lines],
        "behind": [line.behind for line in lines],
        "rows": [line.rows for line in lines],
        "channels": [line.channels for line in lines],
        "link": [line.link or None for line in lines],
    }
    if not any(columns["todo"]):
        del columns["todo"]
    config: dict[str, Any] = {name: st.column_config.Column(say(f"files.column.{name}")) for name in columns}
    config["name"] = st.column_config.ButtonColumn(
        say("files.column.name"), type="tertiary", alignment="left", on_click=open_clicked, key="open_file"
    )
    if "todo" in columns:
        config["todo"] = st.column_config.Column(say("files.column.todo"), width=300)
    config["rows"] = st.column_config.NumberColumn(say("files.column.rows"), format="localized")
    config["link"] = st.column_config.LinkColumn(
        say("files.column.link"), display_text=say("files.column.open_in_drive")
    )
    height = "content" if len(lines) <= 12 else 460
    st.dataframe(columns, column_config=config, hide_index=True, alt=say("files.table"), height=height)


def show_others() -> None:
    columns = {say(f"files.other.{name}"): name for name in ("name", "why", "modified")}
    rows = [{label: getattr(other, name) for label, name in columns.items()} for other in view.others]
    with st.expander(say("files.other.title", count=len(view.others))):
        parts.note(say("files.other.note"))
        parts.show_table(rows, say("files.other.table"))


parts.title(say("page.files"))
parts.freshness_line(visit)
connection.card(visit)
connection.sync_progress(visit)
if view.lines:
    show_numbers()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        states = {
            name: f"{say('files.all' if name == 'all' else f'state.{name}')} ({view.counts[name]})" for name in FILTERS
        }
        state = parts.choose(say("files.show"), states, "state", default="all", width=240) or "all"
        names = {line.file_id: line.name for line in view.lines}
        parts.choose(say("files.open"), names, "file", placeholder=say("files.open_placeholder"), width=360)
    shown = view.shown(state)
    if shown:
        show_files(shown)
    else:
        parts.note(say("files.none_shown"))
elif connection.is_connected(visit):
    connection.first_steps(visit, "empty")
if view.others:
    show_others()
