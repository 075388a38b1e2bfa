"""What a sample file is, and how its bytes are written: the same bytes for the same content, on any day."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from worker.google_drive.steady import steady

GOOGLE_SHEET = "application/vnd.google-apps.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"

Cell = str | int | float | bool | Decimal | date | datetime | None
Rows = Sequence[Sequence[Cell]]


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
    return steady(raw.getvalue())
