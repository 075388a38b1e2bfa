"""CSV and TSV: bytes of any encoding and separator to a grid of texts."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice

import polars as pl

from worker.sheets import headers
from worker.sheets.grid import HEAD_ROWS, Cells, Grid, Scalar, bare_cells, blank_to_null, text_cells
from worker.sheets.reading import UnreadableFile
from worker.sheets.shortened import NUMBER

csv.field_size_limit(16 * 1024 * 1024)

SMALL = 3 * 1024 * 1024
MAX_WIDTH = 2_000
MAX_CELLS = 60_000_000
_CHUNK = 50_000
_SAMPLE = 200
_PIECE = 1 << 20
_BEGINNING = 4 * _PIECE
"""Bytes in which the first lines are looked for: a quote that never ends would go on through all of a file."""
_CODE_PAGES = ("cp1252", "cp1250", "cp1251", "euc_jp", "gb18030", "euc_kr", "cp1254", "koi8_r")
"""The first one wins where several make sense."""
_SEPARATORS = ",;\t|"


def grid(data: bytes, *, name: str, again: Callable[[], bytes] | None = None) -> Grid:
    """Raises UnreadableFile when the bytes are no text. `again` reads a large file once more instead of keeping it."""
    text_bytes = to_utf8(data)
    separator = find_separator(text_bytes[:65_536].decode("utf-8", "replace"))
    if len(text_bytes) <= SMALL:
        return _small(text_bytes, separator, name)
    return _large(text_bytes, separator, name, again)


def to_utf8(data: bytes) -> bytes:
    """The same text as UTF-8 without byte order mark."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data[: len(data) // 2 * 2].decode("utf-16", "replace").encode()
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    sample = data[:4096]
    first, second = sample[0::2].count(0), sample[1::2].count(0)
    if sample.count(0) > len(sample) // 4 and 8 * min(first, second) < max(first, second):  # programs: anywhere
        codec = "utf-16-be" if first > second else "utf-16-le"
        return data[: len(data) // 2 * 2].decode(codec, "replace").encode()
    if b"\0" in sample:
        raise UnreadableFile("not_a_spreadsheet", "This file is no table: it holds binary data, not text or cells.")
    return data if _is_utf8(data) else data.decode(legacy_encoding(data), "replace").encode()


def _is_utf8(data: bytes) -> bool:
    """Checked piece by piece: a decoded copy of a large file would need several times its size."""
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _PIECE):
            decoder.decode(view[start : start + _PIECE], final=start + _PIECE >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def legacy_encoding(data: bytes) -> str:
    """The code page of text that is not UTF-8: the one in which most headers are known words."""
    sample = data[:200_000]
    if _is_shift_jis(sample):
        return "cp932"
    if _has_cyrillic_words(sample):
        return "cp1251"
    beginning = b"\n".join(sample.splitlines()[:12])
    return max(_CODE_PAGES, key=lambda codec: _known_words(beginning, codec))


def _known_words(beginning: bytes, codec: str) -> float:
    try:
        text = beginning.decode(codec)
    except UnicodeDecodeError:
        return -1.0
    cells = {cell.strip(' "') for cell in re.split(r"[,;\t\n]", text) if 0 < len(cell) < 60}
    return sum(found.sure for cell in cells if (found := headers.match(cell)).field != "other")


def _is_shift_jis(sample: bytes) -> bool:
    try:
        text = sample[: len(sample) - 1 if len(sample) == 200_000 else None].decode("cp932")
    except UnicodeDecodeError:
        return False
    japanese = sum("\u3040" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff" for char in text)
    half_width = sum("\uff61" <= char <= "\uff9f" for char in text)
    return japanese > 3 and japanese > half_width


def _has_cyrillic_words(sample: bytes) -> bool:
    """Western text has single accented letters in a word, Cyrillic words are runs of them."""
    high = sum(byte >= 0x80 for byte in sample)
    if high <= 40 or sum(byte >= 0xC0 for byte in sample) <= 0.85 * high:
        return False
    runs, length = 0, 0
    for byte in sample:
        length = length + 1 if byte >= 0xC0 else 0
        runs += length == 3
    return runs > 3


def find_separator(sample: str) -> str:
    """The sign that splits most lines into the same number of fields."""
    lines = [line for line in sample.splitlines()[:200] if line.strip()]
    if sample and not sample.endswith("\n") and len(lines) > 2:
        lines = lines[:-1]

    def fit(separator: str) -> float:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        wide = [width for width in widths if width > 1]
        if not wide:
            return 0.0
        usual = max(set(wide), key=lambda width: (wide.count(width), width))
        # A semicolon or tab is rarely part of a text, a comma sits inside numbers, a bar inside names.
        rare = 1.2 if separator in ";\t" else 1.0
        return rare * wide.count(usual) / len(widths) * usual**0.5

    if sample[:4] == "sep=" and sample[4:5] in _SEPARATORS:
        return sample[4]
    best = max(_SEPARATORS, key=fit)
    return best if fit(best) else ","


def _records(data: bytes | memoryview, separator: str) -> Iterator[list[str]]:
    """Decoded as they are read: a text of all of it would take several times its room."""
    return csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8", "replace", newline=""), delimiter=separator)


def _small(data: bytes, separator: str, name: str) -> Grid:
    try:
        rows = list(_records(data, separator))
    except csv.Error as error:
        raise UnreadableFile("damaged", f"{name} is damaged: {error}. Export it again and replace the file.") from error
    width = max(map(len, rows), default=0)
    _check_size(len(rows), width, name)

    def load(indices: set[int]) -> dict[int, Cells]:
        return {i: text_cells(row[i] if i < len(row) else None for row in rows) for i in indices}

    return Grid("", visible=True, height=len(rows), width=width, head=_head(rows), load=load, separator=separator)


def _head(rows: list[list[str]]) -> list[list[Scalar]]:
    return [[cell.strip(" \t\r\n\u00a0\u200b\ufeff") or None for cell in row] for row in rows[:HEAD_ROWS]]


def _large(data: bytes, separator: str, name: str, again: Callable[[], bytes] | None) -> Grid:
    """One pass of polars over the needed columns; lines that are longer than the first ones take the slow path."""
    first = list(islice(_records(memoryview(data)[:_BEGINNING], separator), 2_000))
    width = max(map(len, first), default=1)
    height = _line_ends(data) + 1
    _check_size(height, width, name)

    fetch: Callable[[], bytes] = (lambda: data) if again is None else (lambda: to_utf8(again()))

    def load(indices: set[int]) -> dict[int, Cells]:
        source = fetch()
        try:
            frame = _scan(source, separator, width, sorted(indices))
        except pl.exceptions.PolarsError:
            frame = _ragged(source, separator, name, indices)
        del source  # the columns below may need its room
        return {i: _cells(frame[str(i)]) for i in indices}

    return Grid("", visible=True, height=height, width=width, head=_head(first), load=load, separator=separator)


def _line_ends(data: bytes) -> int:
    """Counted by comparing: looking for one after the other takes twice as long."""
    import numpy as np  # its start-up takes longer than reading a small file

    pieces = (np.frombuffer(data, np.uint8, min(_PIECE, len(data) - at), at) for at in range(0, len(data), _PIECE))
    return sum(int(np.count_nonzero(piece == ord("\n"))) for piece in pieces)


def _cells(text: pl.Series) -> Cells:
    """A text that is a number as it stands has no blanks around it, so a column of numbers is looked at once."""
    sample = text.slice(1, _SAMPLE)
    if 2 * sample.cast(NUMBER, strict=False).null_count() > len(sample):
        return bare_cells(text)
    plain = text.cast(NUMBER, strict=False)
    if plain.null_count() > text.null_count():
        rest = (text.is_not_null() & plain.is_null()).arg_true()
        odd = text.gather(rest)
        bare = blank_to_null(odd)
        if bare is not odd:
            text, plain = text.scatter(rest, bare), plain.scatter(rest, bare.cast(NUMBER, strict=False))
    return Cells(text, plain=plain)


def _scan(data: bytes, separator: str, width: int, indices: list[int]) -> pl.DataFrame:
    """Polars fills short lines, keeps blank ones and fails on long ones."""
    schema = {str(i): pl.String for i in range(width)}
    lines = pl.scan_csv(
        io.BytesIO(data), has_header=False, schema=schema, missing_columns="insert", separator=separator
    )
    return lines.select([str(i) for i in indices]).collect()


def _ragged(data: bytes, separator: str, name: str, indices: set[int]) -> pl.DataFrame:
    """Lines of unequal length, or quotes that only a forgiving reader understands: in chunks, to save memory."""
    frames: list[pl.DataFrame] = []
    rows = _records(data, separator)
    try:
        while chunk := list(islice(rows, _CHUNK)):
            columns = {str(i): [row[i] if i < len(row) else None for row in chunk] for i in sorted(indices)}
            frames.append(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))
    except csv.Error as error:
        raise UnreadableFile("damaged", f"{name} is damaged: {error}. Export it again and replace the file.") from error
    return pl.concat(frames)


def _check_size(height: int, width: int, name: str) -> None:
    if width > MAX_WIDTH or height * width > MAX_CELLS:
        raise UnreadableFile(
            "too_large",
            f"{name} has {height:,} rows and {width:,} columns, more than can be read at once. "
            "Export fewer columns or a shorter period.",
        )
