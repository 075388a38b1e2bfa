"""The process that keeps the read models at the end of the log.

It listens first and reads then, so that nothing falls between; it looks again each second, so that a lost
notification costs a second; it comes back after a lost connection. One at a time works, the others stand by.
"""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from events import store
from projections.memory import Memory
from projections.page import PAGE, Fenced, LogWentBack, Taken, advance
from projections.read_model import METADATA

_LOCK = 7305513410003
_POLL = 1.0
_LONGEST_PAUSE = 30.0

HEARTBEAT = sa.Table(
    "follower_heartbeat",
    METADATA,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("problem", sa.Text),
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Health:
    head: int
    position: int
    """Of the slowest read model."""
    seen_at: datetime | None
    """When the follower was last alive; it says so each second, busy or idle."""
    problem: str | None
    parked: int

    @property
    def behind(self) -> int:
        """Events that are not in every read model yet. The follower may pass the head that was read before it."""
        return max(0, self.head - self.position)


def catch_up(engine: Engine, size: int = PAGE) -> int:
    """Fold everything that is there; return how many positions that were."""
    with engine.connect() as connection:
        return sum(taken.moved for taken in _drain(connection, size, Memory()))


def follow(engine: Engine, stop: threading.Event) -> None:
    """Run until `stop` is set."""
    pause = _POLL
    while not stop.is_set():
        try:
            _follow_on_one_connection(engine, stop)
            pause = _POLL
        except (psycopg.OperationalError, OperationalError, InterfaceError) as problem:
            log.warning("The database is out of reach, trying again in %.0f s: %s", pause, problem)
        except (Fenced, LogWentBack) as problem:
            log.warning("%s", problem)
            with engine.connect() as connection:
                _beat(connection, str(problem))
        stop.wait(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def position(connection: Connection) -> int:
    """Up to where every read model has taken in the log."""
    return connection.execute(sa.text("SELECT coalesce(min(position), 0) FROM read_position")).scalar_one()


def health(connection: Connection) -> Health:
    beat = connection.execute(sa.select(HEARTBEAT)).one_or_none()
    return Health(
        head=store.head(connection),
        position=position(connection),
        seen_at=beat.at if beat else None,
        problem=beat.problem if beat else None,
        parked=connection.execute(sa.text("SELECT count(*) FROM parked")).scalar_one(),
    )


def _drain(connection: Connection, size: int, memory: Memory) -> Iterator[Taken]:
    """Take pages until the end of the log; what is appended meanwhile is notified."""
    behind = True
    while behind:
        taken = _next_page(connection, size, memory)
        yield taken
        behind = taken.until < taken.head


def _next_page(connection: Connection, size: int, memory: Memory) -> Taken:
    try:
        with connection.begin():
            return advance(connection, memory, size)
    except (psycopg.DataError, psycopg.IntegrityError):
        with connection.begin():
            return advance(connection, memory, size, careful=True)


def _follow_on_one_connection(engine: Engine, stop: threading.Event) -> None:
    with (
        engine.connect() as work,
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        listener = connection.connection.driver_connection
        assert isinstance(listener, psycopg.Connection)
        try:
            if not _take_over(listener, stop):
                return
            listener.execute(f"LISTEN {store.CHANNEL}".encode())
            work.exec_driver_sql("SET synchronous_commit = off")  # what a crash takes back is folded again
            work.commit()
            log.info("following the log")
            _beat(work, None)
            beaten, memory = time.monotonic(), Memory()
            while not stop.is_set():
                for _ in _drain(work, PAGE, memory):
                    pass
                if time.monotonic() > beaten + _POLL:
                    _beat(work, None)
                    beaten = time.monotonic()
                for _ in listener.notifies(timeout=_POLL, stop_after=1):
                    pass
        finally:
            work.invalidate()
            connection.invalidate()  # gives back the lock and the subscription


def _take_over(listener: psycopg.Connection, stop: threading.Event) -> bool:
    """Wait until no other follower works."""
    while not stop.is_set():
        row = listener.execute(b"SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
        if row and row[0]:
            return True
        stop.wait(_POLL)
    return False


def _beat(connection: Connection, problem: str | None) -> None:
    with connection.begin():
        connection.execute(
            sa.text(
                "INSERT INTO follower_heartbeat VALUES (1, clock_timestamp(), :problem)"
                " ON CONFLICT (id) DO UPDATE SET at = excluded.at, problem = excluded.problem"
            ),
            {"problem": problem},
        )
