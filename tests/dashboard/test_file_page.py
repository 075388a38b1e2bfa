"""One campaign file: what people decide about it, and what its page says then."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import polars as pl
import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from dashboard.access import file_commands, file_reads, reads
from dashboard.access.commands import PastIsFixed
from dashboard.access.reads import Place
from dashboard.access.temporal_bridge import TemporalAway
from dashboard.views.file_drift import drift_words
from dashboard.voice import voice_of
from events import store
from events.campaign_file import (
    NO_PINS,
    DriftChange,
    FileContentsErased,
    FileDriftConfirmed,
    FilePinned,
    FilePins,
    FilePinsUndone,
    FileReadFailed,
    FileSynced,
)
from events.envelope import Event
from events.overlap import OverlapChoiceUndone, OverlapChosen, OverlapFound
from projections import performance, sync_lag
from projections.members import NoAccess
from projections.rebuild import rebuild
from tests.dashboard import seeding
from tests.dashboard.fake_temporal import FakeTemporal
from tests.dashboard.seeding import ACME, GOOD_FILE, ODD_FILE, OTHER_FILE, PIA, STRANGER, VERA
from worker.contracts import ForceRefresh

OpenPage = Callable[..., AppTest]
Read = Callable[[AppTest], str]
Compose = Callable[[Engine, str], None]
COST_IS_BUDGET = FilePins(columns={"Kosten": "budget"})


def told(engine: Engine, *names: str) -> list[Event]:
    with engine.connect() as connection:
        return [recorded.event for recorded in store.read(connection, workspace=ACME, names=names)]


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label and not button.disabled).click().run()


def choose(app: AppTest, label: str, option: str) -> None:
    next(box for box in app.selectbox if box.label == label).set_value(option)


def open_file(open_page: OpenPage, engine: Engine, user: str = PIA, **parameters: str) -> AppTest:
    return open_page(engine, "files", user=user, workspace=ACME, file=GOOD_FILE, **parameters)


def open_form(open_page: OpenPage, engine: Engine, file: str = GOOD_FILE) -> AppTest:
    """Open a file's page with the form unfolded that asks how it is read."""
    return open_page(engine, "files", user=PIA, workspace=ACME, file=file, reading="true")


def test_a_column_is_given_a_meaning_and_taken_back(
    followed: Engine, open_page: OpenPage, read: Read, temporal: FakeTemporal
) -> None:
    seeding.normal(followed)
    app = open_form(open_page, followed)
    choose(app, "Meaning of “Kosten”", "budget")

    app = press(app, "Read it like this")

    assert [COST_IS_BUDGET] == [
        event.pins for event in told(followed, FilePinned.NAME) if isinstance(event, FilePinned)
    ]
    assert [(ACME, ForceRefresh(GOOD_FILE))] == temporal.refreshed
    assert "Decided by people: “Kosten” is Budget." in read(app)
    assert "Checking" in read(app)
    with followed.connect() as connection:
        assert GOOD_FILE in {change.file_id for change in sync_lag.pending(connection, ACME)}

    app = press(app, "Undo the last choice")

    assert [FilePinsUndone(file_id=GOOD_FILE, name="Search and Video.gsheet", pins=NO_PINS)] == told(
        followed, FilePinsUndone.NAME
    )
    assert "Decided by people" not in read(app)


def left_alone(open_page: OpenPage, engine: Engine, user: str = PIA) -> AppTest:
    return open_page(engine, "files", user=user, workspace=ACME, file=OTHER_FILE)


def test_a_file_that_was_left_alone_is_made_to_count_with_one_click(
    followed: Engine, open_page: OpenPage, read: Read, temporal: FakeTemporal
) -> None:
    seeding.normal(followed)
    app = left_alone(open_page, followed)
    assert "It has names and dates, but no spend, budget or result." in read(app)

    app = press(app, "This is a campaign file")

    assert [FilePins(is_campaign=True)] == [
        event.pins for event in told(followed, FilePinned.NAME) if isinstance(event, FilePinned)
    ]
    assert [(ACME, ForceRefresh(OTHER_FILE))] == temporal.refreshed
    assert "Decided by people: it is a campaign file." in read(app)
    assert "Waiting" in read(app)

    press(app, "Undo the last choice")

    assert 1 == len(told(followed, FilePinsUndone.NAME))


