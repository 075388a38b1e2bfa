"""Rows are known by their content: which ones of a new content are new, and which of the old one are gone."""

from dataclasses import dataclass
from typing import LiteralString

import numpy as np
import numpy.typing as npt
import polars as pl
from psycopg import Cursor

from projections import row_hash

HASH_ALGORITHM = 3
"""3: `row_hash` over the content, columns in the given order. Rows that bear another number are written anew."""

_STORED = np.dtype([("high", ">i8"), ("low", ">i8"), ("occurrence", ">u4"), ("block", ">u4"), ("item", ">u2")])
_OPEN: LiteralString = """
    SELECT greatest(max(since), max(until)),
           coalesce(bool_or(algorithm <> %(algorithm)s) FILTER (WHERE until IS NULL), false),
           string_agg(int8send(high) || int8send(low) || int4send(occurrence) || tidsend(ctid), ''::bytea)
               FILTER (WHERE until IS NULL AND algorithm = %(algorithm)s)
    FROM performance WHERE workspace = %(workspace)s AND file_id = %(file_id)s
"""
"""One value instead of a row for each: a client needs longer to take half a million rows than to compare them."""


@dataclass(frozen=True)
class Stored:
    newest: int | None
    """Number of the newest revision that changed a row; None when the file has no rows."""
    others: bool
    """Whether open rows were identified by another algorithm."""
    rows: pl.DataFrame
    """Open rows: high, low, occurrence, and where they are (block, item), good until the transaction ends."""


@dataclass(frozen=True)
class Difference:
    added: pl.DataFrame
    """Rows, with their hash as `high` and `low`, and `occurrence`."""
    gone: list[str]
    """Places (ctid) of stored rows, good until the transaction ends."""


def stored(run: Cursor, about: dict[str, object]) -> Stored:
    """Look up what a file's open rows are known by."""
    answer = run.execute(_OPEN, about, binary=True).fetchone()
    assert answer is not None  # an aggregate gives one row
    newest, others, places = answer
    found = np.frombuffer(places or b"", _STORED)
    columns = {name: found[name].astype(found[name].dtype.newbyteorder("=")) for name in _STORED.names or ()}
    return Stored(newest, others, pl.DataFrame(columns))


def difference(rows: pl.DataFrame, standing: pl.DataFrame, content: tuple[str, ...]) -> Difference:
    """Compare rows with the open ones of a file. Equal rows are told apart by their order."""
    arrived = _identified(rows, content)
    if standing.is_empty():
        return Difference(arrived, [])
    known, met = _among(arrived, standing), _among(standing, arrived)
    gone = standing.filter(~met).select(pl.format("({},{})", "block", "item"))
    return Difference(arrived.filter(~known), gone.to_series().to_list())


def _among(rows: pl.DataFrame, others: pl.DataFrame) -> pl.Series:
    """Which rows are in others too: each half is looked up by itself, which takes a fraction of a join of both.

    A row that is not there would have to share one half with one row and the other half with another.
    """
    found = pl.repeat(value=True, n=rows.height, eager=True)
    for half, factor in (("high", 0x9E3779B97F4A7C15), ("low", 0xC2B2AE3D27D4EB4F)):
        keys = [one[half].to_numpy().view(np.uint64) + _number(one) * np.uint64(factor) for one in (rows, others)]
        found &= pl.Series(keys[0]).is_in(pl.Series(keys[1]).implode())
    return found


def _number(rows: pl.DataFrame) -> npt.NDArray[np.uint64]:
    return rows["occurrence"].cast(pl.UInt64).to_numpy()


def _identified(rows: pl.DataFrame, content: tuple[str, ...]) -> pl.DataFrame:
    high, low = row_hash.of(rows.select(content))
    found = rows.with_columns(high=pl.Series(high.view(np.int64)), low=pl.Series(low.view(np.int64)))
    number = pl.int_range(1, pl.len() + 1, dtype=pl.UInt32)
    repeated = found["high"].n_unique() < found.height
    return found.with_columns(occurrence=number.over("high", "low") if repeated else pl.lit(1, dtype=pl.UInt32))
