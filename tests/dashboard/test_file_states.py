"""Campaign files and the page of one file in every state: what happened, and who can do what next."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from events.campaign_file import FilePinned, FilePins, FileReadFailed, FileRemoved
from projections import sync_lag
from tests.dashboard import seeding
from tests.dashboard.seeding import ACME, ANA, BROKEN_FILE, GOOD_FILE, NEW_FILE, OTHER_FILE, PIA, VERA

OpenPage = Callable[..., AppTest]
Read = Callable[[AppTest], str]
State = Callable[[str], Engine]


def connected(engine: Engine) -> seeding.Teller:
    teller = seeding.members(engine)
    seeding.let_in(teller)
    return teller


def buttons(app: AppTest) -> dict[str, bool]:
    """Labels of the buttons, and whether they can be pressed."""
    return {button.label: not button.disabled for button in app.button}


@pytest.mark.parametrize(
    ("user", "next_step"), [(PIA, "/connect/google/start"), (VERA, "Connecting needs the planner role.")]
)
def test_the_first_run_says_what_comes_and_who_can_connect(
    state: State, open_page: OpenPage, read: Read, user: str, next_step: str
) -> None:
    page = read(open_page(state("no_connection"), "files", user=user, workspace=ACME))

    assert "We find your campaign files and read them" in page
    assert next_step in page


def test_a_drive_that_is_looked_through_is_not_called_empty(engine: Engine, open_page: OpenPage, read: Read) -> None:
    teller = connected(engine)
    searching = read(open_page(engine, "files", user=ANA, workspace=ACME))
    seeding.check(teller, datetime.now(UTC))
    looked = read(open_page(engine, "files", user=ANA, workspace=ACME))

    assert "Your Drive is being searched" in searching
    assert "no campaign file was found" not in searching
    assert "Drive is connected; no campaign file was found" in looked
    assert "no campaign file yet · last check" in looked


def test_the_first_reading_tells_how_far_it_is(engine: Engine, open_page: OpenPage, read: Read) -> None:
    teller, now = connected(engine), datetime.now(UTC)
    for place in range(3):
        seeding.discover(teller, f"f{place}", f"Campaign {place}.xlsx", now)
    seeding.sync(teller, "f0", "Campaign 0.xlsx", seeding.rows_of(["Search"], now, weeks=5), now)
    with engine.begin() as connection:
        sync_lag.add_pending(connection, ACME, [("f1", now), ("f2", now)], now)

    app = open_page(engine, "files", user=VERA, workspace=ACME)

    assert "1 of 3 files read" in read(app)
    assert "2 files are being read. They show here by themselves; you may leave this page." in read(app)
    assert [33] == [bar.proto.value for bar in app.get("progress")]


def test_where_some_files_failed_the_list_says_what_to_do(state: State, open_page: OpenPage, read: Read) -> None:
    page = read(open_page(state("normal"), "files", user=VERA, workspace=ACME))

    assert "What to do stands below each file that needs you. What was read from it before stays in use." in page
    assert "Q3 report.xlsx\nThere is no column for spend." in page
    assert page.index(f"file={BROKEN_FILE}") < page.index(f"file={GOOD_FILE}")


@pytest.mark.parametrize(
    ("user", "next_step"), [(PIA, "Reconnect Google Drive"), (VERA, "Ask an owner of this workspace.")]
)
def test_lost_access_says_who_can_connect_again(
    state: State, open_page: OpenPage, read: Read, user: str, next_step: str
) -> None:
    app = open_page(state("needs_you"), "files", user=user, workspace=ACME)

    assert "Google no longer accepts our access" in read(app)
    assert next_step in read(app)
    assert [] == app.get("progress")


def test_the_past_of_files_is_only_looked_at(state: State, open_page: OpenPage, read: Read) -> None:
    app = open_page(state("normal"), "files", user=ANA, workspace=ACME, at="19")

    assert "You are looking at the past" in read(app)
    assert "Behind Drive by" not in read(app)
    assert not buttons(app)["Check for changes now"]


def test_a_list_of_many_files_has_pages(engine: Engine, open_page: OpenPage, read: Read) -> None:
    teller, now = connected(engine), datetime.now(UTC)
    for place in range(30):
        seeding.discover(teller, f"f{place}", f"Campaign {place:02}.xlsx", now)

    first = read(open_page(engine, "files", user=VERA, workspace=ACME))
    second = read(open_page(engine, "files", user=VERA, workspace=ACME, files_page="2"))

    assert "file=f24\nCampaign 24.xlsx" in first
    assert "file=f25\nCampaign 25.xlsx" not in first
    assert "file=f25\nCampaign 25.xlsx" in second
    assert "file=f24\nCampaign 24.xlsx" not in second


def test_files_that_were_left_alone_tell_their_whole_reason(state: State, open_page: OpenPage, read: Read) -> None:
    folded = read(open_page(state("normal"), "files", user=VERA, workspace=ACME))
    opened = read(open_page(state("normal"), "files", user=VERA, workspace=ACME, others="true"))

    assert "1 file is not a campaign file" in folded
    assert "It has names and dates" not in folded
    assert "Holiday list.xlsx\nIt has names and dates, but no spend, budget or result." in opened


def test_a_file_that_waits_says_that_it_goes_on_by_itself(state: State, open_page: OpenPage, read: Read) -> None:
    page = read(open_page(state("normal"), "files", user=VERA, workspace=ACME, file=NEW_FILE))

    assert "It was found and is being read. What is in it shows here by itself." in page


@pytest.mark.parametrize(
    ("user", "who"),
    [
        (PIA, "Correct it in Drive: we read it again by ourselves, or at once with the button."),
        (VERA, "Everything else here needs the planner role: ask a planner or an owner of this workspace."),
    ],
)
def test_a_file_that_failed_says_who_can_do_what(
    state: State, open_page: OpenPage, read: Read, user: str, who: str
) -> None:
    app = open_page(state("normal"), "files", user=user, workspace=ACME, file=BROKEN_FILE)

    assert "There is no column for spend." in read(app)
    assert who in read(app)
    assert buttons(app)["Read again now"] == (user == PIA)


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en", "Its rows no longer count; what was read from it stays in the history. The file is in the trash."),
        ("de", "Die Datei liegt im Papierkorb. Holen Sie sie dort zurück, dann zählt sie wieder."),
    ],
)
def test_a_removed_file_says_why_and_how_it_comes_back(
    engine: Engine, open_page: OpenPage, read: Read, locale: str, sentence: str
) -> None:
    teller = seeding.normal(engine, locale=locale)
    teller.tell("file", GOOD_FILE, FileRemoved(file_id=GOOD_FILE, name="Search and Video.gsheet", why="trashed"))

    app = open_page(engine, "files", user=PIA, workspace=ACME, file=GOOD_FILE)

    assert sentence in read(app)
    assert {"Read again now", "Jetzt neu lesen", "This is not a campaign file"}.isdisjoint(buttons(app))


def test_a_choice_that_no_longer_fits_unfolds_the_form(engine: Engine, open_page: OpenPage, read: Read) -> None:
    teller, now = seeding.normal(engine), datetime.now(UTC)
    name = "Search and Video.gsheet"
    teller.tell("file", GOOD_FILE, FilePinned(file_id=GOOD_FILE, name=name, pins=FilePins(columns={"Cost": "spend"})))
    failed = FileReadFailed(
        file_id=GOOD_FILE,
        name=name,
        drive_version="9",
        modified_at=now - timedelta(hours=1),
        code="pins_column",
        reason="In English.",
        details={"header": "Cost"},
    )
    teller.tell("file", GOOD_FILE, failed)

    app = open_page(engine, "files", user=PIA, workspace=ACME, file=GOOD_FILE)

    assert "the file has no column of that name. The rows stored before stay in use." in read(app)
    assert {"Read it like this", "Undo the last choice"} <= {label for label, on in buttons(app).items() if on}


@pytest.mark.parametrize("file", [GOOD_FILE, BROKEN_FILE, NEW_FILE, OTHER_FILE])
def test_the_past_of_a_file_has_no_commands(state: State, open_page: OpenPage, read: Read, file: str) -> None:
    position = newest(state("normal"))
    app = open_page(state("normal"), "files", user=ANA, workspace=ACME, file=file, at=str(position))

    assert "You are looking at the past" in read(app)
    assert {"All campaign files", "Back to now"} >= {label for label, on in buttons(app).items() if on}


def newest(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT max(position) FROM event").scalar_one())
