"""Rows are known by their content: which ones of a new content are new, and which of the old one are gone."""

from dataclasses import dataclass
from typing import LiteralString

import numpy as np
import polars as pl
from psycopg import Cursor

from projections import row_hash
from projections.row_names import Named

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
    """Which rows are in others too, and which others are in rows: by their order, which is quicker than looking up.

    Should two have one high half, one of them may count as another row: it is written once more, and nothing is lost.
    """
    known, met = np.zeros(rows.height, bool), np.zeros(others.height, bool)
    if rows.height and others.height:
        mine, theirs = np.argsort(rows["high"].to_numpy()), np.argsort(others["high"].to_numpy())
        sought, there = rows["high"].to_numpy()[mine], others["high"].to_numpy()[theirs]
        near = np.minimum(np.searchsorted(there, sought), len(there) - 1)
        at = theirs[near]
        same = (there[near] == sought) & (others["low"].to_numpy()[at] == rows["low"].to_numpy()[mine])
        known[mine], met[at[same]] = same, True
    return pl.Series(known), pl.Series(met)
