"""Amounts whose unit no header says: the prices beside them show cents, millionths or thousands."""

from dataclasses import replace
from decimal import Decimal
from statistics import median

from worker.sheets.bought import number_in
from worker.sheets.grid import Grid, head_cell
from worker.sheets.headers import Match
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal
from worker.sheets.profiles import Profile
from worker.sheets.units import ONE

_PRICES = (("clicks", frozenset({"cpc"}), 1), ("impressions", frozenset({"cpm", "tkp"}), 1000))
_PARTS = (100, 1_000_000)
_THOUSAND = 1_000
_CENT_IN_MICROS = 10_000
_NO_CLICK_COSTS = 200_000
_LEAST = 3
_LOOK = 40
_ROUNDING = 0.03
_AGREE = 0.8


def find(
    grid: Grid, layout: Layout, matches: list[Match], seen: list[Profile], fields: dict[str, int]
) -> list[str]:  # fmt: skip
    """Sets the unit of the spend where prices show it; returns what to say about that, or about a doubt."""
    spend = fields.get("spend")
    if spend is None or matches[spend].unit != ONE:
        return []
    title = " ".join(layout.titles[spend].split())
    for metric, words, per in _PRICES:
        price = _price(layout, matches, seen, words)
        counted = fields.get(metric)
        if price is None or counted is None or matches[counted].unit != ONE:
            continue
        name = " ".join(layout.titles[price].split())
        times = _times(grid, layout.first, (counted, price, spend), per)
        if times in _PARTS:
            matches[spend] = replace(matches[spend], unit=1 / Decimal(times))
            return [f"The prices under “{name}” show that the amounts under “{title}” are to be divided by {times:,}."]
        if times in (_THOUSAND, 1 / _THOUSAND):
            return [
                f"The prices under “{name}” would fit if “{title}” or the {metric} were in thousands. Check the unit."
            ]
    if _look_like_micros(grid, layout.first, spend, fields.get("clicks")):
        return [
            f"The amounts under “{title}” look like millionths. Name the unit in the header, such as “cost micros”."
        ]
    return []


def _price(layout: Layout, matches: list[Match], seen: list[Profile], words: frozenset[str]) -> int | None:
    """The column of prices, in the table's own currency."""
    titles = [set(normal(title).split()) for title in layout.titles]
    found = [i for i, title in enumerate(titles) if title & words and seen[i].numeric >= _AGREE]
    return found[0] if len(found) == 1 and matches[found[0]].unit == ONE else None


def _look_like_micros(grid: Grid, first: int, spend: int, clicks: int | None) -> bool:
    """Whole hundredths of a million, and a click that costs more than anyone pays in any currency."""
    cells = (
        []
        if clicks is None
        else [(head_cell(r, spend), head_cell(r, clicks)) for r in grid.head[first : first + _LOOK]]
    )
    pairs = [(number_in(cost, "."), number_in(count, ".")) for cost, count in cells]
    rows = [(cost, count) for cost, count in pairs if cost and count]
    whole = all(cost % _CENT_IN_MICROS == 0 for cost, _ in rows)
    return len(rows) >= _LEAST and whole and median(cost / count for cost, count in rows) >= _NO_CLICK_COSTS


def _times(grid: Grid, first: int, columns: tuple[int, int, int], per: int) -> float | None:
    """How many times larger the amounts are than units × price, when nearly all rows say the same power of ten."""
    for mark in ".,":
        rows = [
            [number_in(head_cell(row, column), mark) for column in columns] for row in grid.head[first : first + _LOOK]
        ]
        found = [cost / (units * price / per) for units, price, cost in rows if units and price and cost]
        if len(found) < _LEAST:
            continue
        middle = median(found)
        for times in (*_PARTS, _THOUSAND, 1 / _THOUSAND):
            near = sum(abs(one - times) <= _ROUNDING * times for one in found)
            if abs(middle - times) <= _ROUNDING * times and near >= _AGREE * len(found):
                return times
    return None