def test_where_the_amounts_of_an_unread_file_stand_is_said_in_a_form(
    followed: Engine, open_page: OpenPage, read: Read
) -> None:
    seeding.normal(followed)
    app = open_form(open_page, followed, OTHER_FILE)
    for label, text in (("Column with: Spend", " Kosten "), ("Column with: Date", "A"), ("Sheet that counts", "Data")):
        next(box for box in app.text_input if box.label == label).set_value(text)

    app = press(app, "Read it like this")

    pins = FilePins(is_campaign=True, tab="Data", columns={"Kosten": "spend", "A": "date"})
    assert [pins] == [event.pins for event in told(followed, FilePinned.NAME) if isinstance(event, FilePinned)]
    next(box for box in app.text_input if box.label == "Column with: Budget").set_value("Kosten")
    app = press(app, "Read it like this")
    assert "The same column is named for two things." in read(app)
    assert 1 == len(told(followed, FilePinned.NAME))


def test_a_file_that_was_taken_wrongly_is_taken_out_and_comes_back(
    followed: Engine, open_page: OpenPage, read: Read
) -> None:
    seeding.normal(followed)
    app = open_file(open_page, followed)

    app = press(app, "This is not a campaign file")

    assert "People decided that it is no campaign file." in read(app)
    place = Place(ACME, PIA)
    file = reads.campaign_file(place, GOOD_FILE)
    assert file is not None
    assert ("not_campaign", 2) == (file.status, file.revision_number)
    with followed.connect() as connection:
        assert GOOD_FILE not in {source.file_id for source in performance.sources(connection, ACME)}

    press(app, "Let it count again")

    with followed.connect() as connection:
        assert GOOD_FILE in {source.file_id for source in performance.sources(connection, ACME)}
    assert (NO_PINS, "waiting") == ((back := reads.campaign_file(place, GOOD_FILE)) and (back.pins, back.status))
    assert rebuild(followed, "files").same
    assert rebuild(followed, "performance").same


def test_a_viewer_reads_why_a_file_does_not_count(engine: Engine, open_page: OpenPage, read: Read) -> None:
    seeding.normal(engine)
    app = left_alone(open_page, engine, VERA)

    assert "This file does not count" in read(app)
    assert all(button.disabled for button in app.button if button.label == "This is a campaign file")
    assert "Read it like this" not in [button.label for button in app.button]


def test_one_meaning_for_two_columns_is_refused_in_words(followed: Engine, open_page: OpenPage, read: Read) -> None:
    seeding.normal(followed)
    app = open_form(open_page, followed)
    choose(app, "Meaning of “Kosten”", "spend")
    choose(app, "Meaning of “Umsatz”", "spend")

    app = press(app, "Read it like this")

    assert "“Spend” is chosen for “Kosten”, “Umsatz”. Only one column of a sheet can have it" in read(app)
    assert [] == told(followed, FilePinned.NAME)


def test_saving_nothing_says_so(followed: Engine, open_page: OpenPage, read: Read) -> None:
    seeding.normal(followed)

    assert "Nothing was changed." in read(press(open_form(open_page, followed), "Read it like this"))


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en", "A meaning was chosen for the column “Kosten”, and the file has no column of that name."),
        ("de", "Für die Spalte „Kosten“ wurde eine Bedeutung gewählt, aber die Datei hat keine Spalte dieses Namens."),
    ],
)
def test_a_pin_that_does_not_fit_is_explained(
    engine: Engine, open_page: OpenPage, read: Read, locale: str, sentence: str
) -> None:
    now = datetime.now(UTC)
    teller = seeding.members(engine, locale=locale)
    seeding.connect(teller, now)
    seeding.files(teller, now)
    failed = FileReadFailed(
        file_id=GOOD_FILE,
        name="Search and Video.gsheet",
        drive_version="9",
        modified_at=now,
        code="pins_column",
        reason="In English.",
        details={"header": "Kosten"},
    )
    teller.tell("file", GOOD_FILE, failed)

    assert sentence in read(open_file(open_page, engine))


def test_a_viewer_sees_choices_and_cannot_make_them(engine: Engine, open_page: OpenPage, read: Read) -> None:
    teller = seeding.normal(engine)
    name = "Search and Video.gsheet"
    teller.tell("file", GOOD_FILE, FilePinned(file_id=GOOD_FILE, name=name, pins=COST_IS_BUDGET), actor=PIA)

    app = open_file(open_page, engine, user=VERA)

    assert "“Kosten” is Budget" in read(app)
    assert "Choosing how a file is read needs the planner role." in read(app)
    assert "Read it like this" not in [button.label for button in app.button]
    assert all(button.disabled for button in app.button if button.label == "Undo the last choice")


