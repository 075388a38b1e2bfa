"""What a title says about a period: a column that is named after its month, week or day."""

import re

from worker.sheets import vocabulary
from worker.sheets.spans import Span, one_day, part_of, span_of

_DAY = re.compile(r"\b(20\d\d) (\d\d) (\d\d)\b")
"""An ISO day as `normal` spells it."""


def period_in(label: str, year: int | None = None) -> Span | None:
    """'oct25 cd' and 'jan 2026' name a month; 'january' does when the year is known."""
    whole = span_of(label)
    if whole is not None and whole.grain in {"month", "week", "quarter", "half", "range"}:
        return whole
    if year is not None and label in vocabulary.months():
        return span_of(label, year=year)
    if year is not None and (part := part_of(label, year)) is not None:
        return part
    words = label.split()
    for size in (2, 1):
        for start in range(len(words) - size + 1):
            span = span_of(" ".join(words[start : start + size]))
            if span is not None and span.grain in {"month", "week", "quarter", "half"}:
                return span
    day = _DAY.search(label)
    return one_day(int(day[1]), int(day[2]), int(day[3])) if day else None
