"""Bytes of any file to the grids of its tabs."""

from pathlib import Path

from worker.sheets import delimited
from worker.sheets.grid import Grid
from worker.sheets.reading import UnreadableFile

MAX_BYTES = 200_000_000
_KEPT = 64 * 1024 * 1024
"""Bytes up to which a file stays in memory until its columns are read; a larger one is read twice."""
_NOT_TABLES = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"{\\rtf": "a text document",
    b"\x1f\x8b": "a compressed file",
    b"Rar!": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
}


def open_file(data: bytes | Path, name: str) -> list[Grid]:
    """Tabs in the order of the file. Raises UnreadableFile with a sentence for a marketer."""
    content = _bytes(data, name)
    _refuse_other_kinds(content, name)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        from worker.sheets import workbook

        grids = workbook.grids(content, name=name)
    else:
        again = data.read_bytes if isinstance(data, Path) and len(content) > _KEPT else None
        grids = [delimited.grid(content, name=name, again=again)]
    for grid in grids:
        grid.file = name
    filled = [grid for grid in grids if any(cell is not None for row in grid.head for cell in row)]
    if not filled:
        raise UnreadableFile("no_table", f"{name} is empty: there is no cell with content.")
    return filled


def _bytes(data: bytes | Path, name: str) -> bytes:
    size = data.stat().st_size if isinstance(data, Path) else len(data)
    if size > MAX_BYTES:
        raise UnreadableFile(
            "too_large", f"{name} has {size // 1_000_000} MB; up to {MAX_BYTES // 1_000_000} MB can be read. "
            "Export a shorter period or fewer columns."
        )  # fmt: skip
    return data.read_bytes() if isinstance(data, Path) else data


def _refuse_other_kinds(content: bytes, name: str) -> None:
    if not content[:65_536].strip(b"\0 \r\n\t") and not content.strip(b"\0 \r\n\t"):
        raise UnreadableFile("no_table", f"{name} is empty: there is no cell with content.")
    for start, kind in _NOT_TABLES.items():
        if content.startswith(start):
            raise UnreadableFile("not_a_spreadsheet", f"{name} is {kind}, not a table. Share a CSV or Excel file.")
    beginning = content[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if beginning.startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise UnreadableFile("not_a_spreadsheet", f"{name} is a web page, not a table. Save it as CSV or Excel.")
    if beginning.startswith((b"version https://git-lfs", b'{"', b"[{")):
        raise UnreadableFile("not_a_spreadsheet", f"{name} holds no table. Share a CSV or Excel file.")
