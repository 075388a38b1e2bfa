"""Which of several columns of money is paid: amounts rather than unit prices, net rather than gross.

The numbers decide: an amount is a price times a count, a net amount is a gross one less a rebate.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from worker.sheets import vocabulary
from worker.sheets.bought import number_in
from worker.sheets.grid import Grid, Scalar, head_cell
from worker.sheets.headers import Match
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal
from worker.sheets.profiles import Profile

_MONEY = ("spend", "budget")
_ROWS = 40
_LEAST = 2
_NEARLY_ALL = 0.9
_ROUNDING = 0.005
_LEAST_SHARE = 0.2
"""A net amount is at least so much of the gross one."""
LEFT = "it is what is left of the gross amount"
PRICED = "it is in every row the price times the number beside it"
_CJK = "\u2e80"

_Column = list[float | None]


@dataclass(frozen=True)
class _Table:
    grid: Grid
    layout: Layout
    matches: list[Match]
    seen: list[Profile]
    fields: dict[str, int]

    @cached_property
    def numeric(self) -> list[int]:
        return [i for i, profile in enumerate(self.seen) if profile.numeric >= _NEARLY_ALL and self.layout.titles[i]]

    @cached_property
    def values(self) -> list[dict[int, _Column]]:
        """Numbers of each column, with either decimal mark."""
        rows = self.grid.head[self.layout.first : self.layout.first + _ROWS]
        texts = any(isinstance(head_cell(row, i), str) for row in rows for i in self.numeric)
        return [
            {i: [number_in(head_cell(row, i), decimal) for row in rows] for i in self.numeric}
            for decimal in (".,"[: 1 + texts])
        ]

    def says(self, column: int, role: str) -> bool:
        text = f" {normal(self.layout.titles[column])} "
        return any(f" {word} " in text or (word >= _CJK and word in text) for word in vocabulary.everywhere(role))

    def may_be_amount(self, column: int, field: str) -> bool:
        free = column not in self.fields.values() and self.matches[column].field in {"other", field}
        return free and not self.says(column, "ad_rate") and not self.says(column, "aired")


def settle(
    grid: Grid,
    layout: Layout,
    matches: list[Match],
    seen: list[Profile],
    fields: dict[str, int],
    pinned: dict[int, str],
) -> list[tuple[int, int]]:
    """Moves spend and budget to the column that is paid; returns it with each other amount of the same money."""
    told: list[tuple[int, int]] = []
    for field in _MONEY:
        if field in fields and fields[field] not in pinned:
            table = _Table(grid, layout, matches, seen, fields)
            told += _to_one_currency(table, field)
            _to_amount(table, field)
            told += _to_net(table, field)
    return told


def unnamed(
    grid: Grid, layout: Layout, matches: list[Match], seen: list[Profile], fields: dict[str, int]
) -> tuple[int, str] | None:
    """The money of a plan under headers that name none, and why: a price times a count, or net beside gross."""
    table = _Table(grid, layout, matches, seen, fields)
    for price in table.numeric:
        if table.says(price, "price_word") and (amount := _amount(table, "budget", price)) is not None:
            return amount, PRICED
    for gross in table.numeric:
        for net in table.numeric if table.says(gross, "gross_word") else ():
            if table.may_be_amount(net, "budget") and table.says(net, "net_word") and _is_less(table, gross, net):
                return net, LEFT
    return None


def _to_one_currency(table: _Table, field: str) -> list[tuple[int, int]]:
    """Of amounts in several currencies and the same ones in one, as its header says, those in one can be added up."""
    local, named = table.fields[field], table.fields.get("currency")
    rows = table.grid.head[table.layout.first : table.layout.first + _ROWS]
    codes = [head_cell(row, named) for row in rows] if named is not None else []
    for column in table.numeric if local in table.numeric and len({*codes} - {None}) > 1 else ():
        one = table.matches[column].currency
        converted = table.may_be_amount(column, field) and one is not None and one != table.matches[local].currency
        if converted and any(_is_converted(codes, values[local], values[column], one) for values in table.values):
            _move(table, field, column, "it holds all amounts in one currency")
            del table.fields["currency"]
            return [(column, local)]
    return []


def _is_converted(codes: list[Scalar], local: _Column, one: _Column, currency: str | None) -> bool:
    """Whether each currency has a rate of its own, which is 1 for the one they are converted to."""
    rates: dict[Scalar, float] = {currency: 1.0}
    rows = [(code, a, b) for code, a, b in zip(codes, local, one, strict=True) if code is not None and a and b]
    fit = [_close(rates.setdefault(code, b / a) * a, b) for code, a, b in rows]
    proofs = len(rows) - (len(rates) - 1)  # the first row of a currency shows its rate, and proves nothing
    return len(rates) > 1 and proofs > 0 and all(fit)


def _to_amount(table: _Table, field: str) -> None:
    price = table.fields[field]
    amount = _amount(table, field, price) if price in table.numeric else None
    if amount is not None:
        _move(table, field, amount, PRICED)


def _amount(table: _Table, field: str, price: int) -> int | None:
    """The column that is in every row this price times a count."""
    for amount in table.numeric:
        counts = [i for i in table.numeric if i not in {price, amount}]
        possible = amount != price and table.may_be_amount(amount, field)
        if possible and any(_multiplies(table, price, i, amount) for i in counts):
            return amount
    return None


def _multiplies(table: _Table, price: int, count: int, amount: int) -> bool:
    return any(_agree(values[price], values[count], values[amount]) for values in table.values)


def _agree(prices: _Column, counts: _Column, amounts: _Column) -> bool:
    rows = [(p, n, a) for p, n, a in zip(prices, counts, amounts, strict=True) if p and n and a]
    if len(rows) < _LEAST or not all(n.is_integer() and 1 <= n <= abs(a) for _, n, a in rows):
        return False
    fit = sum(_close(p * n, a) for p, n, a in rows)
    return fit >= _NEARLY_ALL * len(rows) and any(n > 1 for _, n, _ in rows)


def _to_net(table: _Table, field: str) -> list[tuple[int, int]]:
    gross = table.fields[field]
    if gross not in table.numeric or table.says(gross, "net_word"):
        return _others(table, field)
    named = [i for i in table.numeric if table.says(i, "rebate_word") and not table.says(i, "net_word")]
    rebates = [i for i in named if i != gross]
    less = [
        i for i in table.numeric if table.may_be_amount(i, field) and i not in rebates and _is_less(table, gross, i)
    ]
    net = [i for i in less if any(_is_reduced(table, gross, rebate, i) for rebate in rebates)]
    net += [i for i in less if _says_net(table, i) and (table.says(gross, "gross_word") or _is_share(table, gross, i))]
    if not net:
        return _others(table, field)
    _move(table, field, net[0], LEFT)
    return [(net[0], gross), *(pair for pair in _others(table, field) if pair[1] != gross)]


def _others(table: _Table, field: str) -> list[tuple[int, int]]:
    """The column that is read beside each that holds more or less of the same money, as its header says."""
    used = table.fields[field]
    possible = [i for i in table.numeric if table.may_be_amount(i, field) and not table.says(i, "rebate_word")]
    named = [i for i in possible if table.says(i, "net_word") or table.says(i, "gross_word")]
    return [(used, i) for i in named if _is_less(table, used, i) or _is_less(table, i, used)]


def _says_net(table: _Table, column: int) -> bool:
    rate = table.matches[column].field == "other" and table.matches[column].sure > 0
    return table.says(column, "net_word") and not rate


def _is_less(table: _Table, gross: int, net: int) -> bool:
    """Whether every amount is a large part of that in another column, and one at least is less."""
    for values in table.values:
        rows = _pairs(values[gross], values[net])
        if len(rows) >= _LEAST and all(_LEAST_SHARE * g <= n <= g for g, n in rows) and any(n < g for g, n in rows):
            return True
    return False


def _is_share(table: _Table, gross: int, net: int) -> bool:
    """Whether one column is everywhere the same part of another."""
    for values in table.values:
        rows = _pairs(values[gross], values[net])
        share = rows[0][1] / rows[0][0] if rows else 0.0
        if len(rows) > _LEAST and all(_close(g * share, n) for g, n in rows):
            return True
    return False


def _is_reduced(table: _Table, gross: int, rebate: int, net: int) -> bool:
    """Whether a column is another less its rebate: a share, a percentage, what is left of one, or an amount."""
    for values in table.values:
        rows = list(zip(values[gross], values[rebate], values[net], strict=True))
        whole = [(g, abs(r), n) for g, r, n in rows if g and n and r is not None]
        ways = (
            [_close(g * (1 - r), n) for g, r, n in whole],
            [_close(g * (1 - r / 100), n) for g, r, n in whole],
            [_close(g * r, n) for g, r, n in whole],
            [_close(g - r, n) for g, r, n in whole],
        )
        if len(whole) >= _LEAST and any(sum(fits) >= _NEARLY_ALL * len(whole) for fits in ways):
            return True
    return False


def _pairs(column: _Column, other: _Column) -> list[tuple[float, float]]:
    return [(one, two) for one, two in zip(column, other, strict=True) if one and two]


def _close(expected: float, found: float) -> bool:
    return abs(expected - found) <= _ROUNDING * abs(found)


def _move(table: _Table, field: str, column: int, why: str) -> None:
    old = table.fields[field]
    currency = table.matches[column].currency or table.matches[old].currency
    table.matches[column] = replace(table.matches[column], field=field, sure=0.85, label="", currency=currency, why=why)
    table.matches[old] = replace(table.matches[old], field="other", why="another column holds what is paid")
    table.fields[field] = column
