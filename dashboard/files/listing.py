"""Campaign files as tables: those that count, and those that were left alone."""

from urllib.parse import urlencode

import streamlit as st

from dashboard import charts, parts
from dashboard.tables import Cell, Link
from dashboard.views.files import FILTERS, FileLine, FilesView, OtherFile, pages
from dashboard.visits import Visit
from projections.sync_lag import LagPoint

LOOKS = {
    "state": "brief",
    "changed": "brief aside",
    "behind": "brief aside",
    "rows": "figure aside",
    "channels": "aside",
}


def show(visit: Visit, view: FilesView) -> None:
    """Offer states and single files, and list a page of the files in the state that is chosen."""
    say, counts = visit.say, view.counts
    states = {
        name: f"{say('files.all' if name == 'all' else f'state.{name}')} ({visit.voice.figures.number(counts[name])})"
        for name in FILTERS
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        state = parts.pick(say("files.show"), states, "state", default="all")
        with st.popover(say("files.open"), icon=":material/search:"):
            parts.choose(say("files.open"), view.names, "file", placeholder=say("files.open_placeholder"), width=360)
    lines = view.shown(state, _page(pages(counts[state]), "files_page"))
    if not lines:
        parts.note(say("files.none_shown"))
        return
    rows = [_row(visit, line) for line in lines]
    if all(line.behind == "–" for line in lines):
        rows = [{name: cell for name, cell in row.items() if name != say("files.column.behind")} for row in rows]
    parts.show_table(rows, say("files.table"), {say(f"files.column.{name}"): look for name, look in LOOKS.items()})


def _page(count: int, key: str) -> int:
    """Ask for the page where there are several; it stands in the address."""
    return st.pagination(count, key=key, bind="query-params") if count > 1 else 1


def _row(visit: Visit, line: FileLine) -> dict[str, Cell]:
    say = visit.say
    drive = Link(say("files.column.open_in_drive"), line.link, new_tab=True, about=line.name) if line.link else "–"
    return {
        say("files.column.name"): _opened(
            visit, line.file_id, line.name, " ".join(filter(None, (line.todo, line.counted)))
        ),
        say("files.column.state"): line.badge.label,
        say("files.column.changed"): line.changed,
        say("files.column.behind"): line.behind,
        say("files.column.rows"): line.rows,
        say("files.column.channels"): line.channels,
        say("files.column.link"): drive,
    }


def _opened(visit: Visit, file_id: str, name: str, below: str) -> Link:
    return Link(name, f"?{urlencode(visit.address(file=file_id))}", below)


def show_lag(visit: Visit, names: dict[str, str], points: list[LagPoint]) -> None:
    """Show how long changes took from Drive until they were stored."""
    shown = st.expander(visit.say("files.lag"), key="lag", on_change="rerun", bind="query-params")
    if shown.open:  # a browser fetches all that draws charts even for one that is folded away
        chart = charts.lag(visit.voice, points, names)
        with shown:
            parts.note(chart.alt)
            parts.show_chart(chart, "lag_chart")


def show_others(visit: Visit, view: FilesView) -> None:
    """Show the files that are no campaign files, each with the reason."""
    say = visit.say
    title = say("files.other.title", count=len(view.others))
    shown = st.expander(title, key="others", on_change="rerun", bind="query-params")
    if shown.open:
        with shown:
            parts.note(say("files.other.note"))
            lines = view.other_lines(_page(pages(len(view.others)), "others_page"))
            rows = [_other_row(visit, line) for line in lines]
            parts.show_table(rows, say("files.other.table"), {say("files.other.modified"): "brief aside"})


def _other_row(visit: Visit, line: OtherFile) -> dict[str, Cell]:
    say = visit.say
    return {
        say("files.other.name"): _opened(visit, line.file_id, line.name, line.why),
        say("files.other.modified"): line.modified,
    }
