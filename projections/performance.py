"""What did campaigns spend and bring, by day, week and channel?

The follower keeps which revision of which file counts; `projections/performance_rows.py` keeps the rows of every
revision. Both together answer for now and for any past position. Amounts in different currencies are never added up,
planned spend is never counted as spent, and metrics that may not be added up are left out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, LiteralString

import msgspec
import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection

from events.campaign_file import FileDiscovered, FileNotCampaign, FileRemoved, FileRestored, FileSynced
from events.database import cursor
from events.envelope import Recorded, stream_of
from projections import overlaps, performance_rows
from projections.as_of import rows_as_of
from projections.performance_rows import EVERYTHING, Only
from projections.read_model import METADATA, Folded, of_stream, select

VERSION = 1
TOTAL = "(total)"
"""Channel of rows that name none and hold no money spent: results of the whole business, usually sales."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Which revision of a file counts, and how."""

    workspace: str
    file_id: str
    revision_number: int
    kind: str
    currency: str | None
    non_additive: list[str]
    counts: bool


@dataclass(frozen=True, kw_only=True)
class ChannelWeek:
    week: date
    """Monday."""
    channel: str
    currency: str | None
    spend: Decimal | None
    impressions: Decimal | None
    clicks: Decimal | None
    conversions: Decimal | None
    revenue: Decimal | None


@dataclass(frozen=True, kw_only=True)
class ChannelDay:
    day: date
    channel: str
    spend: Decimal | None
    conversions: Decimal | None
    clicks: Decimal | None
    revenue: Decimal | None


