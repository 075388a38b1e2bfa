"""Where one looks: which workspace, seen by whom, as of when; and how long what was read there is kept.

Whoever looks is let in first, each two seconds anew. What was read is shared by all members: what changes with time
for two seconds (`cached`), what changes with events only until something is stored (`kept`). The workspace is part of
every key, so that no tenant ever sees what was kept for another.
"""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar, TypeVarTuple

import streamlit as st
from sqlalchemy.engine import Connection as Database

from dashboard import services
from events import store
from projections import follower, members, sync_lag

P = ParamSpec("P")
Key = TypeVarTuple("Key")
R = TypeVar("R")
SECONDS = 2
MANY = 1000
KEPT_FOR = 600
"""Seconds after which even what did not change is read anew."""

_short: list[Any] = []


class Place(NamedTuple):
    workspace: str
    user: str
    at: int | None = None
    """Position of the log to look at; None is now."""


class Moment(NamedTuple):
    """What the read models show: what was read in the same moment need not be read again."""

    position: int
    """Of the workspace's newest event that they have taken in."""
    waiting: int = 0
    noted_at: datetime | None = None
    """How many changes are noted and not yet stored, and when the newest was."""


@contextmanager
def opened(place: Place) -> Generator[Database]:
    """Connect for one read. Raises members.NoAccess unless the person is a member of the workspace."""
    with services.engine().connect() as connection:
        members.require(connection, place.workspace, place.user, "viewer")
        yield connection


def briefly(read: Callable[[*Key], R]) -> Callable[[*Key], R]:
    """Keep what was read for two seconds, by its arguments. Asked for dozens of times a page, it must cost nothing."""
    held: dict[tuple[*Key], tuple[float, R]] = {}
    _short.append(held)

    @wraps(read)
    def looked_up(*key: *Key) -> R:
        found, now = held.get(key), time.monotonic()
        if found is not None and found[0] > now:
            return found[1]
        if len(held) > MANY:
            held.clear()
        value = read(*key)
        held[key] = now + SECONDS, value
        return value

    return looked_up


def cached(read: Callable[Concatenate[Place, P], R]) -> Callable[Concatenate[Place, P], R]:
    """Keep what changes with time for two seconds, for everyone who may see it; `_named` values are no part of it."""
    hold: Any = st.cache_resource(ttl=SECONDS, max_entries=500, show_spinner=False)(_held(read))
    _short.append(hold)

    @wraps(read)
    def looked_up(place: Place, *values: P.args, **named: P.kwargs) -> R:
        _let_in(place.workspace, place.user)
        return hold(place.workspace, place.at, None, *values, _place=place, **named)

    return looked_up


def kept(read: Callable[Concatenate[Place, P], R]) -> Callable[Concatenate[Place, P], R]:
    """Keep what changes with events for everyone who may see it until something is stored; the past never changes."""
    hold: Any = st.cache_resource(ttl=KEPT_FOR, max_entries=500, show_spinner=False)(_held(read))

    @wraps(read)
    def looked_up(place: Place, *values: P.args, **named: P.kwargs) -> R:
        _let_in(place.workspace, place.user)
        shown = moment(place) if place.at is None else None
        return hold(place.workspace, place.at, shown, *values, _place=place, **named)

    return looked_up


def forget() -> None:
    """Look again at what may have changed, so that the next read shows what a command just did."""
    for held in _short:
        held.clear()


def moment(place: Place) -> Moment:
    _let_in(place.workspace, place.user)
    return _moment(place.workspace, place.at)


def _held(read: Callable[..., R]) -> Callable[..., R]:
    def held(workspace: str, at: int | None, shown: object, *values: Any, _place: Place, **named: Any) -> R:  # noqa: ARG001 - the key
        return read(_place, *values, **named)

    held.__qualname__ = f"held {read.__qualname__}"
    return held


def _read_moment(workspace: str, at: int | None) -> Moment:
    if at is not None:
        return Moment(at)
    with services.engine().connect() as connection:
        waiting = sync_lag.pending(connection, workspace)
        known = follower.position(connection)
        newest_event = store.newest(connection, workspace, known)
    newest = max((one.noted_at for one in waiting), default=None)
    return Moment(newest_event, len(waiting), newest)


def _ask(workspace: str, user: str) -> bool:
    """Raise NoAccess, which is never kept, for someone who is no member."""
    with opened(Place(workspace, user)):
        return True


_moment, _let_in = briefly(_read_moment), briefly(_ask)
