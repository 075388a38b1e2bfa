"""A1 notation: `'Q1 plan'!B2:D`, a tab's name alone, whole columns, whole rows."""

import re
from dataclasses import dataclass

from worker.google_drive.sandbox.errors import ApiError
from worker.google_drive.sandbox.native_sheets import Content, Tab

CORNER = re.compile(r"\$?([A-Za-z]{1,3})?\$?(\d{1,8})?")


@dataclass(frozen=True)
class Area:
    """A rectangle of one tab; all edges 0-based and included."""

    tab: Tab
    top: int
    left: int
    bottom: int
    right: int

    @property
    def name(self) -> str:
        return name_of(self, self.bottom - self.top + 1, self.right - self.left + 1)

    def rows(self) -> list[list[Content]]:
        return [list(row[self.left : self.right + 1]) for row in self.tab.rows[self.top : self.bottom + 1]]

    def columns(self) -> list[list[Content]]:
        rows = self.rows()
        width = max((len(row) for row in rows), default=0)
        return [[row[column] if column < len(row) else None for row in rows] for column in range(width)]


def read_area(text: str, tabs: list[Tab]) -> Area:
    """Find the tab and the rectangle that a range names."""
    title, _, cells = text.rpartition("!")
    titles = {tab.title: tab for tab in tabs}
    if not title and unquoted(cells) in titles:
        return whole(titles[unquoted(cells)])
    tab = titles.get(unquoted(title)) if title else tabs[0]
    first, colon, last = cells.partition(":")
    start, end = CORNER.fullmatch(first), CORNER.fullmatch(last if colon else first)
    if tab is None or start is None or end is None or not cells or (colon and not (first and last)):
        raise unreadable(text)
    if not colon and not (start[1] and start[2]):
        raise unreadable(text)
    return within(tab, start, end)


def within(tab: Tab, start: re.Match[str], end: re.Match[str]) -> Area:
    everything = whole(tab)
    area = Area(
        tab,
        int(start[2]) - 1 if start[2] else 0,
        column_number(start[1]) if start[1] else 0,
        min(int(end[2]) - 1, everything.bottom) if end[2] else everything.bottom,
        min(column_number(end[1]), everything.right) if end[1] else everything.right,
    )
    if area.top > everything.bottom or area.left > everything.right:
        limits = f"Max rows: {tab.row_count}, max columns: {tab.column_count}"
        raise ApiError(400, "badRequest", f"Range ({start[0]}) exceeds grid limits. {limits}")
    return area


def whole(tab: Tab) -> Area:
    return Area(tab, 0, 0, tab.row_count - 1, tab.column_count - 1)


def unreadable(text: str) -> ApiError:
    return ApiError(400, "badRequest", f"Unable to parse range: {text}")


def unquoted(title: str) -> str:
    if len(title) > 1 and title[0] == title[-1] == "'":
        return title[1:-1].replace("''", "'")
    return title


def column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    return f"{column_letters(column)}{row + 1}"


def name_of(area: Area, height: int, width: int) -> str:
    """Name a rectangle that begins at the area's first cell."""
    plain = re.fullmatch(r"[A-Za-z_]\w*", area.tab.title) and not CORNER.fullmatch(area.tab.title)
    title = area.tab.title if plain else "'" + area.tab.title.replace("'", "''") + "'"
    first = cell_name(area.top, area.left)
    last = cell_name(area.top + max(height, 1) - 1, area.left + max(width, 1) - 1)
    return f"{title}!{first}" if first == last else f"{title}!{first}:{last}"
