"""History: every event as a sentence, what one of them changed, and the way back to any moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from dashboard import audit, exports, parts, reads, visits
from dashboard.reads import Filters
from dashboard.views.history import ROUTINE, event_line, kinds

PAGE, MOST_DOWNLOADED = 100, 5000
DAYS = {"today": 1, "week": 7, "month": 30}

visit = visits.here()
say, place, voice = visit.say, visit.place, visit.voice
names = visits.names(visit)


def ask_filters() -> Filters:
    groups = kinds()
    with st.grid("auto", min_column_width=180):
        who = parts.choose(
            say("history.who"),
            dict(names.people) | {"system": say("history.system")},
            "who",
            placeholder=say("history.everyone"),
        )
        what = parts.choose(
            say("history.what"),
            {key: say(f"kind.{key}") for key in groups},
            "kind",
            placeholder=say("history.everything"),
        )
        file = parts.choose(say("history.file"), dict(names.files), "file", placeholder=say("history.all_files"))
        plan = parts.choose(say("history.plan"), dict(names.plans), "plan", placeholder=say("history.all_plans"))
        since = parts.choose(
            say("history.since"),
            {key: say(f"history.{key}") for key in DAYS},
            "since",
            placeholder=say("history.always"),
        )
    begin = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=DAYS[since]) if since else None
    return Filters(who, file, plan, groups[what] if what else None, begin)


def open_clicked() -> None:
    st.query_params["event"] = str(lines[st.session_state["open_event"]["row"]].position)


def show_lines() -> None:
    columns = {
        "open": [say("plans.open")] * len(lines),
        "when": [line.when for line in lines],
        "who": [line.who for line in lines],
        "happened": [line.sentence for line in lines],
        "number": [line.position for line in lines],
    }
    config: dict[str, Any] = {name: st.column_config.Column(say(f"history.{name}")) for name in columns}
    config["open"] = st.column_config.ButtonColumn(
        say("history.open"), type="tertiary", width="small", on_click=open_clicked, key="open_event"
    )
    config["number"] = st.column_config.NumberColumn(say("history.number"), format="localized", width="small")
    height = "content" if len(lines) <= 14 else 520
    st.dataframe(columns, column_config=config, hide_index=True, alt=say("history.table"), height=height)


def show_pages() -> None:
    with st.container(horizontal=True):
        if "before" in st.query_params:
            st.button(
                say("history.newer"), icon=":material/first_page:", on_click=parts.set_parameter, args=("before", None)
            )
        if len(entries) == PAGE:
            older = str(entries[-1].position)
            st.button(
                say("history.older"),
                icon=":material/arrow_forward:",
                on_click=parts.set_parameter,
                args=("before", older),
            )


def show_downloads() -> None:
    def everything() -> tuple[list[exports.EventLine], list[exports.Entry]]:
        found = reads.entries(place, filters, MOST_DOWNLOADED)
        return [event_line(voice, entry, names) for entry in found], found

    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            say("history.download_csv"),
            lambda: exports.history_csv(*everything()),
            "history.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            say("history.download_json"),
            lambda: exports.history_jsonl(everything()[1]),
            "history.jsonl",
            "application/jsonl",
            on_click="ignore",
            icon=":material/download:",
        )
        parts.note(say("history.download_note", count=MOST_DOWNLOADED))


parts.title(say("page.history"))
parts.note(say("history.note"))
parts.freshness_line(visit)
audit.travel(visit)
filters = ask_filters()
routine = st.toggle(say("history.routine"), key="routine", bind="query-params")
page = filters._replace(before=int(st.query_params["before"]) if "before" in st.query_params else None)
entries = reads.entries(place, page, PAGE)
lines = [event_line(voice, entry, names) for entry in entries if routine or filters.names or entry.name not in ROUTINE]
audit.show_chosen(visit, names)
if lines:
    show_lines()
    show_pages()
    show_downloads()
else:
    parts.note(say("history.no_match"))
