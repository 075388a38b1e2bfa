"""Cells to days, weeks, months and flights. The order of day and month is decided from the whole column."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

import polars as pl

from worker.sheets import vocabulary
from worker.sheets.grid import Cells
from worker.sheets.normalize import normal
from worker.sheets.numbers import missing

Order = Literal["dmy", "mdy"]
Grain = Literal["day", "week", "month", "quarter", "year", "range"]

_YEARS = range(1990, 2101)
_ISO = r"^(\d{4})-(\d{2})-(\d{2})(?:$|[T ].*)"
_TRIPLE = re.compile(r"^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?(?:[ T,]+\d{1,2}:\d{2}.*)?$")
_WEEK = re.compile(r"^(?:(\d{4})\s*[-/ ]?\s*(?:w|kw|cw|wk|week|semaine|semana|settimana|tydzien|неделя)\s*[-. ]?(\d{1,2})|(?:w|kw|cw|wk|week|semaine|semana|settimana|tydzien|неделя)\s*[-.# ]?(\d{1,2})\s*[-/, ]\s*(\d{4}))$")  # fmt: skip
_MONTH = re.compile(r"^(?:(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})|(\d{4})年(\d{1,2})月)$")
_KANJI = re.compile(r"(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})日")
_QUARTER = re.compile(r"^(?:q([1-4])\s*[-/ ']?\s*(\d{4}|\d{2})|(\d{4})\s*[-/ ]?\s*q([1-4]))$")
_RANGE = re.compile(r"\s+(?:-|–|—|to|bis|a|au|al|до|по|until|tot|do|~|〜)\s+|\s*[–—〜~]\s*|(?<=\d{4})\s*-\s*(?=\D*\d)|(?<=\d\.\d\d)\s*-\s*(?=\d{1,2}\.)|(?<=\d\.\d\d\.\d\d)\s*-\s*(?=\d)")  # fmt: skip
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|ª|o)\b")


@dataclass(frozen=True)
class Span:
    first: date
    last: date
    grain: Grain


@dataclass(frozen=True)
class Days:
    first: pl.Series
    """Date of each cell, or the first day of its week, month or range."""
    last: pl.Series
    """Last day where the cell names more than one, else null."""
    bad: pl.Series
    problems: list[str]
    format: str | None
    warning: str | None = None
    grain: Grain = "day"


def parse(
    cells: Cells, *, order: Order | None, hint: Order | None, year: int | None = None, weekly: bool = False
) -> Days:
    """`order` is certain (a pin), `hint` a habit of the file's language; `year` completes texts that have none."""
    texts = _unique_texts(cells)
    plain = {text: text for text in texts}
    decided, warning = (order, None) if order else _decide(texts, hint)
    spans = {text: _span(plain[text], decided, year) for text in texts}
    numbers = _numbers(cells)
    first, last = _mapped(cells, spans, numbers)
    bad_mask = cells.filled() & first.is_null() & ~missing(cells.text)
    bad = bad_mask.arg_true()
    shown = cells.display()
    problems = [_problem(text, decided) for text in shown.gather(bad)]
    grain = _grain(spans.values(), weekly=weekly)
    if grain == "week" and weekly:
        last = last.zip_with(last.is_not_null(), first.dt.offset_by("6d"))
    return Days(first, last, bad, problems, _format(texts, decided), warning, grain)


def _unique_texts(cells: Cells) -> list[str]:
    return [text for text in cells.text.unique().to_list() if text is not None]


def _mapped(cells: Cells, spans: dict[str, Span | None], numbers: dict[float, Span]) -> tuple[pl.Series, pl.Series]:
    known = {text: span for text, span in spans.items() if span is not None}
    first = cells.text.replace_strict(
        list(known), [s.first for s in known.values()], default=None, return_dtype=pl.Date
    )
    many = {text: span.last for text, span in known.items() if span.grain != "day"}
    last = cells.text.replace_strict(list(many), list(many.values()), default=None, return_dtype=pl.Date)
    if cells.moment is not None:
        first = first.zip_with(first.is_not_null(), cells.moment.dt.date())
    if cells.number is not None and numbers:
        found = cells.number.replace_strict(
            list(numbers), [s.first for s in numbers.values()], default=None, return_dtype=pl.Date
        )
        first = first.zip_with(first.is_not_null(), found)
        wide = {value: span.last for value, span in numbers.items() if span.grain != "day"}
        if wide:
            found = cells.number.replace_strict(list(wide), list(wide.values()), default=None, return_dtype=pl.Date)
            last = last.zip_with(last.is_not_null(), found)
    return first, last


