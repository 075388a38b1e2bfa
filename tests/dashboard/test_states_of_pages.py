"""Every page in every state it can be in: what is said, and what to do next. A state that cannot be says why."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from tests.dashboard.fake_temporal import FakeTemporal
from tests.dashboard.seeding import ACME, ANA, FAILED, PARTIAL, READY, STRANGER, VERA, WAITING
from worker.contracts import Progress


class Shown(NamedTuple):
    workspace: str
    """As `seeding.STATES` tells of it."""
    sentence: str
    next_step: str = ""
    """A button, a link, or what the sentence beside it says to do."""
    user: str = ANA
    more: dict[str, str] = {}  # noqa: RUF012 - read only
    temporal_away: bool = False


PAST = {"at": "19"}
AT = "You are looking at the past"
BOTH, ONE = {"plan": READY, "with": PARTIAL}, {"plan": READY}
PAGES = {
    "home": "home",
    "plans": "plans",
    "plan": "plans",
    "compare": "plans",
    "new plan": "new_plan",
    "history": "history",
    "settings": "settings",
}
NO_PLAN = "Without files there is no plan that the address could name; a wrong link is an error."
TABLE: dict[str, dict[str, Shown | str]] = {
    "home": {
        "first run": Shown("no_connection", "Connect the Drive where your campaign files live", "Connect"),
        "empty": Shown("empty", "Drive is connected; no campaign file was found", "Campaign files"),
        "loading": Shown("connecting", "Google Drive is being connected", "Start again"),
        "partial": Shown("needs_you", "Google Drive no longer lets us in.", "Look at Google Drive"),
        "error": Shown("failed", "The file is damaged.", "Open it in Drive, save it again"),
        "viewer": Shown(
            "no_connection", "Connecting needs the planner role.", "Ask an owner of this workspace.", user=VERA
        ),
        "past": Shown("normal", AT, "Back to now", more=PAST),
    },
    "plans": {
        "first run": Shown("no_connection", "No plan yet", "Make a plan"),
        "empty": Shown("empty", "No plan yet", "Make a plan"),
        "loading": Shown("working", "This plan is being made.", "Open"),
        "partial": Shown("normal", "Partial draft", "Open"),
        "error": Shown("failed", "There are fewer than four weeks of data in the chosen files.", "Open"),
        "viewer": Shown("normal", "Vera Lind · Viewer", "Open", user=VERA),
        "past": Shown("normal", AT, "Back to now", more=PAST),
    },
    "plan": {
        "first run": NO_PLAN,
        "empty": NO_PLAN,
        "loading": Shown("working", "Step 4 of 7", "You can leave this page", more={"plan": WAITING}),
        "partial": Shown("normal", "What is missing, and why", "Approve", more={"plan": PARTIAL}),
        "error": Shown("normal", "fewer than four weeks of data", "Try again", more={"plan": FAILED}),
        "viewer": Shown("normal", "Expected revenue", "Excel workbook", user=VERA, more=ONE),
        "past": Shown("normal", AT, "Back to now", more=ONE | PAST),
        "wrong link": Shown("normal", "is not in this workspace", "All plans", more={"plan": "gone"}),
        "Temporal away": Shown(
            "working", "Nothing was lost: your request is kept.", more={"plan": WAITING}, temporal_away=True
        ),
    },
    "compare": {
        "first run": NO_PLAN,
        "empty": NO_PLAN,
        "loading": Shown("working", "Choose two plans above", more={"plan": READY, "with": WAITING}),
        "partial": Shown("normal", "The ranges overlap: no clear winner.", "Back to the plan", more=BOTH),
        "error": Shown("normal", "Choose two plans above", more={"plan": READY, "with": "gone"}),
        "viewer": Shown("normal", "Vera Lind · Viewer", user=VERA, more=BOTH),
        "past": Shown("normal", AT, "Back to now", more=BOTH | PAST),
    },
    "new plan": {
        "first run": Shown("no_connection", "There is nothing to plan from yet", "Campaign files"),
        "empty": Shown("empty", "There is nothing to plan from yet", "Campaign files"),
        "loading": "The form needs nothing that takes time; whether files wait to be read is said above it.",
        "partial": Shown("needs_you", "Google Drive no longer lets us in.", "Make plan"),
        "error": Shown("failed", "There is nothing to plan from yet", "Campaign files"),
        "viewer": Shown("normal", "Making plans needs the planner role", "ask an owner", user=VERA),
        "past": Shown("normal", AT, "Back to now", more=PAST),
    },
    "history": {
        "first run": Shown("no_connection", "The workspace Acme Europe was created."),
        "empty": Shown("normal", "No events match.", "Adjust the filters.", more={"who": VERA}),
        "loading": "Events are there as soon as they are stored; there is nothing to wait for.",
        "partial": "An event is there whole or not at all.",
        "error": Shown("failed", "Connecting Google Drive failed", "Connect again when you are ready."),
        "viewer": Shown("normal", "Vera Lind · Viewer", "Download CSV", user=VERA),
        "past": Shown("normal", AT, "Back to now", more=PAST),
    },
    "settings": {
        "first run": Shown("no_connection", "Not connected", "Connect Google Drive"),
        "empty": Shown("empty", "Account marketing@acme.example", "Check for changes now"),
        "loading": Shown("connecting", "Google Drive is being connected", "Start again"),
        "partial": Shown("normal", "No answer", "Keeps the log of events", temporal_away=True),
        "error": Shown("failed", "The page was left without an answer.", "Connect Google Drive"),
        "viewer": Shown("normal", "Only owners change members.", user=VERA),
        "past": Shown("normal", AT, "Back to now", more=PAST),
    },
}
SHOWN = [(page, name, one) for page, row in TABLE.items() for name, one in row.items() if isinstance(one, Shown)]


@pytest.mark.parametrize(("page", "name", "shown"), SHOWN, ids=[f"{page}, {name}" for page, name, _ in SHOWN])
def test_a_page_says_how_it_is_and_what_comes_next(
    state: Callable[[str], Engine],
    open_page: Callable[..., AppTest],
    read: Callable[[AppTest], str],
    temporal: FakeTemporal,
    page: str,
    name: str,
    shown: Shown,
) -> None:
    temporal.away = shown.temporal_away
    temporal.stages[f"planning-{WAITING}-1"] = Progress("allocator", 75)

    said = read(open_page(state(shown.workspace), PAGES[page], user=shown.user, workspace=ACME, **shown.more))

    assert shown.sentence in said, said
    assert shown.next_step in said, said


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_its_states_and_refuses_strangers(
    state: Callable[[str], Engine], open_page: Callable[..., AppTest], read: Callable[[AppTest], str], page: str
) -> None:
    assert {"first run", "empty", "loading", "partial", "error", "viewer", "past"} <= set(TABLE[page])
    more = {"plan": BOTH, "compare": BOTH}.get(page, {})

    said = read(open_page(state("normal"), PAGES[page], user=STRANGER, workspace=ACME, **more))

    assert "You have no access to this workspace" in said
    assert "Q1 always-on" not in said
