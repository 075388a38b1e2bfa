"""The connection to Drive as people meet it: connect, reconnect, check now, and watch a check happen."""

import html
import uuid
from datetime import UTC, datetime
from urllib.parse import urlencode

import streamlit as st

from dashboard import parts, problems, tables
from dashboard.access import commands, reads
from dashboard.serving import sign_in
from dashboard.views.refresh import refresh_view
from dashboard.views.settings import connection_view
from dashboard.visits import Visit


def connect_link(visit: Visit, label: str, *, first: bool) -> None:
    """Link to the consent page in the same tab: Streamlit's own links open a second one.

    `first` makes it look like the main button of the page.
    """
    if not visit.may("planner"):
        parts.note(visit.say("past.disabled" if visit.past else "connection.only_planners"))
        return
    parameters = {"workspace": visit.place.workspace, "ticket": sign_in.ticket(visit.place.user)}
    address = html.escape(f"/connect/google/start?{urlencode(parameters)}")
    st.html(f'<a href="{address}" style="{_button_style(first=first)}">{html.escape(label)}</a>', width="content")


def _button_style(*, first: bool) -> str:
    """Make a link look like Streamlit's buttons, in the theme's own colors."""
    mode = st.context.theme.type or "light"
    fill = st.get_option(f"theme.{mode}.{'primaryColor' if first else 'backgroundColor'}")
    text = st.get_option("theme.light.backgroundColor" if first else f"theme.{mode}.textColor")
    line = fill if first else st.get_option(f"theme.{mode}.borderColor")
    box = "display: inline-block; padding: 0.5rem 0.9rem; border-radius: 0.6rem; text-decoration: none"
    return f"{box}; font-size: 0.875rem; border: 1px solid {line}; background: {fill}; color: {text}"


def card(visit: Visit, *, may_end: bool = False) -> None:
    """Show what is connected, the one thing to do about it, and the button that checks for changes.

    `may_end` adds the way to disconnect.
    """
    view = connection_view(visit.voice, reads.drive(visit.place))
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            parts.heading(view.title, width="content")
            parts.show_badge(view.badge)
        st.html(tables.small(" · ".join(filter(None, (view.account, view.note)))))
        if view.problem:
            st.error(parts.plain(view.problem), icon=":material/error:")
        with st.container(horizontal=True, vertical_alignment="center"):
            if view.action is None:
                check_button(visit, None, visit.say("files.check"))
            connect_link(
                visit, visit.say(f"connection.{view.action or 'switch'}"), first=view.action in ("connect", "reconnect")
            )
            if may_end and view.action is None:
                _disconnect(visit)


def _disconnect(visit: Visit) -> None:
    with st.popover(visit.say("connection.end"), disabled=not visit.may("planner")):
        parts.note(visit.say("connection.end_note"))
        parts.command_button(
            visit,
            visit.say("connection.end_sure"),
            lambda: _end(visit),
            allowed=visit.may("planner"),
            help_text=visit.say("connection.only_planners"),
            icon=":material/link_off:",
        )


def _end(visit: Visit) -> None:
    with problems.told(visit.say):
        commands.disconnect(visit.place)
        st.toast(visit.say("connection.ended"), icon=":material/link_off:")


def check_button(visit: Visit, file_id: str | None, label: str, *, first: bool = True) -> None:
    """Ask to check Drive, or one file of it. `first` makes it look like the main button of the page."""
    parts.command_button(
        visit,
        label,
        lambda: _check(visit, file_id),
        allowed=visit.may("planner"),
        help_text=visit.say("files.only_planners"),
        icon=":material/sync:",
        type="primary" if first else "secondary",
    )


def _check(visit: Visit, file_id: str | None) -> None:
    with problems.told(visit.say):
        commands.request_refresh(visit.place, uuid.uuid4().hex, file_id)
        st.toast(visit.say("files.asked"), icon=":material/sync:")


def show_progress(visit: Visit) -> None:
    """Follow a check from the click until its result, and many files while they are read."""
    now = datetime.now(UTC)
    asked = next(iter(reads.entries(visit.place, reads.Filters(names=("sync.refresh_requested",)), 1)), None)
    read = reads.entries(visit.place, reads.Filters(names=("file.synced",)), 100)
    view = refresh_view(visit.voice, reads.freshness(visit.place, now), asked, read)
    if view.state == "reading":
        st.progress(view.share, parts.plain(view.sentence))
    elif view.state == "running":
        st.status(view.sentence, state="running")
    elif view.state == "done":
        st.success(view.sentence, icon=":material/check:")
    elif view.state == "unanswered":
        st.warning(view.sentence, icon=":material/schedule:")


def show_freshness_and_progress(visit: Visit) -> None:
    parts.show_freshness(visit)
    if is_connected(visit):
        show_progress(visit)


def first_steps(visit: Visit, state: str) -> None:
    """Show the first run: connect, wait for Google, wait for the first files, or explain why there are none."""
    say = visit.say
    with st.container(border=True):
        if state == "no_connection":
            parts.heading(say("first.title"))
            parts.write(say("first.body"))
            st.markdown(say("first.steps"))
            connect_link(visit, say("connection.connect"), first=True)
        elif state == "connecting":
            parts.heading(say("first.connecting_title"))
            parts.write(say("first.connecting"))
            connect_link(visit, say("connection.again"), first=False)
        else:
            looked = reads.freshness(visit.place, datetime.now(UTC)).last_checked_at is not None
            parts.heading(say("first.empty_title" if looked else "first.searching_title"))
            parts.write(say("first.empty" if looked else "first.searching"))


def is_connected(visit: Visit) -> bool:
    connection = reads.drive(visit.place)
    return connection is not None and connection.status == "connected"


def is_known(visit: Visit) -> bool:
    """Whether somebody connected a Drive or tried to."""
    connection = reads.drive(visit.place)
    return connection is not None and connection.status != "disconnected"
