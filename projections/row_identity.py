"""Rows are known by their content: which ones of a new content are new, and which of the old one are gone."""

from dataclasses import dataclass
from hashlib import sha256
from typing import LiteralString

import numpy as np
import polars as pl
from psycopg import Cursor

HASH_ALGORITHM = 2
"""2: first 128 bits of sha256 over the content as text, columns in the given order.

NUL parts them and begins one that is absent, for no text holds it.
"""

_KEY = ["high", "low", "occurrence"]
_PAIR = np.dtype([("high", ">u8"), ("low", ">u8")])
_STORED = np.dtype([
    ("high", ">u8"), ("low", ">u8"), ("occurrence", ">u4"), ("block", ">u4"), ("item", ">u2")
])  # fmt: skip
_OPEN: LiteralString = """
    SELECT string_agg(uuid_send(identity) || int4send(occurrence) || tidsend(ctid), ''::bytea) FROM performance
    WHERE workspace = %(workspace)s AND file_id = %(file_id)s AND until IS NULL AND algorithm = %(algorithm)s
"""
"""One value instead of a row for each: a client needs longer to take half a million rows than to compare them."""


@dataclass(frozen=True)
class Difference:
    added: pl.DataFrame
    """Rows, with `identity` as 32 hexadecimal digits and `occurrence`."""
    gone: list[str]
    """Places (ctid) of stored rows, good until the transaction ends."""


def difference(run: Cursor, about: dict[str, object], rows: pl.DataFrame, content: tuple[str, ...]) -> Difference:
    """Compare rows with the open ones of a file. Equal rows are told apart by their order."""
    arrived, stored = _identified(rows, content), _stored(run, about)
    if stored.is_empty():
        return Difference(arrived.drop("high", "low"), [])
    added = arrived.join(stored, on=_KEY, how="anti", maintain_order="left")
    gone = stored.join(arrived, on=_KEY, how="anti").select(pl.format("({},{})", "block", "item")).to_series().to_list()
    return Difference(added.drop("high", "low"), gone)


def _identified(rows: pl.DataFrame, content: tuple[str, ...]) -> pl.DataFrame:
    parts = [pl.col(name).cast(pl.String).fill_null("\0") for name in content]
    texts = rows.select(pl.concat_str(parts, separator="\0")).to_series().to_list()
    digits = [sha256(text.encode()).hexdigest()[:32] for text in texts]
    pairs = np.frombuffer(bytes.fromhex("".join(digits)), _PAIR)
    found = rows.with_columns(
        pl.Series("identity", digits, dtype=pl.String),
        high=pl.Series(pairs["high"].astype(np.uint64)),
        low=pl.Series(pairs["low"].astype(np.uint64)),
    )
    number = pl.int_range(1, pl.len() + 1, dtype=pl.UInt32)
    repeated = found["high"].n_unique() < found.height
    return found.with_columns(occurrence=number.over("high", "low") if repeated else pl.lit(1, dtype=pl.UInt32))


def _stored(run: Cursor, about: dict[str, object]) -> pl.DataFrame:
    answer = run.execute(_OPEN, about, binary=True).fetchone()
    found = np.frombuffer(answer[0] or b"" if answer else b"", _STORED)
    return pl.DataFrame({name: found[name].astype(found[name].dtype.newbyteorder("=")) for name in _STORED.names or ()})
