"""A 128-bit hash of every row of a table, over whole columns at once.

Each column becomes words of 64 bits: the number itself (an amount in millionths, a day since 1970), or a text's UTF-8
bytes, eight to a word, least significant first, the last one filled with zeros. Every word is mixed with a seed of its
column and its place, twice, and both halves of the hash are sums of what comes out; last comes a word whose bits tell
which columns are absent. The result depends on the row's content and the order of columns alone, so it is the same on
every machine and with every version of the libraries. It is no defense against somebody who looks for equal hashes.
"""

from collections.abc import Iterator
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import polars as pl

Words = npt.NDArray[np.uint64]
_LONG = 256
"""Bytes from which on a text is taken by its SHA-256, so that one long cell does not slow the others down."""
_AT_ONCE = 1 << 15
"""Rows that are worked on together: their words stay in the processor's cache."""
_ALL = (1 << 64) - 1
_KEEP = np.array([(1 << (8 * count)) - 1 for count in range(9)], dtype=np.uint64)
_STEPS = ((0x9E3779B97F4A7C15, 32), (0xBF58476D1CE4E5B9, 29), (0xC2B2AE3D27D4EB4F, 31))
"""Odd factors and shifts, so that no step loses anything."""


def of(rows: pl.DataFrame) -> tuple[Words, Words]:
    """Hash rows of text (without NUL characters), dates, and decimals with six digits; high and low half."""
    halves = [_of(part) for part in rows.iter_slices(_AT_ONCE)] or [_of(rows)]
    high, low = zip(*halves, strict=True)
    return np.concatenate(high), np.concatenate(low)


def _of(rows: pl.DataFrame) -> tuple[Words, Words]:
    high, low = np.zeros(rows.height, np.uint64), np.zeros(rows.height, np.uint64)
    absent = np.zeros(rows.height, np.uint64)
    for number, column in enumerate(rows.get_columns()):
        if column.null_count():
            absent |= column.is_null().to_numpy().astype(np.uint64) << np.uint64(number)
        for place, (at, words) in enumerate(_words(column)):
            _add(high, low, at, words, _seed(number, place))
    _add(high, low, None, absent, _seed(len(rows.columns), 0))
    return high, low


def _words(column: pl.Series) -> Iterator[tuple[npt.NDArray[np.int64] | None, Words]]:
    """Words of a column, each with the rows that have one; None stands for all."""
    if column.null_count() == len(column):
        return
    present = None if column.null_count() == 0 else np.flatnonzero(column.is_not_null().to_numpy())
    values = column.drop_nulls()
    for at, words in _text(values) if column.dtype == pl.String else _number(values):
        yield (at if present is None else present if at is None else present[at]), words


def _number(values: pl.Series) -> Iterator[tuple[npt.NDArray[np.int64] | None, Words]]:
    exact = values.to_physical()
    whole = exact.cast(pl.Int64, strict=False)
    yield None, whole.fill_null(0).to_numpy().view(np.uint64)
    if whole.null_count():  # beyond 64 bits: their digits are one more text
        at = np.flatnonzero(whole.is_null().to_numpy())
        for within, words in _text(exact.gather(at).cast(pl.String)):
            yield (at if within is None else at[within]), words


def _text(values: pl.Series) -> Iterator[tuple[npt.NDArray[np.int64] | None, Words]]:
    lengths = values.str.len_bytes().to_numpy().astype(np.int64)
    if lengths.max(initial=0) >= _LONG:
        values = pl.Series([_shortened(text) for text in values], dtype=pl.String)
        lengths = values.str.len_bytes().to_numpy().astype(np.int64)
    together = str(values.str.join("").item()).encode() + bytes(8)
    at_any_byte = np.ndarray((len(together) - 7,), "<u8", together, strides=(1,))
    shortest = lengths.min(initial=_LONG)
    starts = np.cumsum(lengths) - lengths
    for begin in range(0, int(lengths.max(initial=0)), 8):
        at = None if shortest > begin else np.flatnonzero(lengths > begin)
        start, length = (starts, lengths) if at is None else (starts[at], lengths[at])
        yield at, at_any_byte[start + begin] & _KEEP[np.minimum(length - begin, 8)]


def _shortened(text: str) -> str:
    data = text.encode()
    return text if len(data) < _LONG else "\0" + sha256(data).hexdigest()


def _add(high: Words, low: Words, at: npt.NDArray[np.int64] | None, words: Words, seed: int) -> None:
    """Add the mixed words to one half, and mixed once more to the other."""
    found = words + np.uint64(seed)
    for total, (factor, shift) in zip((None, high, low), _STEPS, strict=True):
        found *= np.uint64(factor)
        found ^= found >> np.uint64(shift)
        if total is not None:
            total[slice(None) if at is None else at] += found


def _seed(column: int, place: int) -> int:
    """Any two differ in about half of their bits."""
    found = (column << 32) + place + 1
    for factor, shift in _STEPS:
        found = found * factor & _ALL
        found ^= found >> shift
    return found
