"""Cells to exact numbers. Whether a point or a comma is the decimal mark is decided from the whole column."""

import decimal
import re
from dataclasses import astuple, dataclass, replace
from functools import cache, lru_cache
from typing import Literal

import polars as pl

from worker.sheets import currencies, shortened, unread, vocabulary
from worker.sheets.grid import SHORT, Cells
from worker.sheets.shortened import NUMBER

Decimal = Literal[".", ",", "none"]
"""The decimal mark of a column; "none" where marks only part thousands."""

_BLANKS = r"[\s\u00a0\u202f\u2009\u2007\u2002\u2003]"
_POINT = (
    r"^-?\d{1,3}(?:,\d{2,3})+\.\d+$|^-?\d*\.(?:\d{1,2}|\d{4,})$|^-?0?\.\d+$|^-?\d{4,}\.\d+$"
    r"|^-?\d{1,3}(?:,\d{2,3})*,\d{2,3},\d{3}$"
)
_COMMA = (
    r"^-?\d{1,3}(?:\.\d{3})+,\d+$|^-?\d*,(?:\d{1,2}|\d{4,})$|^-?0?,\d+$|^-?\d{4,},\d+$"
    r"|^-?\d{1,3}(?:\.\d{3})*\.\d{3}\.\d{3}$"
)
_ONE_POINT = r"^-?[1-9]\d{0,2}\.\d{3}$"
_ONE_COMMA = r"^-?[1-9]\d{0,2},\d{3}$"
_WHOLE = r"^-?[1-9]\d{0,2}$"
_ROUND = r"^-?[1-9]\d{0,2}\.\d\d0$"
_POINT_SHAPE = r"^-?(?:\d+(?:\.\d*)?|\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?|\.\d+)$"
_COMMA_SHAPE = r"^-?(?:\d+(?:,\d*)?|\d{1,3}(?:\.\d{3})+(?:,\d*)?|,\d+)$"
_ENOUGH = 1_000  # cells that may prove the decimal mark: the others are not asked
_PLAIN_PROOF = r"\.(?:\d{1,2}|\d{4,})$|^-?0?\.|^-?\d{4,}\."


@dataclass(frozen=True)
class Evidence:
    """How many cells only make sense with one decimal mark, and how many with both."""

    point: int = 0
    comma: int = 0
    open_point: int = 0
    """Like 1.200: twelve hundred, or one and a fifth."""
    open_comma: int = 0
    signed: int = 0
    """Open ones with a currency: no price list shows tenths of a cent."""
    whole: int = 0
    """Beside open ones: whole numbers below a thousand, which three decimals on every cell would not leave."""
    round: int = 0
    """Open ones that end in a zero, which nobody writes behind a decimal mark unless every cell has as many."""

    def is_open(self) -> bool:
        """Whether some cells can be read in two ways and no other cell of the column helps."""
        return bool(self.open_point or self.open_comma) and not (self.point or self.comma)

    def with_rest(self, rest: "Evidence") -> "Evidence":
        """The evidence of the other cells of the same column."""
        return Evidence(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(rest), strict=True)))

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(self.point + other.point, self.comma + other.comma)


@dataclass(frozen=True)
class Numbers:
    values: pl.Series
    """Decimal(38, 6)."""
    bad: pl.Series
    """Positions of cells that hold something, but no number."""
    raw: list[str]
    problems: list[str]
    """One for each bad cell."""

    def times(self, unit: decimal.Decimal) -> "Numbers":
        """The same in whole units instead of thousands or parts of one."""
        values = self.values * int(unit) if unit >= 1 else self.values / int(1 / unit)
        return replace(self, values=values.cast(NUMBER))

    def without(self, positions: list[int], problem: str, cells: Cells) -> "Numbers":
        """The same with some of its cells set aside, each as it is written."""
        raw = cells.display().gather(positions).to_list()
        doubted = pl.Series([False]).new_from_index(0, len(self.values)).scatter(positions, True)  # noqa: FBT003
        return Numbers(
            values=self.values.set(doubted, None),
            bad=pl.concat([self.bad, pl.Series(positions, dtype=self.bad.dtype)]),
            raw=[*self.raw, *raw],
            problems=[*self.problems, *[problem] * len(positions)],
        )

    def written(self) -> pl.Series:
        """Where a cell holds something, right or wrong."""
        held = self.values.is_not_null()
        return held.scatter(self.bad, True) if len(self.bad) else held  # noqa: FBT003


@dataclass(frozen=True)
class Column:
    """A column on its way to numbers."""

    cells: Cells
    plain: pl.Series
    """What the texts are when a point is the decimal mark and nothing else stands in them."""
    rest: pl.Series
    """Positions of the other texts."""


