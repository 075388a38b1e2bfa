"""Where the rows of campaign files stand, each written once and never changed; `performance` is all of it in one view.

A content is the rows that one revision brought. Its rows share names (campaign, channel and so on), which stand beside
them once for each combination; a row that goes away later is noted, not touched.
"""

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

from projections.read_model import METADATA

NAMES = ("tab", "campaign", "channel", "placement", "ad_group", "currency")
DATES = ("date", "start_date", "end_date")
METRICS = ("spend", "budget", "impressions", "clicks", "conversions", "revenue")

CONTENT = sa.Table(
    "performance_content",
    METADATA,
    sa.Column("id", sa.Integer, sa.Identity(always=True), primary_key=True),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("since", sa.Integer, nullable=False),
    sa.Column("algorithm", sa.SmallInteger, nullable=False),
    sa.Column("identities", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("workspace", "file_id", "since", "algorithm"),
)
"""`identities` holds 16 bytes for each row, in the order of their numbers: see `row_identity`."""
event.listen(CONTENT, "after_create", sa.DDL("ALTER TABLE performance_content ALTER identities SET STORAGE EXTERNAL"))

SHARED = sa.Table(
    "performance_names",
    METADATA,
    sa.Column("content", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text) for name in NAMES),
)
ROWS = sa.Table(
    "performance_row",
    METADATA,
    sa.Column("content", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("names", sa.Integer, nullable=False),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("ad", sa.Text),
    *(sa.Column(name, sa.Date) for name in DATES),
    *(sa.Column(name, sa.Numeric) for name in METRICS),
)
"""`number` counts the rows of a content from 0; `row` is the row of the sheet where it was first read."""
sa.Index(
    "performance_row_content",
    ROWS.c.content,
    postgresql_using="brin",
    postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
)
"""A content's rows lie together: it is enough to know which contents each run of pages holds, next to free to keep."""

GONE = sa.Table(
    "performance_gone",
    METADATA,
    sa.Column("content", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("until", sa.Integer, nullable=False),
)
"""Rows that are there no more, and the first revision without them."""

VIEW = """
    DROP VIEW IF EXISTS performance;
    CREATE VIEW performance AS
    SELECT c.workspace, c.file_id, c.since, g.until, r.content, r.number, r.row, n.tab, n.campaign, n.channel,
           n.placement, n.ad_group, r.ad, r.date, r.start_date, r.end_date, r.spend, r.budget, r.impressions, r.clicks,
           r.conversions, r.revenue, n.currency
    FROM performance_content c JOIN performance_row r ON r.content = c.id
    LEFT JOIN performance_names n ON (n.content, n.number) = (r.content, r.names)
    LEFT JOIN performance_gone g ON (g.content, g.number) = (r.content, r.number)
"""


def build(connection: Connection) -> None:
    """Make the view; where an earlier version kept everything in one table, take over its rows."""
    kept = connection.execute(sa.text("SELECT relkind = 'r' FROM pg_class WHERE oid = to_regclass('performance')"))
    before = bool(kept.scalar())
    if before and connection.execute(sa.text(_KNOWN_BY_UUID)).first() is not None:
        connection.execute(sa.text("ALTER TABLE performance ADD high bigint DEFAULT 0, ADD low bigint DEFAULT 0"))
    if before:
        connection.execute(sa.text(_TAKE_OVER))
    connection.execute(sa.text(VIEW))


_KNOWN_BY_UUID = "SELECT FROM information_schema.columns WHERE table_name = 'performance' AND column_name = 'identity'"
_TAKE_OVER = """
    ALTER TABLE performance RENAME TO performance_before;
    INSERT INTO performance_content (workspace, file_id, since, algorithm, identities)
    SELECT workspace, file_id, since, algorithm, '' FROM performance_before GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;

    CREATE TEMPORARY TABLE placed ON COMMIT DROP AS
    SELECT p.*, c.id, row_number() OVER (PARTITION BY c.id ORDER BY p.tab, p.row, occurrence, p.ctid) - 1 AS number,
           dense_rank() OVER (PARTITION BY c.id ORDER BY tab, campaign, channel, placement, ad_group, currency) AS names
    FROM performance_before p JOIN performance_content c USING (workspace, file_id, since, algorithm);

    UPDATE performance_content c SET algorithm = CASE WHEN repeated THEN 0 ELSE algorithm END, identities = packed
    FROM (SELECT id, bool_or(occurrence > 1) AS repeated,
                 string_agg(int8send(high) || int8send(low), ''::bytea ORDER BY number) AS packed
          FROM placed GROUP BY id) p WHERE p.id = c.id;
    INSERT INTO performance_names
    SELECT DISTINCT id, names, tab, campaign, channel, placement, ad_group, currency FROM placed;
    INSERT INTO performance_row
    SELECT id, number, names, row, ad, date, start_date, end_date, spend, budget, impressions, clicks, conversions,
           revenue FROM placed ORDER BY id, number;
    INSERT INTO performance_gone SELECT id, number, until FROM placed WHERE until IS NOT NULL;
    DROP TABLE performance_before;
    SELECT brin_summarize_new_values('performance_row_content');
    ANALYZE performance_content, performance_names, performance_row, performance_gone;
"""
"""Equal rows used to be told apart otherwise: contents that have some are identified anew once their file is read."""