def _numbers(cells: Cells) -> dict[float, Span]:
    if cells.number is None:
        return {}
    values = [value for value in cells.number.unique().to_list() if value is not None]
    return {value: span for value in values if (span := of_number(value)) is not None}


def of_number(value: float) -> Span | None:
    """Excel serials, 20260131, 202601 and years."""
    whole = int(value)
    if value != value or abs(value) > 1e9:  # noqa: PLR0124
        return None
    if 20_000 <= whole <= 73_050:
        day = date(1899, 12, 30) + timedelta(days=whole)
        return Span(day, day, "day")
    if value != whole:
        return None
    if 19_900_101 <= whole <= 21_001_231:
        return _day(whole // 10_000, whole // 100 % 100, whole % 100)
    if 199_001 <= whole <= 210_012:
        return _month(whole // 100, whole % 100)
    return Span(date(whole, 1, 1), date(whole, 12, 31), "year") if whole in _YEARS else None


def span_of(text: str, *, year: int | None = None) -> Span | None:
    """What one text says, when it can be read in one way only."""
    return _span(text, None, year)


def _span(text: str, order: Order | None, year: int | None) -> Span | None:
    text = text.strip()
    iso = re.match(_ISO, text)
    if iso:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if text.isdecimal():
        return of_number(float(text)) if len(text) in {4, 5, 6, 8} else None
    lowered = normal(text) if not text.isascii() else text.lower()
    return _triple(text, order) or _period(text, lowered) or _range(text, order, year) or _in_words(text, year)


def _triple(text: str, order: Order | None) -> Span | None:
    found = _TRIPLE.match(text)
    if found is None:
        return None
    a, c, mark = int(found[1]), int(found[4]), found[2]
    b = int(found[3])
    if len(found[1]) == 4:
        return _day(a, b, c)
    if len(found[4]) not in {2, 4} or len(found[1]) > 2:
        return None
    year = c + 2000 if len(found[4]) == 2 else c
    if mark == "." or a > 12:
        return _day(year, b, a)
    if b > 12:
        return _day(year, a, b)
    if a == b:
        return _day(year, a, a)
    if order is None:
        return None
    return _day(year, b, a) if order == "dmy" else _day(year, a, b)


def _period(text: str, lowered: str) -> Span | None:
    if found := _WEEK.match(lowered):
        return _week(int(found[1] or found[4]), int(found[2] or found[3]))
    if found := _QUARTER.match(lowered):
        quarter, year = int(found[1] or found[4]), int(found[2] or found[3])
        year = year + 2000 if year < 100 else year
        first = date(year, 3 * quarter - 2, 1)
        return Span(first, _month_end(year, 3 * quarter), "quarter")
    if found := _MONTH.match(text):
        year, month = int(found[1] or found[4] or found[5]), int(found[2] or found[3] or found[6])
        return _month(year, month)
    if found := _KANJI.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3])) if len(_KANJI.findall(text)) == 1 else None
    return None


def _range(text: str, order: Order | None, year: int | None) -> Span | None:
    parts = [part.strip(" .") for part in _RANGE.split(text.replace("\n", " ")) if part.strip(" .")]
    if len(parts) != 2 or len(text) > 60:
        return None
    last = _span(parts[1], order, year)
    if last is None:
        return None
    first = _span(parts[0], order, last.last.year) or _short(parts[0], parts[1], last)
    return Span(first.first, last.last, "range") if first and first.first <= last.last else None


def _short(first: str, whole: str, last: Span) -> Span | None:
    """'15.07' before '14.08.24', '1' before '15 May 2026'."""
    found = re.match(r"^(\d{1,2})\.(\d{1,2})\.?$", first)
    if found:
        return _day(last.first.year, int(found[2]), int(found[1]))
    return _day(last.first.year, last.first.month, int(first)) if re.match(r"^\d{1,2}$", first) and whole else None


def _in_words(text: str, year: int | None) -> Span | None:
    """'Thu, 5 Feb 2026', 'ter., 5 de mai. de 2026', 'February 2026', 'Aug 11' when the year is known."""
    words = normal(_ORDINAL.sub("", text.lower())).replace("'", " ").split()
    names = vocabulary.months()
    month = next((names[word] for word in reversed(words) if word in names), None)
    glued = re.match(r"^([a-zа-я]{3,9})(\d{2}|\d{4})$", words[0]) if month is None and len(words) == 1 else None
    if glued and glued[1] in names:
        return _month(_full_year(int(glued[2])), names[glued[1]])
    if month is None or len(words) > 8:
        return None
    digits = [word for word in words if word.isdecimal()]
    long = [int(word) for word in digits if len(word) == 4 and int(word) in _YEARS]
    short = [int(word) for word in digits if len(word) <= 2]
    if len(long) > 1 or len(digits) > 2 + (":" in text) * 3 or any(len(w) not in {1, 2, 4} for w in digits):
        return None
    return _from_parts(long[0] if long else None, month, short, year, month_last=not words[-1].isdecimal())


