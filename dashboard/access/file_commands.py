"""What people decide about one campaign file. As in `commands`: check the role, record the fact, then tell Temporal."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy.engine import Connection as Database

from dashboard.access import reads, services
from dashboard.access.commands import PastIsFixed
from dashboard.access.reads import Place
from events import store
from events.campaign_file import (
    NO_PINS,
    FileDiscovered,
    FileDriftConfirmed,
    FileNotCampaign,
    FilePinned,
    FilePins,
    FilePinsUndone,
    pins_before,
)
from events.envelope import Event, Meta, stream_of
from events.overlap import OverlapChoiceUndone, OverlapChosen
from projections import files, members, overlaps, sync_lag
from projections.files import CampaignFile
from projections.overlaps import Overlap
from worker.contracts import ForceRefresh


class FileMovedOn(Exception):
    """Something about the file changed since the person looked at it."""


def pin(place: Place, file_id: str, pins: FilePins, seen: FilePins, now: datetime) -> None:
    """Decide how a file is read from now on, and read it again. `seen` is what the person changed."""

    def decided(_database: Database, file: CampaignFile) -> list[Event]:
        if file.pins == pins:
            return []
        if file.pins != seen:
            raise FileMovedOn
        pinned = FilePinned(file_id=file_id, name=file.name, pins=pins)
        return [pinned, _left_out(file, now)] if pins.is_campaign is False else [pinned]

    _decide(place, file_id, decided, read_again_at=now)


def undo_pins(place: Place, file_id: str, seen: FilePins, now: datetime) -> None:
    """Take back the newest decision about reading a file, and read it again."""

    def undone(database: Database, file: CampaignFile) -> list[Event]:
        if file.pins != seen:
            raise FileMovedOn
        if seen == NO_PINS:
            return []
        names = [FilePinned.NAME, FilePinsUndone.NAME, FileDiscovered.NAME]
        told = store.read(database, stream=stream_of(place.workspace, "file", file_id), names=names)
        pins = pins_before(one.event for one in told)
        taken_back = FilePinsUndone(file_id=file_id, name=file.name, pins=pins)
        back = [one.event for one in told if isinstance(one.event, FileDiscovered)]
        if seen.is_campaign is not False or pins.is_campaign is False or not back:
            return [taken_back]
        modified_at = file.modified_at or now
        return [taken_back, msgspec.structs.replace(back[-1], name=file.name, modified_at=modified_at)]

    _decide(place, file_id, undone, read_again_at=now)


def _left_out(file: CampaignFile, now: datetime) -> FileNotCampaign:
    """What everyone who counts rows listens to: they stay stored and count no more."""
    return FileNotCampaign(
        file_id=file.file_id,
        platform=file.platform,
        name=file.name,
        modified_at=file.modified_at or now,
        score=0.0,
        reasons=["People decided that it is no campaign file."],
    )


def confirm_drift(place: Place, file_id: str, revision_number: int) -> None:
    """Say that what changed in a file's shape is right; `revision_number` is the newest that the person saw."""

    def confirmed(_database: Database, file: CampaignFile) -> list[Event]:
        if file.revision_number != revision_number:
            raise FileMovedOn
        if not file.drift_open:
            return []
        return [FileDriftConfirmed(file_id=file_id, name=file.name, revision_number=revision_number)]

    _decide(place, file_id, confirmed)


def choose_counting(place: Place, seen: Overlap, counts: str | None) -> None:
    """Choose which of two files with the same money counts; None: both do."""
    event = OverlapChosen(
        one=seen.one, one_name=seen.one_name, other=seen.other, other_name=seen.other_name, counts=counts
    )
    _choose(place, seen, event)


def undo_counting(place: Place, seen: Overlap) -> None:
    """Take back the choice between two files with the same money."""
    event = OverlapChoiceUndone(one=seen.one, one_name=seen.one_name, other=seen.other, other_name=seen.other_name)
    _choose(place, seen, event)


def _choose(place: Place, seen: Overlap, event: Event) -> None:
    _refuse_the_past(place)
    with services.engine().begin() as database:
        members.require(database, place.workspace, place.user, "planner")
        stream = stream_of(place.workspace, "overlap", "self")
        newest = store.read(database, stream=stream, limit=1, backwards=True)
        if seen not in overlaps.of(database, place.workspace, at=store.head(database)):
            raise FileMovedOn
        _append(database, stream, [event], place.user, newest[0].version)
    reads.settle()


def _refuse_the_past(place: Place) -> None:
    if place.at is not None:
        raise PastIsFixed


def _decide(
    place: Place,
    file_id: str,
    decide: Callable[[Database, CampaignFile], list[Event]],
    *,
    read_again_at: datetime | None = None,
) -> None:
    """Append what `decide` makes of the file as the log knows it; to be read again, it is noted in the same commit."""
    _refuse_the_past(place)
    with services.engine().begin() as database:
        members.require(database, place.workspace, place.user, "planner")
        stream = stream_of(place.workspace, "file", file_id)
        newest = store.read(database, stream=stream, limit=1, backwards=True)
        file = files.one(database, place.workspace, file_id, at=store.head(database))
        if not newest or file is None:
            raise FileMovedOn
        events = decide(database, file)
        if events and read_again_at is not None:
            sync_lag.add_pending(database, place.workspace, [(file_id, read_again_at)], noted_at=read_again_at)
        if events:
            _append(database, stream, events, place.user, newest[0].version)
    reads.settle()
    if events and read_again_at is not None:
        services.temporal().force_refresh(place.workspace, ForceRefresh(file_id))


def _append(database: Database, stream: str, events: list[Event], actor: str, version: int) -> None:
    try:
        store.append(database, stream, events, meta=Meta(actor=actor), expected=version)
    except store.StreamMoved as error:
        raise FileMovedOn from error
