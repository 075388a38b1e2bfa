"""Cells to exact numbers. Whether a point or a comma is the decimal mark is decided from the whole column."""

import re
from dataclasses import dataclass
from typing import Literal

import polars as pl

from worker.sheets import currencies, vocabulary
from worker.sheets.grid import Cells
from worker.sheets.normalize import normal

NUMBER = pl.Decimal(38, 6)
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
_POINT_SHAPE = r"^-?(?:\d+(?:\.\d*)?|\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?|\.\d+)$"
_COMMA_SHAPE = r"^-?(?:\d+(?:,\d*)?|\d{1,3}(?:\.\d{3})+(?:,\d*)?|,\d+)$"
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

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(self.point + other.point, self.comma + other.comma)


@dataclass(frozen=True)
class Numbers:
    values: pl.Series
    """Decimal(38, 6)."""
    bad: pl.Series
    """Positions of cells that hold something, but no number."""
    problems: list[str]
    """One for each bad cell."""


def evidence(texts: pl.Series) -> Evidence:
    texts = texts.drop_nulls()
    shown = _bare(texts)
    counts = [int(shown.str.contains(shape).sum()) for shape in (_POINT, _COMMA, _ONE_POINT, _ONE_COMMA)]
    signed = 0
    if counts[2] or counts[3]:
        open_cells = shown.str.contains(f"{_ONE_POINT}|{_ONE_COMMA}")
        signed = int((open_cells & texts.str.contains(currencies.IN_CELL)).sum())
    return Evidence(*counts, signed)


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
        return _open_point(usual, count=count, fallback=fallback)
    return usual or fallback


def _open_point(usual: Decimal | None, *, count: bool, fallback: Decimal) -> Decimal | None:
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
    marks = vocabulary.everywhere("missing")
    unique = texts.unique().drop_nulls()
    if len(unique) > 2_000:
        unique = unique.filter(unique.str.len_chars() < 30)
        unique = unique.filter(~unique.str.contains(r"^[\d.,]+$"))
    empty = [t for t in unique if normal(t) in marks or t.strip() in {"-", "--", "---", "—", "–", "―", "."}]
    return texts.is_in(empty) if empty else pl.Series([False]).new_from_index(0, len(texts))


def parse(cells: Cells, decimal: Decimal | None) -> Numbers:
    """`decimal` None reads only the cells that leave no doubt."""
    text = cells.text
    if text.null_count() == len(text):
        return Numbers(_typed(cells), _dates_in(cells), ["a date where a number belongs"] * int(_dates_in(cells).len()))
    values = _plain(text) if decimal == "." else None
    if values is None:
        values = _read(text, decimal)
    unread = text.is_not_null() & values.is_null()
    bad_mask = unread & ~missing(text) if unread.any() else unread
    if cells.number is not None:
        values = values.zip_with(values.is_not_null(), _typed(cells))
    bad = bad_mask.arg_true()
    problems = [_problem(raw, decimal) for raw in text.gather(bad)]
    dates = _dates_in(cells)
    if len(dates):
        bad = pl.concat([bad, dates])
        problems += ["a date where a number belongs"] * len(dates)
    return Numbers(values, bad, problems)


def _typed(cells: Cells) -> pl.Series:
    if cells.number is None:
        return pl.Series([None], dtype=NUMBER).new_from_index(0, len(cells))
    return cells.number.cast(NUMBER, strict=False)


def _dates_in(cells: Cells) -> pl.Series:
    if cells.moment is None:
        return pl.Series([], dtype=pl.get_index_type())
    return cells.moment.is_not_null().arg_true()


def _plain(text: pl.Series) -> pl.Series | None:
    """The fast path: every cell is digits with a decimal point, and some cell proves that it is one."""
    values = text.cast(NUMBER, strict=False)
    return values if values.null_count() == text.null_count() else None


def _bare(text: pl.Series) -> pl.Series:
    """Without blanks, currency and apostrophes; a minus in front also when written behind or as brackets."""
    shown = text.str.replace_all(_BLANKS, "").str.replace_all(r"['’`´]", "").str.replace_all("[−–]", "-")
    shown = shown.str.replace(r"^\((.*)\)$", "-$1").str.replace(r"^(.*\d)-$", "-$1")
    shown = shown.str.replace(rf"^([-+]?){currencies.IN_CELL}([-+]?)", "$1$2")
    shown = shown.str.replace(rf"{currencies.IN_CELL}$", "").str.replace(r"^\+", "")
    return shown.str.replace(r",-+$", "")


def _read(text: pl.Series, decimal: Decimal | None) -> pl.Series:
    bare = _bare(text)
    dash = bare.is_in(["-", "--", "–", "—"]) & text.str.contains(currencies.IN_CELL)
    bare = bare.set(dash, "0")
    with_point = bare.str.replace_all(",", "").cast(NUMBER, strict=False)
    with_comma = (
        bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True).cast(NUMBER, strict=False)
    )
    proves_point, proves_comma = bare.str.contains(_POINT), bare.str.contains(_COMMA)
    whole = bare.str.contains(r"^-?\d+$")
    if decimal is None:
        use_point, use_comma = proves_point & ~proves_comma | whole, proves_comma & ~proves_point
    elif decimal == "none":
        grouped = bare.str.contains(_ONE_POINT) | bare.str.contains(_ONE_COMMA)
        bare = bare.str.replace_all("[.,]", "")
        with_comma = bare.cast(NUMBER, strict=False)
        use_point, use_comma = whole, grouped
    elif decimal == ".":
        use_point = bare.str.contains(_POINT_SHAPE) | bare.str.contains(r"^-?\d+(?:\.\d+)?[eE][-+]?\d+$")
        use_comma = ~use_point & proves_comma
    else:
        use_comma = bare.str.contains(_COMMA_SHAPE)
        use_point = ~use_comma & proves_point
    nothing = pl.Series([None], dtype=NUMBER).new_from_index(0, len(text))
    return with_point.zip_with(use_point.fill_null(value=False), with_comma.zip_with(use_comma.fill_null(value=False), nothing))  # fmt: skip


def _problem(raw: str, decimal: Decimal | None) -> str:
    text = raw.strip()
    if text.startswith("#"):
        return f"the formula shows the error {text}"
    if text.endswith("%"):
        return "a percentage where an amount belongs"
    if text[:1] in "<>":
        return "only a limit is known, not the number"
    if decimal is None and any(char.isdigit() for char in text) and not any(char.isalpha() for char in text):
        return "can be read in two ways: the mark could be a decimal or a thousands mark"
    return "not a number"


_CELL = re.compile(
    rf"^[-+(−–]?\s*(?:{currencies.IN_CELL})?\s*[-+−]?\s*(?:\d[\d.,'’\s\u00a0\u202f]*|[.,]\d+)(?:[eE][-+]?\d+)?\s*"
    rf"(?:{currencies.IN_CELL}|%)?\s*[-)]?$"
)


def looks_numeric(text: str) -> bool:
    """Whether one cell is a number in any style, currency and percent allowed."""
    return len(text) <= 40 and _CELL.match(text) is not None
