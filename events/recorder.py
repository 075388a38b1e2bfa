"""The eventsourcing library's recorder on our log. Plug it in with PERSISTENCE_MODULE=events.recorder.

Aggregates of the library then share positions, ordering, hashes and the append-only rights with all other events.
Their rows carry schema 0, so that our own readers leave them alone. Snapshots are not kept: streams are short.
"""

import base64
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from eventsourcing.persistence import (
    ApplicationRecorder,
    DatabaseError,
    InfrastructureFactory,
    InfrastructureFactoryError,
    IntegrityError,
    Notification,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
)
from eventsourcing.utils import resolve_topic
from psycopg import sql
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError as NoConnection

from events import database, schema
from events.database import cursor
from events.envelope import Meta
from events.store import CHANNEL, Entry, Item, StreamMoved, append_entry

_COLUMNS = sql.SQL("stream, version, name, coalesce(convert_to(data::text, 'UTF8'), state), position")
_POLL = 0.5


class LogRecorder(ProcessRecorder):
    """Records the events of the library's aggregates, and what an application has processed of another."""

    def __init__(self, engine: Engine, originator_id: Callable[[str], UUID | str] = UUID) -> None:
        self._engine = engine
        self._originator_id = originator_id

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append with versions that the library chose. `key` (a UUID) makes a repeated append harmless."""
        tracking: Tracking | None = kwargs.get("tracking")
        entry = Entry(
            stream="", meta=Meta(actor="system"), events=[_item(e) for e in stored_events], key=kwargs.get("key")
        )

        def work(run: psycopg.Cursor[Any], connection: Any) -> list[int]:
            if tracking is not None:
                _track(run, tracking)
            return list(append_entry(connection, entry).positions) if entry.events else []

        return self._do(work)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        query = sql.SQL(
            "SELECT {} FROM event WHERE schema = 0 AND stream = %s AND (%s::int IS NULL OR version > %s)"
            " AND (%s::int IS NULL OR version <= %s) ORDER BY version {} LIMIT %s"
        ).format(_COLUMNS, sql.SQL("DESC" if desc else "ASC"))
        rows = self._rows(query, (str(originator_id), gt, gt, lte, lte, limit))
        return [
            StoredEvent(originator_id=originator_id, originator_version=row[1], topic=row[2], state=row[3])
            for row in rows
        ]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = (start or 0) - (1 if inclusive_of_start and start else 0)
        query = sql.SQL(
            "SELECT {} FROM event WHERE schema = 0 AND position > %s AND (%s::bigint IS NULL OR position <= %s)"
            " AND (%s::text[] IS NULL OR name = ANY(%s)) ORDER BY position LIMIT %s"
        ).format(_COLUMNS)
        wanted = list(topics) or None
        rows = self._rows(query, (after, stop, stop, wanted, wanted, limit))
        return [
            Notification(
                originator_id=self._originator_id(stream), originator_version=version, topic=topic, state=state, id=id_
            )
            for stream, version, topic, state, id_ in rows
        ]

    def max_notification_id(self) -> int | None:
        return self._rows(sql.SQL("SELECT max(position) FROM event WHERE schema = 0"), ())[0][0]

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        return LogSubscription(self, self._engine, gt, topics)

    def insert_tracking(self, tracking: Tracking) -> None:
        self._do(lambda run, _connection: _track(run, tracking))

    def max_tracking_id(self, application_name: str) -> int | None:
        query = sql.SQL("SELECT notification_id FROM tracking WHERE application_name = %s")
        rows = self._rows(query, (application_name,))
        return rows[0][0] if rows else None

    def _rows(self, query: sql.SQL | sql.Composed, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._do(lambda run, _connection: run.execute(query, values).fetchall())

    def _do(self, work: Callable[[psycopg.Cursor[Any], Any], Any]) -> Any:
        """Run in one transaction, with errors as the library knows them."""
        try:
            with self._engine.begin() as connection:
                return work(cursor(connection), connection)
        except (psycopg.IntegrityError, StreamMoved) as problem:
            raise IntegrityError(str(problem)) from problem
        except (psycopg.OperationalError, NoConnection) as problem:
            raise OperationalError(str(problem)) from problem
        except psycopg.Error as problem:
            raise DatabaseError(str(problem)) from problem


class LogSubscription(Subscription[LogRecorder]):
    """Events as they come: listens first, reads then, and looks again twice a second."""

    def __init__(self, recorder: LogRecorder, engine: Engine, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._waiting: list[Notification] = []
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        listener = self._connection.connection.driver_connection
        assert isinstance(listener, psycopg.Connection)
        self._listener = listener
        listener.execute(f"LISTEN {CHANNEL}".encode())

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        super().__exit__(*args, **kwargs)
        self._connection.invalidate()
        self._connection.close()

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            if self._waiting:
                return self._waiting.pop(0)
            self._waiting = list(
                self._recorder.select_notifications(
                    self._last_notification_id, 500, topics=self._topics, inclusive_of_start=False
                )
            )
            if self._waiting:
                self._last_notification_id = self._waiting[-1].id
            else:
                for _ in self._listener.notifies(timeout=_POLL, stop_after=1):
                    pass
        raise StopIteration


class Factory(InfrastructureFactory[TrackingRecorder]):
    """Reads MEDIA_PLANNER_DATABASE_URL, and ORIGINATOR_ID_TYPE (uuid or text) as the library's own factories do."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        url = self.env.get("MEDIA_PLANNER_DATABASE_URL")
        if not url:
            raise InfrastructureFactoryError("Set MEDIA_PLANNER_DATABASE_URL to the log's database.")
        self._engine = database.connect(url)
        schema.migrate(self._engine)
        as_text = self.env.get("ORIGINATOR_ID_TYPE", "uuid") == "text"
        self._originator_id: Callable[[str], UUID | str] = str if as_text else UUID

    def aggregate_recorder(self, purpose: str = "events") -> LogRecorder:
        if purpose != "events":
            raise InfrastructureFactoryError(f"No {purpose} are kept: set IS_SNAPSHOTTING_ENABLED=n.")
        return self.application_recorder()

    def application_recorder(self) -> LogRecorder:
        return LogRecorder(self._engine, self._originator_id)

    def process_recorder(self) -> LogRecorder:
        return LogRecorder(self._engine, self._originator_id)

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> Any:
        topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
        chosen: Any = tracking_recorder_class or (resolve_topic(topic) if topic else LogRecorder)
        return chosen(self._engine, self._originator_id)

    def close(self) -> None:
        self._engine.dispose()


def _item(event: StoredEvent) -> Item:
    stream, state = str(event.originator_id), bytes(event.state)
    try:
        readable = isinstance(msgspec.json.decode(state), dict) and b"\\u0000" not in state
    except (msgspec.DecodeError, UnicodeDecodeError):
        readable = False
    return Item(
        name=event.topic,
        schema=0,
        data=msgspec.Raw(state) if readable else None,
        state=None if readable else base64.b64encode(state).decode(),
        stream=stream,
        version=event.originator_version,
    )


def _track(run: psycopg.Cursor[Any], tracking: Tracking) -> None:
    """Move forward, or raise: two runners cannot both have processed the same event."""
    moved = run.execute(
        b"INSERT INTO tracking VALUES (%s, %s) ON CONFLICT (application_name) DO UPDATE"
        b" SET notification_id = excluded.notification_id"
        b" WHERE tracking.notification_id < excluded.notification_id",
        (tracking.application_name, tracking.notification_id),
    )
    if moved.rowcount != 1:
        raise psycopg.IntegrityError(f"{tracking.application_name} is past {tracking.notification_id} already.")
