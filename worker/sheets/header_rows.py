"""Whether a row is words, as a header is: names of columns, or days and months that stand over them."""

import re

from worker.sheets.grid import Scalar
from worker.sheets.numbers import looks_numeric
from worker.sheets.spans import looks_like_date

_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])\.?")
_DAYS = 5
"""Days side by side that make a header."""


def is_texty(row: list[Scalar]) -> bool:
    filled: list[Scalar] = [cell for cell in row if cell is not None]
    if not filled:
        return False
    values = sum(not isinstance(cell, str) or looks_numeric(cell) for cell in filled)
    return values <= 0.2 * len(filled) or _is_calendar(filled)


def _is_calendar(filled: list[Scalar]) -> bool:
    """A header may name its columns by dates, or by days without their year: 03.11, 04.11 ..."""
    days = [cell for cell in filled if isinstance(cell, str) and _DAY.fullmatch(cell)]
    names = [cell for cell in filled if isinstance(cell, str) and not looks_numeric(cell)]
    if len(days) >= _DAYS and len(set(days)) == len(days) and len(days) + len(names) == len(filled) and len(names) > 1:
        return True
    dates = others = texts = 0
    for cell in filled:
        if isinstance(cell, float) or (isinstance(cell, str) and looks_numeric(cell) and not looks_like_date(cell)):
            others += 1
            if others > 0.2 * len(filled):
                return False
        elif looks_like_date(cell):
            dates += 1
        else:
            texts += 1
    return dates >= 3 and (texts > 0 or not others)
