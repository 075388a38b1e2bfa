"""History: sentences, filters that live in the address, what one event changed, and the way to the proof."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from dashboard.views.history import ROUTINE, kinds
from events.campaign_file import FileReadFailed
from events.catalogue import CATALOGUE
from events.envelope import Event
from events.plan import DecisionUndone, PlanApproved, PlanDeclined
from events.workspace import MemberAdded, MemberRemoved, SettingsChanged
from tests.dashboard import seeding
from tests.dashboard.seeding import ACME, ANA, GOOD_FILE, PIA, READY, VERA, Teller

OpenPage = Callable[..., AppTest]
Read = Callable[[AppTest], str]
LIST = '<td class="time">'
State = Callable[[str], Engine]


def lines_of(app: AppTest) -> list[str]:
    table = next((one.proto.body for one in app.get("html") if LIST in one.proto.body), "")
    return [html.unescape(row) for row in re.findall(r"<tr><td[^>]*>.*?</td><td[^>]*>(.*?)</td>", table)]


def differences_of(app: AppTest) -> set[tuple[str, ...]]:
    table = next(one.proto.body for one in app.get("html") if "<table" in one.proto.body)
    rows = re.findall(r"<tr>(<td.*?)</tr>", table)
    return {tuple(html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)) for row in rows}


def position_of(engine: Engine, sentence_of: str) -> int:
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT max(position) FROM event WHERE workspace = 'acme' AND name = %s", (sentence_of,)
        )
        return int(found.scalar_one())


def test_every_event_can_be_filtered_for_under_one_word() -> None:
    grouped = [name for names in kinds().values() for name in names]

    assert len(grouped) == len(set(grouped))
    assert set(CATALOGUE.classes) - set(ROUTINE) <= set(grouped)


@pytest.mark.parametrize(
    ("parameters", "told", "untold"),
    [
        ({"who": PIA}, "Pia Maas asked for the plan Q1 always-on with €120,000.", "was found to be a campaign file"),
        ({"file": GOOD_FILE}, "Search and Video.gsheet was read for the first time", "Social_Display"),
        ({"plan": READY}, "The plan Q1 always-on was made.", "Summer test"),
        ({"kind": "people"}, "Ana Ruiz gave Vera Lind the role Viewer.", "Q1 always-on"),
        ({"since": "today"}, "The workspace Acme Europe was created.", "nothing before"),
    ],
)
def test_a_filter_lives_in_the_address(
    state: State, open_page: OpenPage, parameters: dict[str, str], told: str, untold: str
) -> None:
    app = open_page(state("normal"), "history", user=ANA, workspace=ACME, **parameters)
    lines = lines_of(app)

    assert any(told in line for line in lines)
    assert not any(untold in line for line in lines)


def test_choosing_a_filter_writes_it_into_the_address(state: State, open_page: OpenPage) -> None:
    app = open_page(state("normal"), "history", user=ANA, workspace=ACME)
    chosen = {"who": PIA, "kind": "plans", "file": GOOD_FILE, "plan": READY, "since": "week"}
    for name, value in chosen.items():
        app.selectbox(key=f"choose_{name}").set_value(value).run()

    assert all(app.query_params[name] in (value, [value]) for name, value in chosen.items())


def test_the_button_of_the_filters_tells_which_hold(state: State, open_page: OpenPage) -> None:
    held = {"who": PIA, "since": "week", "file": "nowhere"}
    without = open_page(state("normal"), "history", user=ANA, workspace=ACME)
    filtered = open_page(state("normal"), "history", user=ANA, workspace=ACME, **held)

    labels = [app.get("popover")[0].proto.popover.label for app in (without, filtered)]  # pyright: ignore[reportAttributeAccessIssue]
    assert ["Filters", "Filters: Pia Maas, Last 7 days"] == labels


def test_filters_add_up_and_say_when_nothing_is_left(state: State, open_page: OpenPage, read: Read) -> None:
    both = open_page(state("normal"), "history", user=ANA, workspace=ACME, who=PIA, plan=READY)
    none = open_page(state("normal"), "history", user=ANA, workspace=ACME, who=VERA, plan=READY)

    assert ["Pia Maas asked for the plan Q1 always-on with €120,000."] == lines_of(both)
    assert "No events match. Adjust the filters." in read(none)


CHANGES: dict[str, tuple[str, str, tuple[Event, ...], str, set[tuple[str, ...]]]] = {
    "a role": (
        "workspace",
        "self",
        (MemberAdded(user=VERA, name="Vera Lind", role="planner"),),
        "Ana Ruiz gave Vera Lind the role Planner.",
        {("Vera Lind", "Viewer", "Planner")},
    ),
    "a member who left": (
        "workspace",
        "self",
        (MemberRemoved(user=VERA),),
        "Ana Ruiz removed Vera Lind from the workspace.",
        {("Vera Lind", "Viewer", "–")},
    ),
    "settings": (
        "workspace",
        "self",
        (SettingsChanged(title="Acme World", currency="USD", locale="en_GB"),),
        "Ana Ruiz changed the workspace: Acme World",
        {
            ("Name", "Acme Europe", "Acme World"),
            ("Language", "English", "English (United Kingdom)"),
            ("Currency", "EUR", "USD"),
        },
    ),
    "an approval": (
        "plan",
        READY,
        (PlanApproved(campaign_id=READY),),
        "Ana Ruiz approved Q1 always-on.",
        {("State", "Draft", "Approved"), ("Decision", "–", "Approved")},
    ),
    "a refusal": (
        "plan",
        READY,
        (PlanDeclined(campaign_id=READY, reason="=Too *bold*"),),
        "Ana Ruiz declined Q1 always-on: =Too *bold*",
        {("State", "Draft", "Declined"), ("Decision", "–", "Declined")},
    ),
    "an undone decision": (
        "plan",
        READY,
        (PlanApproved(campaign_id=READY), DecisionUndone(campaign_id=READY)),
        "Ana Ruiz took back the decision on Q1 always-on.",
        {("State", "Approved", "Draft"), ("Decision", "Approved", "–")},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_event_shows_what_it_changed(engine: Engine, open_page: OpenPage, read: Read, name: str) -> None:
    kind, subject, events, sentence, differences = CHANGES[name]
    teller = seeding.members(engine)
    seeding.plans(teller)
    position = teller.tell(kind, subject, *events, actor=ANA)
    app = open_page(engine, "history", user=ANA, workspace=ACME, event=str(position))

    assert sentence in read(app)
    assert differences == differences_of(app)


def test_a_plan_that_was_made_shows_what_it_brings(state: State, open_page: OpenPage) -> None:
    made = state("normal")
    app = open_page(made, "history", user=ANA, workspace=ACME, event=str(position_of(made, "plan.produced")))

    assert ("Expected", "–", "Expect +6.1% revenue (likely +3.2% to +8.8%)") in differences_of(app)
    assert ("State", "Being made", "Draft") in differences_of(app)


def test_a_revision_shows_the_cells_that_changed(engine: Engine, open_page: OpenPage, read: Read) -> None:
    now = datetime.now(UTC)
    teller = seeding.members(engine)
    rows = seeding.rows_of(["Search"], now, weeks=3)
    seeding.discover(teller, GOOD_FILE, "Search.csv", now)
    seeding.sync(teller, GOOD_FILE, "Search.csv", rows, now)
    spend = rows["spend"].to_list()
    changed = rows.with_columns(spend=rows["spend"].replace_strict({spend[1]: spend[1] + 100}, default=rows["spend"]))
    position = seeding.sync(teller, GOOD_FILE, "Search.csv", changed, now)
    page = read(open_page(engine, "history", user=VERA, workspace=ACME, event=str(position)))

    assert "Rows and cells that changed" in page
    assert f"€{spend[1]:,.2f}" in page
    assert f"€{spend[1] + 100:,.2f}" in page


def test_a_known_problem_is_told_in_the_reader_s_language(engine: Engine, open_page: OpenPage) -> None:
    teller = seeding.members(engine, locale="de")
    failed = FileReadFailed(
        file_id="f",
        name="Q3.xlsx",
        drive_version="1",
        modified_at=datetime.now(UTC),
        code="pins_table",
        reason="Read as it was decided, there is no table.",
    )
    teller.tell("file", "f", failed)
    told = lines_of(open_page(engine, "history", user=ANA, workspace=ACME))[0]

    assert told.startswith("Q3.xlsx konnte nicht gelesen werden: ")
    assert "hat die Datei keine Tabelle" in told


def test_owners_get_the_proof_and_others_hear_whom_to_ask(state: State, open_page: OpenPage, read: Read) -> None:
    owner = read(open_page(state("normal"), "history", user=ANA, workspace=ACME))
    viewer = read(open_page(state("normal"), "history", user=VERA, workspace=ACME))

    assert "Download trail as JSONL" in owner
    assert "Download trail as JSONL" not in viewer
    assert "Only owners download the audit trail." in viewer


def test_the_past_knows_nothing_of_what_came_later(engine: Engine, open_page: OpenPage, read: Read) -> None:
    teller = seeding.members(engine)
    before = teller.tell("workspace", "self", MemberAdded(user="noa", name="Noa Kim", role="viewer"), actor=ANA)
    Teller(engine).tell("workspace", "self", MemberRemoved(user="noa"), actor=ANA)
    app = open_page(engine, "history", user=ANA, workspace=ACME, at=str(before))

    assert "Ana Ruiz gave Noa Kim the role Viewer." == lines_of(app)[0]
    assert not any("removed" in line for line in lines_of(app))
    assert "You are looking at the past" in read(app)


def test_a_filter_by_time_leaves_older_events_out(engine: Engine, open_page: OpenPage, read: Read) -> None:
    seeding.members(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE NONE")
        connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER event_only_grows")
        old = datetime.now(UTC) - timedelta(days=8)
        connection.exec_driver_sql("UPDATE event SET at = %s", (old,))

    assert "No events match" in read(open_page(engine, "history", user=ANA, workspace=ACME, since="week"))
    assert 4 == len(lines_of(open_page(engine, "history", user=ANA, workspace=ACME, since="month")))


NAVIGATION = {
    *("Back to now", "All plans", "All campaign files", "Go there", "Open", "Close", "Older", "Newest"),
    *("Show the workspace as of this event", "Try other amounts", "Compare", "One more group"),
}
"""Buttons that lead somewhere or only change a form: all that may be pressed in the past."""


@pytest.mark.parametrize(
    ("page", "parameters"),
    [
        ("home", {}),
        ("files", {}),
        ("files", {"file": GOOD_FILE}),
        ("files", {"file": seeding.BROKEN_FILE}),
        ("plans", {}),
        ("plans", {"plan": READY}),
        ("plans", {"plan": seeding.FAILED}),
        ("new_plan", {}),
        ("history", {"event": "5"}),
        ("settings", {}),
    ],
)
def test_in_the_past_every_button_but_the_ways_around_is_off(
    state: State, open_page: OpenPage, read: Read, page: str, parameters: dict[str, str]
) -> None:
    past = state("normal")
    app = open_page(past, page, user=ANA, workspace=ACME, at=str(position_of(past, "plan.produced")), **parameters)

    assert "You are looking at the past" in read(app)
    assert "Back to now" in {button.label for button in app.button}
    assert {button.label for button in app.button if not button.disabled} <= NAVIGATION
