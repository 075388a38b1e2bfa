"""Old binary workbooks (XLS): is it safe to let the parser make room for what the file says it holds?

The parser reserves memory for the area that a sheet declares and for every cell up to the farthest one. In a damaged
file these are any numbers, so the records are looked through first.
"""

import struct
from collections.abc import Iterator

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_FATS = 109
_SMALL_SECTOR = 64
_FREE = 0xFFFF_FFFA
"""Sector numbers from here up mark ends and gaps of chains."""
_BEGIN, _DIMENSIONS, _MANY = 0x0809, 0x0200, {0x00BD, 0x00BE}
_CELLS = {0x0006, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E} | _MANY


class Broken(Exception):
    """The file contradicts itself."""


def largest_area(data: bytes) -> int:
    """Cells of the largest sheet, as the parser would make room for them. Raises Broken."""
    try:
        return max((_area(stream) for stream in _streams(data)), default=0)
    except (struct.error, IndexError, OverflowError) as error:
        raise Broken from error


def _area(stream: bytes) -> int:
    largest = rows = columns = 0
    place = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        place += 4
        if kind == _BEGIN:
            rows = columns = 0
        elif kind == _DIMENSIONS:
            largest = max(largest, _declared(stream[place : place + size]))
        elif kind in _CELLS and size >= 6:
            row, column = struct.unpack_from("<HH", stream, place)
            if kind in _MANY:
                (column,) = struct.unpack_from("<H", stream, place + size - 2)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            largest = max(largest, rows * columns)
        place += size
    return largest


def _declared(record: bytes) -> int:
    if len(record) < 10:
        return 0
    rows = struct.unpack_from("<II" if len(record) >= 14 else "<HH", record)
    columns = struct.unpack_from("<HH", record, 8 if len(record) >= 14 else 4)
    if rows[1] < rows[0] or columns[1] < columns[0]:
        raise Broken
    return (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1)


def _streams(data: bytes) -> Iterator[bytes]:
    """The streams of a compound file that hold sheets."""
    if not data.startswith(_SIGNATURE):
        raise Broken
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if size not in {512, 4096}:
        raise Broken
    table = _table(data, size)
    directory = _chain(data[size:], size, table, struct.unpack_from("<I", data, 48)[0])
    small_limit, small_table_at = struct.unpack_from("<II", data, 56)
    for place in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, place + 64)[0]
        name = directory[place : place + max(0, length - 2)].decode("utf-16-le", "replace").lower()
        first, count = struct.unpack_from("<II", directory, place + 116)
        if name not in {"workbook", "book"}:
            continue
        if count >= small_limit:
            yield _chain(data[size:], size, table, first)[:count]
        else:  # small streams share one stream, in sectors of their own
            shared = _chain(data[size:], size, table, struct.unpack_from("<I", directory, 116)[0])
            small = _chain(data[size:], size, table, small_table_at)
            links = struct.unpack(f"<{len(small) // 4}I", small[: len(small) // 4 * 4])
            yield _chain(shared, _SMALL_SECTOR, links, first)[:count]


def _table(data: bytes, size: int) -> tuple[int, ...]:
    """The sector that follows each sector."""
    sectors = [one for one in struct.unpack_from(f"<{_HEADER_FATS}I", data, 76) if one < _FREE]
    following, more = struct.unpack_from("<II", data, 68)
    for _ in range(min(more, len(data) // size)):
        if following >= _FREE:
            break
        found = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        sectors += [one for one in found[:-1] if one < _FREE]
        following = found[-1]
    entries: list[int] = []
    for sector in sectors:
        entries += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return tuple(entries)


def _chain(sectors: bytes, size: int, table: tuple[int, ...], sector: int) -> bytes:
    found: list[bytes] = []
    while sector < _FREE:
        if len(found) > len(sectors) // size:
            raise Broken  # a circle
        found.append(sectors[sector * size : (sector + 1) * size])
        sector = table[sector]
    return b"".join(found)
