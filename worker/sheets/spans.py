"""One text or number to the days it stands for: a day, a week, a month, a flight."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from worker.sheets import vocabulary
from worker.sheets.normalize import normal

Order = Literal["dmy", "mdy"]
Grain = Literal["day", "week", "month", "quarter", "half", "year", "range"]

_DAY = timedelta(days=1)
_YEARS = range(1990, 2101)
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:$|[T ].*)")
TRIPLE = re.compile(r"^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?(?:[ T,]+\d{1,2}:\d{2}.*)?$")
"""Three numbers with one mark between them: 31/12/2026."""
_WEEK_WORD = "(?:w|kw|cw|wk|week|semaine|semana|settimana|tydzien|неделя)"
_WEEK = re.compile(
    rf"^(?:(\d{{4}})\s*[-/ ]?\s*{_WEEK_WORD}\s*[-. ]?(\d{{1,2}})"
    rf"|{_WEEK_WORD}\s*[-.# ]?(\d{{1,2}})\s*[-/, ]\s*(\d{{4}}))$"
)
_WEEK_ONLY = re.compile(rf"^(?:{_WEEK_WORD}|s|sem|sett|tydz|нед|v)\s*[-.# ]?(\d{{1,2}})$")
_MONTH = re.compile(r"^(?:(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})|(\d{4})年(\d{1,2})月)$")
_KANJI = re.compile(r"(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})日")
_QUARTER = re.compile(r"^(?:q0?([1-4])\s*[-/ ']?\s*(\d{4}|\d{2})|(\d{4})\s*[-/ ]?\s*q0?([1-4]))$")
_QUARTER_ONLY = re.compile(
    r"^(?:(?:q|quarter |quartal |trimestre |kwartal |квартал )([1-4])"
    r"|([1-4])(?:q| quarter| quartal| trimestre| квартал))$"
)
_HALF = re.compile(
    r"^(?:(?:h|hj|halbjahr |semestre |half )([12])|([12])(?:h| hj| halbjahr| semestre| half))"
    r"(?:\s*[-/ ']?\s*(\d{4}|\d{2}))?$"
)
"""'H1 2026', '2. Halbjahr': half a year, with or without its year."""
_RANGE = re.compile(
    r"\s+(?:-|–|—|to|bis|a|au|al|до|по|until|tot|do|~|〜)\s+"
    r"|\s*[–—〜~]\s*|(?<=\d{4})\s*-\s*(?=\D*\d)"
    r"|(?<=\d\.\d\d)\s*-\s*(?=\d{1,2}\.)|(?<=\d\.\d\d\.\d\d)\s*-\s*(?=\d)"
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|ª|o)\b")


@dataclass(frozen=True)
class Span:
    first: date
    last: date
    grain: Grain


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
        return one_day(whole // 10_000, whole // 100 % 100, whole % 100)
    if 199_001 <= whole <= 210_012:
        return _month(whole // 100, whole % 100)
    return Span(date(whole, 1, 1), date(whole, 12, 31), "year") if whole in _YEARS else None


def span_of(text: str, *, year: int | None = None) -> Span | None:
    """What one text says, when it can be read in one way only."""
    return read(text, None, year)


def read(text: str, order: Order | None, year: int | None) -> Span | None:
    """What one text says; `order` decides 03/04/2026, `year` completes texts that have none."""
    text = text.strip()
    iso = _ISO.match(text)
    if iso:
        return one_day(int(iso[1]), int(iso[2]), int(iso[3]))
    if text.isdecimal():
        return of_number(float(text)) if len(text) in {4, 5, 6, 8} else None
    lowered = normal(text) if not text.isascii() else text.lower()
    week = _WEEK_ONLY.match(lowered) if year else None
    if week and year:
        return _week(year, int(week[1]))
    return _triple(text, order) or _period(text, lowered) or _range(text, order, year) or _in_words(text, year)


def _triple(text: str, order: Order | None) -> Span | None:
    found = TRIPLE.match(text)
    if found is None:
        return None
    a, b, c, mark = int(found[1]), int(found[3]), int(found[4]), found[2]
    if len(found[1]) == 4:
        return one_day(a, b, c)
    if len(found[4]) not in {2, 4} or len(found[1]) > 2:
        return None
    year = c + 2000 if len(found[4]) == 2 else c
    if mark == "." or a > 12 or a == b:
        order = "dmy"
    elif b > 12:
        order = "mdy"
    if order is None:
        return None
    return one_day(year, b, a) if order == "dmy" else one_day(year, a, b)


def _period(text: str, lowered: str) -> Span | None:
    if found := _WEEK.match(lowered):
        return _week(int(found[1] or found[4]), int(found[2] or found[3]))
    if found := _QUARTER.match(lowered):
        quarter, year = int(found[1] or found[4]), int(found[2] or found[3])
        return _quarter(full_year(year), quarter)
    if found := _half(text, None):
        return found
    if found := _MONTH.match(text):
        year, month = int(found[1] or found[4] or found[5]), int(found[2] or found[3] or found[6])
        return _month(year, month)
    if found := _KANJI.search(text):
        return one_day(int(found[1]), int(found[2]), int(found[3])) if len(_KANJI.findall(text)) == 1 else None
    return None


def part_of(text: str, year: int) -> Span | None:
    """'Q3', '3. Quartal' and 'H1' over a column of a year's plan."""
    found = _QUARTER_ONLY.match(normal(text))
    return _quarter(year, int(found[1] or found[2])) if found else _half(text, year)


