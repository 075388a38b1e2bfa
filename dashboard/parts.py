"""Pieces that every page is put together from."""

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from dashboard import tables, visits
from dashboard.access import reads
from dashboard.charts import Chart
from dashboard.views.badges import Badge
from dashboard.views.freshness import FreshnessView, freshness_view
from dashboard.views.plans import PlanLine
from dashboard.visits import Visit

LIVE_SECONDS = 2
_MARKS = re.compile(r"([\\`*_\[\]<>$~#|])|(:)(?=[A-Za-z])|^(\s*)([-+])(?=\s)|^(\s*\d+)([.)])(?=\s)", re.MULTILINE)


def plain(text: str) -> str:
    """Keep text from being read as Markdown: names and amounts come from people and files."""
    return _MARKS.sub(
        lambda found: f"{found[3] or found[5] or ''}\\{found[1] or found[2] or found[4] or found[6]}",
        tables.isolated(text),
    )


def title(text: str, width: Literal["stretch", "content"] = "stretch") -> None:
    st.title(plain(text), anchor=False, width=width)


def heading(text: str, width: Literal["stretch", "content"] = "stretch") -> None:
    st.header(plain(text), anchor=False, width=width)


def write(text: str) -> None:
    st.markdown(plain(text))


def note(text: str) -> None:
    if text:
        st.caption(plain(text))


def show_badge(badge: Badge) -> None:
    st.badge(badge.label, icon=badge.icon, color=badge.color)


def in_line(badge: Badge) -> str:
    """Write a badge before a sentence: one part of a page instead of three."""
    return f":{badge.color}-badge[{badge.icon} {plain(badge.label)}]\u2002"


def pill(badge: Badge) -> tables.Pill:
    return tables.Pill(badge.label, badge.icon.removeprefix(":material/").removesuffix(":"), badge.color)


def show_chart(chart: Chart, key: str) -> None:
    st.echarts_chart(chart.option, alt=chart.alt, height=chart.height, key=key)


def show_table(rows: Sequence[Mapping[str, tables.Cell]], alt: str, looks: Mapping[str, str] | None = None) -> None:
    """Show a short table of text; long ones scroll."""
    st.html(tables.table(rows, alt, looks))


def arrow(columns: Mapping[str, Sequence[object]]) -> Any:
    """Put columns into the form in which they are sent, which takes a tenth of the way through pandas."""
    return pl.DataFrame(columns, strict=False).to_arrow()


def go_to(page: str, visit: Visit, label: str, *, icon: str | None = None, **parameters: str) -> None:
    """Link to another page of the same workspace and moment."""
    st.page_link(_page(page), label=plain(label), icon=icon, query_params=visit.address(**parameters))


def link_to(page: str, visit: Visit, label: str, **parameters: str) -> tables.Link:
    """Link to another page from within plain HTML: it loads anew, and costs nothing to draw."""
    return tables.Link(label, f"{page}?{urlencode(visit.address(**parameters))}")


def switch_to(page: str, visit: Visit, **parameters: str) -> None:
    st.switch_page(_page(page), query_params=visit.address(**parameters))


def _page(name: str) -> st.Page:
    return st.session_state["pages"][name]


def choose(
    label: str, options: Mapping[str, str], parameter: str, *, default: str | None = None, **look: Any
) -> str | None:
    """Offer a choice that lives in the address. None when nothing, or nothing known, is chosen."""
    key = f"choose_{parameter}"
    chosen = st.query_params.get(parameter, default)
    st.selectbox(
        label,
        list(options),
        index=list(options).index(chosen) if chosen and chosen in options else None,
        format_func=lambda option: options[option],
        key=key,
        on_change=lambda: set_parameter(parameter, st.session_state[key]),
        **look,
    )
    return chosen if chosen in options else None


def pick(label: str, options: Mapping[str, str], parameter: str, *, default: str) -> str:
    """Offer a choice that lives in the address and always holds, as a menu: browsers learn select boxes for long."""
    key, named = f"pick_{parameter}", st.query_params.get(parameter, default)
    chosen = named if named in options else default
    st.menu_button(
        plain(f"{label}: {options[chosen]}"),
        list(options),
        format_func=lambda option: options[option],
        key=key,
        on_click=lambda: set_parameter(parameter, st.session_state[key]),
    )
    return chosen


