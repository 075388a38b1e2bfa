"""A sheet of A4 being written: text that fits, boxes, tables and small curves, in millimeters from the top left.

The font is Inter (SIL Open Font License), Latin, Greek and Cyrillic, embedded. What it has no shape for is left out
(pictures) or written as a question mark (other scripts).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from dashboard.exports.colors import ACCENT, HEADER, INK, LINE, QUIET

FONTS = Path(__file__).parent / "fonts"
MARGIN, WIDTH, BOTTOM = 14.0, 182.0, 281.0
Align = Literal["L", "R"]
Point = tuple[float, float]
_SPACES = {"\u202f": "\xa0", "\u2060": "", "\u200b": "", "\t": " ", "\n": " ", "\r": " "}


class Page:
    def __init__(self, title: str, made_at: datetime) -> None:
        self._pdf = FPDF(format="A4")
        self._pdf.set_creation_date(made_at)
        self._pdf.add_font("Inter", "", FONTS / "inter-regular.ttf")
        self._pdf.add_font("Inter", "B", FONTS / "inter-bold.ttf")
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_margins(MARGIN, MARGIN)
        self._pdf.c_margin = 0
        self._pdf.add_page()
        fonts: Any = self._pdf.fonts["inter"]
        self._shapes: set[int] = set(fonts.cmap)
        self._pdf.set_title(self.printable(title))
        self._pdf.set_creator("Media Planner")
        self.y = MARGIN

    def printable(self, text: str) -> str:
        shaped = "".join(self._shape(mark) for mark in unicodedata.normalize("NFC", text))
        return re.sub(" +", " ", shaped).strip()

    def _shape(self, mark: str) -> str:
        mark = _SPACES.get(mark, mark)
        if not mark or ord(mark) in self._shapes:
            return mark
        return "?" if unicodedata.category(mark)[0] in "LN" else ""

    def text(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        size: float = 9,
        bold: bool = False,
        quiet: bool = False,
        lines: int = 1,
        align: Align = "L",
        color: str = "",
    ) -> float:
        """Write at most so many lines, the last one cut with an ellipsis. Returns the y below."""
        pdf, height = self._pdf, size * 0.46
        pdf.set_font("Inter", "B" if bold else "", size)
        pdf.set_text_color(color or (QUIET if quiet else INK))
        for line in self._fitting(self.printable(text), width, height, lines):
            pdf.set_xy(x, y)
            pdf.cell(width, height, line, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            y += height
        return y

    def _fitting(self, text: str, width: float, height: float, lines: int) -> list[str]:
        pdf = self._pdf
        if not text:
            return []
        found: Any = pdf.multi_cell(width, height, text, align="L", dry_run=True, output=MethodReturnValue.LINES)
        if len(found) <= lines:
            return list(found)
        last = " ".join(found[lines - 1 :])
        while last and pdf.get_string_width(f"{last}…") > width:
            last = last[:-1]
        return [*found[: lines - 1], f"{last.rstrip()}…"]

    def box(self, x: float, y: float, width: float, height: float) -> None:
        self._pdf.set_draw_color(LINE)
        self._pdf.set_line_width(0.25)
        self._pdf.rect(x, y, width, height, style="D", round_corners=True, corner_radius=2)

    def heading(self, text: str, x: float = MARGIN, width: float = WIDTH) -> None:
        self.y = self.text(x, self.y, width, text, size=11, bold=True) + 1.2

    def bullets(self, sentences: Iterable[str], limit: float, x: float = MARGIN, width: float = WIDTH) -> None:
        """Write sentences of two lines at most until the limit (a y) is reached, each behind its sign or a dot."""
        for sentence in sentences:
            if self.y + 8 > limit:
                return
            sign = sentence[:2] in ("+ ", "- ")
            self.text(x, self.y, 4, sentence[0].replace("-", "–") if sign else "•")
            self.y = self.text(x + 3, self.y, width - 3, sentence[2 * sign :], size=8.5, lines=2) + 0.8

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """Write a table; every column but the first is set to the right."""
        self._pdf.set_fill_color(HEADER)
        self._pdf.rect(MARGIN, self.y, WIDTH, 6, style="F")
        self._row(header, widths, bold=True)
        for row in rows:
            self._pdf.set_draw_color(LINE)
            self._pdf.line(MARGIN, self.y, MARGIN + WIDTH, self.y)
            self._row(row, widths, bold=False)

    def _row(self, cells: Sequence[str], widths: Sequence[float], *, bold: bool) -> None:
        x = MARGIN
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            self.text(x + 1, self.y + 1.1, width - 2, cell, size=8.5, bold=bold, align="R" if place else "L")
            x += width
        self.y += 6

    def area(self, points: Sequence[Point], color: str) -> None:
        self._pdf.set_fill_color(color)
        self._pdf.polygon(points, style="F")

    def stroke(self, points: Sequence[Point], width: float = 0.6, color: str = ACCENT, dash: float = 0) -> None:
        self._pdf.set_draw_color(color)
        self._pdf.set_line_width(width)
        self._pdf.set_dash_pattern(dash, dash)
        self._pdf.polyline(points)
        self._pdf.set_dash_pattern()

    def finished(self) -> bytes:
        return bytes(self._pdf.output())