def prepare(cells: Cells) -> Column:
    plain = cells.text.cast(NUMBER, strict=False) if cells.plain is None else cells.plain
    if plain.null_count() == cells.text.null_count():
        return Column(cells, plain, pl.Series([], dtype=pl.get_index_type()))
    return Column(cells, plain, (cells.text.is_not_null() & plain.is_null()).arg_true())


def evidence(column: Column) -> Evidence:
    texts = column.cells.text
    if texts.null_count() == len(texts):
        return Evidence()
    found = _plain_evidence(texts)
    return found.with_rest(_bare_evidence(texts.gather(column.rest))) if len(column.rest) else found


def _bare_evidence(texts: pl.Series) -> Evidence:
    found = (
        pl.DataFrame({"t": texts})
        .select("t", bare=_bare(pl.col("t")))
        .select(
            point=pl.col("bare").str.contains(_POINT).sum(),
            comma=pl.col("bare").str.contains(_COMMA).sum(),
            open_point=pl.col("bare").str.contains(_ONE_POINT).sum(),
            open_comma=pl.col("bare").str.contains(_ONE_COMMA).sum(),
            signed=(
                pl.col("bare").str.contains(f"{_ONE_POINT}|{_ONE_COMMA}") & pl.col("t").str.contains(currencies.IN_CELL)
            ).sum(),
            whole=pl.col("bare").str.contains(_WHOLE).sum(),
            round=pl.col("bare").str.contains(_ROUND).sum(),
        )
    )
    return Evidence(*found.row(0))


def _plain_evidence(texts: pl.Series) -> Evidence:
    """Of the cells with nothing but digits and points: some show that the point is a decimal mark."""
    first = _pointed(texts.head(2 * _ENOUGH))
    if len(first) >= _ENOUGH and (proven := _proven(first.head(_ENOUGH))):
        return Evidence(point=proven)
    pointed = _pointed(texts) if "." in str(texts.str.join("").item()) else texts.clear()
    if pointed.is_empty():
        return Evidence()
    proven = _proven(pointed.head(_ENOUGH)) or _proven(pointed)
    if proven:
        return Evidence(point=proven)
    opened, ending = (int(pointed.str.contains(pattern).sum()) for pattern in (_ONE_POINT, _ROUND))
    return Evidence(open_point=opened, whole=int(texts.str.contains(_WHOLE).sum()), round=ending)


def _pointed(texts: pl.Series) -> pl.Series:
    return texts.filter(texts.str.contains(r"^-?\d*\.\d+$").fill_null(value=False))


def _proven(pointed: pl.Series) -> int:
    return int(pointed.str.contains(_PLAIN_PROOF).sum())


def decide(column: Evidence, table: Evidence, *, count: bool, fallback: Decimal) -> Decimal | None:
    """The decimal mark of one column; None when its cells can be read in two ways. `count` holds whole things."""
    if column.point and column.comma:
        return None
    if column.point or column.comma:
        return "." if column.point else ","
    opened = column.open_point + column.open_comma
    usual = _usual(table)
    if opened and (column.signed == opened or (column.open_point and column.open_comma)):
        return "none" if column.signed == opened or count else None
    if column.open_comma:
        return "." if count or usual != "," else None
    if column.open_point:
        return _open_point(column, usual, count=count, fallback=fallback)
    return usual or fallback


def _open_point(column: Evidence, usual: Decimal | None, *, count: bool, fallback: Decimal) -> Decimal | None:
    if column.whole and not count:
        return "none" if column.round else "," if usual == "," or fallback == "," else None
    if usual == ",":
        return ","
    if count:
        return "none" if usual is None else None
    return usual or ("," if fallback == "," else None)


def _usual(table: Evidence) -> Decimal | None:
    if table.point > 3 * table.comma:
        return "."
    return "," if table.comma > 3 * table.point else None


def missing(texts: pl.Series) -> pl.Series:
    """Cells that say that there is no value."""
    if texts.null_count() == len(texts):
        return pl.Series([False]).new_from_index(0, len(texts))
    if len(texts) < SHORT:
        return pl.Series([text in _marks() for text in texts], dtype=pl.Boolean)
    return texts.is_in(_marks()).fill_null(value=False)


@cache
def _marks() -> frozenset[str]:
    """As people write them: n/a, N/A, N/a."""
    words = vocabulary.missing_marks() | {"-", "--", "---", "—", "–", "―", "."}
    return frozenset(form for word in words for form in (word, word.upper(), word.capitalize(), word.title()))


