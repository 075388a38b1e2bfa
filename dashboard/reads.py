"""Everything pages read. Each read checks the membership itself.

The first argument is always the place: which workspace, seen by whom, as of when. The workspace is part of every cache
key, so that no tenant ever sees what was cached for another. What changes with time is cached for two seconds a person
(`cached`); what changes with events only is kept for all members until something is stored (`kept`).
"""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar, cast

import streamlit as st
from sqlalchemy.engine import Connection as Database

from dashboard import services
from events import blobs, store
from events.envelope import Recorded
from projections import connections, files, follower, history, members, performance, plans, sync_lag
from worker.planning.what_if import Curves

P = ParamSpec("P")
R = TypeVar("R")
SETTLES_WITHIN = 1.0
KEPT_FOR = 600
"""Seconds after which even what did not change is read anew."""


class Place(NamedTuple):
    workspace: str
    user: str
    at: int | None = None
    """Position of the log to look at; None is now."""


_short: list[Any] = []


def cached(read: Callable[P, R]) -> Callable[P, R]:
    """Keep what was read as it is: frozen structs are shared, not copied for each page."""
    held = st.cache_resource(ttl=2, max_entries=500, show_spinner=False)(read)
    _short.append(held)
    return cast("Callable[P, R]", held)


def kept(read: Callable[Concatenate[Place, P], R]) -> Callable[Concatenate[Place, P], R]:
    """Keep what was read for everyone in the workspace until its read models move on; the past never does."""
    untyped: Callable[..., R] = read

    def held(workspace: str, at: int | None, moment: object, *values: Any, _place: Place, **named: Any) -> R:  # noqa: ARG001 - the key
        return untyped(_place, *values, **named)

    held.__qualname__ = f"kept {read.__qualname__}"
    hold = st.cache_resource(ttl=KEPT_FOR, max_entries=500, show_spinner=False)(held)

    @wraps(read)
    def looked_up(place: Place, *values: P.args, **named: P.kwargs) -> R:
        return hold(place.workspace, place.at, _moment(place), *values, _place=place, **named)

    return looked_up


def forget() -> None:
    """Look again at what may have changed, so that the next read shows what a command just did."""
    for held in _short:
        held.clear()


@contextmanager
def opened(place: Place) -> Generator[Database]:
    """Connect for one read. Raises members.NoAccess unless the person is a member of the workspace."""
    with services.engine().connect() as connection:
        members.require(connection, place.workspace, place.user, "viewer")
        yield connection


@cached
def workspaces(user: str) -> list[members.Workspace]:
    with services.engine().connect() as connection:
        return members.workspaces(connection, user)


@cached
def shown_position(place: Place) -> int:
    """The newest event of the workspace that the read models have taken in."""
    with opened(place) as connection:
        known = follower.health(connection).position
        found = store.read(connection, until=known, workspace=place.workspace, limit=1, backwards=True)
    return found[0].position if found else 0


@cached
def pending(place: Place) -> dict[str, datetime]:
    """Files that changed in Drive and are not yet stored, with when the change was noted."""
    if place.at is not None:
        return {}
    with opened(place) as connection:
        return {one.file_id: one.noted_at for one in sync_lag.pending(connection, place.workspace)}


@cached
def _moment(place: Place) -> tuple[int, int, datetime | None]:
    """Name the state that the read models show: what was read in the same state need not be read again."""
    if place.at is not None:
        with opened(place):  # what is kept must not be shown to someone who was removed
            return place.at, 0, None
    waiting = pending(place)
    return shown_position(place), len(waiting), max(waiting.values(), default=None)


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
        found = files.revisions(connection, place.workspace, file_id)
    return [recorded for recorded in found if place.at is None or recorded.position <= place.at]


@kept
def stored_rows(place: Place, file_id: str, limit: int, offset: int) -> list[dict[str, Any]]:
    with opened(place) as connection:
        return performance.rows(connection, place.workspace, file_id, place.at, limit=limit, offset=offset)


@cached
def freshness(place: Place, _now: datetime) -> sync_lag.Freshness:
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


def settle() -> None:
    """Wait until the read models show what was just appended, so that the next page does; a second at most."""
    deadline = time.monotonic() + SETTLES_WITHIN
    with services.engine().connect() as connection:
        written = store.head(connection)
        while follower.health(connection).position < written and time.monotonic() < deadline:
            connection.rollback()
            time.sleep(0.02)
    forget()


@kept
def planning_id(place: Place, campaign_id: str) -> str | None:
    """Workflow id of the newest request for a plan."""
    asked = entries(place, Filters(campaign_id=campaign_id, names=("plan.requested",)), 1)
    return asked[0].workflow_id if asked else None
