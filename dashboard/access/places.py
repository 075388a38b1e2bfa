"""Where one looks: which workspace, seen by whom, as of when; and how long what was read there is kept.

Whoever looks is let in first, each two seconds anew. What was read is shared by all members: what changes with time
for two seconds (`cached`), what changes with events only until something is stored (`kept`). The workspace is part of
every key, so that no tenant ever sees what was kept for another.
"""

import threading
import time
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeVar, TypeVarTuple

from sqlalchemy.engine import Connection as Database

from dashboard.access import services
from events import store
from projections import follower, members, sync_lag

P = ParamSpec("P")
Key = TypeVarTuple("Key")
R = TypeVar("R")
SECONDS = 2
KEPT_FOR = 600
"""Seconds after which even what did not change is read anew."""
MANY = 500
"""Answers of one read that are kept; the oldest goes first."""
AT_ONCE = 32


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


class Shelf(Generic[R]):
    """Answers by what was asked. Who asks for what another is just reading waits for that answer."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._answers: dict[Hashable, tuple[float, R]] = {}
        self._reading = [threading.RLock() for _ in range(AT_ONCE)]
        self._putting = threading.Lock()

    def get(self, key: Hashable, read: Callable[[], R]) -> R:
        if answer := self._fresh(key):
            return answer[1]
        with self._reading[hash(key) % AT_ONCE]:
            answer = self._fresh(key) or self._put(key, read())
        return answer[1]

    def clear(self) -> None:
        with self._putting:
            self._answers.clear()

    def _fresh(self, key: Hashable) -> tuple[float, R] | None:
        answer = self._answers.get(key)
        return answer if answer and answer[0] > time.monotonic() else None

    def _put(self, key: Hashable, value: R) -> tuple[float, R]:
        with self._putting:
            self._answers.pop(key, None)
            self._answers[key] = answer = time.monotonic() + self._seconds, value
            while len(self._answers) > MANY:
                del self._answers[next(iter(self._answers))]
        return answer


_short: list[Shelf[Any]] = []
_long: list[Shelf[Any]] = []


@contextmanager
def opened(place: Place) -> Generator[Database]:
    """Connect for one read. Raises members.NoAccess unless the person is a member of the workspace."""
    _let_in(place.workspace, place.user)
    with services.engine().connect() as connection:
        yield connection


def briefly(read: Callable[[*Key], R]) -> Callable[[*Key], R]:
    """Keep what was read for two seconds, by its arguments. Asked for dozens of times a page, it must cost nothing."""
    shelf = Shelf[R](SECONDS)
    _short.append(shelf)

    @wraps(read)
    def looked_up(*key: *Key) -> R:
        return shelf.get(key, lambda: read(*key))

    return looked_up


def cached(read: Callable[Concatenate[Place, P], R]) -> Callable[Concatenate[Place, P], R]:
    """Keep what changes with time for two seconds, for everyone who may see it; `_named` values are no part of it."""
    shelf = Shelf[R](SECONDS)
    _short.append(shelf)

    @wraps(read)
    def looked_up(place: Place, *values: P.args, **named: P.kwargs) -> R:
        _let_in(place.workspace, place.user)
        key = place.workspace, place.at, values, _asked(named)
        return shelf.get(key, lambda: read(place, *values, **named))

    return looked_up


def kept(read: Callable[Concatenate[Place, P], R]) -> Callable[Concatenate[Place, P], R]:
    """Keep what changes with events for everyone who may see it until something is stored; the past never changes."""
    shelf = Shelf[R](KEPT_FOR)
    _long.append(shelf)

    @wraps(read)
    def looked_up(place: Place, *values: P.args, **named: P.kwargs) -> R:
        shown = moment(place)  # lets in
        key = place.workspace, place.at, shown, values, _asked(named)
        return shelf.get(key, lambda: read(place, *values, **named))

    return looked_up


def forget() -> None:
    """Look again at what may have changed, so that the next read shows what a command just did."""
    for shelf in _short:
        shelf.clear()


def forget_everything() -> None:
    """Look again at everything, as after a change of the database."""
    for shelf in (*_short, *_long):
        shelf.clear()


def moment(place: Place) -> Moment:
    _let_in(place.workspace, place.user)
    return _moment(place.workspace) if place.at is None else Moment(place.at)


def _asked(named: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for name, value in sorted(named.items()) if not name.startswith("_"))


def _read_moment(workspace: str) -> Moment:
    with services.engine().connect() as connection:
        waiting = sync_lag.pending(connection, workspace)
        known = follower.position(connection)
        newest_event = store.newest(connection, workspace, known)
    newest = max((one.noted_at for one in waiting), default=None)
    return Moment(newest_event, len(waiting), newest)


def _ask(workspace: str, user: str) -> bool:
    """Raise NoAccess, which is never kept, for someone who is no member."""
    with services.engine().connect() as connection:
        members.require(connection, workspace, user, "viewer")
    return True


_moment, _let_in = briefly(_read_moment), briefly(_ask)
