"""What did a revision change, cell by cell? Rows that came, rows that went, and cells that hold something else now.

A row that went and a row that came are one changed row when they have the same names and days, or stand in the same
row of the sheet and differ in a few cells only. A row that only moved is no change.
"""

from dataclasses import dataclass
from typing import Any, Literal, LiteralString

from psycopg import sql
from sqlalchemy.engine import Connection

from events.database import cursor
from projections.performance_rows import COLUMNS

_NAMES = ("tab", "campaign", "channel", "placement", "ad_group", "ad", "date", "start_date", "end_date")
_CELLS = tuple(name for name in COLUMNS if name not in {"row", "tab"})
_FEW = 3
"""Cells that may differ between two rows at the same place that are one row."""


@dataclass(frozen=True)
class Change:
    kind: Literal["changed", "added", "removed"]
    tab: str
    row: int
    """Of the sheet, 1-based; of a removed row, where it stood when it was first read."""
    before: dict[str, Any]
    """Cells by column name, without the empty ones; nothing for a new row."""
    after: dict[str, Any]

    def cells(self) -> list[tuple[str, Any, Any]]:
        """Column, before and after of the cells that differ."""
        names = [name for name in _CELLS if self.before.get(name) != self.after.get(name)]
        return [(name, self.before.get(name), self.after.get(name)) for name in names]


@dataclass(frozen=True)
class Changes:
    changed: int
    added: int
    removed: int
    shown: list[Change]
    """One page of them, in the order of the sheet."""

    @property
    def total(self) -> int:
        return self.changed + self.added + self.removed


def of(
    connection: Connection, workspace: str, file_id: str, revision_number: int, limit: int = 100, offset: int = 0
) -> Changes:
    """What a revision changed against the one before; of the first, every row is new."""
    about = {"workspace": workspace, "file_id": file_id, "revision": revision_number, "limit": limit, "offset": offset}
    found = cursor(connection).execute(_QUESTION, about).fetchall()
    changed, added, removed = found[0][:3]
    return Changes(changed, added, removed, [_change(row[3:]) for row in found if row[3] is not None])


def _change(row: tuple[Any, ...]) -> Change:
    kind, before, after = row[0], row[1 : 1 + len(COLUMNS)], row[1 + len(COLUMNS) :]
    old = {name: value for name, value in zip(COLUMNS, before, strict=True) if value is not None}
    new = {name: value for name, value in zip(COLUMNS, after, strict=True) if value is not None}
    place = new or old
    return Change(kind, place.get("tab", ""), place["row"], old, new)


def _columns(pattern: LiteralString, names: tuple[str, ...], between: LiteralString = ", ") -> sql.Composed:
    return sql.SQL(between).join(sql.SQL(pattern).format(name=sql.Identifier(name)) for name in names)


_QUESTION = (
    sql.SQL("""
    WITH came AS MATERIALIZED (
        SELECT *, ROW({names})::text AS named,
               row_number() OVER (PARTITION BY {names} ORDER BY row, since, number) AS nth
        FROM performance WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND since = %(revision)s
    ), went AS MATERIALIZED (
        SELECT *, ROW({names})::text AS named,
               row_number() OVER (PARTITION BY {names} ORDER BY row, since, number) AS nth
        FROM performance WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND until = %(revision)s
    ), new AS (  -- came under names that did not stand before; the nth of its row of the sheet
        SELECT c.*, row_number() OVER (PARTITION BY tab, row ORDER BY named, since, number) AS place
        FROM came c WHERE NOT EXISTS (SELECT FROM went w WHERE (w.named, w.nth) = (c.named, c.nth))
    ), old AS (
        SELECT w.*, row_number() OVER (PARTITION BY tab, row ORDER BY named, since, number) AS place
        FROM went w WHERE NOT EXISTS (SELECT FROM came c WHERE (c.named, c.nth) = (w.named, w.nth))
    ), moved AS (  -- other names at the same place
        SELECT o.named AS old_named, o.nth AS old_nth, n.named, n.nth
        FROM old o JOIN new n ON (coalesce(o.tab, ''), o.row, o.place) = (coalesce(n.tab, ''), n.row, n.place)
        WHERE {differing} <= {few}
    ), change AS (
        SELECT CASE WHEN w.row IS NULL THEN 'added' WHEN c.row IS NULL THEN 'removed' ELSE 'changed' END AS kind,
               {before}, {after}, coalesce(c.tab, w.tab) AS at_tab, coalesce(c.row, w.row) AS at_row
        FROM (SELECT w.*, coalesce(m.named, w.named) AS now, coalesce(m.nth, w.nth) AS now_nth
              FROM went w LEFT JOIN moved m ON (m.old_named, m.old_nth) = (w.named, w.nth)) w
        FULL JOIN came c ON (c.named, c.nth) = (w.now, w.now_nth)
        WHERE w.row IS NULL OR c.row IS NULL OR {differing_pair} > 0  -- equal when rows are only identified anew
    )
    SELECT counted.*, page.* FROM (
        SELECT count(*) FILTER (WHERE kind = 'changed') AS changed, count(*) FILTER (WHERE kind = 'added') AS added,
               count(*) FILTER (WHERE kind = 'removed') AS removed FROM change
    ) counted LEFT JOIN LATERAL (
        SELECT kind, {page} FROM change ORDER BY at_tab, at_row, kind DESC LIMIT %(limit)s OFFSET %(offset)s
    ) page ON true
""")
    .format(
        names=_columns("{name}", _NAMES),
        differing=_columns("(o.{name} IS DISTINCT FROM n.{name})::int", _CELLS, " + "),
        few=_FEW,
        differing_pair=_columns("(w.{name} IS DISTINCT FROM c.{name})::int", _CELLS, " + "),
        before=sql.SQL(", ").join(
            sql.SQL("w.{} AS {}").format(sql.Identifier(name), sql.Identifier(f"before_{name}")) for name in COLUMNS
        ),
        after=sql.SQL(", ").join(
            sql.SQL("c.{} AS {}").format(sql.Identifier(name), sql.Identifier(f"after_{name}")) for name in COLUMNS
        ),
        page=sql.SQL(", ").join(sql.Identifier(f"{when}_{name}") for when in ("before", "after") for name in COLUMNS),
    )
    .as_bytes()
)
