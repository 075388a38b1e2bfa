"""Columns that compete for one metric: which is read, and what is said when the choice is open."""

import re
from dataclasses import replace

from worker.sheets import vocabulary
from worker.sheets.grid import Grid, head_cell
from worker.sheets.headers import GROSS, Match
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal
from worker.sheets.profiles import Profile
from worker.sheets.reading import METRICS

_MONEY = ("spend", "budget")
_WINDOW = re.compile(r"(?:last )?(\d{1,3}) ?(?:d|days?)")
_CLEAR = 0.8
"""Headers as sure as this are told apart by the order of the vocabulary."""


def widest_window(matches: list[Match], seen: list[Profile]) -> None:
    """'Spend 30d' is the spend; 'Spend 7d' beside it is a part of that."""
    for metric in METRICS:
        days = {i: _days(m.label) for i, m in enumerate(matches) if m.field == metric and not seen[i].empty}
        if any(days.values()) and all(days.values()):
            widest = max(days, key=lambda i: days[i])
            matches[widest] = replace(matches[widest], label="", sure=max(_CLEAR, matches[widest].sure))


def only_ad_money(layout: Layout, matches: list[Match], seen: list[Profile]) -> None:
    """'Ad spend UAE' is the spend where no other column holds money: the label says where all of it went."""
    money = [i for i, match in enumerate(matches) if match.field in _MONEY and not seen[i].empty]
    if len(money) != 1 or not matches[money[0]].label or matches[money[0]].sure >= _CLEAR:
        return
    title = f" {normal(layout.titles[money[0]])} "
    if any(f" {phrase} " in title for phrase in vocabulary.everywhere("ad_money")):
        matches[money[0]] = replace(matches[money[0]], label="", sure=_CLEAR)


def newer_first(matches: list[Match]) -> None:
    """'Revised budget' comes before 'Original budget', 'Spend 2026' before 'Spend 2025'."""
    for index, match in enumerate(matches):
        if match.field not in METRICS or not match.label or match.sure >= _CLEAR:
            continue
        years = [int(m.label) for m in matches if m.field == match.field and _is_year(m.label)]
        earlier = _is_year(match.label) and int(match.label) < max(years)
        words = set(match.label.split())
        if earlier or words & vocabulary.everywhere("older"):
            matches[index] = replace(match, rank=match.rank + 2)
        elif words & vocabulary.everywhere("newer"):
            matches[index] = replace(match, rank=match.rank - 2)


def _is_year(label: str) -> bool:
    return len(label) == len("2026") and label.isdecimal() and label.startswith("20")


def _days(label: str) -> int:
    """How many days a label like '30d' or 'last 7 days' looks back."""
    found = _WINDOW.fullmatch(label)
    return int(found[1]) if found else 0


def doubts(
    grid: Grid, layout: Layout, matches: list[Match], seen: list[Profile], fields: dict[str, int]
) -> dict[int, str]:  # fmt: skip
    """Columns that are read for a metric although others say it just as well, with what is set aside for that."""
    found: dict[int, str] = {}
    for metric in METRICS:
        used = fields.get(metric)
        if used is None or matches[used].sure >= _CLEAR or not matches[used].label:
            continue
        for index, match in enumerate(matches):
            equal = match.field == metric and match.label and match.sure >= matches[used].sure
            same_rank = equal and match.rank == matches[used].rank and index != used and not seen[index].empty
            if same_rank and _differ(grid, layout.first, used, index):
                one, other = (" ".join(layout.titles[column].split()) for column in (used, index))
                found[used] = f"“{one}” and “{other}” say the same; choose which column counts"
    return found


def warnings(grid: Grid, layout: Layout, matches: list[Match], fields: dict[str, int]) -> list[str]:
    """Metrics whose header stands twice over different numbers, and money that two clear headers claim."""
    told: list[str] = []
    for metric, used in fields.items():
        for other, title in enumerate(layout.titles) if metric in METRICS else ():
            twin = title == layout.titles[used]
            narrower = matches[other].field == metric and _days(matches[other].label) > 0
            rival = narrower or (metric in _MONEY and _is_rival(matches[used], matches[other]))
            if other == used or not title or not (twin or rival) or not _differ(grid, layout.first, used, other):
                continue
            letters, others = grid.column_name(used), grid.column_name(other)
            told.append(
                f"Two columns are called “{title}” and differ; {letters} is read, {others} is not."
                if twin
                else read_beside(layout, used, other)
            )
    return told


def read_beside(layout: Layout, used: int, other: int) -> str:
    """What to say about a column that might be meant instead of the one that is read."""
    one, left = (" ".join(layout.titles[column].split()) for column in (used, other))
    return f"“{one}” is read, and “{left}”, which differs, is not. Choose the other column if it counts."


def _is_rival(used: Match, other: Match) -> bool:
    clear = min(used.sure, other.sure) >= _CLEAR
    return clear and other.field == used.field and other.daily == used.daily and other.rank < GROSS


def _differ(grid: Grid, first: int, column: int, other: int) -> bool:
    return any(head_cell(row, column) != head_cell(row, other) for row in grid.head[first:])
