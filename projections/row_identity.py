"""Rows are known by their content: which ones of a new content are new, and which of the old one are gone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import LiteralString

import numpy as np
import numpy.typing as npt
import polars as pl
from psycopg import Cursor

from projections import row_hash
from projections.row_names import Named

Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Lookup = Callable[[Numbers, Numbers], Places]
HASH_ALGORITHM = 3
"""3: `row_hash` over the content, columns in the given order. Rows that bear another number are written anew."""

IDENTITY = np.dtype([("high", ">i8"), ("low", ">i8")])
"""The hash; of the nth of equal rows, each half with n - 1 times a number of its own added."""
_FACTORS = {"high": 0x9E3779B97F4A7C15, "low": 0xC2B2AE3D27D4EB4F}
_STORED: LiteralString = """
    SELECT id, since, newest_gone, algorithm = %(algorithm)s, gone,
           CASE WHEN algorithm = %(algorithm)s THEN identities ELSE '' END
    FROM performance_content c, LATERAL (
        SELECT count(*) AS n_gone, max(until) AS newest_gone, string_agg(int4send(number), ''::bytea) AS gone
        FROM performance_gone g WHERE g.content = c.id) g
    WHERE workspace = %(workspace)s AND file_id = %(file_id)s
"""


@dataclass(frozen=True)
class Stored:
    newest: int | None
    """Number of the newest revision that changed a row; None when the file has no rows."""
    others: bool
    """Whether there are rows that were identified by another algorithm."""
    rows: pl.DataFrame
    """Rows that stand: high, low, and where they are (content, number)."""


def stored(run: Cursor, about: dict[str, object]) -> Stored:
    """Look up what the rows of a file's newest content are known by."""
    contents = run.execute(_STORED, about, binary=True).fetchall()
    numbers = [number for _, since, gone, *_ in contents for number in (since, gone) if number is not None]
    others = not all(same for _, _, _, same, *_ in contents)
    standing = [_standing(content, identities, gone or b"") for content, _, _, _, gone, identities in contents]
    return Stored(max(numbers, default=None), others, pl.concat([_standing(0, b"", b""), *standing]))


def _standing(content: int, identities: bytes, gone: bytes) -> pl.DataFrame:
    known = np.frombuffer(identities, IDENTITY)
    there = np.ones(len(known), bool)
    there[np.frombuffer(gone, ">i4") if identities else []] = False
    halves = {half: known[half][there].astype("i8") for half in ("high", "low")}
    found = pl.DataFrame({**halves, "number": np.flatnonzero(there).astype("i4")})
    return found.with_columns(content=pl.lit(content, pl.Int32))


def packed(rows: pl.DataFrame) -> bytes:
    """What rows are known by, as it is stored with their content."""
    known = np.empty(rows.height, IDENTITY)
    known["high"], known["low"] = rows["high"].to_numpy(), rows["low"].to_numpy()
    return known.tobytes()


def identified(rows: pl.DataFrame, named: Named, content: tuple[str, ...]) -> pl.DataFrame:
    """Rows with what they are known by, as `high` and `low`. Equal rows are told apart by their order."""
    high, low = row_hash.of(rows.select(set(content) - set(named.names.columns)), content, (named.names, named.of))
    found = rows.with_columns(high=pl.Series(high.view(np.int64)), low=pl.Series(low.view(np.int64)))
    if (np.diff(np.sort(high)) != 0).all():
        return found
    nth = found.select(pl.int_range(pl.len(), dtype=pl.UInt64).over("high", "low")).to_series().to_numpy()
    return found.with_columns(
        pl.Series(half, (found[half].to_numpy().view(np.uint64) + nth * np.uint64(factor)).view(np.int64))
        for half, factor in _FACTORS.items()
    )


def compare(rows: pl.DataFrame, others: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Which rows are in others too, and which others are in rows.

    Should two have one high half, one of them may count as another row: it is written once more, and nothing is lost.
    """
    mine, theirs = ([frame[half].to_numpy() for half in ("high", "low")] for frame in (rows, others))
    known, met = np.zeros(rows.height, bool), np.zeros(others.height, bool)
    for places in _LOOKUPS:
        left, right = np.flatnonzero(~known), np.flatnonzero(~met)
        known[left], met[right] = _met([half[left] for half in mine], [half[right] for half in theirs], places)
    return pl.Series(known), pl.Series(met)


def _met(mine: list[Numbers], theirs: list[Numbers], places: Lookup) -> tuple[Mask, Mask]:
    known, met = np.zeros(len(mine[0]), bool), np.zeros(len(theirs[0]), bool)
    if len(known) and len(met):
        at = places(mine[0], theirs[0])
        known = (theirs[0][at] == mine[0]) & (theirs[1][at] == mine[1])
        met[at[known]] = True
    return known, met


def _by_place(sought: Numbers, there: Numbers) -> Places:
    """Where each number is when the rows before it are the same."""
    return np.minimum(np.arange(len(sought), dtype=np.int32), len(there) - 1)


def _by_slot(sought: Numbers, there: Numbers, skipped: int) -> Places:
    """Where each number may be: of those that have the bits after `skipped` ones in common, the last one is found."""
    bits = len(there).bit_length() + 1
    slots = np.zeros(1 << bits, np.int32)
    slots[_bits(there, skipped, bits)] = np.arange(len(there), dtype=np.int32)
    return slots[_bits(sought, skipped, bits)]


def _bits(numbers: Numbers, skipped: int, bits: int) -> npt.NDArray[np.uint64]:
    return (numbers.view(np.uint64) << np.uint64(skipped)) >> np.uint64(64 - bits)


def _by_order(sought: Numbers, there: Numbers) -> Places:
    """Where each number is, if anywhere: sorting takes longer, and misses none."""
    order = np.argsort(there)
    return order[np.minimum(np.searchsorted(there, sought, sorter=order), len(there) - 1)].astype(np.int32)


_LOOKUPS: tuple[Lookup, ...] = (_by_place, *(partial(_by_slot, skipped=bits) for bits in (0, 20, 40)), _by_order)
"""Quickest first: each is asked about the rows that are left."""
