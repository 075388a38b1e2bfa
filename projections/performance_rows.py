"""The rows of every revision of every campaign file.

The sync activity writes them in the transaction that appends FileSynced. Of a row the revision numbers are known from
which (`since`) and until which (`until`, exclusive) it was there, so that every past content and every difference
between two contents is a query. A row that only moved within its sheet is the same row: it is known by its content and,
among equal rows, by its number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import polars as pl
from psycopg import Cursor
from sqlalchemy.engine import Connection

from events.database import cursor
from projections import copying, performance_sums, row_identity, row_names
from projections.performance_tables import DATES, METRICS
from projections.row_names import Named

_CONTENT = (
    "tab", "campaign", "channel", "placement", "ad_group", "ad", *DATES, *METRICS, "currency",
)  # fmt: skip
_OWN = ("ad", *DATES, *METRICS)
COLUMNS = ("row", *_CONTENT)


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
        forget_after(connection, workspace, file_id, revision_number - 1)
        stored = row_identity.stored(run, about)
    named = _clean(row_names.split(rows))
    arrived = row_identity.identified(_cleaned(rows.select("row", *_OWN), "ad"), named, _CONTENT)
    known, met = row_identity.compare(arrived, stored.rows)
    added = arrived.with_columns(names=pl.Series(named.of)).filter(~known)
    removed = _close(run, about, stored.rows.filter(~met), others=stored.others)
    _open(run, about, added, named.names)
    performance_sums.replace(connection, workspace, file_id, rows)
    return RowChanges(added=added.height, removed=removed, kept=rows.height - added.height)


def _clean(named: Named) -> Named:
    return Named(_cleaned(named.names, *named.names.columns), named.of)


def _cleaned(rows: pl.DataFrame, *texts: str) -> pl.DataFrame:
    """Rows as they are stored: text without NUL characters, which PostgreSQL cannot hold."""
    spoiled = [name for name in texts if "\0" in str(rows[name].str.join("").item())]
    return rows.with_columns(pl.col(spoiled).str.replace_all("\0", "", literal=True))


def _close(run: Cursor, about: dict[str, object], gone: pl.DataFrame, *, others: bool) -> int:
    removed = run.execute(_CLOSE_OTHERS, about).rowcount if others else 0
    if not gone.is_empty():
        until = pl.lit(about["revision"], pl.Int32).alias("until")
        copying.copy(run, "performance_gone", gone.select("content", "number", until))
    return removed + gone.height


def _open(run: Cursor, about: dict[str, object], added: pl.DataFrame, names: pl.DataFrame) -> None:
    if added.is_empty():
        return
    opened = run.execute(_OPEN, about | {"identities": row_identity.packed(added)}, binary=True).fetchone()
    assert opened is not None  # an insert returns its row
    content = pl.lit(opened[0], pl.Int32).alias("content")
    number = pl.int_range(pl.len(), dtype=pl.Int32).alias("number")
    used = names.with_columns(content, number).filter(pl.col("number").is_in(added["names"].unique().implode()))
    copying.copy(run, "performance_names", used)
    copying.copy(
        run, "performance_row", added.drop("high", "low").with_columns(content, number, pl.col("row").cast(pl.Int32))
    )


def forget_after(connection: Connection, workspace: str, file_id: str, revision_number: int) -> None:
    """Make a file's rows what they were right after a revision; 0 leaves none."""
    about = {"workspace": workspace, "file_id": file_id, "revision": revision_number}
    cursor(connection).execute(_FORGET_AFTER, about)


def contents(connection: Connection, workspace: str, revisions: Mapping[str, int]) -> list[tuple[int, str]]:
    """Contents that may hold rows of these revisions, each with its file: those that came with or before them."""
    about = {"workspace": workspace, "files": list(revisions), "revisions": list(revisions.values())}
    return cursor(connection).execute(_CONTENTS, about).fetchall()


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


_CONTENTS = b"""
    SELECT id, file_id
    FROM performance_content JOIN unnest(%(files)s::text[], %(revisions)s::int[]) s (file_id, revision) USING (file_id)
    WHERE workspace = %(workspace)s AND since <= revision ORDER BY id
"""
_OPEN = b"""
    INSERT INTO performance_content (workspace, file_id, since, algorithm, identities)
    VALUES (%(workspace)s, %(file_id)s, %(revision)s, %(algorithm)s, %(identities)b) RETURNING id
"""
_FORGET_AFTER = b"""
    WITH mine AS MATERIALIZED (
        SELECT id, since > %(revision)s AS late FROM performance_content
        WHERE workspace = %(workspace)s AND file_id = %(file_id)s
    ), back AS (
        DELETE FROM performance_gone USING mine WHERE content = id AND (late OR until > %(revision)s)
    ), names AS (
        DELETE FROM performance_names USING mine WHERE content = id AND late
    ), rows AS (
        DELETE FROM performance_row USING mine WHERE content = id AND late
    )
    DELETE FROM performance_content c USING mine WHERE c.id = mine.id AND late
"""
_CLOSE_OTHERS = b"""
    INSERT INTO performance_gone SELECT content, number, %(revision)s FROM performance p
    WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND until IS NULL AND EXISTS (
        SELECT FROM performance_content c WHERE c.id = p.content AND c.algorithm <> %(algorithm)s)
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
    ORDER BY tab, row, since, number LIMIT %(limit)s OFFSET %(offset)s
"""
