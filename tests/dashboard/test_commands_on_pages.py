"""What people do on pages: recorded in the log, told to Temporal, shown on the next page."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from dashboard.access import commands, reads
from dashboard.access.reads import Place
from events import store
from events.envelope import Recorded
from events.integration import IntegrationDisconnected
from events.plan import PlanChangesRequested, PlanDeclined, PlanRequested
from events.workspace import MemberAdded, SettingsChanged
from projections.members import NoAccess
from tests.dashboard import seeding
from tests.dashboard.fake_temporal import FakeTemporal
from tests.dashboard.seeding import ACME, ANA, FAILED, GOOD_FILE, PIA, READY, WAITING
from worker.contracts import ForceRefresh, PlanningInput, Progress

OpenPage = Callable[..., AppTest]
Read = Callable[[AppTest], str]
Compose = Callable[[Engine, str], None]


@pytest.fixture
def engine(normal: Engine) -> Engine:
    """Begin with a workspace in which everything has happened."""
    return normal


def told(engine: Engine, *names: str) -> list[Recorded]:
    with engine.connect() as connection:
        return store.read(connection, workspace=ACME, names=names)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label and not button.disabled).click().run()


def test_check_for_changes_is_recorded_and_signalled(
    followed: Engine, open_page: OpenPage, read: Read, temporal: FakeTemporal
) -> None:
    app = press(open_page(followed, "files", user=PIA, workspace=ACME), "Check for changes now")

    assert [(ACME, ForceRefresh(None))] == temporal.refreshed
    assert [PIA] == [recorded.meta.actor for recorded in told(followed, "sync.refresh_requested")]
    assert "Checking Drive for changes ..." in read(app)


def test_an_owner_changes_how_money_and_dates_are_written(followed: Engine, open_page: OpenPage, read: Read) -> None:
    app = open_page(followed, "settings", user=ANA, workspace=ACME)
    app.selectbox(key="workspace_locale_en").set_value("de_CH")
    app.selectbox(key="workspace_currency_en").set_value("CHF")

    page = read(press(app, "Save workspace"))

    assert "1’234’567.50 · 31.03.2027" in page
    assert "Arbeitsbereich speichern" in page
    assert [SettingsChanged(title="Acme Europe", currency="CHF", locale="de_CH")] == [
        recorded.event for recorded in told(followed, "workspace.settings_changed")
    ]


def test_a_new_member_gets_the_least_role_unless_another_is_chosen(
    followed: Engine, open_page: OpenPage, read: Read
) -> None:
    app = open_page(followed, "settings", user=ANA, workspace=ACME)
    app.text_input(key="member_user").set_value("pia@example.com")
    app.text_input(key="member_name").set_value("Pia")

    press(app, "Save member")

    added = told(followed, "workspace.member_added")[-1].event
    assert isinstance(added, MemberAdded)
    assert ("pia@example.com", "viewer") == (added.user, added.role)
    assert "" == app.text_input(key="member_user").value

    assert "Nobody was removed. Choose a member first." in read(press(app, "Remove"))


def test_an_owner_says_how_long_superseded_originals_stay(followed: Engine, open_page: OpenPage, read: Read) -> None:
    app = open_page(followed, "settings", user=ANA, workspace=ACME)
    assert "Originals of files** are kept for ever." in read(app)
    app.selectbox(key="workspace_keep_en").set_value(12)

    page = read(press(app, "Save workspace"))

    assert "for ever of the newest revision, for 12 months of older ones." in page
    (changed,) = told(followed, "workspace.settings_changed")
    assert isinstance(changed.event, SettingsChanged)
    assert 12 == changed.event.keep_superseded_months
    assert 12 == open_page(followed, "settings", user=ANA, workspace=ACME).selectbox(key="workspace_keep_en").value


def test_one_file_can_be_read_again(followed: Engine, open_page: OpenPage, temporal: FakeTemporal) -> None:
    press(open_page(followed, "files", user=PIA, workspace=ACME, file=GOOD_FILE), "Read again now")

    assert [(ACME, ForceRefresh(GOOD_FILE))] == temporal.refreshed


def test_without_temporal_the_wish_is_kept_and_told(
    followed: Engine, open_page: OpenPage, read: Read, temporal: FakeTemporal
) -> None:
    temporal.away = True

    app = press(open_page(followed, "files", user=PIA, workspace=ACME), "Check for changes now")

    assert "Nothing was lost: your request is kept." in read(app)
    assert 1 == len(told(followed, "sync.refresh_requested"))


def test_a_plan_is_asked_for_and_its_steps_are_followed(
    followed: Engine, open_page: OpenPage, read: Read, temporal: FakeTemporal
) -> None:
    app = open_page(followed, "new_plan", user=PIA, workspace=ACME)
    app.text_input(key="title").input("Summer push")
    app.text_input(key="budget").input("80,000")

    app = press(app, "Make plan")

    asked = told(followed, "plan.requested")[-1].event
    assert isinstance(asked, PlanRequested)
    assert ("Summer push", Decimal(80_000)) == (asked.brief.title, asked.brief.budget)
    assert [PlanningInput(asked.campaign_id, ACME)] == list(temporal.started.values())
    assert "Step 1 of 7: Gathering campaign rows" in read(app)
    assert asked.campaign_id == app.query_params["plan"]


@pytest.mark.parametrize(
    ("budget", "sentence"),
    [
        ("0", "The budget must be more than 0."),
        ("a lot", "“a lot” is no amount. Write it like 1,200,000."),
        ("", "Enter the budget for the whole period."),
    ],
)
def test_a_budget_that_cannot_be_is_explained(
    engine: Engine, open_page: OpenPage, read: Read, temporal: FakeTemporal, budget: str, sentence: str
) -> None:
    app = open_page(engine, "new_plan", user=PIA, workspace=ACME)
    app.text_input(key="title").input("Summer push")
    app.text_input(key="budget").input(budget)

    app = press(app, "Make plan")

    assert sentence in read(app)
    assert {} == temporal.started


def test_approving_and_undoing_leave_two_events(followed: Engine, open_page: OpenPage, read: Read) -> None:
    app = press(open_page(followed, "plans", user=PIA, workspace=ACME, plan=READY), "Approve")

    assert "Approved by Pia Maas" in read(app)

    app = press(app, "Undo decision")

    assert "Approve" in [button.label for button in app.button]
    names = [recorded.event.NAME for recorded in told(followed, "plan.approved", "plan.decision_undone")]
    assert ["plan.approved", "plan.decision_undone"] == names


def test_declining_keeps_the_reason(followed: Engine, compose: Compose) -> None:
    compose(followed, PIA)

    commands.decide_plan(Place(ACME, PIA), READY, "declined", "Too bold")

    declined = told(followed, "plan.declined")[0].event
    assert isinstance(declined, PlanDeclined)
    assert "Too bold" == declined.reason


def test_changes_are_asked_for_with_words_and_taken_back(followed: Engine, open_page: OpenPage, read: Read) -> None:
    app = press(open_page(followed, "plans", user=PIA, workspace=ACME, plan=READY), "Send")
    assert "Say in a sentence what should be different." in read(app)

    app.text_area(key="changes_note").input("Less Display in March")
    app = press(app, "Send")

    asked = told(followed, "plan.changes_requested")[0].event
    assert isinstance(asked, PlanChangesRequested)
    assert "Less Display in March" == asked.note
    assert "Pia Maas asked for changes" in read(app)
    assert "“Less Display in March”" in read(app)

    app = press(app, "Undo decision")

    assert "Approve" in [button.label for button in app.button]


def test_a_second_decision_is_refused(followed: Engine, compose: Compose) -> None:
    compose(followed, PIA)
    commands.decide_plan(Place(ACME, PIA), READY, "approved")

    with pytest.raises(commands.Superseded):
        commands.decide_plan(Place(ACME, ANA), READY, "declined")


def test_a_failed_plan_is_tried_again(
    followed: Engine, open_page: OpenPage, read: Read, temporal: FakeTemporal
) -> None:
    app = press(open_page(followed, "plans", user=PIA, workspace=ACME, plan=FAILED), "Try again")

    assert [PlanningInput(FAILED, ACME)] == list(temporal.started.values())
    assert "Making your plan" in read(app)


def test_a_plan_that_never_started_can_be_started(
    followed: Engine, open_page: OpenPage, read: Read, temporal: FakeTemporal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.plans.making.STARTS_WITHIN", 0.0)
    seeding.ask(seeding.Teller(followed), WAITING, seeding.brief("Lost one"))
    app = open_page(followed, "plans", user=PIA, workspace=ACME, plan=WAITING)
    assert "Planning has not started" in read(app)

    press(app, "Start now")

    assert {f"planning-{WAITING}-1": PlanningInput(WAITING, ACME)} == temporal.started


def test_the_steps_of_planning_are_named(
    engine: Engine, open_page: OpenPage, read: Read, temporal: FakeTemporal
) -> None:
    seeding.ask(seeding.Teller(engine), WAITING, seeding.brief("On its way"))
    temporal.stages[f"planning-{WAITING}-1"] = Progress("allocator", 75)

    page = read(open_page(engine, "plans", user=PIA, workspace=ACME, plan=WAITING))

    assert "Step 4 of 7: Searching for the best split" in page
    assert "You can leave this page; we keep going." in page


def test_a_member_is_let_in_and_taken_out(followed: Engine, compose: Compose) -> None:
    compose(followed, ANA)
    place = Place(ACME, ANA)

    commands.save_member(place, "noa", "Noa Berg", "planner")

    assert "noa" in {member.user for member in reads.people(place)}

    commands.remove_member(place, "noa")

    assert "noa" not in {member.user for member in reads.people(place)}


def test_the_last_owner_stays(engine: Engine, compose: Compose) -> None:
    compose(engine, ANA)

    with pytest.raises(commands.LastOwner):
        commands.remove_member(Place(ACME, ANA), ANA)
    with pytest.raises(commands.LastOwner):
        commands.save_member(Place(ACME, ANA), ANA, "Ana Ruiz", "viewer")


@pytest.mark.parametrize("user", [seeding.VERA, seeding.STRANGER])
def test_commands_check_the_role_themselves(
    engine: Engine, compose: Compose, temporal: FakeTemporal, user: str
) -> None:
    compose(engine, user)
    place = Place(ACME, user)
    now = datetime.now(UTC)

    for command in (
        lambda: commands.request_refresh(place, "r"),
        lambda: commands.begin_connection(place, now),
        lambda: commands.disconnect(place),
        lambda: commands.request_plan(place, "c", seeding.brief(), now),
        lambda: commands.start_plan(place, READY),
        lambda: commands.decide_plan(place, READY, "approved"),
        lambda: commands.undo_decision(place, READY),
        lambda: commands.save_member(place, user, "Me", "owner"),
        lambda: commands.remove_member(place, ANA),
        lambda: commands.change_settings(place, SettingsChanged(title="Mine", currency="EUR", locale="en")),
    ):
        with pytest.raises(NoAccess):
            command()
    assert ([], {}) == (temporal.refreshed, temporal.started)


def test_reads_check_the_membership_themselves(engine: Engine, compose: Compose) -> None:
    compose(engine, seeding.STRANGER)
    place = Place(ACME, seeding.STRANGER)

    for read in (reads.campaign_files, reads.all_plans, reads.people, reads.drive, reads.weekly, reads.last_event):
        with pytest.raises(NoAccess):
            read(place)


def test_commands_refuse_the_past(engine: Engine, compose: Compose) -> None:
    compose(engine, PIA)

    with pytest.raises(commands.PastIsFixed):
        commands.request_refresh(Place(ACME, PIA, 5), "r")


def test_a_double_click_is_one_wish(followed: Engine, compose: Compose) -> None:
    compose(followed, PIA)
    now = datetime.now(UTC)

    commands.request_plan(Place(ACME, PIA), "c-new", seeding.brief(), now)
    commands.request_plan(Place(ACME, PIA), "c-new", seeding.brief(), now)

    asked = [one for one in told(followed, "plan.requested") if getattr(one.event, "campaign_id", "") == "c-new"]
    assert 1 == len(asked)


def test_another_plan_starts_from_the_numbers_of_one(
    followed: Engine, open_page: OpenPage, read: Read, temporal: FakeTemporal
) -> None:
    app = open_page(followed, "new_plan", user=PIA, workspace=ACME, like=READY)

    assert ("Q1 always-on", "120,000") == (app.text_input(key="title").value, app.text_input(key="budget").value)

    app.text_input(key="budget").input("130,000")
    app = press(app, "Make plan")

    asked = told(followed, "plan.requested")[-1].event
    assert isinstance(asked, PlanRequested)
    assert (Decimal(130_000), seeding.brief().start) == (asked.brief.budget, asked.brief.start)
    assert asked.campaign_id != READY
    assert "Making your plan" in read(app)


def test_disconnecting_is_recorded_once_and_wakes_the_sync(
    followed: Engine, open_page: OpenPage, read: Read, temporal: FakeTemporal
) -> None:
    app = press(open_page(followed, "settings", user=PIA, workspace=ACME), "Yes, disconnect")

    assert [PIA] == [recorded.meta.actor for recorded in told(followed, IntegrationDisconnected.NAME)]
    assert [(ACME, ForceRefresh(None))] == temporal.refreshed
    assert "Connect Google Drive" in read(app)
