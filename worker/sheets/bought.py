"""Units of a plan under a header that says little, known by the price beside them: units booked × CPM is the cost."""

from dataclasses import replace

from worker.sheets import currencies, vocabulary
from worker.sheets.grid import Grid, head_cell
from worker.sheets.headers import Match
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal
from worker.sheets.numbers import looks_numeric
from worker.sheets.profiles import Profile

_PRICES = (("impressions", frozenset({"cpm", "tkp"}), 1000), ("clicks", frozenset({"cpc"}), 1))
"""What is counted, the price of it, and for how many that price is."""
_LEAST = 2
_ROUNDING = 0.005


def find(grid: Grid, layout: Layout, matches: list[Match], seen: list[Profile], fields: dict[str, int]) -> None:
    """Adds impressions and clicks to `fields` and `matches` where every row confirms them."""
    money = fields.get("spend", fields.get("budget"))
    if money is None:
        return
    titles = [set(normal(title).split()) for title in layout.titles]
    for metric, words, per in _PRICES:
        prices = [i for i, title in enumerate(titles) if title & words and seen[i].numeric >= 0.8]
        if metric in fields or not prices:
            continue
        for column, profile in enumerate(seen):
            free = column not in fields.values() and matches[column].field in {"other", metric}
            if free and profile.numeric >= 0.8 and _confirmed(grid, layout.first, (column, prices[0], money), per):
                why = f"the price beside it shows that it counts {metric}"
                matches[column] = replace(matches[column], field=metric, sure=0.85, why=why)
                fields[metric] = column
                break


def cost(grid: Grid, layout: Layout, matches: list[Match], seen: list[Profile], fields: dict[str, int]) -> None:
    """Adds the money under 'Net' or 'Gross' alone: in every row it is the units times their price."""
    titles = [set(normal(title).split()) for title in layout.titles]
    bare = vocabulary.everywhere("plan_gross") | vocabulary.everywhere("plan_net")
    for metric, words, per in _PRICES:
        prices = [i for i, title in enumerate(titles) if title & words and seen[i].numeric >= 0.8]
        for column in range(len(seen)) if metric in fields and len(prices) == 1 else ():
            named = " ".join(currencies.taken_from(normal(layout.titles[column]).split())[1]) in bare
            free = named and column not in fields.values() and seen[column].numeric >= 0.8
            if free and _confirmed(grid, layout.first, (fields[metric], prices[0], column), per):
                field = "budget" if matches[fields[metric]].planned else "spend"
                matches[column] = Match(field, 0.85, why=f"in every row it is the {metric} times their price")
                fields[field] = column
                return


def _confirmed(grid: Grid, first: int, columns: tuple[int, int, int], per: int) -> bool:
    return any(_agree(grid, first, columns, per, decimal) for decimal in ".,")


def _agree(grid: Grid, first: int, columns: tuple[int, int, int], per: int, decimal: str) -> bool:
    rows = [[number_in(head_cell(row, column), decimal) for column in columns] for row in grid.head[first:]]
    whole = [(units, price, cost) for units, price, cost in rows if units and price and cost]
    return len(whole) >= _LEAST and all(abs(u * p / per - cost) <= _ROUNDING * abs(cost) for u, p, cost in whole)


def number_in(cell: object, decimal: str) -> float | None:
    """A cell as a number, when this is the decimal mark."""
    if isinstance(cell, float):
        return cell
    if not isinstance(cell, str) or not looks_numeric(cell):
        return None
    plain = "".join(char for char in cell if char.isdecimal() or char in "-.,")
    plain = plain.replace("." if decimal == "," else ",", "").replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        return None
