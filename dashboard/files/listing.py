"""Campaign files as tables: those that count, and those that were left alone."""

from typing import Any

import streamlit as st

from dashboard import charts, parts
from dashboard.views.files import FILTERS, FileLine, FilesView
from dashboard.visits import Visit
from projections.sync_lag import LagPoint


def choose(visit: Visit, view: FilesView) -> list[FileLine]:
    """Offer states and single files; give the lines that are to be shown."""
    say, counts = visit.say, view.counts
    states = {name: f"{say('files.all' if name == 'all' else f'state.{name}')} ({counts[name]})" for name in FILTERS}
    names = {line.file_id: line.name for line in view.lines}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state = parts.choose(say("files.show"), states, "state", default="all", width=240)
        parts.choose(say("files.open"), names, "file", placeholder=say("files.open_placeholder"), width=360)
    return view.shown(state or "all")


def show(visit: Visit, lines: list[FileLine]) -> None:
    say = visit.say

    def open_clicked() -> None:
        parts.set_parameter("file", lines[st.session_state["open_file"]["row"]].file_id)

    columns: dict[str, list[Any]] = {
        "name": [line.name for line in lines],
        "state": [line.badge.label for line in lines],
        "todo": [" ".join(filter(None, (line.todo, line.counted))) for line in lines],
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
        say("files.column.name"), type="tertiary", width=260, alignment="left", on_click=open_clicked, key="open_file"
    )
    config["todo"] = st.column_config.Column(say("files.column.todo"), width=300)
    config["rows"] = st.column_config.NumberColumn(say("files.column.rows"), format="localized")
    config["link"] = st.column_config.LinkColumn(
        say("files.column.link"), display_text=say("files.column.open_in_drive")
    )
    height = "content" if len(lines) <= 12 else 460
    st.dataframe(parts.arrow(columns), column_config=config, hide_index=True, alt=say("files.table"), height=height)


def show_lag(visit: Visit, view: FilesView, points: list[LagPoint]) -> None:
    """Show how long changes took from Drive until they were stored."""
    show_lag_of(visit, {line.file_id: line.name for line in view.lines}, points)


def show_lag_of(visit: Visit, names: dict[str, str], points: list[LagPoint]) -> None:
    shown = st.expander(visit.say("files.lag"), key="lag_shown", on_change="rerun")
    if shown.open:  # a browser fetches all that draws charts even for one that is folded away
        chart = charts.lag(visit.voice, points, names)
        with shown:
            parts.note(chart.alt)
            parts.show_chart(chart, "lag")


def show_others(visit: Visit, view: FilesView) -> None:
    """Show the files that are no campaign files, each with the reason."""
    say = visit.say

    def open_clicked() -> None:
        parts.set_parameter("file", view.others[st.session_state["open_other"]["row"]].file_id)

    names = ("name", "why", "modified")
    columns = {name: [getattr(other, name) for other in view.others] for name in names}
    config: dict[str, Any] = {name: st.column_config.Column(say(f"files.other.{name}")) for name in names}
    config["name"] = st.column_config.ButtonColumn(
        say("files.other.name"), type="tertiary", width=260, alignment="left", on_click=open_clicked, key="open_other"
    )
    with st.expander(say("files.other.title", count=len(view.others))):
        parts.note(say("files.other.note"))
        height = "content" if len(view.others) <= 12 else 460
        alt = say("files.other.table")
        st.dataframe(parts.arrow(columns), column_config=config, hide_index=True, alt=alt, height=height)