def test_the_past_shows_the_choices_of_its_time(engine: Engine, open_page: OpenPage, read: Read) -> None:
    teller = seeding.normal(engine)
    name = "Search and Video.gsheet"
    pinned = FilePinned(file_id=GOOD_FILE, name=name, pins=COST_IS_BUDGET)
    position = teller.tell("file", GOOD_FILE, pinned, actor=PIA)
    teller.tell("file", GOOD_FILE, FilePinsUndone(file_id=GOOD_FILE, name=name, pins=NO_PINS), actor=PIA)

    app = open_file(open_page, engine, at=str(position))

    assert "“Kosten” is Budget" in read(app)
    assert "Read it like this" not in [button.label for button in app.button]


@pytest.mark.parametrize("user", [VERA, STRANGER])
def test_decisions_about_files_check_the_role_themselves(
    engine: Engine, compose: Compose, temporal: FakeTemporal, user: str
) -> None:
    seeding.normal(engine)
    compose(engine, user)
    place, now = Place(ACME, user), datetime.now(UTC)

    for command in (
        lambda: file_commands.pin(place, GOOD_FILE, COST_IS_BUDGET, NO_PINS, now),
        lambda: file_commands.undo_pins(place, GOOD_FILE, NO_PINS, now),
        lambda: file_commands.confirm_drift(place, GOOD_FILE, 2),
    ):
        with pytest.raises(NoAccess):
            command()
    assert [] == temporal.refreshed


def test_decisions_refuse_the_past_and_what_was_not_seen(followed: Engine, compose: Compose) -> None:
    seeding.normal(followed)
    compose(followed, PIA)
    place, now = Place(ACME, PIA), datetime.now(UTC)
    file_commands.pin(place, GOOD_FILE, COST_IS_BUDGET, NO_PINS, now)
    file_commands.pin(place, GOOD_FILE, COST_IS_BUDGET, NO_PINS, now)

    with pytest.raises(PastIsFixed):
        file_commands.pin(Place(ACME, PIA, 5), GOOD_FILE, NO_PINS, NO_PINS, now)
    with pytest.raises(file_commands.FileMovedOn):
        file_commands.pin(place, GOOD_FILE, FilePins(tab="Data"), NO_PINS, now)
    with pytest.raises(file_commands.FileMovedOn):
        file_commands.undo_pins(place, GOOD_FILE, NO_PINS, now)
    with pytest.raises(file_commands.FileMovedOn):
        file_commands.pin(place, "no such file", COST_IS_BUDGET, NO_PINS, now)
    assert 1 == len(told(followed, FilePinned.NAME))


def test_two_choices_are_taken_back_one_by_one(followed: Engine, compose: Compose) -> None:
    seeding.normal(followed)
    compose(followed, PIA)
    place, now = Place(ACME, PIA), datetime.now(UTC)
    both = FilePins(columns={"Kosten": "budget"}, currency="USD")
    file_commands.pin(place, GOOD_FILE, COST_IS_BUDGET, NO_PINS, now)
    file_commands.pin(place, GOOD_FILE, both, COST_IS_BUDGET, now)

    standing: list[FilePins] = []
    for _ in range(3):
        file = reads.campaign_file(place, GOOD_FILE)
        assert file is not None
        standing.append(file.pins)
        file_commands.undo_pins(place, GOOD_FILE, file.pins, now)

    assert [both, COST_IS_BUDGET, NO_PINS] == standing


def test_without_temporal_a_choice_is_kept_and_noted(
    followed: Engine, compose: Compose, temporal: FakeTemporal
) -> None:
    seeding.normal(followed)
    compose(followed, PIA)
    temporal.away = True

    with pytest.raises(TemporalAway):
        file_commands.pin(Place(ACME, PIA), GOOD_FILE, COST_IS_BUDGET, NO_PINS, datetime.now(UTC))

    assert 1 == len(told(followed, FilePinned.NAME))


def test_a_revision_tells_which_cells_it_changed(engine: Engine, open_page: OpenPage, read: Read) -> None:
    now = datetime.now(UTC)
    teller = seeding.normal(engine)
    rows = seeding.rows_of(["Search", "Video"], now)
    fewer = rows.with_columns(spend=pl.when(pl.col("row") == 5).then(pl.lit(7)).otherwise(pl.col("spend"))).head(50)
    seeding.sync(teller, GOOD_FILE, "Search and Video.gsheet", fewer.cast(rows.schema), now)  # type: ignore[arg-type]

    page = read(open_file(open_page, engine, user=VERA, revisions="true"))

    assert "1 row changed · 2 rows removed" in page
    assert "Data · C5" in page
    assert "€7.00" in page
    assert "Row removed" in page

    page = read(open_file(open_page, engine, user=VERA, revision="2"))

    assert "2 rows added" in page