def set_parameter(name: str, value: str | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def download(label: str, make: Callable[[], bytes], name: str, mime: str) -> None:
    """Offer a file that is made only when someone asks for it."""
    st.download_button(label, make, name, mime, on_click="ignore", icon=":material/download:")


def show_plan_line(line: PlanLine) -> None:
    """Show a plan's state, what it says in one sentence, what it brings and how sure that is."""
    sure = f"\n\n{in_line(line.sure)} {plain(line.expectation)}" if line.sure is not None else ""
    st.markdown(f"{in_line(line.badge)} {plain(line.sentence)}{sure}")


def show_notice(visit: Visit, notice: str) -> None:
    """Say how the way to Google's page and back ended, until the first files are there."""
    if notice == "connected" and reads.campaign_files(visit.place):
        set_parameter("notice", None)
    elif notice == "connected":
        st.success(visit.say("notice.connected"), icon=":material/check:")
    elif visit.say.known(f"notice.{notice}"):
        st.warning(visit.say(f"notice.{notice}"), icon=":material/info:")


@contextmanager
def folded_form(name: str, label: str, icon: str) -> Generator[None]:
    """Put a form behind a button. `close_form` folds it away again, so that its result is seen."""
    used = st.session_state.get(f"{name}_used", 0)
    with st.popover(label, icon=icon, key=f"{name}_{used}"), st.form(name, border=False):
        yield


def close_form(name: str) -> None:
    """Another popover takes its place, which nobody has opened yet."""
    st.session_state[f"{name}_used"] = st.session_state.get(f"{name}_used", 0) + 1


def empty(headline: str, body: str) -> None:
    with st.container(border=True):
        heading(headline)
        write(body)


def live(visit: Visit, draw: Callable[[Visit], None]) -> None:
    """Draw a part every two seconds, and the whole page when something was stored since it was drawn."""
    if visit.past:
        return
    st.session_state["shown"] = _signature(visit)
    st.fragment(_draw_live, run_every=LIVE_SECONDS)(draw)


def _draw_live(draw: Callable[[Visit], None]) -> None:
    visit = visits.here()
    draw(visit)
    if _signature(visit) != st.session_state.get("shown"):
        reads.forget()
        st.rerun()


def freshness_line(visit: Visit) -> None:
    """Say how fresh the page is."""
    live(visit, show_freshness)


def show_freshness(visit: Visit) -> None:
    view = current_freshness(visit)
    st.markdown(f"{in_line(view.badge)} {plain(view.sentence)}")


def current_freshness(visit: Visit) -> FreshnessView:
    now = datetime.now(UTC)
    return freshness_view(visit.voice, reads.drive(visit.place), reads.freshness(visit.place, now))


def _signature(visit: Visit) -> tuple[int, int, bool]:
    """What a change of makes a page old."""
    freshness = reads.freshness(visit.place, datetime.now(UTC))
    return reads.shown_position(visit.place), freshness.waiting, freshness.checking


def past_banner(visit: Visit) -> None:
    last = reads.last_event(visit.place)
    position = visit.voice.figures.number(visit.place.at or 0)
    moment = visit.voice.figures.moment(last.at) if last else "–"
    st.warning(
        plain(visit.say("past.body", moment=moment, position=position)),
        icon=":material/history:",
        title=visit.say("past.title"),
    )
    st.button(visit.say("past.now"), icon=":material/update:", on_click=visits.go, args=({"at": None},))


def command_button(
    visit: Visit, label: str, act: Callable[[], None], *, allowed: bool, help_text: str = "", **look: object
) -> None:
    """Make a button for a command. Off with the reason while looking at the past or without the role."""
    reason = visit.say("past.disabled") if visit.past else help_text
    st.button(label, on_click=act, disabled=not allowed, help=reason if not allowed else None, **look)  # pyright: ignore[reportArgumentType]
