"""The frame around every page: who is looking, at which workspace, as of when."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import streamlit as st

from dashboard import news, parts, problems, visits
from dashboard.access import reads
from dashboard.serving import sign_in
from dashboard.serving.front import PAGES
from dashboard.voice import voice_of
from projections.members import Workspace

SECOND = "with"  # the plan to compare with
LOOKS_AGAIN = 3  # seconds

st.set_page_config(
    page_title="Media Planner", page_icon=str(Path(__file__).parent / "static" / "icon.png"), layout="wide"
)
visitor_locale = st.context.locale or "en"


def script(name: str) -> str:
    if name == "plans" and {"plan", SECOND} <= set(st.query_params):
        return "screens/compare.py"
    one = PAGES[name].one
    return f"screens/{one if one in st.query_params else name}.py"


def pick_workspace(mine: list[Workspace], current: str | None) -> None:
    titles = {workspace.id: workspace.title for workspace in mine}
    st.sidebar.selectbox(
        say("app.workspace"),
        list(titles),
        index=list(titles).index(current) if current in titles else None,
        format_func=lambda workspace: titles[workspace],
        key="picked",
        on_change=lambda: visits.go(
            {"workspace": st.session_state["picked"], "at": None, SECOND: None}
            | {page.one: None for page in PAGES.values() if page.one}
        ),
    )


def refuse(title: str, body: str, **values: str) -> None:
    parts.title(say(title))
    parts.write(say(body, **values))
    offer_sign_out("secondary")
    st.stop()


def offer_sign_out(look: Literal["secondary", "tertiary"]) -> None:
    if sign_in.settings().sign_in == "oidc":
        st.button(say("app.sign_out"), on_click=st.logout, type=look)


@st.fragment(run_every=LOOKS_AGAIN)
def wait_to_be_added(user: str) -> None:
    if reads.workspaces(user):
        st.rerun()


person = sign_in.user()
mine = reads.workspaces(person) if person else []
current = visits.sticky("workspace") or (mine[0].id if mine else None)
spoken = next((workspace for workspace in mine if workspace.id == current), None)
say = voice_of(spoken.locale if spoken else visitor_locale, "EUR", datetime.now(UTC)).say
st.session_state["visit.locale"] = say.language

pages = {
    name: st.Page(script(name), title=say(f"page.{name}"), icon=page.icon, url_path=name, default=name == "home")
    for name, page in PAGES.items()
}
st.session_state["pages"] = pages
page = st.navigation(list(pages.values()), position="sidebar" if spoken else "hidden")

if person is None:
    parts.title(say("problem.sign_in_title"))
    parts.write(say("problem.sign_in"))
    st.button(say("problem.sign_in_button"), type="primary", on_click=st.login)
    st.stop()
about = list[str]()
if len(mine) > 1 or (mine and spoken is None):
    pick_workspace(mine, current)
elif spoken:
    about.append(f"{say('app.workspace')}: {spoken.title}")
else:
    wait_to_be_added(person)
    refuse("problem.no_workspace_title", "problem.no_workspace", user=person)
if spoken is None:
    refuse("problem.no_access_title", "problem.no_access")

visit = visits.here()
members = {member.user: member.name for member in reads.people(visit.place)}
about.append(say("app.signed_in", name=members.get(person, person), role=say(f"role.{visit.workspace.role}")))
st.sidebar.caption("\n\n".join(map(parts.plain, about)))
with st.sidebar:
    offer_sign_out("tertiary")
if visit.past:
    parts.past_banner(visit)
if notice := st.query_params.get("notice"):
    parts.show_notice(visit, notice)
problems.show_told(page.url_path)
news.tell(visit)
page.run()
