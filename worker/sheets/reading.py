"""What the reader makes of a file: typed rows, and an account of every cell that did not become one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

import polars as pl

METRICS = ("spend", "budget", "impressions", "clicks", "conversions", "revenue")
DIMENSIONS = ("campaign", "channel", "placement", "ad_group", "ad")

_NUMBER = pl.Decimal(38, 6)
ROW_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "tab": pl.String,
    "row": pl.UInt32,  # 1-based row of the sheet, as a person sees it
    "campaign": pl.String,
    "channel": pl.String,
    "placement": pl.String,
    "ad_group": pl.String,
    "ad": pl.String,
    "date": pl.Date,  # one day, or the first day of the row's week or month
    "start_date": pl.Date,
    "end_date": pl.Date,  # last day, inclusive
    "spend": _NUMBER,
    "budget": _NUMBER,
    "impressions": _NUMBER,  # plans hold fractional impressions, platforms fractional conversions
    "clicks": _NUMBER,
    "conversions": _NUMBER,
    "revenue": _NUMBER,
    "currency": pl.String,
}
"""Columns of `Reading.rows`. Absent values are null; null is never zero."""


@dataclass(frozen=True)
class Pins:
    """What a person decided about a file, stronger than anything the reader concludes."""

    tab: str | None = None
    """The one tab whose rows count."""
    header_row: int | None = None
    """1-based; 0 says that there is no header."""
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Header as written, or column letter, to field; "other" takes a column out."""
    currency: str | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    decimal: Literal[".", ","] | None = None
    is_campaign: bool = False
    """Whether tables with amounts count when none looks like advertising."""


@dataclass(frozen=True)
class Column:
    index: int
    header: str
    field: str
    """One of METRICS, DIMENSIONS, date, start_date, end_date, currency, or "other"; "spend@tv" in wide tables."""
    sure: float
    why: str
    letters: str = ""
    """Of the column in its sheet: A, B ... AA."""


@dataclass(frozen=True)
class Table:
    tab: str
    header_rows: tuple[int, ...]
    """1-based; empty when the table has no header."""
    first_data_row: int
    columns: tuple[Column, ...]
    layout: Literal["long", "wide"]
    date_format: str | None
    decimal: Literal[".", ","]
    currency: str | None
    currency_from: str | None
    used: bool
    """False for a copy, an alternative or a hidden tab: read, but its rows do not count."""
    why: str
    n_rows: int


@dataclass(frozen=True)
class Quarantined:
    """A cell that should hold a value and does not. Its row is stored without it."""

    tab: str
    row: int
    cell: str
    field: str
    raw: str
    problem: str


@dataclass(frozen=True)
class Dropped:
    """A row that is no data: a total, a subtotal, a note."""

    tab: str
    row: int
    why: str
    text: str


@dataclass(frozen=True)
class Reading:
    name: str
    is_campaign: bool
    score: float
    """0 to 1: how much the file looks like a campaign file."""
    reasons: tuple[str, ...]
    kind: Literal["actuals", "plan", "mixed"]
    tables: tuple[Table, ...]
    rows: pl.DataFrame
    """In ROW_SCHEMA."""
    quarantined: tuple[Quarantined, ...]
    dropped: tuple[Dropped, ...]
    warnings: tuple[str, ...]
    currency: str | None
    non_additive: tuple[str, ...] = field(default=())
    """Metrics whose rows must not be added up: daily budgets, values repeated per row."""

    def sums(self) -> dict[str, Decimal | None]:
        """Sum of each metric over the rows; None when the file has no such column or it may not be added."""
        result: dict[str, Decimal | None] = {}
        for metric in METRICS:
            column = self.rows[metric].drop_nulls()
            absent = column.is_empty() or metric in self.non_additive
            result[metric] = None if absent else Decimal(column.sum())
        return result


class UnreadableFile(Exception):
    """The file is no table that can be read. The message says what is wrong and what to do; `code` is stable.

    Codes: not_a_spreadsheet, damaged, protected, too_large, no_table, pinned_tab.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