def test_a_large_change_is_shown_in_pages(engine: Engine, open_page: OpenPage, read: Read) -> None:
    now = datetime.now(UTC)
    teller = seeding.normal(engine)
    rows = seeding.rows_of(["Search", "Video"], now, weeks=120)
    seeding.sync(teller, GOOD_FILE, "Search and Video.gsheet", rows, now)

    app = open_file(open_page, engine, user=VERA, revisions="true")

    assert "188 rows added" in read(app)
    assert 100 == read(app).count("New row")


def test_an_erased_revision_says_when_and_why(followed: Engine, open_page: OpenPage, read: Read) -> None:
    teller = seeding.normal(followed)
    drifted(teller)
    teller.tell("file", GOOD_FILE, FileContentsErased(file_id=GOOD_FILE, revisions=[2], bytes_freed=10))
    sentence = "The original of this revision was erased on"

    assert sentence in read(open_file(open_page, followed, revision="2"))
    assert sentence not in read(open_file(open_page, followed, revision="3"))


def changed(name: str, **about: object) -> DriftChange:
    known = {"about": "column", "tab": "Data", "header": "Klicks", "field": "clicks", "was": "", "now": ""}
    return DriftChange(**(known | {"kind": name, "needs_you": False} | about))  # type: ignore[arg-type]


def drifted(teller: seeding.Teller, *drift: DriftChange) -> None:
    """Tell a third content of the good file whose shape changed."""
    told = store_of(teller.engine)
    again = msgspec.structs.replace(told, revision_number=told.revision_number + 1, drift=list(drift))
    teller.tell("file", GOOD_FILE, again)


def store_of(engine: Engine) -> FileSynced:
    events = [event for event in told(engine, FileSynced.NAME) if isinstance(event, FileSynced)]
    return next(event for event in reversed(events) if event.file_id == GOOD_FILE)


def test_a_changed_shape_is_confirmed_once(followed: Engine, open_page: OpenPage, read: Read) -> None:
    drifted(seeding.normal(followed), changed("gone", needs_you=True))
    listed = read(open_page(followed, "files", user=PIA, workspace=ACME))
    app = open_file(open_page, followed)

    assert "The column “Klicks” is gone: Clicks can't be read any more." in listed
    assert "The file is built differently than before:\n- The column “Klicks” is gone" in read(app)

    app = press(app, "It is right like this")

    assert [3] == [
        one.revision_number for one in told(followed, FileDriftConfirmed.NAME) if isinstance(one, FileDriftConfirmed)
    ]
    assert "This file needs you" not in read(app)


def test_a_harmless_change_is_only_told(engine: Engine, open_page: OpenPage, read: Read) -> None:
    drifted(seeding.normal(engine), changed("moved"), changed("added", header="Note", field="other"))
    listed = read(open_page(engine, "files", user=PIA, workspace=ACME))
    app = open_file(open_page, engine)

    assert "Its columns changed; nothing needs to be done." in listed
    assert "The column “Klicks” stands in another place." in read(app)
    assert "Nothing needs to be done." in read(app)
    assert "It is right like this" not in [button.label for button in app.button]


def test_a_viewer_cannot_confirm(engine: Engine, open_page: OpenPage) -> None:
    drifted(seeding.normal(engine), changed("gone", needs_you=True))

    app = open_file(open_page, engine, user=VERA)

    assert [True] == [button.disabled for button in app.button if button.label == "It is right like this"]


@pytest.mark.parametrize("locale", ["en", "de"])
def test_every_change_of_shape_has_its_words(locale: str) -> None:
    voice = voice_of(locale, "EUR", datetime.now(UTC))
    kinds = [("column", kind) for kind in ("added", "moved", "renamed", "gone", "type_changed")]
    kinds += [("tab", kind) for kind in ("added", "renamed", "gone")]
    kinds += [(about, "type_changed") for about in ("currency", "date", "decimal")]
    every = [
        changed(kind, about=about, needs_you=needs_you, field=field, was="%d/%m/%Y", now="%m/%d/%Y")
        for about, kind in kinds
        for needs_you in (True, False)
        for field in ("clicks", "other")
    ]

    words = drift_words(voice, every)

    assert len(every) == len(words)
    assert not [sentence for sentence in words if "{" in sentence]