def _from_parts(long: int | None, month: int, short: list[int], year: int | None, *, month_last: bool) -> Span | None:
    if long is not None:
        return _day(long, month, short[0]) if short else _month(long, month)
    if len(short) == 2:
        return _day(_full_year(short[1]), month, short[0])
    if len(short) == 1 and year is None and not month_last and short[0] > 12:
        return _month(_full_year(short[0]), month)
    if year is None:
        return None
    return _day(year, month, short[0]) if short else _month(year, month)


def _full_year(year: int) -> int:
    return year + 2000 if year < 100 else year


def _day(year: int, month: int, day: int) -> Span | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return Span(found, found, "day") if year in _YEARS else None


def _month(year: int, month: int) -> Span | None:
    if year not in _YEARS or not 1 <= month <= 12:
        return None
    return Span(date(year, month, 1), _month_end(year, month), "month")


def _month_end(year: int, month: int) -> date:
    return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _week(year: int, week: int) -> Span | None:
    try:
        first = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return Span(first, first + timedelta(days=6), "week")


def _decide(texts: Iterable[str], hint: Order | None) -> tuple[Order | None, str | None]:
    """Order of day and month, and a warning when it rests on less than proof."""
    pairs = [(int(m[1]), int(m[3]), m[4]) for t in texts if (m := _TRIPLE.match(t)) and m[2] != "." and len(m[1]) < 3]
    if not pairs:
        return None, None
    day_first, month_first = any(a > 12 for a, _, _ in pairs), any(b > 12 for _, b, _ in pairs)
    if day_first != month_first:
        return ("dmy" if day_first else "mdy"), None
    if day_first:
        return None, "Some dates are written day first and others month first; the ones that fit both are set aside."
    regular = _regular(pairs)
    if regular:
        return regular, None
    if hint:
        return hint, "Dates could be day first or month first; day first is usual in this file's language."
    return None, "Dates could be day first or month first. Choose the order for this file."


def _regular(pairs: list[tuple[int, int, str]]) -> Order | None:
    """The only order in which the days follow each other without gaps."""
    fits: list[Order] = []
    for order in ("dmy", "mdy"):
        days: set[date] = set()
        for a, b, c in pairs:
            span = _day(_full_year(int(c)), b if order == "dmy" else a, a if order == "dmy" else b)
            if span:
                days.add(span.first)
        run = sorted(days)
        steps = {(later - earlier).days for earlier, later in zip(run, run[1:], strict=False)}
        if len(run) >= 3 and steps in ({1}, {7}):
            fits.append(order)
    return fits[0] if len(fits) == 1 else None


def _problem(text: str | None, order: Order | None) -> str:
    if text and order is None and _TRIPLE.match(text):
        return "the day and the month can't be told apart"
    return "not a date"


def _grain(spans: Iterable[Span | None], *, weekly: bool) -> Grain:
    grains = [span.grain for span in spans if span is not None]
    if weekly and (not grains or "day" in grains):
        return "week"
    return max(set(grains), key=grains.count) if grains else "day"


def _format(texts: list[str], order: Order | None) -> str | None:
    sample = next((text for text in texts if any(char.isdigit() for char in text)), None)
    if sample is None:
        return None
    if re.match(_ISO, sample):
        return "%Y-%m-%d"
    found = _TRIPLE.match(sample)
    if found and len(found[1]) < 3:
        mark = found[2]
        return f"%m{mark}%d{mark}%Y" if order == "mdy" and mark != "." else f"%d{mark}%m{mark}%Y"
    return f"like {sample[:30]}"


def looks_like_date(value: object) -> bool:
    """Whether one cell is a date, a week, a month or a range in any style."""
    if isinstance(value, datetime | date):
        return True
    return isinstance(value, str) and len(value) <= 60 and _text_looks_like_date(value)


@lru_cache(maxsize=50_000)
def _text_looks_like_date(text: str) -> bool:
    if not any(char.isdigit() for char in text):
        return False
    return _TRIPLE.match(text.strip()) is not None or span_of(text, year=2024) is not None
