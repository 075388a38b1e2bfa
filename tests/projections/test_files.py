"""A campaign file's way from discovery to a person's attention, now and then."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from events import store
from events.campaign_file import FileNotCampaign, FileReadFailed, FileRemoved, FileRenamed, FileRestored
from events.envelope import Event
from projections import files, follower, sync_lag
from projections.files import CampaignFile
from tests.events.samples import META, MOMENT, discovered, synced

LATER = MOMENT + timedelta(hours=1)
FAILED = FileReadFailed(
    file_id="f1", name="f1.xlsx", drive_version="2", modified_at=LATER, code="protected", reason="Remove the password."
)
REMOVED = FileRemoved(file_id="f1", name="f1.xlsx", why="trashed")
NOT_CAMPAIGN = FileNotCampaign(
    file_id="f1", platform="google_drive", name="menu", modified_at=LATER, score=0.1, reasons=["no spend"]
)
RESTORED = FileRestored(file_id="f1", name="f1.xlsx")
RENAMED = FileRenamed(file_id="f1", old_name="f1.xlsx", name="spring.xlsx", modified_at=LATER)


def tell(engine: Engine, *events: Event, workspace: str = "w", file_id: str = "f1") -> None:
    with engine.begin() as connection:
        store.append(connection, f"{workspace}/file/{file_id}", events, meta=META)
    follower.catch_up(engine)


def status(engine: Engine, file_id: str = "f1") -> str:
    with engine.connect() as connection:
        file = files.one(connection, "w", file_id)
        assert file is not None
        return file.status


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([discovered()], "waiting"),
        ([discovered(), synced()], "up_to_date"),
        ([discovered(), synced(quarantined=20, rows=100)], "needs_you"),
        ([discovered(), synced(rows=0)], "needs_you"),
        ([discovered(), synced(), FAILED], "needs_you"),
        ([discovered(), synced(), FAILED, synced(number=2)], "up_to_date"),
        ([discovered(), FAILED], "needs_you"),
        ([FAILED], "needs_you"),
        ([discovered(), synced(), REMOVED], "removed"),
        ([discovered(), synced(), REMOVED, RESTORED], "up_to_date"),
        ([discovered(), REMOVED, RESTORED], "waiting"),
        ([discovered(), synced(), REMOVED, discovered()], "up_to_date"),
        ([NOT_CAMPAIGN], "not_campaign"),
        ([NOT_CAMPAIGN, discovered()], "waiting"),
        ([discovered(), synced(), NOT_CAMPAIGN], "not_campaign"),
        ([discovered(), synced(), discovered(owner="Bo")], "up_to_date"),
    ],
)
def test_the_status_follows_what_happened(engine: Engine, told: list[Event], expected: str) -> None:
    tell(engine, *told)

    assert expected == status(engine)


def test_a_file_shows_what_its_newest_revision_said(engine: Engine) -> None:
    tell(engine, discovered(), synced(), synced(number=2, rows=120, currency="USD"), RENAMED)

    with engine.connect() as connection:
        file = files.one(connection, "w", "f1")
        revisions = files.revisions(connection, "w", "f1")
    assert file is not None
    assert ("spring.xlsx", LATER, "Ana", 2, 120, "USD", 4) == (
        file.name,
        file.modified_at,
        file.owner,
        file.revision_number,
        file.rows,
        file.currency,
        file.position,
    )
    assert synced().mapping == file.mapping
    assert synced().sums == file.sums
    assert [3, 2] == [recorded.position for recorded in revisions]


def test_a_problem_is_a_sentence_and_goes_when_it_is_solved(engine: Engine) -> None:
    def problem() -> tuple[str | None, str | None]:
        with engine.connect() as connection:
            file = files.one(connection, "w", "f1")
            assert file is not None
            return file.problem_code, file.problem

    tell(engine, discovered(), FAILED)
    assert ("protected", "Remove the password.") == problem()
    tell(engine, synced(quarantined=31, rows=100))
    assert "many_unreadable_cells" == problem()[0]
    assert "31 cells" in (problem()[1] or "")
    tell(engine, REMOVED)
    assert "trashed" == problem()[0]
    tell(engine, synced(number=2))
    assert (None, None) == problem()


def test_a_noted_change_makes_a_file_wait_until_it_is_stored(engine: Engine) -> None:
    tell(engine, discovered(), synced())
    with engine.begin() as connection:
        sync_lag.add_pending(connection, "w", [("f1", LATER)], LATER)
    assert "waiting" == status(engine)

    with engine.begin() as connection:
        sync_lag.remove_pending(connection, "w", "f1", up_to=LATER)
    assert "up_to_date" == status(engine)


def test_a_workspace_sees_its_own_files_only(engine: Engine) -> None:
    tell(engine, discovered(name="of a"), workspace="a")
    tell(engine, discovered(name="of b"), workspace="b")

    with engine.connect() as connection:
        assert ["of a"] == [file.name for file in files.of(connection, "a")]
        assert ["of b"] == [file.name for file in files.of(connection, "b", at=2)]
        assert files.one(connection, "c", "f1") is None
        assert files.one(connection, "a", "f1", at=0) is None
        assert [] == files.revisions(connection, "a", "f1")
        assert [] == files.of(connection, "b", at=1)


STEPS = [discovered(), synced(), synced(number=2), FAILED, REMOVED, NOT_CAMPAIGN, RESTORED, RENAMED]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(["f1", "f2"])), min_size=1, max_size=15))
def test_the_past_is_what_was_live_then(engine: Engine, told: list[tuple[Event, str]]) -> None:
    live: dict[int, list[CampaignFile]] = {}
    for event, file_id in told:
        tell(engine, msgspec.structs.replace(event, file_id=file_id), file_id=file_id)
        with engine.connect() as connection:
            live[store.head(connection)] = files.of(connection, "w")

    with engine.connect() as connection:
        for position, seen in live.items():
            assert seen == files.of(connection, "w", at=position)
            assert [files.one(connection, "w", file.file_id, at=position) for file in seen] == seen