def overlapping(engine: Engine) -> seeding.Teller:
    """Tell that the odd file holds the money of the good one again."""
    teller = seeding.normal(engine)
    found = OverlapFound(
        one=GOOD_FILE,
        one_name="Search and Video.gsheet",
        other=ODD_FILE,
        other_name="Social_Display [2026].xlsx",
        counts=GOOD_FILE,
        money=Decimal("120000.50"),
        currency="EUR",
        how="same_total",
        why="more_detail",
    )
    teller.tell("overlap", "self", found)
    return teller


def test_the_same_money_is_told_and_another_choice_is_one_click(
    followed: Engine, open_page: OpenPage, read: Read
) -> None:
    overlapping(followed)
    listed = read(open_page(followed, "files", user=PIA, workspace=ACME))
    app = open_page(followed, "files", user=PIA, workspace=ACME, file=ODD_FILE)

    assert "Not counted: same money as Search and Video.gsheet." in listed
    assert "Both add up to €120,000.50." in read(app)
    assert "counts because it says more" in read(app)

    app = press(app, "Count this file instead")

    assert "Search and Video.gsheet holds the same money and is not counted." in read(app)
    assert {GOOD_FILE: ODD_FILE} == file_reads.not_counted(Place(ACME, PIA))

    app = press(app, "Count both")

    assert {} == file_reads.not_counted(Place(ACME, PIA))

    app = press(app, "Take the choice back")

    assert "Not counted: same money as Search and Video.gsheet." in read(app)
    assert [ODD_FILE, None] == [
        one.counts for one in told(followed, OverlapChosen.NAME) if isinstance(one, OverlapChosen)
    ]
    assert 1 == len(told(followed, OverlapChoiceUndone.NAME))
    history = read(open_page(followed, "history", user=PIA, workspace=ACME))
    assert (
        "holds the same money as Search and Video.gsheet, €120,000.50; only Search and Video.gsheet counts." in history
    )
    assert "Pia Maas chose that both Search and Video.gsheet and Social_Display [2026].xlsx count." in history


def test_a_choice_between_files_is_refused_to_viewers_and_when_it_moved(followed: Engine, compose: Compose) -> None:
    overlapping(followed)
    compose(followed, PIA)
    place = Place(ACME, PIA)
    seen = file_reads.overlaps(place)[0]
    file_commands.choose_counting(place, seen, ODD_FILE)

    with pytest.raises(file_commands.FileMovedOn):
        file_commands.choose_counting(place, seen, None)
    with pytest.raises(PastIsFixed):
        file_commands.undo_counting(Place(ACME, PIA, 5), seen)
    for user in (VERA, STRANGER):
        with pytest.raises(NoAccess):
            file_commands.choose_counting(Place(ACME, user), seen, None)
        with pytest.raises(NoAccess):
            file_commands.undo_counting(Place(ACME, user), seen)
    with pytest.raises(NoAccess):
        file_reads.overlaps(Place(ACME, STRANGER))


def test_a_viewer_reads_which_file_counts(engine: Engine, open_page: OpenPage, read: Read) -> None:
    overlapping(engine)

    app = open_page(engine, "files", user=VERA, workspace=ACME, file=ODD_FILE)

    assert "Not counted: same money as" in read(app)
    assert [True, True] == [button.disabled for button in app.button if button.label.startswith("Count ")]


def test_who_chooses_files_for_a_plan_reads_which_hold_the_same_money(engine: Engine, open_page: OpenPage) -> None:
    overlapping(engine)

    app = open_page(engine, "new_plan", user=PIA, workspace=ACME)
    app.session_state["data"] = True
    offered = app.run().multiselect(key="counted").options

    assert "Search and Video.gsheet" in offered
    assert "Social_Display [2026].xlsx (same money as Search and Video.gsheet; counts only without it)" in offered


def test_how_long_changes_took_is_shown_for_the_file(
    state: Callable[[str], Engine], open_page: OpenPage, read: Read
) -> None:
    app = open_file(open_page, state("normal"), user=VERA)
    folded = read(app)
    app.session_state["lag"] = True
    opened = read(app.run())

    assert "How long changes took to arrive" in folded
    assert "42 sec at the middle" not in folded
    assert "42 sec" in opened
