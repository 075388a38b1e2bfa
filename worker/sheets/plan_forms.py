"""Media plans in the shape of a form: a title that says so, and weeks side by side."""

import re
from functools import cache

from worker.sheets import vocabulary
from worker.sheets.grid import Grid
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal


@cache
def _plan_titles() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, vocabulary.everywhere("plan_title"))))


def is_one(grid: Grid, layout: Layout | None) -> bool:
    """A media plan form: says so in its title, and has a row of weeks or months."""
    texts = [normal(cell) for row in grid.head[:30] for cell in row if isinstance(cell, str) and len(cell) < 80]
    titled = any(map(_plan_titles().search, (*texts, normal(grid.tab))))
    if not titled or (layout is None and not texts):
        return False
    weeks = vocabulary.everywhere("week")
    return any(
        sum(isinstance(cell, str) and _is_week(normal(cell), weeks) for cell in row) >= 4 for row in grid.head[:30]
    )


def _is_week(text: str, weeks: frozenset[str]) -> bool:
    words = text.split()
    return len(words) == 2 and words[0] in weeks and words[1].isdigit()
