"""A workspace with years behind it: a million events and a hundred thousand performance rows, written by PostgreSQL.

The events look like a busy team's: six in ten store a revision of one of five hundred files, three in ten are checks
that found nothing, the rest are renamings, wishes to check, and plans. Their hashes are left empty: nobody proves
this log.
"""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from events.campaign_file import DriveChecked, FileDiscovered, FileRenamed, FileSynced, RefreshRequested
from events.envelope import Event, Meta
from events.plan import PlanApproved, PlanProduced, PlanRequested
from events.store import encode
from projections import follower
from tests.dashboard import seeding

FILES = 500
ROWS_PER_FILE = 200
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def fill(engine: Engine, events: int) -> None:
    """Write the log and the rows, fold them, and add the newest days on top."""
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE NONE")
        _write_events(connection, events)
        _write_rows(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("RESET ROLE")
        connection.exec_driver_sql("VACUUM ANALYZE")
    follower.catch_up(engine)
    seeding.normal(engine)


def _synced(file_id: str, number: int) -> FileSynced:
    return FileSynced(
        file_id=file_id,
        name=f"{file_id}.xlsx",
        revision="0" * 64,
        revision_number=number,
        drive_version=str(number),
        modified_at=NOW,
        bytes=20_480,
        mime_type="application/vnd.google-apps.spreadsheet",
        kind="actuals",
        rows=ROWS_PER_FILE,
        rows_added=2,
        rows_removed=1,
        sums={"spend": Decimal(120_000), "revenue": Decimal(410_000)},
        currency="EUR",
        first_date="2022-01-03",
        last_date="2025-10-27",
        channels=["Search"],
        mapping=seeding.mapping(),
        quarantined=0,
        quarantined_cells=[],
        dropped_rows=1,
        warnings=["The last row is a total and was left out."],
        reader_version="1",
    )


def _samples() -> dict[str, Event]:
    """Give an event of each kind that the log is made of, by the name of its kind in the statement below."""
    return {
        "discovered": FileDiscovered(
            file_id="f",
            platform="google_drive",
            name="f.xlsx",
            mime_type="",
            modified_at=NOW,
            link="",
            owner="Ana",
            score=0.9,
            reasons=["It has columns for a date, a channel and spend."],
        ),
        "synced": _synced("f", 1),
        "renamed": FileRenamed(file_id="f", old_name="a.xlsx", name="b.xlsx", modified_at=NOW),
        "refresh": RefreshRequested(file_id=None, request_id="r"),
        "checked": DriveChecked(files_watched=FILES, changed=0),
        "requested": PlanRequested(campaign_id="c", brief=seeding.brief()),
        "produced": PlanProduced(
            campaign_id="c", planning_id="p", result=seeding.result(), sources=seeding.sources(), draws=None
        ),
        "approved": PlanApproved(campaign_id="c"),
    }


def _write_events(connection: Connection, events: int) -> None:
    samples = _samples()
    kinds = [{"kind": kind, "name": event.NAME, "data": msgspec.Raw(encode(event))} for kind, event in samples.items()]
    values = {
        "kinds": msgspec.json.encode(kinds).decode(),
        "meta": msgspec.json.encode(Meta(actor="system", workflow_id="sync-acme")).decode(),
        "events": events,
        "files": FILES,
        "workspace": seeding.ACME,
    }
    connection.execute(_EVENTS, values)


_EVENTS = sa.text("""
    WITH kinds AS (SELECT * FROM jsonb_to_recordset(CAST(:kinds AS jsonb)) AS k(kind text, name text, data jsonb)),
    told AS (
        SELECT n, CASE WHEN n <= :files THEN 'discovered' WHEN n % 10000 = 1 THEN 'requested'
                       WHEN n % 10000 = 2 THEN 'produced' WHEN n % 10000 = 3 THEN 'approved'
                       WHEN n % 20 = 0 THEN 'renamed' WHEN n % 20 = 1 THEN 'refresh'
                       WHEN n % 20 < 8 THEN 'checked' ELSE 'synced' END AS kind
        FROM generate_series(1, :events) n
    ), placed AS (
        SELECT n, kind, CASE WHEN kind IN ('requested', 'produced', 'approved') THEN 'plan/c' || n / 10000
                             WHEN kind IN ('refresh', 'checked') THEN 'sync/self'
                             WHEN kind = 'discovered' THEN 'file/f' || n - 1
                             ELSE 'file/f' || abs(hashint4(n)::bigint) % :files END AS subject
        FROM told
    )
    INSERT INTO event (position, stream, workspace, version, name, schema, at, size, meta, data, leaf)
    SELECT n, :workspace || '/' || subject, :workspace, row_number() OVER (PARTITION BY subject ORDER BY n), name, 1,
           timestamptz '2026-11-20' - make_interval(mins => (:events - n)::int), 1, CAST(:meta AS jsonb),
           CASE WHEN kind IN ('discovered', 'synced', 'renamed')
                THEN data || jsonb_build_object('file_id', substr(subject, 6), 'name', substr(subject, 6) || '.xlsx')
                     || CASE kind WHEN 'synced' THEN jsonb_build_object('revision_number',
                            row_number() OVER (PARTITION BY subject, kind ORDER BY n)) ELSE '{}' END
                WHEN kind IN ('requested', 'produced', 'approved')
                THEN data || jsonb_build_object('campaign_id', substr(subject, 6))
                ELSE data END, ''
    FROM placed JOIN kinds USING (kind) ORDER BY n
""")


def _write_rows(connection: Connection) -> None:
    connection.execute(
        sa.text("""
            WITH told AS (
                INSERT INTO performance_content (workspace, file_id, since, algorithm, identities)
                SELECT :workspace, 'f' || file, 1, 1, '' FROM generate_series(0, :files - 1) file
                RETURNING id, substr(file_id, 2)::int AS file
            ), names AS (
                INSERT INTO performance_names (content, number, tab, campaign, channel, currency)
                SELECT id, 0, 'Data', 'Always-on ' || file % 40,
                       (ARRAY['Search', 'Social', 'Video', 'Display', 'Email'])[1 + file % 5], 'EUR'
                FROM told
            )
            INSERT INTO performance_row (content, number, names, row, date, spend, impressions, clicks, conversions,
                                         revenue)
            SELECT id, row - 1, 0, row, date '2022-01-03' + 7 * row, 500 + (file * row) % 900, 90000, 1200, 40,
                   2000 + (file * row) % 700
            FROM told, generate_series(1, :rows) row ORDER BY id, row
        """),
        {"workspace": seeding.ACME, "files": FILES, "rows": ROWS_PER_FILE},
    )
