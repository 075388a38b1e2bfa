"""How processes reach PostgreSQL."""

import select
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg.pq import TransactionStatus
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

APP_ROLE = "media_planner_app"
"""Sessions drop to this role: it reads and appends, and can change neither events nor blobs."""

Cursor = psycopg.Cursor[tuple[Any, ...]]
Found = TypeVar("Found")

_RETURNED = "returned"
_WRITER = "writer"
_KEPT_IDLE = 5
_TRUSTED_FOR = 10.0
"""Seconds in the pool after which a silent connection is asked whether it lives: its network may be gone."""

_USABLE = """
    SELECT to_regclass('public.event') IS NOT NULL AND EXISTS (
        SELECT FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'MEMBER')
        AND has_schema_privilege(oid, 'public', 'USAGE'))
"""


class DatabaseSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MEDIA_PLANNER_", extra="ignore")

    database_url: SecretStr
    """Any `postgresql://` URL."""


def connect(url: str, *, pool_size: int = 5) -> Engine:
    """Make an engine. Connections that died while waiting in the pool are replaced on the way out.

    Raises ArgumentError for what is no URL of a PostgreSQL database.
    """
    address = make_url(url)
    if address.get_backend_name() not in {"postgresql", "postgres"}:
        raise ArgumentError("This is the URL of another database than PostgreSQL.")
    engine = sa.create_engine(
        address.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,  # values belong in no log
    )
    event.listen(engine, "connect", _enter)
    event.listen(engine, "checkout", _check)
    event.listen(engine, "checkin", _note_return)
    return engine


def _enter(connection: Any, _record: object) -> None:
    """Set up a fresh session: UTC, no endless waiting for locks, the restricted role once it exists."""
    with connection.cursor() as cursor:
        cursor.execute("SET timezone = 'UTC'")
        cursor.execute("SET lock_timeout = '30s'")
        cursor.execute("SET idle_in_transaction_session_timeout = '120s'")
        cursor.execute(_USABLE, (APP_ROLE,))
        if cursor.fetchone()[0]:
            cursor.execute(f"SET ROLE {APP_ROLE}")
    connection.commit()


def _check(connection: psycopg.Connection, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Replace a connection that died in the pool; ask the server only if it said something or it waited long.

    Raises InvalidatePoolError, upon which the pool connects anew.
    """
    if not _lives(connection, record.info.get(_RETURNED, time.monotonic())):
        raise InvalidatePoolError


def _lives(connection: psycopg.Connection, returned: float) -> bool:
    """Look whether a connection that was returned at that (monotonic) second still works."""
    if time.monotonic() - returned < _TRUSTED_FOR and not connection.closed:
        heard = select.poll()
        heard.register(connection.fileno(), select.POLLIN)
        if not heard.poll(0):
            return True
    try:
        connection.execute(b"SELECT 1")
        connection.rollback()
    except psycopg.Error:
        return False
    return True


def _note_return(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_RETURNED] = time.monotonic()


def cursor(connection: Connection) -> Cursor:
    """Open a driver's cursor within the connection's transaction, for what SQLAlchemy would only slow down."""
    if not connection.in_transaction():
        connection.begin()
    return _driver(connection).cursor()


def writer(connection: Connection) -> Cursor:
    """Give the session's one cursor for statements whose result is taken at once: making one costs as much as a row."""
    if not connection.in_transaction():
        connection.begin()
    found: Cursor | None = connection.info.get(_WRITER)
    if found is None:
        found = connection.info[_WRITER] = _driver(connection).cursor()
    return found


class Autocommit:
    """Sessions in which each statement is a transaction of its own.

    They stay open between uses, as those of the engine's pool do, which takes longer to lend one than they need to
    send a statement. They are closed when the engine is disposed of.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[tuple[Cursor, float]] = deque()  # safe between threads
        event.listen(engine, "engine_disposed", self._close)

    def run(self, work: Callable[[Cursor], Found]) -> Found:
        """Do the work with a session's cursor."""
        lent = self._take()
        try:
            return work(lent)
        finally:
            at_rest = lent.connection.pgconn.transaction_status == TransactionStatus.IDLE
            if at_rest and len(self._idle) < _KEPT_IDLE:
                self._idle.append((lent, time.monotonic()))
            else:
                lent.connection.close()

    def _take(self) -> Cursor:
        try:
            found, returned = self._idle.pop()
        except IndexError:
            return self._open()
        if _lives(found.connection, returned):
            return found
        found.connection.close()
        return self._take()

    def _open(self) -> Cursor:
        opened = self._engine.raw_connection()
        driver = opened.driver_connection
        assert isinstance(driver, psycopg.Connection)
        opened.detach()
        driver.autocommit = True
        return driver.cursor()

    def _close(self, _engine: Engine) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop()[0].connection.close()


def pipeline(connection: Connection) -> AbstractContextManager[object]:
    """Send the statements of this block without waiting for each; their results, or errors, are there at its end."""
    return _driver(connection).pipeline()


def _driver(connection: Connection) -> psycopg.Connection[tuple[Any, ...]]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver
