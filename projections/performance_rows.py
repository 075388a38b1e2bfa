"""The rows of every revision of every campaign file.

The sync activity writes them in the transaction that appends FileSynced. A row holds the revision numbers from which
(`since`) and until which (`until`, exclusive) it was there, so that every past content and every difference between
two contents is a query. A row that only moved within its sheet is the same row: it is known by its content and,
among equal rows, by its number.
"""

import io
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import polars as pl
import sqlalchemy as sa
from psycopg import Cursor
from sqlalchemy.engine import Connection

from events.database import cursor
from projections import performance_sums, row_identity
from projections.read_model import METADATA

_TEXT = ("tab", "campaign", "channel", "placement", "ad_group", "ad")
_DATES = ("date", "start_date", "end_date")
_METRICS = ("spend", "budget", "impressions", "clicks", "conversions", "revenue")
_CONTENT = (*_TEXT, *_DATES, *_METRICS, "currency")
COLUMNS = ("row", *_CONTENT)

TABLE = sa.Table(
    "performance",
    METADATA,
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("since", sa.Integer, nullable=False),
    sa.Column("until", sa.Integer),
    sa.Column("algorithm", sa.SmallInteger, nullable=False),
    sa.Column("identity", sa.Uuid, nullable=False),
    sa.Column("occurrence", sa.Integer, nullable=False),
    sa.Column("row", sa.Integer, nullable=False),
    *(sa.Column(name, sa.Text) for name in _TEXT),
    *(sa.Column(name, sa.Date) for name in _DATES),
    *(sa.Column(name, sa.Numeric) for name in _METRICS),
    sa.Column("currency", sa.Text),
)
sa.Index("performance_file", TABLE.c.workspace, TABLE.c.file_id, TABLE.c.until)


@dataclass(frozen=True)
class RowChanges:
    added: int
    removed: int
    kept: int


def store(connection: Connection, workspace: str, file_id: str, revision_number: int, rows: pl.DataFrame) -> RowChanges:
    """Make `rows` (the reader's ROW_SCHEMA) the content of a file from this revision on; write only what changed.

    Storing the newest revision again replaces it; an older number is refused with ValueError.
    """
    about: dict[str, object] = {
        "workspace": workspace, "file_id": file_id, "revision": revision_number,
        "algorithm": row_identity.HASH_ALGORITHM,
    }  # fmt: skip
    run = cursor(connection)
    run.execute(b"SELECT pg_advisory_xact_lock(hashtextextended(%(workspace)s || '/' || %(file_id)s, 1))", about)
    newest = run.execute(_NEWEST, about).fetchone()
    if newest and newest[0] is not None and newest[0] > revision_number:
        raise ValueError(f"Revision {newest[0]} of file {file_id} is stored already: {revision_number} comes too late.")
    run.execute(_FORGET, about)
    run.execute(_REOPEN, about)
    found = row_identity.difference(run, about, _clean(rows), _CONTENT)
    removed = _close(run, about, found.gone)
    _open(run, about, found.added)
    performance_sums.replace(connection, workspace, file_id, rows)
    return RowChanges(added=found.added.height, removed=removed, kept=rows.height - found.added.height)


