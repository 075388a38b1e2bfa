"""The eventsourcing library: its API on its own recorder and on ours, and its projection runner."""

import time
import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent, datetime_now_with_tzinfo
from eventsourcing.persistence import (
    DatetimeAsISO,
    DecimalAsStr,
    EventStore,
    InfrastructureFactory,
    Tracking,
    UUIDAsHex,
)
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import Environment
from psycopg.sql import SQL
from sqlalchemy.engine import make_url


class FileRead(DomainEvent):
    """The same payload as FileSynced, as the library holds it."""

    data: dict[str, Any]


def environment(url: str, module: str) -> dict[str, str]:
    parts = make_url(url)
    return {
        "PERSISTENCE_MODULE": module,
        "MEDIA_PLANNER_DATABASE_URL": url,
        "POSTGRES_DBNAME": parts.database or "",
        "POSTGRES_HOST": parts.host or "",
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": parts.password or "",
    }


def events(data: dict[str, Any], count: int) -> list[FileRead]:
    originator, now = uuid.uuid4(), datetime_now_with_tzinfo()
    return [
        FileRead(originator_id=originator, originator_version=version + 1, timestamp=now, data=data)
        for version in range(count)
    ]


def event_store(url: str, module: str) -> tuple[EventStore[UUID], Callable[[], None]]:
    factory = InfrastructureFactory[Any].construct(Environment("Application", environment(url, module)))
    transcoder = factory.transcoder()
    for transcoding in (UUIDAsHex(), DecimalAsStr(), DatetimeAsISO()):
        transcoder.register(transcoding)
    return factory.event_store(mapper=factory.mapper(transcoder=transcoder)), factory.close


class Totals(PostgresTrackingRecorder):
    """One row a file, as the other contenders keep it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS library_totals (file_id text PRIMARY KEY, revisions bigint, rows bigint)")
        )

    def add(self, file_id: str, rows: int, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO library_totals VALUES (%s, 1, %s) ON CONFLICT (file_id) DO UPDATE SET"
                " revisions = library_totals.revisions + 1, rows = library_totals.rows + excluded.rows",
                (file_id, rows),
                prepare=True,
            )


class TotalsProjection(Projection[Totals]):
    name = "totals"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.add(domain_event.data["file_id"], domain_event.data["rows"], tracking)


def project(url: str, last: int) -> float:
    """Seconds that the library's runner takes for the events up to `last`."""
    began = time.perf_counter()
    with ProjectionRunner(
        application_class=Application[UUID],
        projection_class=TotalsProjection,
        view_class=Totals,
        env=environment(url, "eventsourcing.postgres"),
    ) as runner:
        runner.wait(last, timeout=60)
        return time.perf_counter() - began
