"""What must be known about a workbook before it is opened: is it safe, and which cells hold errors?

The spreadsheet parser reads an error cell such as #DIV/0! as blank, and makes room for every cell between the first and
the last one. So the XML inside is looked through first, as bytes.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

from worker.sheets import formulas, number_formats, old_workbook
from worker.sheets.reading import UnreadableFile

MAX_UNPACKED = 1_200_000_000
MAX_RATIO = 250
MAX_CELLS = 9_000_000
_CELL = re.compile(rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_PLACE = re.compile(rb"""\br=["']([A-Za-z]{1,3})(\d{1,10})["']""")
_BIT, _LONGEST = 1 << 18, 20
"""Bytes that are looked at together, and those that a place may take."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
_PIECE = 8_000_000
_SEARCHED = 8_000_000
_CALCULATE = b'fullCalcOnLoad="1"'
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_REPEATED_ROW = re.compile(rb'<table:table-row\b[^>]*number-rows-repeated="(\d{5,})"[^>]*[^/]>')
_REPEATED_CELL = re.compile(rb'<table:table-cell\b[^>]*number-columns-repeated="(\d{4,})"[^>]*>')


@dataclass(frozen=True)
class Package:
    """A workbook's parts; without any for old binary workbooks."""

    data: bytes
    name: str
    paths: dict[str, str] = field(default_factory=dict)
    """Tab to the path of its XML; empty for ODS."""

    def errors(self, tab: str) -> dict[tuple[int, int], str]:
        """0-based row and column of each cell that lacks its value: the error it shows, or a formula not calculated."""
        if not self.data.startswith(b"PK"):
            return {}
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                if tab in self.paths:
                    return dict(_error_cells(archive, self.paths[tab]))
                ods = "content.xml" in archive.namelist()
                return dict(formulas.in_ods(_unpacked(archive, "content.xml", self.name), tab)) if ods else {}
        except _BROKEN as error:
            raise damaged(self.name) from error

    def waiting(self, tab: str) -> dict[tuple[int, int], str]:
        """0-based row and column of formulas that hold zeros until the workbook is opened, and the formulas."""
        if tab not in self.paths:
            return {}
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                path, book = self.paths[tab], archive.read("xl/workbook.xml")
                if _CALCULATE not in book or archive.getinfo(path).file_size > _SEARCHED:
                    return {}
                return dict(_placed(formulas.waiting(_unpacked(archive, path, self.name))))
        except _BROKEN as error:
            raise damaged(self.name) from error

    def currencies(self, tab: str) -> dict[str, str]:
        """Column letters to the currency that the cells' number format shows."""
        if tab not in self.paths:
            return {}
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                return number_formats.of_columns(archive, self.paths[tab])
        except _BROKEN:
            return {}  # formats are only one of several ways to tell the currency


def too_large(name: str, cells: int) -> UnreadableFile:
    return UnreadableFile(
        "too_large",
        f"{name} has about {cells:,} cells, more than can be read at once. Delete empty rows and columns, "
        "or export a shorter period.",
    )


def damaged(name: str) -> UnreadableFile:
    return UnreadableFile(
        "damaged", f"{name} is damaged and can't be opened. Save it again in Excel or Google Sheets and replace it."
    )


def protected(name: str) -> UnreadableFile:
    return UnreadableFile(
        "protected", f"{name} is protected with a password. Remove the password and replace the file."
    )


def inspect(data: bytes, *, name: str) -> Package:
    """Raises UnreadableFile when opening would be unsafe. Old binary workbooks (XLS) are passed through."""
    if not data.startswith(b"PK"):
        if _ENCRYPTED in data:
            raise protected(name)
        _check_old(data, name)
        return Package(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive, len(data), name)
            paths = _sheets(archive)
            for path in paths.values():
                _check_reach(archive, path, name)
            if "content.xml" in archive.namelist():
                _check_repeats(archive, name)
            return Package(data, name, paths)
    except _BROKEN as error:
        raise damaged(name) from error


def _check_old(data: bytes, name: str) -> None:
    try:
        cells = old_workbook.largest_area(data)
    except old_workbook.Broken as error:
        raise damaged(name) from error
    if cells > MAX_CELLS:
        raise too_large(name, cells)


def _check_sizes(archive: zipfile.ZipFile, packed: int, name: str) -> None:
    unpacked = sum(item.file_size for item in archive.infolist())
    if unpacked > MAX_UNPACKED or (unpacked > 50_000_000 and unpacked > MAX_RATIO * packed):
        raise UnreadableFile(
            "too_large", f"{name} unpacks to {unpacked // 1_000_000:,} MB. Export a shorter period or fewer columns."
        )


def _unpacked(archive: zipfile.ZipFile, path: str, name: str) -> bytes:
    """At most as many bytes as the archive declares: a lying header can't fill the memory."""
    declared = archive.getinfo(path).file_size
    with archive.open(path) as part:
        xml = part.read(declared + 1)
    if len(xml) > declared:
        raise UnreadableFile("damaged", f"{name} is damaged: its size is not what it says. Save it again.")
    return xml


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Tab name to the path of its XML; empty for ODS."""
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        return {}
    targets = _targets(archive.read("xl/_rels/workbook.xml.rels")) if "xl/_rels/workbook.xml.rels" in names else {}
    paths: dict[str, str] = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        attributes = _attributes(tag)
        path = targets.get(attributes.get("r:id", ""), "")
        if path in names and "worksheets" in path:
            paths[unescape(attributes.get("name", ""))] = path
    return paths


def _targets(relations: bytes) -> dict[str, str]:
    targets: dict[str, str] = {}
    for tag in re.findall(rb"<Relationship\b[^>]*>", relations):
        attributes = _attributes(tag)
        target = attributes.get("Target", "")
        targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return targets


def _attributes(tag: bytes) -> dict[str, str]:
    return {key.decode(): value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(tag)}


def _check_reach(archive: zipfile.ZipFile, path: str, name: str) -> None:
    """One cell in the far corner makes a parser allocate the whole sheet, and end the process when it can't.

    What the sheet declares as its size is not asked: it may be missing or wrong.
    """
    large = archive.getinfo(path).file_size > _SEARCHED
    if large and not _reaches_far(_pieces(archive, path)):
        return
    rows, columns = 0, {b"A"}
    for piece in _pieces(archive, path):
        places = _PLACE.findall(piece)
        rows = max(rows, max((int(row) for _, row in places), default=0))
        columns.update(letters for letters, _ in places)
    cells = rows * max(column_index(letters.decode().upper()) + 1 for letters in columns)
    if cells > MAX_CELLS:
        raise too_large(name, cells)


def _reaches_far(pieces: Iterator[bytes]) -> bool:
    """Whether a cell may stand beyond the first 26 columns and 299,999 rows, which always have room.

    As bytes: an expression would take as long as unpacking.
    """
    import numpy as np  # its start-up takes longer than reading a small file

    for piece in pieces:
        signs = np.frombuffer(piece, np.uint8)
        at = np.flatnonzero((signs[:-1] == ord("r"))[:-_LONGEST] & (signs[1:] == ord("="))[:-_LONGEST])
        second, sixth, seventh = (signs[at + after] for after in (4, 9, 10))
        long = (sixth >= ord("0")) & (sixth <= ord("9")) & ((second >= ord("3")) | (seventh >= ord("0")))
        if long.any() or (second > ord("9")).any():
            return True
    return False


def _pieces(archive: zipfile.ZipFile, path: str) -> Iterator[bytes]:
    """A part bit by bit; each begins with the end of the one before, so that no place is cut in two."""
    rest = b""
    with archive.open(path) as part:
        while piece := part.read(_BIT):
            yield rest + piece
            rest = (rest + piece)[-2 * _LONGEST :]


def _check_repeats(archive: zipfile.ZipFile, name: str) -> None:
    """An ODS file may repeat one filled row or cell a million times."""
    xml = _unpacked(archive, "content.xml", name)
    for row in _REPEATED_ROW.finditer(xml):
        end = xml.find(b"</table:table-row>", row.end())
        if b"office:value-type" in xml[row.end() : end]:
            raise too_large(name, int(row.group(1)))
    for cell in _REPEATED_CELL.finditer(xml):
        if b"office:value-type" in cell.group(0):
            raise too_large(name, int(cell.group(1)))


def _error_cells(archive: zipfile.ZipFile, path: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Piece by piece: a large sheet is never unpacked as a whole."""
    rest = b""
    with archive.open(path) as part:
        while piece := part.read(_PIECE):
            block = rest + piece
            end = max(block.rfind(b"</c>") + len(b"</c>"), block.rfind(b":c>") + len(b":c>"))
            if b't="e"' in block:
                yield from _errors_in(block[:end])
            yield from _placed(formulas.in_sheet(block[:end]))
            rest = block[end:][-_PIECE:]


def _placed(cells: Iterable[tuple[bytes, str]]) -> Iterator[tuple[tuple[int, int], str]]:
    for attributes, text in cells:
        if place := _REFERENCE.search(attributes):
            yield (int(place.group(2)) - 1, column_index(place.group(1).decode())), text


def _errors_in(xml: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for attributes, content in _CELL.findall(xml):
        place, value = _REFERENCE.search(attributes), _VALUE.search(content)
        if place and value:
            where = (int(place.group(2)) - 1, column_index(place.group(1).decode()))
            yield where, value.group(1).decode("utf-8", "replace")


def column_index(letters: str) -> int:
    """0 for A."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
