"""What each file's newest content adds up to by month: finds files that may hold the same money, among any number.

Written with the rows (see `performance_rows.store`), and made from them once where rows were stored before.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from events.database import cursor
from projections.read_model import METADATA

Metric = Literal["spend", "budget"]
TOTAL = date(1, 1, 1)
"""Stands for all months together, with and without dates."""

TABLE = sa.Table(
    "performance_sum",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("file_id", sa.Text, primary_key=True),
    sa.Column("metric", sa.Text, primary_key=True),
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("amount", sa.Numeric, nullable=False),
)
sa.Index("performance_sum_amount", TABLE.c.workspace, TABLE.c.metric, TABLE.c.month, TABLE.c.amount)

COMPARED = sa.Table(
    "overlap_compared",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("file_id", sa.Text, primary_key=True),
    sa.Column("revision_number", sa.BigInteger, nullable=False),
    sa.Column("rules", sa.BigInteger, nullable=False),
)
"""Which content of a file was compared with the other files of its workspace, and by which rules."""

_LINE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "campaign": pl.String,
    "channel": pl.String,
    "day": pl.Date,
    "amount": pl.Decimal(38, 6),
    "rows": pl.Int64,
}


def replace(connection: Connection, workspace: str, file_id: str, rows: pl.DataFrame) -> None:
    """Make `rows` (the reader's ROW_SCHEMA) what a file adds up to."""
    about = {"workspace": workspace, "file_id": file_id}
    connection.execute(
        sa.text("DELETE FROM performance_sum WHERE workspace = :workspace AND file_id = :file_id"), about
    )
    sums = [about | one for metric in ("spend", "budget") for one in _sums(rows, metric)]
    if sums:
        connection.execute(TABLE.insert(), sums)


def _sums(rows: pl.DataFrame, metric: str) -> list[dict[str, object]]:
    rows = rows.select("date", "start_date", metric).drop_nulls(metric)
    if rows.is_empty():
        return []
    by_day = rows.group_by(pl.coalesce("date", "start_date").alias("day")).agg(pl.col(metric).sum())
    month = pl.col("day").dt.truncate("1mo").alias("month")
    found = by_day.group_by(month).agg(amount=pl.col(metric).sum()).filter(pl.col("amount") > 0)
    if found.is_empty():
        return []
    by_month = [(one["month"], one["amount"]) for one in found.drop_nulls().to_dicts()]
    told = [(TOTAL, Decimal(found["amount"].sum())), *by_month]
    return [{"metric": metric, "month": month, "amount": amount} for month, amount in told]


def alike(connection: Connection, workspace: str, file_id: str, metric: Metric, limit: int) -> list[str]:
    """Other files with the same amount in a month or in all, to the cent; those with the most such months first."""
    about = {"workspace": workspace, "file_id": file_id, "metric": metric, "limit": limit}
    return [row[0] for row in cursor(connection).execute(_ALIKE, about)]


def lines(connection: Connection, workspace: str, file_id: str, metric: Metric) -> pl.DataFrame:
    """Amounts of the newest content by campaign, channel and day, each with how many rows it comes from."""
    about = {"workspace": workspace, "file_id": file_id}
    found = cursor(connection).execute(_LINES[metric], about).fetchall()
    return pl.DataFrame(found, schema=_LINE_SCHEMA, orient="row")


def compared(connection: Connection, workspace: str, file_id: str, revision_number: int, rules: int) -> None:
    """Note that a file's content was compared with the other files."""
    about = {"workspace": workspace, "file_id": file_id, "revision_number": revision_number, "rules": rules}
    cursor(connection).execute(_NOTE_COMPARED, about)


def uncompared(connection: Connection, workspace: str, rules: int) -> list[str]:
    """Files that count and were not compared as they stand. Forgets the comparison of those that do not count."""
    found = cursor(connection).execute(_UNCOMPARED, {"workspace": workspace, "rules": rules})
    return [row[0] for row in found]


def fill(connection: Connection) -> None:
    """Add up the rows of workspaces that were stored before these sums were kept."""
    for metric in ("spend", "budget"):
        connection.execute(sa.text(_FILL.format(metric=metric)))


_ALIKE = b"""
    SELECT s.file_id FROM performance_sum mine JOIN performance_sum s
      ON (s.workspace, s.metric, s.month) = (mine.workspace, mine.metric, mine.month)
     AND s.amount BETWEEN mine.amount - 0.02 AND mine.amount + 0.02 AND s.file_id <> mine.file_id
    WHERE mine.workspace = %(workspace)s AND mine.file_id = %(file_id)s AND mine.metric = %(metric)s
    GROUP BY s.file_id ORDER BY count(*) DESC, s.file_id LIMIT %(limit)s
"""
_NOTE_COMPARED = b"""
    INSERT INTO overlap_compared VALUES (%(workspace)s, %(file_id)s, %(revision_number)s, %(rules)s)
    ON CONFLICT (workspace, file_id) DO UPDATE SET revision_number = excluded.revision_number, rules = excluded.rules
"""
_UNCOMPARED = b"""
    WITH forgotten AS (
        DELETE FROM overlap_compared c USING performance_sources s
        WHERE c.workspace = %(workspace)s AND (s.workspace, s.file_id) = (c.workspace, c.file_id) AND NOT s.counts)
    SELECT s.file_id FROM performance_sources s LEFT JOIN overlap_compared c USING (workspace, file_id)
    WHERE s.workspace = %(workspace)s AND s.counts
      AND (c.revision_number IS NULL OR c.revision_number < s.revision_number OR c.rules <> %(rules)s)
    ORDER BY s.file_id
"""
_LINES: dict[Metric, bytes] = {
    "spend": b"""
        SELECT campaign, channel, coalesce(date, start_date), sum(spend), count(*) FROM performance
        WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND until IS NULL AND spend <> 0 GROUP BY 1, 2, 3
    """,
    "budget": b"""
        SELECT campaign, channel, coalesce(date, start_date), sum(budget), count(*) FROM performance
        WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND until IS NULL AND budget <> 0 GROUP BY 1, 2, 3
    """,
}
_FILL = """
    INSERT INTO performance_sum SELECT workspace, file_id, '{metric}', month, sum({metric})
    FROM performance, LATERAL (
        VALUES (date '0001-01-01'), (date_trunc('month', coalesce(date, start_date))::date)) m (month)
    WHERE until IS NULL AND {metric} IS NOT NULL AND month IS NOT NULL
    GROUP BY 1, 2, 4 HAVING sum({metric}) > 0 ON CONFLICT DO NOTHING
"""
