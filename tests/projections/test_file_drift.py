"""A changed shape raises a file to a person until somebody looks, or the change is turned back."""

import msgspec
import pytest
from sqlalchemy.engine import Engine

from events import store
from events.campaign_file import NO_PINS, DriftChange, FileDriftConfirmed, FilePinned, FileReadFailed, ReadTable
from events.envelope import Event
from projections import files, follower
from projections.files import CampaignFile
from projections.rebuild import rebuild
from tests.events.samples import META, MOMENT, discovered, pins, synced

GONE = DriftChange(
    kind="gone", about="column", tab="Data", header="Clicks", field="clicks", was="", now="", needs_you=True
)
DOLLARS = DriftChange(
    kind="type_changed", about="currency", tab="Data", header="", field="", was="EUR", now="USD", needs_you=True
)
EUROS = msgspec.structs.replace(DOLLARS, was="USD", now="EUR")
HARMLESS = msgspec.structs.replace(GONE, kind="added", header="Note", field="other", needs_you=False)
MAPPING = synced().mapping
BACK = msgspec.structs.replace(MAPPING[0], header="Clicks", field="clicks")


def confirmed(number: int) -> FileDriftConfirmed:
    return FileDriftConfirmed(file_id="f1", name="f1.xlsx", revision_number=number)


def fold(engine: Engine, *events: Event) -> CampaignFile:
    with engine.begin() as connection:
        store.append(connection, "w/file/f1", [discovered(), synced(), *events], meta=META)
    follower.catch_up(engine)
    assert rebuild(engine, "files").same
    with engine.connect() as connection:
        file = files.one(connection, "w", "f1")
        assert file is not None
        assert file == files.one(connection, "w", "f1", at=store.head(connection))
    return file


@pytest.mark.parametrize(
    ("told", "status", "left"),
    [
        ([synced(number=2, drift=[HARMLESS])], "up_to_date", []),
        ([synced(number=2, drift=[GONE, HARMLESS])], "needs_you", [GONE]),
        ([synced(number=2, drift=[GONE]), synced(number=3)], "needs_you", [GONE]),
        ([synced(number=2, drift=[GONE]), synced(number=3, drift=[DOLLARS])], "needs_you", [GONE, DOLLARS]),
        ([synced(number=2, drift=[GONE]), confirmed(2)], "up_to_date", []),
        ([synced(number=2, drift=[GONE]), confirmed(2), synced(number=3)], "up_to_date", []),
        (
            [synced(number=2, drift=[GONE]), synced(number=3, drift=[DOLLARS]), confirmed(2)],
            "needs_you",
            [GONE, DOLLARS],
        ),
        ([synced(number=2, drift=[GONE]), synced(number=3, mapping=[*MAPPING, BACK])], "up_to_date", []),
        ([synced(number=2, drift=[DOLLARS]), synced(number=3, drift=[EUROS])], "needs_you", [DOLLARS]),
        ([synced(number=2, drift=[GONE]), FilePinned(file_id="f1", name="f1.xlsx", pins=pins())], "up_to_date", []),
        ([synced(number=2, rows=0, drift=[GONE]), confirmed(2)], "needs_you", []),
    ],
)
def test_the_status_follows_what_is_open(
    engine: Engine, told: list[Event], status: str, left: list[DriftChange]
) -> None:
    file = fold(engine, *told)

    assert (status, left) == (file.status, file.drift_open)


def test_a_turned_currency_needs_nobody(engine: Engine) -> None:
    back = synced(number=3, drift=[EUROS], tables=[_table("EUR")])

    assert ("up_to_date", []) == (
        (file := fold(engine, synced(number=2, drift=[DOLLARS]), back)).status,
        file.drift_open,
    )


def test_a_choice_does_not_hide_a_failure(engine: Engine) -> None:
    failed = FileReadFailed(
        file_id="f1", name="f1.xlsx", drive_version="3", modified_at=MOMENT, code="protected", reason="Unlock it."
    )

    file = fold(engine, failed, FilePinned(file_id="f1", name="f1.xlsx", pins=NO_PINS))

    assert ("needs_you", "protected") == (file.status, file.problem_code)


def _table(currency: str) -> ReadTable:
    return ReadTable(tab="Data", header_row=1, used=True, why="", date_format=None, decimal=".", currency=currency)