def _clean(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows as they are stored: text without NUL characters, which PostgreSQL cannot hold."""
    return rows.select(
        pl.col("row"),
        *(pl.col(name).str.replace_all("\x00", "", literal=True) for name in (*_TEXT, "currency")),
        *_DATES,
        *_METRICS,
    ).select(COLUMNS)


def _close(run: Cursor, about: dict[str, object], gone: list[str]) -> int:
    removed = run.execute(_CLOSE_OTHERS, about).rowcount
    return removed + (run.execute(_CLOSE, about | {"gone": gone}).rowcount if gone else 0)


def _open(run: Cursor, about: dict[str, object], added: pl.DataFrame) -> None:
    constants = {"workspace": "workspace", "file_id": "file_id", "since": "revision", "algorithm": "algorithm"}
    arrived = added.select(
        *(pl.lit(about[name]).alias(column) for column, name in constants.items()), "identity", "occurrence", *COLUMNS
    )
    _copy(run, _OPEN, arrived)


def _copy(run: Cursor, statement: bytes, rows: pl.DataFrame) -> None:
    text = io.BytesIO()
    rows.write_csv(text, include_header=False, quote_style="necessary")
    with run.copy(statement) as copy:
        copy.write(text.getbuffer())


class Only(NamedTuple):
    """Rows of one channel, campaign or time; a flight counts when it touches the time. None is no condition."""

    channel: str | None = None
    campaign: str | None = None
    first: date | None = None
    last: date | None = None


EVERYTHING = Only()


def rows(
    connection: Connection,
    workspace: str,
    file_id: str,
    revision_number: int,
    limit: int = 200,
    offset: int = 0,
    only: Only = EVERYTHING,
) -> list[dict[str, Any]]:
    """Rows of one revision in the order of the sheet, by column name."""
    about = {"workspace": workspace, "file_id": file_id, "revision": revision_number, "limit": limit, "offset": offset}
    about |= only._asdict()
    return [dict(zip(COLUMNS, row, strict=True)) for row in cursor(connection).execute(_ROWS, about)]


def difference(
    connection: Connection, workspace: str, file_id: str, revision_number: int, limit: int = 200
) -> list[dict[str, Any]]:
    """What a revision changed against the one before: rows by column name, with `change` added or removed."""
    about = {"workspace": workspace, "file_id": file_id, "revision": revision_number, "limit": limit}
    return [dict(zip((*COLUMNS, "change"), row, strict=True)) for row in cursor(connection).execute(_DIFFERENCE, about)]


_NEWEST = b"""
    SELECT greatest(max(since), max(until)) FROM performance
    WHERE workspace = %(workspace)s AND file_id = %(file_id)s
"""
_FORGET = b"""
    DELETE FROM performance WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND since = %(revision)s
"""
_REOPEN = b"""
    UPDATE performance SET until = NULL
    WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND until = %(revision)s
"""
_CLOSE = b"UPDATE performance SET until = %(revision)s WHERE ctid = ANY(%(gone)s::tid[])"
_CLOSE_OTHERS = b"""
    UPDATE performance SET until = %(revision)s
    WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND until IS NULL AND algorithm <> %(algorithm)s
"""
_OPEN = b"""
    COPY performance (workspace, file_id, since, algorithm, identity, occurrence, row, tab, campaign, channel,
        placement, ad_group, ad, date, start_date, end_date, spend, budget, impressions, clicks, conversions, revenue,
        currency) FROM STDIN (FORMAT csv)
"""
_ROWS = b"""
    SELECT row, tab, campaign, channel, placement, ad_group, ad, date, start_date, end_date,
           spend, budget, impressions, clicks, conversions, revenue, currency
    FROM performance
    WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND since <= %(revision)s
      AND (until IS NULL OR until > %(revision)s)
      AND (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(campaign)s::text IS NULL OR campaign = %(campaign)s)
      AND (%(first)s::date IS NULL OR coalesce(date, end_date, start_date) >= %(first)s)
      AND (%(last)s::date IS NULL OR coalesce(date, start_date) <= %(last)s)
    ORDER BY tab, row, occurrence LIMIT %(limit)s OFFSET %(offset)s
"""
_DIFFERENCE = b"""
    SELECT row, tab, campaign, channel, placement, ad_group, ad, date, start_date, end_date,
           spend, budget, impressions, clicks, conversions, revenue, currency,
           CASE since WHEN %(revision)s THEN 'added' ELSE 'removed' END
    FROM performance
    WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND %(revision)s IN (since, until)
    ORDER BY tab, row, occurrence LIMIT %(limit)s
"""
