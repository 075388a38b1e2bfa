"""Every page in every state: something helpful is said, nothing breaks, nothing of others is shown."""

from collections.abc import Callable

import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from tests.dashboard.seeding import ACME, ANA, FAILED, GOOD_FILE, PARTIAL, READY, STRANGER, VERA

OpenPage = Callable[..., AppTest]
Read = Callable[[AppTest], str]
State = Callable[[str], Engine]
PAGES = {
    "home": "Home",
    "files": "Campaign files",
    "plans": "Plans",
    "new_plan": "New plan",
    "history": "History",
    "settings": "Settings",
}
SAID = {
    ("home", "no_connection"): "Connect the Drive where your campaign files live",
    ("home", "empty"): "Drive is connected; no campaign file was found",
    ("home", "normal"): "Move €12,000 from Display to Search, Video, and Social.",
    ("home", "needs_you"): "Google Drive no longer lets us in.",
    ("home", "failed"): "The file is damaged.",
    ("files", "no_connection"): "Connect the Drive where your campaign files live",
    ("files", "empty"): "Drive is connected; no campaign file was found",
    ("files", "normal"): "There is no column for spend. Add one with a header such as Spend, then save the file.",
    ("files", "needs_you"): "it was withdrawn in the Google account.",
    ("files", "failed"): "The page was left without an answer. Connect again when you are ready.",
    ("plans", "no_connection"): "No plan yet",
    ("plans", "empty"): "No plan yet",
    ("plans", "normal"): "Expect +6.1% revenue (likely +3.2% to +8.8%)",
    ("plans", "needs_you"): "Spring launch",
    ("plans", "failed"): "There are fewer than four weeks of data in the chosen files.",
    ("new_plan", "no_connection"): "There is nothing to plan from yet",
    ("new_plan", "empty"): "There is nothing to plan from yet",
    ("new_plan", "normal"): "Budget for the whole period (€)",
    ("new_plan", "needs_you"): "Make plan",
    ("new_plan", "failed"): "There is nothing to plan from yet",
    ("history", "no_connection"): "The workspace Acme Europe was created.",
    ("history", "empty"): "Google Drive was connected with the account marketing@acme.example.",
    ("history", "normal"): "Pia Maas asked for the plan Q1 always-on with €120,000.",
    ("history", "needs_you"): "Google Drive no longer lets us in: Google no longer accepts our access",
    ("history", "failed"): "Connecting Google Drive failed: The page was left without an answer.",
    ("settings", "no_connection"): "Pia Maas",
    ("settings", "empty"): "Account marketing@acme.example",
    ("settings", "normal"): "Keeps the log of events and everything that was read.",
    ("settings", "needs_you"): "Reconnect Google Drive",
    ("settings", "failed"): "Connect Google Drive",
}


