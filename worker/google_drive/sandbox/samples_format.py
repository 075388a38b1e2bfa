"""What a sample file is, and how its bytes are written: the same bytes for the same content, on any day."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

GOOGLE_SHEET = "application/vnd.google-apps.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"

Cell = str | int | float | bool | Decimal | date | datetime | None
Rows = Sequence[Sequence[Cell]]

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Tab:
    """One tab of a spreadsheet. `merged` holds ranges in A1 notation; dates are real dates, not text."""

    title: str
    rows: Rows
    hidden: bool = False
    merged: tuple[str, ...] = ()


@dataclass(frozen=True)
class SampleFile:
    """A file of the sample Drive. `data` are the bytes, or the tabs of a native Google Sheet."""

    name: str
    mime_type: str
    data: bytes | tuple[Tab, ...]
    folder: str
    """Path inside its drive, "" for the root. A file of another owner without a drive is "shared with me"."""
    owner: str
    modified_at: datetime
    drive: str | None = None
    """Name of the shared drive; None for My Drive."""
    expected_sums: dict[str, Decimal] = field(default_factory=dict)
    """What a right reading adds up to, per metric: total rows left out. Empty for files that hold no campaigns."""
    expected_rows: int = 0

    @property
    def is_campaign(self) -> bool:
        return bool(self.expected_sums)

    def download(self) -> bytes:
        """Give the bytes as Drive hands them out: a native Sheet arrives as XLSX."""
        return self.data if isinstance(self.data, bytes) else xlsx_bytes(self.data)


def csv_text(rows: Iterable[Sequence[Cell]], separator: str = ",", newline: str = "\n") -> str:
    """Write rows as a platform's export does: quotes only where needed."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=newline)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue()


def xlsx_bytes(tabs: Sequence[Tab]) -> bytes:
    """Write a workbook. Times inside are fixed, so that equal tabs give equal bytes."""
    from openpyxl import Workbook

    book = Workbook(write_only=False)
    del book["Sheet"]
    for tab in tabs:
        sheet = book.create_sheet(tab.title)
        sheet.sheet_state = "hidden" if tab.hidden else "visible"
        for row in tab.rows:
            sheet.append(list(row))
        for merged in tab.merged:
            sheet.merge_cells(merged)
    raw = io.BytesIO()
    book.save(raw)
    return _without_times(raw.getvalue())


def _without_times(data: bytes) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = _CORE if entry.filename == "docProps/core.xml" else source.read(entry)
            fixed = zipfile.ZipInfo(entry.filename, _ZIP_TIME)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.create_system = 3
            target.writestr(fixed, content)
    return result.getvalue()


_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    f"<dc:creator>{escape('Halden Outdoor')}</dc:creator>"
    "</cp:coreProperties>"
).encode()