def is_half(text: str) -> bool:
    """Whether a text names half a year: two of them fill it."""
    return _half(text, 2000) is not None


def _half(text: str, year: int | None) -> Span | None:
    found = _HALF.match(normal(_ORDINAL.sub("", text.lower()))) if len(text) <= 20 else None
    if found is None or not (found[3] or year):
        return None
    year, second = full_year(int(found[3])) if found[3] else year or 0, (found[1] or found[2]) == "2"
    return Span(date(year, 7 if second else 1, 1), date(year, 12, 31) if second else date(year, 6, 30), "half")


def _quarter(year: int, quarter: int) -> Span:
    return Span(date(year, 3 * quarter - 2, 1), _month_end(year, 3 * quarter), "quarter")


def _range(text: str, order: Order | None, year: int | None) -> Span | None:
    parts = [part.strip(" .") for part in _RANGE.split(text.replace("\n", " ")) if part.strip(" .")]
    if len(parts) != 2 or len(text) > 60:
        return None
    last = read(parts[1], order, year)
    if last is None:
        return None
    first = read(parts[0], order, last.last.year) or _short(parts[0], parts[1], last)
    return Span(first.first, last.last, "range") if first and first.first <= last.last else None


def _short(first: str, whole: str, last: Span) -> Span | None:
    """'15.07' before '14.08.24', '1' before '15 May 2026'."""
    found = re.match(r"^(\d{1,2})\.(\d{1,2})\.?$", first)
    if found:
        return one_day(last.first.year, int(found[2]), int(found[1]))
    return one_day(last.first.year, last.first.month, int(first)) if re.match(r"^\d{1,2}$", first) and whole else None


def _in_words(text: str, year: int | None) -> Span | None:
    """'Thu, 5 Feb 2026', 'ter., 5 de mai. de 2026', 'February 2026', 'Aug 11' when the year is known."""
    words = normal(_ORDINAL.sub("", text.lower())).replace("'", " ").split()
    names = vocabulary.months()
    month = next((names[word] for word in reversed(words) if word in names), None)
    glued = re.match(r"^([a-zа-я]{3,9})(\d{2}|\d{4})$", words[0]) if month is None and len(words) == 1 else None
    if glued and glued[1] in names:
        return _month(full_year(int(glued[2])), names[glued[1]])
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
        return one_day(long, month, short[0]) if short else _month(long, month)
    if len(short) == 2:
        return one_day(full_year(short[1]), month, short[0])
    if len(short) == 1 and year is None and not month_last and short[0] > 12:
        return _month(full_year(short[0]), month)
    if year is None:
        return None
    return one_day(year, month, short[0]) if short else _month(year, month)


def full_year(year: int) -> int:
    return year + 2000 if year < 100 else year


def one_day(year: int, month: int, day: int) -> Span | None:
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


def whole_periods(spans: dict[int, Span]) -> dict[int, Span]:
    """Days over columns that step by months or by weeks stand for those: 1 Jan, 1 Feb, 1 Mar."""
    days = sorted({span.first for span in spans.values()})
    if len(days) < 2 or any(span.grain != "day" for span in spans.values()):
        return spans
    if all(after == _month_end(day.year, day.month) + _DAY for day, after in pairwise(days)) and days[0].day == 1:
        return {
            i: Span(span.first, _month_end(span.first.year, span.first.month), "month") for i, span in spans.items()
        }
    if len(days) > 2 and all(after - day == 7 * _DAY for day, after in pairwise(days)):
        return {i: Span(span.first, span.first + 6 * _DAY, "week") for i, span in spans.items()}
    return spans


def _week(year: int, week: int) -> Span | None:
    try:
        first = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return Span(first, first + timedelta(days=6), "week")


def looks_like_date(value: object) -> bool:
    """Whether one cell is a date, a week, a month or a range in any style."""
    if isinstance(value, datetime | date):
        return True
    return isinstance(value, str) and len(value) <= 60 and _text_looks_like_date(value)


@lru_cache(maxsize=50_000)
def _text_looks_like_date(text: str) -> bool:
    if not any(char.isdigit() for char in text):
        return False
    return TRIPLE.match(text.strip()) is not None or span_of(text, year=2024) is not None
