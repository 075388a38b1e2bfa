"""Creates and updates tables and functions, safely when several processes start at once."""

import hashlib
from collections.abc import Callable
from importlib.resources import files

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from events.database import cursor

_LOCK = 7305513410002
_PARTS = ("tables", "event_leaf", "append_events", "erase_superseded", "refuse_change", "role")
_KEPT = "CREATE TABLE IF NOT EXISTS schema_applied (part text PRIMARY KEY, fingerprint text NOT NULL)"


def migrate(engine: Engine) -> None:
    """Bring the log's tables, functions and rights up to date. Does nothing when they are."""
    scripts = [files("events").joinpath("sql", f"{part}.sql").read_text("utf-8") for part in _PARTS]

    def build(connection: Connection) -> None:
        for script in scripts:
            cursor(connection).execute(script.encode())

    apply(engine, "events", "\n".join(scripts), build)
    engine.dispose()  # sessions that began before the restricted role existed end here


def apply(engine: Engine, part: str, definition: str, build: Callable[[Connection], None]) -> bool:
    """Run `build` once per definition, as the owner, in one transaction; True when it ran.

    Tables made in `build` are open to the restricted role by default privileges. Nothing is locked when the
    definition is applied already: a starting process never waits for a writer.
    """
    fingerprint = hashlib.sha256(definition.encode()).hexdigest()
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE NONE")
        if _applied(connection, part) == fingerprint:
            return False
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.exec_driver_sql(_KEPT)  # and this session sees the table that another made while it waited
        if _fingerprint(connection, part) == fingerprint:
            return False
        build(connection)
        connection.execute(
            sa.text(
                "INSERT INTO schema_applied VALUES (:part, :fingerprint)"
                " ON CONFLICT (part) DO UPDATE SET fingerprint = excluded.fingerprint"
            ),
            {"part": part, "fingerprint": fingerprint},
        )
    return True


def _applied(connection: Connection, part: str) -> str | None:
    if connection.execute(sa.text("SELECT to_regclass('public.schema_applied')")).scalar() is None:
        return None
    return _fingerprint(connection, part)


def _fingerprint(connection: Connection, part: str) -> str | None:
    return connection.execute(
        sa.text("SELECT fingerprint FROM schema_applied WHERE part = :part"), {"part": part}
    ).scalar()
