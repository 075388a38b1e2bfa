"""The eventsourcing library's recorder on our log. Plug it in with PERSISTENCE_MODULE=events.recorder.

Aggregates of the library then share positions, ordering, hashes and the append-only rights with all other events.
Their rows carry schema 0, so that our own readers leave them alone. Snapshots are not kept: streams are short.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid5

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
    ProgrammingError,
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
from events.database import Autocommit, Cursor, Found, cursor
from events.envelope import Meta
from events.store import APPEND, CHANNEL, OF_STREAM, kind, positions

_COLUMNS = sql.SQL("stream, version, name, coalesce(convert_to(data::text, 'UTF8'), state), position")
_ABOUT = msgspec.json.encode(Meta(actor="system")).decode()
_is_object = msgspec.json.Decoder(msgspec.defstruct("AnyObject", [])).decode
"""Reads through an object and keeps nothing of it."""
_POLL = 0.5


class LogRecorder(ProcessRecorder):
    """Records the events of the library's aggregates, and what an application has processed of another."""

    def __init__(self, engine: Engine, originator_id: Callable[[str], UUID | str] = UUID) -> None:
        self._engine = engine
        self._autocommit = Autocommit(engine)
        self._originator_id = originator_id

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append with versions that the library chose. `key` (a UUID) makes a repeated append harmless."""
        tracking: Tracking | None = kwargs.get("tracking")
        key: UUID | None = kwargs.get("key")
        runs = _runs(stored_events)
        appends = [_append(run, key, number) for number, run in enumerate(runs)]

        def work(cursor: Cursor) -> list[int]:
            if tracking is not None:
                _track(cursor, tracking)
            firsts = [cursor.execute(APPEND, append, prepare=True).fetchall()[0][0] for append in appends]
            return [each for first, run in zip(firsts, runs, strict=True) for each in positions(first, len(run))]

        if tracking is None and len(appends) == 1:  # one statement is a transaction by itself
            return self._alone(work)
        return self._together(work)

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
            "SELECT {} FROM event WHERE schema = 0 AND {} AND (%(gt)s::int IS NULL OR version > %(gt)s)"
            " AND (%(lte)s::int IS NULL OR version <= %(lte)s) ORDER BY version {} LIMIT %(limit)s"
        ).format(_COLUMNS, sql.SQL(OF_STREAM), sql.SQL("DESC" if desc else "ASC"))
        rows = self._rows(query, {"stream": str(originator_id), "gt": gt, "lte": lte, "limit": limit})
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
        self._together(lambda run: _track(run, tracking))

    def max_tracking_id(self, application_name: str) -> int | None:
        query = sql.SQL("SELECT notification_id FROM tracking WHERE application_name = %s")
        rows = self._rows(query, (application_name,))
        return rows[0][0] if rows else None

    def _rows(self, query: sql.SQL | sql.Composed, values: Sequence[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
        return self._alone(lambda run: run.execute(query, values, binary=True).fetchall())

    def _together(self, work: Callable[[Cursor], Found]) -> Found:
        """Run statements in one transaction."""
        with _errors(), self._engine.begin() as connection:
            return work(cursor(connection))

    def _alone(self, work: Callable[[Cursor], Found]) -> Found:
        """Run one statement that needs no transaction around it, which spares two trips to the server."""
        with _errors():
            return self._autocommit.run(work)


@contextmanager
def _errors() -> Generator[None]:
    """Raise errors as the library knows them."""
    try:
        yield
    except psycopg.IntegrityError as problem:
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


def _runs(events: Sequence[StoredEvent]) -> list[list[StoredEvent]]:
    """Split into the longest runs that follow each other in one stream."""
    runs: list[list[StoredEvent]] = []
    for event in events:
        before = runs[-1][-1] if runs else None
        if (
            before is not None
            and before.originator_id == event.originator_id
            and before.originator_version + 1 == event.originator_version
        ):
            runs[-1].append(event)
        else:
            runs.append([event])
    return runs


def _append(run: Sequence[StoredEvent], key: UUID | None, number: int) -> tuple[Any, ...]:
    """What the SQL function takes. Each run after the first has a key of its own that follows from the given one."""
    if key is not None and number:
        key = uuid5(key, str(number))
    stream, bodies = str(run[0].originator_id), [event.state for event in run]
    topics = [event.topic for event in run]
    if not (stream.isprintable() and all(topic.isprintable() for topic in set(topics))):
        raise ProgrammingError("The name of a stream or a topic may not hold control characters.")
    text = _lines(bodies)
    in_hex = text is None
    kinds = "\n".join([kind(topic, 0) for topic in topics])
    lines = "\n".join([body.hex() for body in bodies]) if text is None else text
    return stream, key, None, run[0].originator_version, _ABOUT, kinds, lines, in_hex


def _lines(bodies: Sequence[bytes]) -> str | None:
    """States as lines of JSON, or None when the database could not keep one of them so."""
    lines = b"\n".join(bodies)
    if lines.count(b"\n") >= len(bodies) or (b"\\" in lines and b"\\u0000" in lines):
        return None
    try:
        for body in bodies:
            _is_object(body)
        return lines.decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _track(run: Cursor, tracking: Tracking) -> None:
    """Move forward, or raise: two runners cannot both have processed the same event."""
    moved = run.execute(
        b"INSERT INTO tracking VALUES (%s, %s) ON CONFLICT (application_name) DO UPDATE"
        b" SET notification_id = excluded.notification_id"
        b" WHERE tracking.notification_id < excluded.notification_id",
        (tracking.application_name, tracking.notification_id),
    )
    if moved.rowcount != 1:
        raise psycopg.IntegrityError(f"{tracking.application_name} is past {tracking.notification_id} already.")
