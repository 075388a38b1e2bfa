"""What a column means by what stands beside it, or above its table."""

import re
from dataclasses import replace

from worker.sheets import currencies, paid, vocabulary
from worker.sheets.grid import Grid, column_letters, head_cell
from worker.sheets.headers import Match, without_tax
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal
from worker.sheets.profiles import Profile
from worker.sheets.reading import METRICS

_ROUNDING = 0.005
_SHARE = re.compile(r"[01](?:[.,]\d+)?|[.,]\d+")
DATES = ("date", "start_date", "end_date")


def days_without_title(
    layout: Layout, matches: list[Match], seen: list[Profile], pinned: dict[int, str]
) -> None:  # fmt: skip
    """The first column holds days under no title: an index that was written with the table."""
    dated = any(match.field in DATES for match in matches)
    if (
        layout.titles
        and not layout.titles[0]
        and 0 not in pinned
        and not dated
        and seen[0].dates >= 0.9
        and seen[0].numeric < 0.5
    ):
        matches[0] = Match("date", 0.9, why="the cells are days")


def shares(grid: Grid, layout: Layout, matches: list[Match]) -> None:
    """A column of money whose cells are parts of one says how it is divided, not how much it is."""
    for index, match in enumerate(matches):
        cells = (
            [head_cell(row, index) for row in grid.head[layout.first :]] if match.field in {"spend", "budget"} else []
        )
        numbers = [cell for cell in cells if isinstance(cell, float) and cell]
        parts = [number for number in numbers if 0 < number < 1]
        whole = len(parts) > 1 and abs(sum(parts) - 1) <= _ROUNDING and all(number in (1, *parts) for number in numbers)
        if whole and not any(isinstance(cell, str) for cell in cells):
            matches[index] = Match("other", 0.9, why="shares of a whole")


def used_shares(grid: Grid, layout: Layout, matches: list[Match]) -> None:
    """'Budget used' over parts of one says how much of it is gone, not what was spent."""
    for index, match in enumerate(matches):
        words = normal(layout.titles[index]).split() if match.field == "spend" else []
        if not any((entry := vocabulary.phrases().get(word)) and entry.field == "budget" for word in words):
            continue
        cells = [cell for row in grid.head[layout.first :] if (cell := head_cell(row, index)) is not None]
        if (
            cells
            and all(_SHARE.fullmatch(str(cell)) for cell in cells)
            and not all(str(cell).isdecimal() for cell in cells)
        ):
            matches[index] = Match("other", 0.9, why="the share of a budget that is used")


def online_beside_offline(layout: Layout, matches: list[Match], pinned: dict[int, str]) -> None:
    """'Online spend' is all of it, unless 'Offline spend' stands beside it."""
    offline = {match.field for match in matches if match.label == "offline" and match.field in METRICS}
    for index, match in enumerate(matches):
        if (
            index not in pinned
            and match.field in offline
            and not match.label
            and "online" in normal(layout.titles[index]).split()
        ):
            matches[index] = replace(match, label="online", sure=0.7)


def sales_beside_orders(layout: Layout, matches: list[Match], pinned: dict[int, str]) -> None:
    """'Vendas' counts sales, but beside 'Pedidos' it is their money."""
    titles = [normal(title) for title in layout.titles]
    counted = [i for i, match in enumerate(matches) if match.field == "conversions" and i not in pinned]
    sales = [i for i in counted if titles[i] in vocabulary.everywhere("sales")]
    orders = any(titles[i] in vocabulary.everywhere("orders") for i in counted)
    if len(sales) == 1 and orders and not any(match.field == "revenue" for match in matches):
        matches[sales[0]] = replace(matches[sales[0]], field="revenue", why="sales beside orders are revenue")


def sales_beside_revenue(
    grid: Grid, layout: Layout, matches: list[Match], fields: dict[str, int], pinned: dict[int, str]
) -> None:  # fmt: skip
    """'Sales' beside a column of revenue counts them."""
    if "conversions" in fields or "revenue" not in fields:
        return
    for index, title in enumerate(layout.titles):
        sales = normal(title) in vocabulary.everywhere("sales") and matches[index].field == "revenue"
        if sales and index not in {fields["revenue"], *pinned} and _counts(grid, layout.first, index):
            matches[index] = replace(matches[index], field="conversions", why="sales beside revenue are counted")
            fields["conversions"] = index
            return


def _counts(grid: Grid, first: int, column: int) -> bool:
    """Whether a column holds whole numbers without a currency."""
    cells = [cell for row in grid.head[first:] if (cell := head_cell(row, column)) is not None]
    return all(cell.is_integer() if isinstance(cell, float) else str(cell).isdecimal() for cell in cells)


def fees(
    layout: Layout, matches: list[Match], seen: list[Profile], fields: dict[str, int], pinned: dict[int, str]
) -> None:  # fmt: skip
    """What creators get is the spend of a table that counts what it brought, when no other money stands there."""
    counted = any(
        fields.get(name) is not None and matches[fields[name]].sure >= 0.6 for name in ("impressions", "clicks")
    )
    for index, title in enumerate(layout.titles if counted else []):
        code, words = currencies.taken_from(normal(title).split())
        if (
            " ".join(without_tax(words)[0]) in vocabulary.everywhere("fee")
            and index not in pinned
            and seen[index].numeric >= 0.8
        ):
            matches[index] = Match("spend", 0.8, currency=code, why="a fee beside what it brought is spend")
            fields["spend"] = index
            return


def _shows_currency(grid: Grid, layout: Layout, column: int) -> bool:
    """Whether amounts are written as money, or the text above says in which currency: a total of spots is none."""
    cells = [head_cell(row, column) for row in grid.head[layout.first :]]
    signs = any(isinstance(cell, str) and currencies.of_cell(cell) is not None for cell in cells)
    above = any(currencies.in_preamble(text) for text in layout.preamble)
    return signs or above or column_letters(column) in grid.currencies()


def money_of_plan(
    grid: Grid,
    layout: Layout,
    matches: list[Match],
    seen: list[Profile],
    fields: dict[str, int],
    pinned: dict[int, str],
) -> None:
    """'Net', or else 'Gross', says whose money it is when the title above calls the table a media plan."""
    above = f" {normal(' '.join([*layout.preamble, grid.tab, grid.file.rpartition('.')[0]]))} "
    if "spend" in fields or not any(f" {title} " in above for title in vocabulary.everywhere("plan_title")):
        return
    for role in ("plan_net", "plan_gross"):
        for index, title in enumerate(layout.titles):
            code, words = currencies.taken_from(normal(title).split())
            named = " ".join(words) in vocabulary.everywhere(role) and seen[index].numeric >= 0.8
            bare = code is None and " ".join(words) in vocabulary.everywhere("total")
            if index not in pinned and named and (not bare or _shows_currency(grid, layout, index)):
                matches[index] = Match("budget", 0.8, currency=code, why="the money of a table called a media plan")
                fields["budget"] = index
                return
    if not pinned and (found := paid.unnamed(grid, layout, matches, seen, fields)) is not None:
        fields["budget"], why = found
        matches[fields["budget"]] = Match("budget", 0.8, why=why)
