"""The rows of every revision of every campaign file.

The sync activity writes them in the transaction that appends FileSynced. A row holds the revision numbers from which
(`since`) and until which (`until`, exclusive) it was there, so that every past content and every difference between
two contents is a query. A row that only moved within its sheet is the same row: it is known by its content and,
among equal rows, by its number.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import polars as pl
import sqlalchemy as sa
from psycopg import Cursor
from sqlalchemy.engine import Connection

from events.database import cursor
from projections import copying, performance_sums, row_identity
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
    sa.Column("high", sa.BigInteger, nullable=False),
    sa.Column("low", sa.BigInteger, nullable=False),
    sa.Column("occurrence", sa.Integer, nullable=False),
    sa.Column("row", sa.Integer, nullable=False),
    *(sa.Column(name, sa.Text) for name in _TEXT),
    *(sa.Column(name, sa.Date) for name in _DATES),
    *(sa.Column(name, sa.Numeric) for name in _METRICS),
    sa.Column("currency", sa.Text),
)
INDEX = sa.Index(
    "performance_of_file",
    TABLE.c.workspace,
    TABLE.c.file_id,
    postgresql_using="brin",
    postgresql_ops=dict.fromkeys(("workspace", "file_id"), "text_bloom_ops(n_distinct_per_range=64)"),
    postgresql_with={"pages_per_range": 32, "autosummarize": "on"},
)
"""A file's rows lie together, so it is enough to know which files each run of pages holds: next to free to keep."""


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
    stored = row_identity.stored(run, about)
    if stored.newest is not None and stored.newest > revision_number:
        raise ValueError(
            f"Revision {stored.newest} of file {file_id} is stored already: {revision_number} comes too late."
        )
    if stored.newest == revision_number:
        run.execute(_FORGET, about)
        run.execute(_REOPEN, about)
        stored = row_identity.stored(run, about)
    found = row_identity.difference(_clean(rows), stored.rows, _CONTENT)
    removed = _close(run, about, found.gone, others=stored.others)
    _open(run, about, found.added)
    performance_sums.replace(connection, workspace, file_id, rows)
    return RowChanges(added=found.added.height, removed=removed, kept=rows.height - found.added.height)


def _clean(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows as they are stored: text without NUL characters, which PostgreSQL cannot hold."""
    spoiled = [name for name in (*_TEXT, "currency") if "\0" in str(rows[name].str.join("").item())]
    return rows.with_columns(pl.col(spoiled).str.replace_all("\0", "", literal=True)).select(COLUMNS)


def _close(run: Cursor, about: dict[str, object], gone: list[str], *, others: bool) -> int:
    removed = run.execute(_CLOSE_OTHERS, about).rowcount if others else 0
    return removed + (run.execute(_CLOSE, about | {"gone": gone}).rowcount if gone else 0)


def _open(run: Cursor, about: dict[str, object], added: pl.DataFrame) -> None:
    if added.is_empty():
        return
    constants = {"workspace": "workspace", "file_id": "file_id", "since": "revision", "algorithm": "algorithm"}
    arrived = added.select(*(pl.lit(about[name]).alias(column) for column, name in constants.items()), pl.all())
    copying.copy(run, "performance", arrived)


def forget_after(connection: Connection, workspace: str, file_id: str, revision_number: int) -> None:
    """Make a file's rows what they were right after a revision; 0 leaves none."""
    about = {"workspace": workspace, "file_id": file_id, "revision": revision_number}
    run = cursor(connection)
    run.execute(_FORGET_AFTER, about)
    run.execute(_REOPEN_AFTER, about)


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


_FORGET = b"""
    DELETE FROM performance WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND since = %(revision)s
"""
_REOPEN = b"""
    UPDATE performance SET until = NULL
    WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND until = %(revision)s
"""
_FORGET_AFTER = b"""
    DELETE FROM performance WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND since > %(revision)s
"""
_REOPEN_AFTER = b"""
    UPDATE performance SET until = NULL
    WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND until > %(revision)s
"""
_CLOSE = b"UPDATE performance SET until = %(revision)s WHERE ctid = ANY(%(gone)s::tid[])"
_CLOSE_OTHERS = b"""
    UPDATE performance SET until = %(revision)s
    WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND until IS NULL AND algorithm <> %(algorithm)s
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
