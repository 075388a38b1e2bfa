"""Many rows into a table at once, by COPY: as little text as says the same, for PostgreSQL reads every character."""

import io

import polars as pl
from psycopg import Cursor, sql

_DIGITS = 6
"""Of the decimals that are copied; see the reader's ROW_SCHEMA."""

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
"""The backslash first, for the others bring their own."""


def copy(run: Cursor, table: str, rows: pl.DataFrame) -> None:
    """Add rows to a table with columns of these names. Columns without any value are left out: they become null."""
    filled = [column for column in rows.get_columns() if column.null_count() < len(column)]
    text = io.BytesIO()
    pl.DataFrame([_short(_escaped(column)) for column in filled]).write_csv(
        text, include_header=False, separator="\t", quote_style="never", null_value="\\N"
    )
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in filled)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with run.copy(statement) as copying:
        copying.write(text.getbuffer())


def _escaped(column: pl.Series) -> pl.Series:
    """Text in which COPY finds no backslash, tab or end of a line of its own."""
    if column.dtype != pl.String:
        return column
    together = str(column.str.join("").item())
    for mark, written in _ESCAPES.items():
        if mark in together:
            column = column.str.replace_all(mark, written, literal=True)
    return column


def _short(column: pl.Series) -> pl.Series:
    """Decimals without the zeros at the end that all of them have."""
    if not isinstance(column.dtype, pl.Decimal):
        return column
    exact = column.to_physical()
    small = exact.cast(pl.Int64, strict=False)
    if small.null_count() > column.null_count():
        return column
    if (small % 10**_DIGITS == 0).all():
        return small // 10**_DIGITS
    return column.cast(pl.Decimal(38, 2)) if (small % 10 ** (_DIGITS - 2) == 0).all() else column
