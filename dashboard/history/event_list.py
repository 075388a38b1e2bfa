"""The events of a workspace as a list: filter, look, turn pages, take away."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from dashboard import parts
from dashboard.access import reads
from dashboard.access.reads import Filters
from dashboard.exports import audit_trail
from dashboard.serving import sign_in
from dashboard.tables import Cell, Link
from dashboard.views.history import ROUTINE, EventLine, Names, event_line, kinds
from dashboard.visits import Visit
from projections.history import Entry

PAGE, MOST_DOWNLOADED = 40, 5000
DAYS = {"today": 1, "week": 7, "month": 30}
FILTERS = {
    "who": ("who", "everyone"),
    "kind": ("what", "everything"),
    "file": ("file", "all_files"),
    "plan": ("plan", "all_plans"),
    "since": ("since", "always"),
}
"""Their words by the parameter of the address: what is chosen, and what shows without a choice."""
LOOKS = {"when": "time", "happened": "sentence", "who": "brief aside", "open": "brief plain", "number": "figure aside"}


class Asked(NamedTuple):
    filters: Filters
    routine: bool
    """Whether checks that found nothing are shown as well."""


def ask_filters(visit: Visit, names: Names) -> Asked:
    """Offer filters by person, kind, file, plan and time behind one button, which tells those that hold.

    They live in the address.
    """
    say, groups = visit.say, kinds()
    offered: dict[str, Mapping[str, str]] = {
        "who": dict(names.people) | {"system": say("history.system")},
        "kind": {key: say(f"kind.{key}") for key in groups},
        "file": names.files,
        "plan": names.plans,
        "since": {key: say(f"history.{key}") for key in DAYS},
    }
    named = {parameter: offered[parameter].get(st.query_params.get(parameter, "")) for parameter in offered}
    held = ", ".join(filter(None, named.values()))
    label = say("history.filtered", by=held) if held else say("history.filters")
    with st.popover(parts.plain(label), icon=":material/filter_list:", key="filters"):
        who, what, file, plan, since = (
            parts.choose(say(f"history.{word}"), offered[parameter], parameter, placeholder=say(f"history.{without}"))
            for parameter, (word, without) in FILTERS.items()
        )
        routine = st.toggle(say("history.routine"), key="routine", bind="query-params")
    begin = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=DAYS[since]) if since else None
    return Asked(Filters(who, file, plan, groups[what] if what else None, begin), routine)


def show(visit: Visit, names: Names, asked: Asked) -> None:
    """Show one page of the events that match."""
    filters, routine = asked
    before = st.query_params.get("before", "")
    page = filters._replace(before=int(before) if before.isascii() and before.isdigit() else None)
    entries = reads.entries(visit.place, page, PAGE)
    shown = [entry for entry in entries if routine or filters.names or entry.name not in ROUTINE]
    if shown:
        _show_lines(visit, [event_line(visit.voice, entry, names) for entry in shown])
    else:
        parts.note(visit.say("history.no_match"))
    _show_pages(visit, entries)


def _show_lines(visit: Visit, lines: list[EventLine]) -> None:
    names = {name: visit.say(f"history.{name}") for name in ("when", "happened", "who", "open", "number")}
    rows: list[dict[str, Cell]] = [
        {
            names["when"]: line.when,
            names["happened"]: line.sentence,
            names["who"]: line.who,
            names["open"]: Link(visit.say("history.show"), _address(line.position), about=line.sentence),
            names["number"]: visit.voice.figures.number(line.position),
        }
        for line in lines
    ]
    parts.show_table(rows, visit.say("history.table"), {names[name]: look for name, look in LOOKS.items()})


def _address(position: int) -> str:
    """The same list with one event opened."""
    return "?" + urlencode(st.query_params.to_dict() | {"event": position})


def _show_pages(visit: Visit, entries: list[Entry]) -> None:
    newest, older = visit.say("history.newer"), visit.say("history.older")
    with st.container(horizontal=True):
        if "before" in st.query_params:
            st.button(newest, icon=":material/first_page:", on_click=parts.set_parameter, args=("before", None))
        if len(entries) == PAGE:
            last = str(entries[-1].position)
            st.button(older, icon=":material/arrow_forward:", on_click=parts.set_parameter, args=("before", last))


def show_downloads(visit: Visit, names: Names, filters: Filters) -> None:
    """Offer what matches as a table and as the events themselves, made when asked for, and the audit trail."""
    say = visit.say

    def found() -> list[Entry]:
        return reads.entries(visit.place, filters, MOST_DOWNLOADED)

    def as_table() -> bytes:
        return audit_trail.history_csv([event_line(visit.voice, entry, names) for entry in found()], found())

    with st.popover(say("download.menu"), icon=":material/download:", key="downloads"):
        parts.note(say("history.download_note", count=MOST_DOWNLOADED))
        with st.container(horizontal=True):
            parts.download(say("history.download_csv"), as_table, "history.csv", "text/csv")
            parts.download(
                say("history.download_json"),
                lambda: audit_trail.history_jsonl(found()),
                "history.jsonl",
                "application/jsonl",
            )
        _offer_trail(visit)


def _offer_trail(visit: Visit) -> None:
    """Offer the whole audit trail with its proof; the links last fifteen minutes."""
    say = visit.say
    parts.heading(say("history.trail"))
    parts.note(say("history.trail_note"))
    if not visit.holds("owner"):
        parts.note(say("history.trail_owners"))
        return
    asked = urlencode(visit.address(ticket=sign_in.ticket(visit.place.user)))
    with st.container(horizontal=True):
        for kind in ("csv", "jsonl"):
            address = f"/audit/trail.{kind}?{asked}"
            st.link_button(say(f"history.trail_{kind}"), address, icon=":material/download:")
