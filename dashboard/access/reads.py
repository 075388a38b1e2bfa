"""Everything pages read. Each read checks the membership itself; the first argument is always the place."""

import time
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from dashboard.access import services
from dashboard.access.places import Place, briefly, cached, forget, kept, moment, opened
from events import blobs, store
from events.envelope import Recorded
from projections import (
    actuals,
    connections,
    files,
    follower,
    history,
    members,
    performance,
    plans,
    sync_lag,
    track_record,
)
from projections.performance_rows import EVERYTHING, Only
from worker.planning.what_if import Curves

SETTLES_WITHIN = 1.0
LOOKS_EVERY = 0.005
MOST_REVISIONS = 50
"""Revisions that a page shows; all of them are in the history."""


@briefly
def workspaces(user: str) -> list[members.Workspace]:
    with services.engine().connect() as connection:
        return members.workspaces(connection, user)


def shown_position(place: Place) -> int:
    """The newest event of the workspace that the read models have taken in."""
    return moment(place).position


@cached
def pending(place: Place) -> dict[str, datetime]:
    """Files that changed in Drive and are not yet stored, with when the change was noted."""
    if place.at is not None:
        return {}
    with opened(place) as connection:
        return {one.file_id: one.noted_at for one in sync_lag.pending(connection, place.workspace)}


@kept
def names_of_people(place: Place) -> dict[str, str]:
    """By user, also of those who left."""
    with opened(place) as connection:
        return members.names(connection, place.workspace, place.at)


@kept
def standing(place: Place) -> members.Membership | None:
    """The workspace with its members at the place's position."""
    with opened(place) as connection:
        return members.standing(connection, place.workspace, place.at)


@kept
def people(place: Place) -> list[members.Member]:
    with opened(place) as connection:
        return members.of(connection, place.workspace)


@kept
def drive(place: Place) -> connections.Connection | None:
    """The connection to Google Drive."""
    with opened(place) as connection:
        found = connections.of(connection, place.workspace, place.at)
    return next((one for one in found if one.platform == "google_drive"), None)


@kept
def campaign_files(place: Place) -> list[files.CampaignFile]:
    with opened(place) as connection:
        return files.of(connection, place.workspace, place.at)


@kept
def campaign_file(place: Place, file_id: str) -> files.CampaignFile | None:
    with opened(place) as connection:
        return files.one(connection, place.workspace, file_id, place.at)


@kept
def revisions(place: Place, file_id: str) -> list[Recorded]:
    with opened(place) as connection:
        return files.revisions(connection, place.workspace, file_id, until=place.at, limit=MOST_REVISIONS)


@kept
def stored_rows(place: Place, file_id: str, limit: int, offset: int, only: Only = EVERYTHING) -> list[dict[str, Any]]:
    with opened(place) as connection:
        return performance.rows(connection, place.workspace, file_id, place.at, limit=limit, offset=offset, only=only)


def freshness(place: Place, now: datetime) -> sync_lag.Freshness:
    return _freshness(place, _now=now)


@cached
def _freshness(place: Place, *, _now: datetime) -> sync_lag.Freshness:
    with opened(place) as connection:
        return sync_lag.of(connection, place.workspace, _now)


@kept
def lag(place: Place) -> list[sync_lag.LagPoint]:
    """How long the newest changes took; nothing while looking at the past, which had no such measure."""
    if place.at is not None:
        return []
    with opened(place) as connection:
        return sync_lag.trend(connection, place.workspace)


@kept
def weekly(place: Place) -> list[performance.ChannelWeek]:
    with opened(place) as connection:
        return performance.weekly(connection, place.workspace, place.at)


@kept
def all_plans(place: Place) -> list[plans.Plan]:
    """Newest first."""
    with opened(place) as connection:
        return plans.of(connection, place.workspace, place.at)


@kept
def plan(place: Place, campaign_id: str) -> plans.Plan | None:
    with opened(place) as connection:
        return plans.one(connection, place.workspace, campaign_id, place.at)


def newest_with_curves(place: Place) -> plans.Plan | None:
    """The plan made last that kept its curves."""
    kept = [one for one in all_plans(place) if one.draws and one.produced_at]
    return max(kept, key=lambda one: (one.produced_at, one.campaign_id), default=None)


def curves(place: Place, campaign_id: str, days: int | None = None) -> Curves | None:
    """Curves that a plan kept, to ask about its own time, or about any `days`. None when it kept none."""
    known = plan(place, campaign_id)
    return _opened_curves(known.draws, days) if known and known.draws else None


@lru_cache(maxsize=64)
def _opened_curves(address: str, days: int | None) -> Curves:
    """Bytes under an address never change, so what is in them is opened once a process."""
    with services.engine().connect() as connection:
        return Curves(blobs.get(connection, address), days)


@kept
def actuals_of(place: Place, campaign_id: str) -> actuals.Actuals | None:
    """What came of a plan so far."""
    with opened(place) as connection:
        known = plans.one(connection, place.workspace, campaign_id, place.at)
        return actuals.of(connection, known, place.at) if known else None


@kept
def tried_plans(place: Place) -> list[track_record.Tried]:
    """Approved plans whose time has begun, and how they went."""
    known = all_plans(place)
    with opened(place) as connection:
        return track_record.tried(connection, place.workspace, known, place.at)


class Filters(NamedTuple):
    actor: str | None = None
    file_id: str | None = None
    campaign_id: str | None = None
    names: tuple[str, ...] | None = None
    since: datetime | None = None
    before: int | None = None
    """Only events before this position: the next page."""


@kept
def entries(place: Place, filters: Filters, limit: int) -> list[history.Entry]:
    with opened(place) as connection:
        return history.of(connection, place.workspace, at=place.at, limit=limit, **filters._asdict())


@kept
def entry(place: Place, position: int) -> history.Entry | None:
    with opened(place) as connection:
        found = history.of(connection, place.workspace, at=position, limit=1)
    return next((one for one in found if one.position == position), None)


@kept
def last_event(place: Place) -> Recorded | None:
    """The newest event of the workspace up to the place's position."""
    with opened(place) as connection:
        found = store.read(connection, until=place.at, workspace=place.workspace, limit=1, backwards=True)
    return found[0] if found else None


@kept
def position_at(place: Place, moment: datetime) -> int:
    with opened(place) as connection:
        return store.position_at(connection, moment)


@cached
def health(place: Place) -> follower.Health:
    """How far the read models are behind the log."""
    with opened(place) as connection:
        return follower.health(connection)


def settle(seconds: float = SETTLES_WITHIN) -> None:
    """Wait until the read models show what was just appended, so that the next page does; so long at most."""
    deadline = time.monotonic() + seconds
    with services.engine().connect() as connection:
        written = store.head(connection)
        while follower.position(connection) < written and time.monotonic() < deadline:
            connection.rollback()
            time.sleep(LOOKS_EVERY)
    forget()


@kept
def planning_id(place: Place, campaign_id: str) -> str | None:
    """Workflow id of the newest request for a plan."""
    asked = entries(place, Filters(campaign_id=campaign_id, names=("plan.requested",)), 1)
    return asked[0].workflow_id if asked else None