SOURCES = sa.Table(
    "performance_sources",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("file_id", sa.Text, primary_key=True),
    sa.Column("revision_number", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("currency", sa.Text),
    sa.Column("non_additive", JSONB, nullable=False),
    sa.Column("counts", sa.Boolean, nullable=False),
)


def _synced(_row: Source | None, event: FileSynced, recorded: Recorded) -> Source:
    workspace, file_id = of_stream(recorded)
    return Source(
        workspace=workspace,
        file_id=file_id,
        revision_number=event.revision_number,
        kind=event.kind,
        currency=event.currency,
        non_additive=event.non_additive,
        counts=True,
    )


def _gone(row: Source | None, _event: FileRemoved | FileNotCampaign, _recorded: Recorded) -> Source | None:
    return row and msgspec.structs.replace(row, counts=False)


def _back(row: Source | None, _event: FileRestored | FileDiscovered, _recorded: Recorded) -> Source | None:
    return row and msgspec.structs.replace(row, counts=True)


MODEL = Folded(
    name="performance",
    version=VERSION,
    table=SOURCES,
    row=Source,
    key=of_stream,
    folds={
        FileSynced: _synced,
        FileRemoved: _gone,
        FileNotCampaign: _gone,
        FileRestored: _back,
        FileDiscovered: _back,
    },
)

_COUNTED: LiteralString = """
    WITH source AS MATERIALIZED (
        SELECT content, file_id, revision_number, currency, NOT non_additive ? 'budget' AS budgets,
               kind <> 'plan' AND NOT non_additive ? 'spend' AS spends,
               kind <> 'plan' AND NOT non_additive ? 'impressions' AS shows,
               kind <> 'plan' AND NOT non_additive ? 'clicks' AS clicked,
               kind <> 'plan' AND NOT non_additive ? 'conversions' AS converts,
               kind <> 'plan' AND NOT non_additive ? 'revenue' AS earns
        FROM jsonb_to_recordset(%(sources)s::jsonb)
            AS s(content int, file_id text, revision_number bigint, kind text, currency text, non_additive jsonb)
    ), counted AS NOT MATERIALIZED (
        SELECT s.file_id, r.date, r.start_date, greatest(r.end_date, r.start_date) AS end_date,
               coalesce(r.campaign, '') AS campaign, coalesce(r.currency, s.currency) AS currency,
               coalesce(r.channel, CASE WHEN r.spend IS NULL AND r.budget IS NULL THEN '(total)'
                                   ELSE '(no channel)' END) AS channel,
               CASE WHEN spends THEN r.spend END AS spend, CASE WHEN budgets THEN r.budget END AS budget,
               CASE WHEN shows THEN r.impressions END AS impressions, CASE WHEN clicked THEN r.clicks END AS clicks,
               CASE WHEN converts THEN r.conversions END AS conversions, CASE WHEN earns THEN r.revenue END AS revenue
        FROM source s JOIN performance r
          ON r.content = s.content AND (r.until IS NULL OR r.until > s.revision_number)
    ), spread AS (  -- the amounts of a flight are spread evenly over its days
        SELECT coalesce(date, start_date) AS day, file_id, campaign, currency, channel,
               spend, budget, impressions, clicks, conversions, revenue
        FROM counted WHERE date IS NOT NULL OR (start_date IS NOT NULL AND end_date IS NULL)
        UNION ALL
        SELECT start_date + i, file_id, campaign, currency, channel,
               spend / days, budget / days, impressions / days, clicks / days, conversions / days, revenue / days
        FROM (SELECT *, end_date - start_date + 1 AS days FROM counted) c, generate_series(0, days - 1) i
        WHERE date IS NULL AND start_date IS NOT NULL AND end_date IS NOT NULL
    )
"""
_WEEKLY: LiteralString = """
    SELECT day - extract(isodow FROM day)::int + 1, channel, currency, trim_scale(round(sum(spend), 6)),
           trim_scale(round(sum(impressions), 6)), trim_scale(round(sum(clicks), 6)),
           trim_scale(round(sum(conversions), 6)), trim_scale(round(sum(revenue), 6))
    FROM spread WHERE num_nonnulls(spend, impressions, clicks, conversions, revenue) > 0
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_DAILY: LiteralString = """
    SELECT day, channel, campaign, file_id, currency, sum(spend)::float8, sum(budget)::float8,
           sum(impressions)::float8, sum(clicks)::float8, sum(conversions)::float8, sum(revenue)::float8
    FROM spread WHERE num_nonnulls(spend, budget, impressions, clicks, conversions, revenue) > 0
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
_BETWEEN: LiteralString = """
    SELECT day, channel, trim_scale(round(sum(spend), 6)), trim_scale(round(sum(conversions), 6)),
           trim_scale(round(sum(clicks), 6)), trim_scale(round(sum(revenue), 6))
    FROM spread
    WHERE day BETWEEN %(first)s AND %(last)s AND coalesce(currency, %(currency)s) = %(currency)s
          AND num_nonnulls(spend, conversions, clicks, revenue) > 0
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_COUNT: LiteralString = "SELECT count(*) FROM counted"
_DAILY_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "date": pl.Date,
    "channel": pl.String,
    "campaign": pl.String,
    "file_id": pl.String,
    "currency": pl.String,
    "spend": pl.Float64,
    "budget": pl.Float64,
    "impressions": pl.Float64,
    "clicks": pl.Float64,
    "conversions": pl.Float64,
    "revenue": pl.Float64,
}


def sources(
    connection: Connection, workspace: str, at: int | None = None, file_ids: Collection[str] | None = None
) -> list[Source]:
    """The files whose rows count, with the revision that does. Of files with the same money only one is given."""
    present = _present(connection, workspace, at, file_ids)
    beaten = overlaps.not_counted(overlaps.of(connection, workspace, at), {row.file_id for row in present})
    return [row for row in present if row.file_id not in beaten]


def not_counted(connection: Connection, workspace: str, at: int | None = None) -> dict[str, str]:
    """Files that do not count, each with the file that holds the same money and does."""
    present = {row.file_id for row in _present(connection, workspace, at, None)}
    return overlaps.not_counted(overlaps.of(connection, workspace, at), present)


def _present(connection: Connection, workspace: str, at: int | None, file_ids: Collection[str] | None) -> list[Source]:
    if at is None:
        found = select(connection, MODEL, "workspace = %s AND counts ORDER BY file_id", [workspace])
    else:
        found = [row for row in rows_as_of(connection, MODEL, workspace, at) if row.counts]
    return [row for row in found if file_ids is None or row.file_id in file_ids]


def weekly(
    connection: Connection, workspace: str, at: int | None = None, file_ids: Collection[str] | None = None
) -> list[ChannelWeek]:
    """Actual results by week, channel and currency. A metric that no row had is None, never 0."""
    return [
        ChannelWeek(
            week=row[0],
            channel=row[1],
            currency=row[2],
            spend=row[3],
            impressions=row[4],
            clicks=row[5],
            conversions=row[6],
            revenue=row[7],
        )
        for row in _query(connection, workspace, at, file_ids, _WEEKLY)
    ]


def daily(
    connection: Connection, workspace: str, at: int | None = None, file_ids: Collection[str] | None = None
) -> pl.DataFrame:
    """Results by date, channel, campaign, file and currency: what a plan is made from.

    Columns: date, channel, campaign (empty when none is named), file_id, currency (null when unknown), and the
    metrics as Float64, null where no row had them. Of files that hold a plan only the budget is given.
    """
    found = _query(connection, workspace, at, file_ids, _DAILY)
    return pl.DataFrame(found, schema=_DAILY_SCHEMA, orient="row")


def between(
    connection: Connection,
    workspace: str,
    first: date,
    last: date,
    currency: str,
    at: int | None = None,
    file_ids: Collection[str] | None = None,
) -> list[ChannelDay]:
    """Actual results in one currency by day and channel, both days included, the earliest day first."""
    found = _query(connection, workspace, at, file_ids, _BETWEEN, first=first, last=last, currency=currency)
    names = ("day", "channel", "spend", "conversions", "clicks", "revenue")
    return [ChannelDay(**dict(zip(names, row, strict=True))) for row in found]


def count(connection: Connection, workspace: str, at: int | None = None) -> int:
    """How many rows count."""
    return _query(connection, workspace, at, None, _COUNT)[0][0]


def rows(
    connection: Connection,
    workspace: str,
    file_id: str,
    at: int | None = None,
    limit: int = 200,
    offset: int = 0,
    only: Only = EVERYTHING,
) -> list[dict[str, Any]]:
    """Rows of a file in the order of the sheet, by column name; also of a file that does not count any more."""
    if at is None:
        found = select(connection, MODEL, "workspace = %s AND file_id = %s", [workspace, file_id])
    else:
        found = rows_as_of(connection, MODEL, workspace, at, stream=stream_of(workspace, "file", file_id))
    if not found:
        return []
    return performance_rows.rows(connection, workspace, file_id, found[0].revision_number, limit, offset, only)


def _query(
    connection: Connection,
    workspace: str,
    at: int | None,
    file_ids: Collection[str] | None,
    question: LiteralString,
    **asked: object,
) -> list[tuple[Any, ...]]:
    """Contents are looked up first: in one statement PostgreSQL may take hundreds for one, and scan for each."""
    counted = {source.file_id: source for source in sources(connection, workspace, at, file_ids)}
    revisions = {file_id: source.revision_number for file_id, source in counted.items()}
    contents = performance_rows.contents(connection, workspace, revisions)
    told = [msgspec.to_builtins(counted[file_id]) | {"content": content} for content, file_id in contents]
    values = {"sources": msgspec.json.encode(told).decode()} | asked
    return cursor(connection).execute(_COUNTED + question, values).fetchall()
