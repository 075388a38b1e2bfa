"""A 128-bit hash of every row of a table, over whole columns at once.

Each column becomes words of 64 bits: the number itself (an amount in millionths, a day since 1970), or a text's UTF-8
bytes, eight to a word, least significant first, the last one filled with zeros. Every word is mixed with a seed of its
column and its place, twice, and both halves of the hash are sums of what comes out; last comes a word whose bits tell
which columns are absent. The result depends on the row's content and the order of columns alone, so it is the same on
every machine and with every version of the libraries. It is no defense against somebody who looks for equal hashes.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import polars as pl

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int32]
At = slice | npt.NDArray[np.int64]
"""Rows that stand together, or any."""
_LONG = 256
"""Bytes from which on a text is taken by its SHA-256, so that one long cell does not slow the others down."""
_AT_ONCE = 1 << 15
"""Rows that are worked on together: their words stay in the processor's cache."""
_ALL = (1 << 64) - 1
_KEEP = np.array([(1 << (8 * count)) - 1 for count in range(9)], dtype=np.uint64)
_STEPS = ((0x9E3779B97F4A7C15, 32), (0xBF58476D1CE4E5B9, 29), (0xC2B2AE3D27D4EB4F, 31))
"""Odd factors and shifts, so that no step loses anything."""


def of(
    rows: pl.DataFrame, order: Sequence[str] | None = None, shared: tuple[pl.DataFrame, Places] | None = None
) -> tuple[Words, Words]:
    """Hash rows of text (without NUL characters), dates, and decimals with six digits; high and low half.

    `order` names all columns as they count. Those that stand in `shared` are hashed once for each of its rows; its
    second part says which of them belongs to which row.
    """
    order = order or rows.columns
    total = _sums(rows, order)
    if shared is not None:
        sums, places = _sums(shared[0], order), shared[1]
        total = [own + more[places] for own, more in zip(total, sums, strict=True)]
    high, low, absent = total
    for at in _parts(rows.height):
        _add(high, low, at, absent[at], _seed(len(order), 0))
    return high, low


def _sums(rows: pl.DataFrame, order: Sequence[str]) -> list[Words]:
    """High and low half of these columns, and which of them are absent."""
    high, low, absent = (np.zeros(rows.height, np.uint64) for _ in range(3))
    for column in rows.get_columns():
        number = order.index(column.name)
        if column.null_count():
            absent |= column.is_null().to_numpy().astype(np.uint64) << np.uint64(number)
        for place, at, words in _words(column):
            _add(high, low, at, words, _seed(number, place))
    return [high, low, absent]


def _words(column: pl.Series) -> Iterator[tuple[int, At, Words]]:
    """Words of a column, each with its place in the cell and the rows that have one."""
    if column.null_count() == len(column):
        return
    present = None if column.null_count() == 0 else np.flatnonzero(column.is_not_null().to_numpy())
    values = column.drop_nulls()
    for place, at, words in _text(values) if column.dtype == pl.String else _number(values):
        yield place, (at if present is None else present[at]), words


def _number(values: pl.Series) -> Iterator[tuple[int, At, Words]]:
    exact = values.to_physical()
    whole = exact.cast(pl.Int64, strict=False)
    words = whole.fill_null(0).to_numpy().view(np.uint64)
    for at in _parts(len(words)):
        yield 0, at, words[at]
    if whole.null_count():  # beyond 64 bits: their digits are one more text
        beyond = np.flatnonzero(whole.is_null().to_numpy())
        for place, at, words in _text(exact.gather(beyond).cast(pl.String)):
            yield place + 1, beyond[at], words


def _text(values: pl.Series) -> Iterator[tuple[int, At, Words]]:
    lengths = values.str.len_bytes().to_numpy().astype(np.int64)
    if lengths.max(initial=0) >= _LONG:
        values = pl.Series([_shortened(text) for text in values], dtype=pl.String)
        lengths = values.str.len_bytes().to_numpy().astype(np.int64)
    together = str(values.str.join("").item()).encode() + bytes(8)
    at_any_byte = np.ndarray((len(together) - 7,), "<u8", together, strides=(1,))
    starts = np.cumsum(lengths) - lengths
    for part in _parts(len(lengths)):
        for begin in range(0, int(lengths[part].max()), 8):
            at = part if lengths[part].min() > begin else part.start + np.flatnonzero(lengths[part] > begin)
            left = lengths[at] - begin
            words = at_any_byte[starts[at] + begin]
            yield begin // 8, at, words if left.min() >= 8 else words & _KEEP[np.minimum(left, 8)]


def _parts(count: int) -> Iterator[slice]:
    return (slice(begin, min(begin + _AT_ONCE, count)) for begin in range(0, count, _AT_ONCE))


def _shortened(text: str) -> str:
    data = text.encode()
    return text if len(data) < _LONG else "\0" + sha256(data).hexdigest()


def _add(high: Words, low: Words, at: At, words: Words, seed: int) -> None:
    """Add the mixed words to one half, and mixed once more to the other."""
    found = words + np.uint64(seed)
    for total, (factor, shift) in zip((None, high, low), _STEPS, strict=True):
        found *= np.uint64(factor)
        found ^= found >> np.uint64(shift)
        if total is not None:
            total[at] += found


def _seed(column: int, place: int) -> int:
    """Any two differ in about half of their bits."""
    found = (column << 32) + place + 1
    for factor, shift in _STEPS:
        found = found * factor & _ALL
        found ^= found >> shift
    return found
