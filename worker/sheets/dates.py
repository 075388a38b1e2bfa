"""Cells to days, weeks, months and flights. The order of day and month is decided from the whole column."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

import polars as pl

from worker.sheets import spans
from worker.sheets.grid import Cells
from worker.sheets.numbers import missing
from worker.sheets.spans import TRIPLE, Grain, Order, Span


@dataclass(frozen=True)
class Days:
    first: pl.Series
    """Date of each cell, or the first day of its week, month or range."""
    last: pl.Series
    """Last day where the cell names more than one, else null."""
    bad: pl.Series
    raw: list[str]
    problems: list[str]
    """Position, text and problem of each cell that should hold a date and does not."""
    format: str | None
    warning: str | None = None
    grain: Grain = "day"


def parse(
    cells: Cells, *, order: Order | None, hint: Order | None, year: int | None = None, weekly: bool = False
) -> Days:
    """`order` is certain (a pin), `hint` a habit of the file's language; `year` completes texts that have none."""
    texts = _unique_texts(cells)
    decided, warning = (order, None) if order else _decide(texts, hint)
    found = {text: spans.read(text, decided, year) for text in texts}
    numbers = _numbers(cells)
    first, last = _mapped(cells, found, numbers)
    unread = (cells.filled() & first.is_null()).arg_true()
    bad = unread.filter(~missing(cells.text.gather(unread)))
    raw = [str(text) for text in cells.display().gather(bad)] if len(bad) else []
    problems = [_problem(text, decided) for text in raw]
    read = [text for text, span in found.items() if span is not None]
    grain = _grain(found.values(), weekly=weekly)
    if grain == "week" and weekly:
        last = last.zip_with(last.is_not_null(), first.dt.offset_by("6d"))
    return Days(first, last, bad, raw, problems, _format(read, decided), warning, grain)


def parse_beside_years(cells: Cells, years: Cells, *, pattern: str, hint: Order | None) -> Days:
    """'March' beside 2026 is March 2026; a bare 3 goes into `pattern`, such as '{year}-W{part}'.

    What has its own year stays, and what can't be read is shown as it is written.
    """
    pairs = pl.DataFrame({"part": cells.display(), "year": years.display()})
    unique = pairs.unique().drop_nulls()
    whole = pl.Series("whole", [_with_year(part, year, pattern) for part, year in unique.iter_rows()], dtype=pl.String)
    told = pairs.join(unique.with_columns(whole), on=["part", "year"], how="left", maintain_order="left")
    days = parse(Cells(told["whole"].fill_null(told["part"])), order=None, hint=hint)
    return replace(days, raw=pairs["part"].gather(days.bad).to_list())


def _with_year(part: str, year: str, pattern: str) -> str:
    if part.isdecimal() and len(part) <= 2:
        return pattern.format(year=year, part=f"{int(part):02d}")
    return part if spans.span_of(part) is not None or TRIPLE.match(part) else f"{part} {year}"


def _unique_texts(cells: Cells) -> list[str]:
    return [text for text in cells.text.unique().to_list() if text is not None]


def _mapped(cells: Cells, texts: dict[str, Span | None], numbers: dict[float, Span]) -> tuple[pl.Series, pl.Series]:
    known = {text: span for text, span in texts.items() if span is not None}
    first = cells.text.replace_strict(
        list(known), [s.first for s in known.values()], default=None, return_dtype=pl.Date
    )
    many = {text: span.last for text, span in known.items() if span.grain != "day"}
    last = pl.Series([None], dtype=pl.Date).new_from_index(0, len(first))
    if many:
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
    return {value: span for value in values if (span := spans.of_number(value)) is not None}


def proven_order(columns: Iterable[Cells]) -> Order | None:
    """The order of day and month that one of these columns proves and none contradicts."""
    orders = {_proven(_triples(_unique_texts(cells))) for cells in columns} - {None}
    return "dmy" if orders == {"dmy"} else "mdy" if orders == {"mdy"} else None


def _triples(texts: Iterable[str]) -> list[tuple[int, int, str]]:
    return [(int(m[1]), int(m[3]), m[4]) for t in texts if (m := TRIPLE.match(t)) and m[2] != "." and len(m[1]) < 3]


def _proven(pairs: list[tuple[int, int, str]]) -> Order | Literal["both"] | None:
    day_first, month_first = any(a > 12 for a, _, _ in pairs), any(b > 12 for _, b, _ in pairs)
    if day_first and month_first:
        return "both"
    return "dmy" if day_first else "mdy" if month_first else None


def _decide(texts: Iterable[str], hint: Order | None) -> tuple[Order | None, str | None]:
    """Order of day and month, and a warning when it rests on less than proof."""
    pairs = _triples(texts)
    if not pairs:
        return None, None
    proven = _proven(pairs)
    if proven in ("dmy", "mdy"):
        return proven, None
    if proven == "both":
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
            span = spans.one_day(spans.full_year(int(c)), b if order == "dmy" else a, a if order == "dmy" else b)
            if span:
                days.add(span.first)
        run = sorted(days)
        steps = {(later - earlier).days for earlier, later in pairwise(run)}
        if len(run) >= 3 and steps in ({1}, {7}):
            fits.append(order)
    return fits[0] if len(fits) == 1 else None


def _problem(text: str, order: Order | None) -> str:
    found = TRIPLE.match(text)
    if found is None:
        return "not a date"
    readable = found[2] != "." and max(int(found[1]), int(found[3])) <= 12
    return "the day and the month can't be told apart" if order is None and readable else "there is no such day"


def _grain(found: Iterable[Span | None], *, weekly: bool) -> Grain:
    grains: list[Grain] = [span.grain for span in found if span is not None]
    if weekly and (not grains or "day" in grains):
        return "week"
    return max(set(grains), key=grains.count) if grains else "day"


def _format(texts: list[str], order: Order | None) -> str | None:
    sample = next((text for text in texts if any(char.isdigit() for char in text)), None)
    if sample is None:
        return None
    if re.match(r"\d{4}-\d{2}-\d{2}", sample):
        return "%Y-%m-%d"
    found = TRIPLE.match(sample)
    if found and len(found[1]) < 3:
        mark = found[2]
        return f"%m{mark}%d{mark}%Y" if order == "mdy" and mark != "." else f"%d{mark}%m{mark}%Y"
    return f"like {sample[:30]}"
