"""How far is what we show behind what is on the platform?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from events import store
from events.campaign_file import FileSynced, RefreshRequested
from events.envelope import stream_of
from projections import files
from projections.read_model import METADATA, Listed

VERSION = 2
CHECK_EVERY = timedelta(minutes=15)
REFRESH_TAKES_AT_MOST = timedelta(minutes=3)
"""A refresh that was asked for longer ago than this is not shown as running any more."""


@dataclass(frozen=True, kw_only=True)
class Freshness:
    last_checked_at: datetime | None
    next_check_at: datetime | None
    checking: bool
    """Someone asked for a check and it is not finished."""
    behind_seconds: float
    """Age of the oldest change that is known and not yet stored; 0 when there is none."""
    waiting: int
    up_to_date: int
    needs_you: int


@dataclass(frozen=True, kw_only=True)
class LagPoint:
    at: datetime
    file_id: str
    seconds: float
    """From the change on the platform to the stored rows."""


@dataclass(frozen=True, kw_only=True)
class PendingChange:
    file_id: str
    modified_at: datetime
    noted_at: datetime


TABLE = sa.Table(
    "sync_lag",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("seconds", sa.Double, nullable=False),
)
CHECKS = sa.Table(
    "sync_check",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("cursor", sa.Text, nullable=False),
    sa.Column("checked_at", sa.TIMESTAMP(timezone=True), nullable=False),
)
PENDING = sa.Table(
    "sync_pending",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("file_id", sa.Text, primary_key=True),
    sa.Column("modified_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("noted_at", sa.TIMESTAMP(timezone=True), nullable=False),
)

MODEL = Listed(
    name="sync_lag",
    version=VERSION,
    table=TABLE,
    names=frozenset({FileSynced.NAME}),
    statement="""
        SELECT workspace, position, at, told.file_id, greatest(0, extract(epoch FROM at - told.modified_at))
        FROM event, json_to_record(data)
            AS told (file_id text, modified_at timestamptz, revision_number bigint, because text)
        WHERE position > %(after)s AND position <= %(until)s AND schema > 0 AND name = 'file.synced'
          AND told.revision_number > 1 AND coalesce(told.because, 'content') = 'content'
    """,  # a file's first content is as old as the file, not late; nor is the same content read in another way
)


def record_check(connection: Connection, workspace: str, platform: str, cursor: str, at: datetime) -> None:
    """Keep where the platform's change feed stands, in the transaction that notes the changes read up to there."""
    connection.execute(
        sa.text(
            "INSERT INTO sync_check VALUES (:workspace, :platform, :cursor, :at) ON CONFLICT (workspace, platform)"
            " DO UPDATE SET cursor = excluded.cursor, checked_at = excluded.checked_at"
        ),
        {"workspace": workspace, "platform": platform, "cursor": cursor, "at": at},
    )


def cursor(connection: Connection, workspace: str, platform: str) -> str | None:
    return connection.execute(
        sa.select(CHECKS.c.cursor).where(CHECKS.c.workspace == workspace, CHECKS.c.platform == platform)
    ).scalar()


def pending(connection: Connection, workspace: str) -> list[PendingChange]:
    """Changes that are noted and not yet stored, the oldest first."""
    rows = connection.execute(
        sa.select(PENDING.c.file_id, PENDING.c.modified_at, PENDING.c.noted_at)
        .where(PENDING.c.workspace == workspace)
        .order_by(PENDING.c.modified_at, PENDING.c.file_id)
    )
    return [PendingChange(file_id=row.file_id, modified_at=row.modified_at, noted_at=row.noted_at) for row in rows]


def add_pending(
    connection: Connection, workspace: str, changes: Iterable[tuple[str, datetime]], noted_at: datetime
) -> None:
    """Note changed files as (file id, modified at). A later change of a noted file replaces the earlier one."""
    rows: list[dict[str, Any]] = [
        {"workspace": workspace, "file_id": file_id, "modified_at": modified_at, "noted_at": noted_at}
        for file_id, modified_at in changes
    ]
    if rows:
        connection.execute(
            sa.text(
                "INSERT INTO sync_pending VALUES (:workspace, :file_id, :modified_at, :noted_at)"
                " ON CONFLICT (workspace, file_id) DO UPDATE SET modified_at = excluded.modified_at"
            ),
            rows,
        )


def remove_pending(connection: Connection, workspace: str, file_id: str, *, up_to: datetime | None = None) -> None:
    """Forget a noted change; with `up_to`, only if no later change of the file was noted meanwhile."""
    condition = (PENDING.c.workspace == workspace) & (PENDING.c.file_id == file_id)
    if up_to is not None:
        condition &= PENDING.c.modified_at <= up_to
    connection.execute(PENDING.delete().where(condition))


def of(connection: Connection, workspace: str, now: datetime) -> Freshness:
    last = connection.execute(
        sa.select(sa.func.max(CHECKS.c.checked_at)).where(CHECKS.c.workspace == workspace)
    ).scalar()
    counts = files.count_by_status(connection, workspace)
    return Freshness(
        last_checked_at=last,
        next_check_at=last + CHECK_EVERY if last else None,
        checking=_checking(connection, workspace, last, now),
        behind_seconds=_behind(connection, workspace, now),
        waiting=counts["waiting"],
        up_to_date=counts["up_to_date"],
        needs_you=counts["needs_you"],
    )


def trend(connection: Connection, workspace: str, file_id: str | None = None, limit: int = 50) -> list[LagPoint]:
    """How long the newest changes took from the platform to the stored rows, oldest first."""
    query = sa.select(TABLE).where(TABLE.c.workspace == workspace).order_by(TABLE.c.position.desc()).limit(limit)
    if file_id is not None:
        query = query.where(TABLE.c.file_id == file_id)
    rows = connection.execute(query).all()
    return [LagPoint(at=row.at, file_id=row.file_id, seconds=row.seconds) for row in reversed(rows)]


def _checking(connection: Connection, workspace: str, last: datetime | None, now: datetime) -> bool:
    asked = store.read(
        connection,
        workspace=workspace,
        stream=stream_of(workspace, "sync", "self"),
        names=[RefreshRequested.NAME],
        limit=1,
        backwards=True,
    )
    if not asked or now - asked[0].at > REFRESH_TAKES_AT_MOST:
        return False
    return last is None or asked[0].at > last


def _behind(connection: Connection, workspace: str, now: datetime) -> float:
    """A file that was never stored counts from when it was noted: it may be years old."""
    oldest = connection.execute(
        sa.text(
            "SELECT min(CASE WHEN f.revision_number > 0 THEN p.modified_at ELSE p.noted_at END)"
            " FROM sync_pending p LEFT JOIN files f ON (f.workspace, f.file_id) = (p.workspace, p.file_id)"
            " WHERE p.workspace = :workspace AND coalesce(f.status, 'waiting') NOT IN ('removed', 'not_campaign')"
        ),
        {"workspace": workspace},
    ).scalar()
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
