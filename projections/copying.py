"""Many rows into a table at once, by binary COPY, made column by column: a loop over rows costs more than the copy.

On the wire a row is its texts, then its values that are absent in some rows, then all others as one record. Eight bytes
of a text are written at a time: what goes beyond its end is overwritten by the field that comes next.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from psycopg import Cursor, sql

Numbers = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Part = tuple[str, Numbers | int]
"""Of a record: how it stands there, and its values, one for each row or one for all."""
_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_AT_ONCE = 1 << 14
"""Rows that are worked on together: they stay in the processor's cache."""
_EPOCH = 10_957
"""Days from 1970 to 2000, where PostgreSQL begins to count."""
_MILLION = 10**6
"""Decimals come in millionths; see the reader's ROW_SCHEMA."""
_NEGATIVE = 0x4000


def copy(run: Cursor, table: str, rows: pl.DataFrame) -> None:
    """Add rows to a table with columns of these names: text, date, integer (of 32 bits) and numeric.

    At least one column that is no text holds a value in every row.
    """
    filled = [column for column in rows.get_columns() if column.null_count() < len(column)]
    filled.sort(key=lambda column: (column.dtype != pl.String, column.null_count() == 0))
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in filled)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(sql.Identifier(table), names)
    with run.copy(statement) as copying:
        copying.write(_BEGIN)
        for part in pl.DataFrame(filled).iter_slices(_AT_ONCE):
            copying.write(_encoded(part).data)
        copying.write(_END)


def _encoded(rows: pl.DataFrame) -> Bytes:
    sparse = [_Sparse(column) for column in rows.get_columns() if column.dtype != pl.String and column.null_count()]
    fields = [*(_Text(column) for column in rows.get_columns() if column.dtype == pl.String), *sparse]
    full = _record([column for column in rows.get_columns() if column.dtype != pl.String and not column.null_count()])
    sizes = sum((field.sizes for field in fields), np.full(rows.height, 2 + full.itemsize, np.int64))
    ends = np.cumsum(sizes)
    wire = np.empty(int(ends[-1]) + 8, np.uint8)
    at = ends - sizes
    _at_any_byte(wire, ">i2")[at] = rows.width
    at += 2
    for field in fields:
        field.write(wire, at)
        at += field.sizes
    _at_any_byte(wire, full.dtype.str)[at] = full
    return wire[: int(ends[-1])]


class _Text:
    def __init__(self, column: pl.Series) -> None:
        self.lengths = column.str.len_bytes().cast(pl.Int64).fill_null(-1).to_numpy()
        self.bytes = np.maximum(self.lengths, 0)
        self.sizes = self.bytes + 4
        self.together = np.frombuffer(str(column.str.join("").item()).encode() + bytes(8), np.uint8)

    def write(self, wire: Bytes, at: Numbers) -> None:
        _at_any_byte(wire, ">i4")[at] = self.lengths
        target, source = _at_any_byte(wire, "<u8"), _at_any_byte(self.together, "<u8")
        to, start, left = at + 4, np.cumsum(self.bytes) - self.bytes, self.lengths
        while len(left):
            if left.min() <= 0:
                more = np.flatnonzero(left > 0)
                to, start, left = to[more], start[more], left[more]
            target[to] = source[start]
            to, start, left = to + 8, start + 8, left - 8


class _Sparse:
    def __init__(self, column: pl.Series) -> None:
        self.present = column.is_not_null().to_numpy()
        self.values = _record([column.drop_nulls()])
        self.sizes = np.where(self.present, self.values.itemsize, 4)

    def write(self, wire: Bytes, at: Numbers) -> None:
        _at_any_byte(wire, ">i4")[at[~self.present]] = -1
        _at_any_byte(wire, self.values.dtype.str)[at[self.present]] = self.values


def _at_any_byte(data: Bytes, dtype: str) -> npt.NDArray[Any]:
    """The same memory as numbers that begin at any of its bytes."""
    return np.ndarray((max(0, len(data) - np.dtype(dtype).itemsize + 1),), dtype, data, strides=(1,))


def _record(columns: Sequence[pl.Series]) -> npt.NDArray[np.void]:
    """Every row's values, each with its length before it, as one run of bytes."""
    parts = [part for column in columns for part in _parts(column)]
    kind = np.dtype([(str(place), kind) for place, (kind, _) in enumerate(parts)])
    alike = np.zeros((), kind)
    for place, (_, values) in enumerate(parts):
        alike[str(place)] = values if isinstance(values, int) else 0
    whole = np.full(len(columns[0]), alike.view(f"V{kind.itemsize}"))  # as bytes, for field by field takes far longer
    found = whole.view(kind)
    for place, (_, values) in enumerate(parts):
        if not isinstance(values, int):
            found[str(place)] = values
    return whole


def _parts(column: pl.Series) -> list[Part]:
    if isinstance(column.dtype, pl.Decimal):
        return _numeric(column.to_physical())
    values = column.to_physical().to_numpy()
    return [(">i4", 4), (">i4", values - _EPOCH if column.dtype == pl.Date else values)]


def _numeric(millionths: pl.Series) -> list[Part]:
    """PostgreSQL's numeric: groups of four digits, as many before and behind the point as any of the values needs."""
    small = millionths.cast(pl.Int64, strict=False)
    values = np.array(millionths.to_list(), object) if small.null_count() else small.to_numpy()
    negative = values < 0
    sign = negative * _NEGATIVE if negative.any() else 0
    values = np.abs(values)
    whole = values // _MILLION
    behind, scale = _behind_the_point((values - whole * _MILLION).astype(np.int64))
    groups = [*_before_the_point(whole), *behind]
    weight = len(groups) - len(behind) - 1
    header: list[Part] = [
        (">i4", 8 + 2 * len(groups)), (">i2", len(groups)), (">i2", weight), (">u2", sign), (">i2", scale),
    ]  # fmt: skip
    return [*header, *((">i2", group) for group in groups)]


def _before_the_point(whole: npt.NDArray[Any]) -> list[Numbers]:
    higher = whole // 10_000
    groups = _before_the_point(higher) if higher.any() else []
    return [*groups, (whole - higher * 10_000).astype(np.int64)]


def _behind_the_point(part: Numbers) -> tuple[list[Numbers], int]:
    """Groups, and how many digits they give."""
    if not part.any():
        return [], 0
    hundreds = part // 100
    rest = part - hundreds * 100
    return ([hundreds, rest * 100], 6) if rest.any() else ([hundreds], 4)