def parse(column: Column, decimal: Decimal | None) -> Numbers:
    """`decimal` None reads only the cells that leave no doubt."""
    text = column.cells.text
    bad = pl.Series([], dtype=pl.get_index_type())
    problems: list[str] = []
    values = column.plain
    if text.null_count() < len(text):
        values = _values(column, decimal)
        unknown = (text.is_not_null() & values.is_null()).arg_true()
        bad = unknown.filter(~missing(text.gather(unknown)))
        problems = [unread.why(raw, undecided=decimal is None) for raw in text.gather(bad)]
    if column.cells.number is not None:
        values = values.zip_with(values.is_not_null(), column.cells.number.cast(NUMBER, strict=False))
    raw = text.gather(bad).to_list()
    dates = _dates_in(column.cells)
    if len(dates):
        bad = pl.concat([bad, dates])
        raw += column.cells.display().gather(dates).to_list()
        problems = [*problems, *["a date where a number belongs"] * len(dates)]
    return Numbers(values, bad, raw, problems)


def _values(column: Column, decimal: Decimal | None) -> pl.Series:
    text = column.cells.text
    if decimal != ".":
        return _read(text, decimal)
    if not len(column.rest):
        return column.plain
    return column.plain.scatter(column.rest, _read(text.gather(column.rest), decimal))


def _dates_in(cells: Cells) -> pl.Series:
    if cells.moment is None:
        return pl.Series([], dtype=pl.get_index_type())
    return cells.moment.is_not_null().arg_true()


def _bare(text: pl.Expr) -> pl.Expr:
    """Without blanks, currency and apostrophes; a minus in front also when written behind or as brackets."""
    shown = (
        text.str.replace(rf"^([-+(]?)R{_BLANKS}+(\d)", "${1}${2}")
        .str.replace_all(rf"{_BLANKS}|['’`´]", "")
        .str.replace_all("[−–]", "-")
    )
    shown = shown.str.replace(r"^\((.*)\)$", "-$1").str.replace(r"^(.*\d)-$", "-$1")
    shown = shown.str.replace(rf"^([-+]?){currencies.IN_CELL}([-+]?)", "$1$2")
    shown = shown.str.replace(rf"{currencies.IN_CELL}$", "").str.replace(r"^\+", "").str.replace(r",-+$", "")
    return shown.str.replace(rf"(?i)^(.*\d)(?:{shortened.ENDING})\.?$", "$1")


def _read(text: pl.Series, decimal: Decimal | None) -> pl.Series:
    bare = pl.col("bare")
    with_point = bare.str.replace_all(",", "").cast(NUMBER, strict=False)
    with_comma = (
        bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True).cast(NUMBER, strict=False)
    )
    grouped = bare.str.replace_all("[.,]", "").cast(NUMBER, strict=False)
    proves_point, proves_comma = bare.str.contains(_POINT), bare.str.contains(_COMMA)
    whole = bare.str.contains(r"^-?\d+$")
    if decimal is None:
        value = pl.when(whole | (proves_point & ~proves_comma)).then(with_point)
        value = value.when(proves_comma & ~proves_point).then(with_comma)
    elif decimal == "none":
        value = pl.when(whole).then(with_point)
        value = value.when(bare.str.contains(f"{_ONE_POINT}|{_ONE_COMMA}")).then(grouped)
    elif decimal == ".":
        shaped = bare.str.contains(_POINT_SHAPE) | bare.str.contains(r"^-?\d+(?:\.\d+)?[eE][-+]?\d+$")
        value = pl.when(shaped).then(with_point).when(proves_comma).then(with_comma)
    else:
        value = pl.when(bare.str.contains(_COMMA_SHAPE)).then(with_comma).when(proves_point).then(with_point)
    dash = bare.is_in(["-", "--", "—"]) & pl.col("t").str.contains(currencies.IN_CELL)
    frame = pl.DataFrame({"t": text}).with_columns(bare=_bare(pl.col("t")))
    frame = frame.with_columns(bare=pl.when(dash).then(pl.lit("0")).otherwise(bare))
    return shortened.in_full(text, frame.select(value=value.otherwise(None)).to_series())


_CELL = re.compile(
    rf"^[-+(−–]?\s*(?:{currencies.IN_CELL})?\s*[-+−]?\s*(?:\d[\d.,'’\s\u00a0\u202f]*|[.,]\d+)(?:[eE][-+]?\d+)?\s*"
    rf"(?i:(?:{shortened.ENDING})\.?)?\s*"
    rf"(?:{currencies.IN_CELL}|%)?\s*[-)]?$"
)


@lru_cache(maxsize=50_000)
def looks_numeric(text: str) -> bool:
    """Whether one cell is a number in any style, currency and percent allowed."""
    return len(text) <= 40 and _CELL.match(text) is not None