@pytest.mark.parametrize(("page", "name"), SAID)
def test_a_page_says_what_matters_in_each_state(
    state: State, open_page: OpenPage, read: Read, page: str, name: str
) -> None:
    app = open_page(state(name), page, user=ANA, workspace=ACME)

    assert [PAGES[page]] == [title.value for title in app.title]
    assert SAID[page, name] in read(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_foreign_workspace_shows_nothing_but_the_refusal(
    state: State, open_page: OpenPage, read: Read, page: str
) -> None:
    app = open_page(state("normal"), page, user=STRANGER, workspace=ACME)

    assert "You have no access to this workspace" in read(app)
    assert not any(word in read(app) for word in ("Acme", "Search", "Pia", "120,000", "marketing@"))


@pytest.mark.parametrize("page", PAGES)
def test_the_past_is_announced_and_cannot_be_changed(state: State, open_page: OpenPage, read: Read, page: str) -> None:
    app = open_page(state("normal"), page, user=ANA, workspace=ACME, at="19")

    assert "You are looking at the past" in read(app)
    assert "asked for the plan Q1 always-on" not in read(app)
    commands = {"Check for changes now", "Approve", "Make plan", "Save member", "Remove"}
    assert all(button.disabled for button in app.button if button.label in commands)
    assert "/connect/google/start" not in read(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_viewer_reads_and_commands_nothing(state: State, open_page: OpenPage, read: Read, page: str) -> None:
    app = open_page(state("normal"), page, user=VERA, workspace=ACME)

    assert "Vera Lind · Viewer" in read(app)
    assert all(button.disabled for button in app.button if button.label in {"Check for changes now", "Make plan"})
    assert "/connect/google/start" not in read(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_speaks_german(state: State, open_page: OpenPage, read: Read, page: str) -> None:
    app = open_page(state("german"), page, user=ANA, workspace=ACME)

    assert "Arbeitsbereich" in read(app)
    assert PAGES[page] not in [title.value for title in app.title]


DETAILS = {
    "file": ("files", {"file": GOOD_FILE}),
    "plan": ("plans", {"plan": READY}),
    "compare": ("plans", {"plan": READY, "with": PARTIAL}),
    "event": ("history", {"event": "17"}),
}
COMMANDS = {"Read again now", "Approve", "Decline", "Ask for changes", "Make plan", "Check for changes now"}


@pytest.mark.parametrize("name", DETAILS)
def test_details_obey_roles_moments_and_languages_too(state: State, open_page: OpenPage, read: Read, name: str) -> None:
    page, parameters = DETAILS[name]

    foreign = read(open_page(state("normal"), page, user=STRANGER, workspace=ACME, **parameters))
    viewer = open_page(state("normal"), page, user=VERA, workspace=ACME, **parameters)
    past = open_page(state("normal"), page, user=ANA, workspace=ACME, at="19", **parameters)
    german = open_page(state("german"), page, user=ANA, workspace=ACME, **parameters)

    assert "You have no access to this workspace" in foreign
    assert not any(word in foreign for word in ("Acme", "Search", "Pia", "120,000", "marketing@"))
    assert all(button.disabled for app in (viewer, past) for button in app.button if button.label in COMMANDS)
    assert "You are looking at the past" in read(past)
    assert "Arbeitsbereich" in read(german)


def test_one_file_shows_how_it_was_understood(state: State, open_page: OpenPage, read: Read) -> None:
    page = read(open_page(state("normal"), "files", user=VERA, workspace=ACME, file=GOOD_FILE))

    assert "The header means channel in German." in page
    assert "Every cell was understood." in page
    assert "https://drive.example/f-search" in page or "Open in Drive" in page


def test_plans_are_filtered_by_their_state(state: State, open_page: OpenPage, read: Read) -> None:
    page = read(open_page(state("normal"), "plans", user=VERA, workspace=ACME, state="failed"))

    assert "Summer test" in page
    assert "Spring launch" not in page
    assert "Failed (1)" in page


def test_a_finding_leads_to_the_rows_behind_it(state: State, open_page: OpenPage, read: Read) -> None:
    behind = {"file": GOOD_FILE, "channel": "Search", "first": "2026-05-25", "last": "2099-01-01"}
    app = open_page(state("normal"), "files", user=VERA, workspace=ACME, **behind)

    assert "rows that a finding rests on: Search" in read(app)
    assert {"Search"} == set(app.dataframe[-1].value["Channel"])

    all_rows = next(button for button in app.button if button.label == "Show all rows").click().run()

    assert {"Search", "Video"} == set(all_rows.dataframe[-1].value["Channel"])


def test_one_plan_is_a_decision_page(state: State, open_page: OpenPage, read: Read) -> None:
    app = open_page(state("normal"), "plans", user=ANA, workspace=ACME, plan=READY)

    answers = "Expected revenue\n€402,000\n+6.1%", "Money that moves\n€12,000\n", "How sure are we?\nHigh confidence\n"
    assert all(answer in read(app) for answer in answers)
    assert "Search still has room to grow" in read(app)
    assert "Between €381,000 and €425,000 in 8 of 10 cases. Return on ad spend: 3.35." in read(app)


def test_a_partial_plan_says_what_is_missing(state: State, open_page: OpenPage, read: Read) -> None:
    page = read(open_page(state("normal"), "plans", user=ANA, workspace=ACME, plan=PARTIAL))

    assert "What is missing, and why" in page
    assert "could not be estimated in time" in page
    assert "not enough weeks with changing spend" in page.replace("do not hold enough", "not enough")


def test_a_failed_plan_says_why_and_offers_another_try(state: State, open_page: OpenPage, read: Read) -> None:
    app = open_page(state("normal"), "plans", user=ANA, workspace=ACME, plan=FAILED)

    assert "fewer than four weeks of data" in read(app)
    assert "Try again" in [button.label for button in app.button]


@pytest.mark.parametrize(("page", "parameter"), [("files", "file"), ("plans", "plan")])
def test_a_link_to_something_unknown_is_explained(
    state: State, open_page: OpenPage, read: Read, page: str, parameter: str
) -> None:
    app = open_page(state("normal"), page, user=ANA, workspace=ACME, **{parameter: "gone"})

    assert "is not in this workspace" in read(app)
