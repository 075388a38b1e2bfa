"""In which currency the amounts of a table are."""

from collections import Counter
from dataclasses import dataclass

import polars as pl

from worker.sheets import currencies
from worker.sheets.columns import Assigned
from worker.sheets.grid import Grid, head_cell
from worker.sheets.layout import Layout
from worker.sheets.reading import Pins


@dataclass(frozen=True)
class Currency:
    code: str | None
    source: str | None
    warnings: tuple[str, ...] = ()


def find(grid: Grid, layout: Layout, assigned: Assigned, rows: pl.DataFrame, pins: Pins) -> Currency:
    """A column says it best, then the headers, the cells, the text above the table."""
    if pins.currency:
        return Currency(pins.currency, "your choice")
    said = _column(rows) or _headers(assigned)
    shown, above = _cells(grid, layout, assigned) or _formats(grid, assigned), _preamble(layout)
    if shown and above and shown.code == "USD" and above.code in currencies.DOLLARS:
        shown = above  # a $ is that of the text above the table
    return said or shown or above or _elsewhere(assigned)


def _column(rows: pl.DataFrame) -> Currency | None:
    codes = rows["currency"].unique().drop_nulls().str.strip_chars().unique().to_list()
    if len(codes) == 1:
        code = str(codes[0]).upper()
        return Currency(code if len(code) == 3 else None, "a column")
    if len(codes) > 1:
        named = ", ".join(sorted(map(str, codes))[:5])
        return Currency(None, "a column", (f"The amounts are in several currencies: {named}. They are not converted.",))
    return None


def _money_columns(assigned: Assigned) -> list[int]:
    found = [assigned.fields[name] for name in ("spend", "budget", "revenue") if name in assigned.fields]
    return found + [c for s in assigned.spreads if s.metric in {"spend", "budget", "revenue"} for c in s.columns]


def _headers(assigned: Assigned) -> Currency | None:
    codes = Counter(code for i in _money_columns(assigned) if (code := assigned.matches[i].currency))
    return Currency(codes.most_common(1)[0][0], "a header") if codes else None


def _cells(grid: Grid, layout: Layout, assigned: Assigned) -> Currency | None:
    seen: Counter[tuple[str, bool]] = Counter()
    for row in grid.head[layout.first : layout.first + 100]:
        for column in _money_columns(assigned):
            cell = head_cell(row, column)
            found = currencies.of_cell(cell) if isinstance(cell, str) else None
            if found:
                seen[found] += 1
    if not seen:
        return None
    (code, sure), _ = seen.most_common(1)[0]
    others = {found for (found, _), count in seen.items() if found != code and count >= 0.1 * seen.total()}
    if others:
        named = ", ".join(sorted({code, *others}))
        return Currency(
            None, "the sign in the cells", (f"Cells show several currencies: {named}. Nothing is converted.",)
        )
    warning = () if sure else (f"The sign in the cells is shared by several currencies; {code} is assumed.",)
    if len({found for found, _ in seen}) > 1:
        warning = (*warning, "Some cells show another currency sign.")
    return Currency(code, "the sign in the cells", warning)


def _formats(grid: Grid, assigned: Assigned) -> Currency | None:
    shown = grid.currencies()
    names = [grid.column_name(column) for column in _money_columns(assigned)]
    codes = Counter(shown[name] for name in names if name in shown)
    return Currency(codes.most_common(1)[0][0], "the number format of the cells") if codes else None


def _preamble(layout: Layout) -> Currency | None:
    for text in layout.preamble:
        code = currencies.in_preamble(text)
        if code:
            return Currency(code, "the text above the table")
    return None


def _elsewhere(assigned: Assigned) -> Currency:
    """Prices such as CPC (EUR) are in the currency of the costs."""
    codes = Counter(match.currency for match in assigned.matches if match.currency)
    return Currency(codes.most_common(1)[0][0], "a header") if len(codes) == 1 else Currency(None, None)
