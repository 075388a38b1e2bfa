"""Small tables in the shape that the reader gives."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from worker.sheets.reading import ROW_SCHEMA

START = date(2026, 1, 5)  # a Monday


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows by column name; what is left out is null, `row` counts from 2, `tab` is Data."""
    full = [{"tab": "Data", "row": number, **row} for number, row in enumerate(rows, start=2)]
    return pl.DataFrame(full, schema=dict(ROW_SCHEMA), orient="row")


def days(spends: Sequence[int], **columns: Any) -> pl.DataFrame:
    """One row a day from START on."""
    return table(
        *(
            {"date": START + timedelta(days=day), "spend": Decimal(spend), "channel": "Search", **columns}
            for day, spend in enumerate(spends)
        )
    )
