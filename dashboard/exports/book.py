"""A workbook being written: cells by kind, formulas with their value, the look of every sheet in one place.

Text is always written as text, so a name that begins like a formula stays a name. A formula carries the value that it
has now, for readers that do not calculate (mail previews, scripts).
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter
from babel import Locale
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from dashboard.exports.colors import ACCENT, GUESS, HEADER, LINE, TINTS
from dashboard.voice import Voice

Number = Decimal | float | int
LOOKS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 16, "font_color": ACCENT},
    "header": {"bold": True, "bg_color": HEADER, "bottom": 1, "border_color": LINE, "text_wrap": True, "valign": "top"},
    "label": {"bold": True, "valign": "top", "text_wrap": True},
    "note": {"italic": True, "text_wrap": True, "valign": "top"},
}


@dataclass
class Book:
    voice: Voice
    currency: str
    file: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = xlsxwriter.Workbook(self.file, safe)
        self._book.set_calc_mode("auto")
        self._formats: dict[tuple[str, ...], Any] = {}

    def sheet(self, title: str, widths: Sequence[float], *, wide: bool = False) -> "Sheet":
        sheet = self._book.add_worksheet(re.sub(r"[\\/*?:\[\]']", " ", title)[:31])
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.4, 0.4, 0.6, 0.6)
        sheet.set_footer("&L&A&R&P / &N")
        if wide:
            sheet.set_landscape()
        return Sheet(self, sheet)

    def look(self, *names: str) -> Any:
        """Give the format of a cell: a kind, and what else is said about it (total, guess, a fill)."""
        if names not in self._formats:
            self._formats[names] = self._book.add_format(self._properties(names))
        return self._formats[names]

    def _properties(self, names: tuple[str, ...]) -> dict[str, Any]:
        numbers = {
            "money": money_format(self.voice.figures.locale, self.voice.figures.symbol, 2),
            "whole_money": money_format(self.voice.figures.locale, self.voice.figures.symbol, 0),
            "share": "0.0%",
            "number": "#,##0.0",
            "ratio": "#,##0.00",
            "small": "#,##0.0000",
            "day": "d mmm yyyy",
        }
        looks = LOOKS | {name: {"num_format": pattern, "valign": "top"} for name, pattern in numbers.items()}
        looks |= {"total": {"bold": True, "top": 1, "border_color": LINE}}
        looks |= {"guess": {"italic": True, "font_color": GUESS}}
        looks |= {"left": {"align": "left"}}
        looks |= {tint: {"bg_color": tint} for tint in TINTS}
        merged: dict[str, Any] = {}
        for name in names:
            merged |= looks[name]
        return merged

    def finished(self, about: dict[str, str]) -> bytes:
        self._book.set_properties(about)
        self._book.close()
        return self.file.getvalue()


@dataclass
class Sheet:
    book: Book
    raw: Worksheet

    @property
    def name(self) -> str:
        return str(self.raw.get_name())

    def text(self, row: int, column: int, value: str, *look: str) -> None:
        self.raw.write_string(row, column, value, self.book.look(*(look or ("text",))))

    def number(self, row: int, column: int, value: Number | None, *look: str) -> None:
        if value is not None:
            self.raw.write_number(row, column, float(value), self.book.look(*look))

    def day(self, row: int, column: int, value: date, *look: str) -> None:
        midnight = datetime.combine(value, time())
        self.raw.write_datetime(row, column, midnight, self.book.look("day", *look))

    def formula(self, row: int, column: int, formula: str, value: Number, *look: str) -> None:
        write: Any = self.raw.write_formula  # its own annotation allows whole numbers only
        write(row, column, f"={formula}", self.book.look(*look), float(value))

    def header(self, row: int, labels: Sequence[str]) -> None:
        self.tall(row, 3)
        for column, label in enumerate(labels):
            self.text(row, column, label, "header")

    def tall(self, row: int, lines: int, size: float = 15) -> None:
        """Make room for lines of text: not every program does so by itself."""
        self.raw.set_row(row, size * lines)

    def keep_in_sight(self, rows: int, columns: int = 0) -> None:
        """Freeze the first rows and columns, on paper too."""
        self.raw.freeze_panes(rows, columns)
        if rows:
            self.raw.repeat_rows(0, rows - 1)
        if columns:
            self.raw.repeat_columns(0, columns - 1)

    def reference(self, row: int, column: int) -> str:
        """Name a cell from any sheet."""
        return f"'{self.name}'!{xl_rowcol_to_cell(row, column)}"

    def column_range(self, column: int, first: int, last: int) -> str:
        name = xl_col_to_name(column)
        return f"'{self.name}'!{name}{first + 1}:{name}{last + 1}"


def cell(row: int, column: int) -> str:
    return xl_rowcol_to_cell(row, column)


def money_format(locale: str, symbol: str, digits: int) -> str:
    """Write money where the locale puts its sign; Excel itself decides on commas and points."""
    amount = "#,##0" + ("." + "0" * digits if digits else "")
    sign = f'"{symbol}"'
    ahead = Locale.parse(locale).currency_formats["standard"].pattern.startswith("¤")
    return f"{sign}{amount}" if ahead else f"{amount}\xa0{sign}"
