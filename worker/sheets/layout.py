"""Where a table begins: which rows are its header, and which text stands over each column."""

from dataclasses import dataclass, field, replace
from itertools import pairwise

from worker.sheets import header_rows, headers, vocabulary
from worker.sheets.grid import Grid, Scalar, head_cell
from worker.sheets.headers import OTHER, Match
from worker.sheets.normalize import normal
from worker.sheets.reading import METRICS
from worker.sheets.spans import is_half, looks_like_date, part_of

_LOOK = 50
"""Rows in which a header is looked for."""
_BLOCK = 3
_ANY_YEAR = 2000


@dataclass(frozen=True)
class Layout:
    rows: tuple[int, ...]
    """0-based header rows; empty when the table has none."""
    first: int
    """0-based row from which data may follow."""
    titles: list[str]
    """Header of each column, several rows joined by a line break."""
    matches: list[Match]
    strength: float
    preamble: list[str]
    """Texts above the header."""
    contradictions: dict[int, list[int]] = field(default_factory=dict)
    """Column to the rows (both 0-based) whose value other columns contradict."""


def find(grid: Grid, header_row: int | None = None) -> Layout | None:
    """The header of a tab, or None when no row looks like one. `header_row` is a 1-based pin."""
    if header_row is not None:
        rows = (header_row - 1,) if header_row else ()
        return _layout(grid, rows) if header_row <= len(grid.head) else None
    best: tuple[float, tuple[int, ...]] | None = None
    limit = min(len(grid.head), _LOOK)
    texty = [header_rows.is_texty(row) for row in grid.head[:limit]]
    solo = [_strength(grid, (row,)) if texty[row] else 0.0 for row in range(limit)]
    for start in range(limit):
        for rows in _blocks(grid, start, texty, solo):
            score = _strength(grid, rows) - _cost_of_rows(grid, rows) - 0.001 * start if len(rows) > 1 else solo[start]
            if best is None or score > best[0] + 1e-9:
                best = score, rows
    if best is None or best[0] < 0.9:
        return None
    return _layout(grid, _with_parts(grid, _with_group_row(grid, best[1], texty), texty))


def of_channels(grid: Grid) -> Layout | None:
    """Periods over rows of channels, on a tab that is called a media plan: its header needs no further word."""
    for row, cells in enumerate(grid.head[:_LOOK]):
        periods = [i for i, cell in enumerate(cells) if is_period(cell)]
        if len(periods) < 2 or periods[0] == 0 or any(cell is not None for cell in cells[: periods[0] - 1]):
            continue
        left = periods[0] - 1
        names = [cell for below in grid.head[row + 1 :] if isinstance(cell := head_cell(below, left), str)]
        above = [
            grid.tab,
            grid.file.rpartition(".")[0],
            *(cell for line in grid.head[: row + 1] for cell in line if isinstance(cell, str)),
        ]
        titled = any(f" {title} " in f" {normal(' '.join(above))} " for title in vocabulary.everywhere("plan_title"))
        if titled and sum(map(vocabulary.is_channel, names)) >= max(2, 0.6 * len(names)):
            found = _layout(grid, (row,))
            found.matches[left] = Match("channel", 0.9, why="the cells name media channels")
            return found
    return None


def _cost_of_rows(grid: Grid, rows: tuple[int, ...]) -> float:
    """A further header row must say something; one that leaves the names to the row above is likely a header."""
    return sum(0.1 if _completes_row(grid, below) else 0.4 for below in rows[1:])


def _completes_row(grid: Grid, row: int) -> bool:
    """Whether a row fills in what the header above leaves open: 'from' and 'to' below 'Flight', nothing below names."""
    above, own = grid.head[row - 1], grid.head[row]
    first = next((i for i, cell in enumerate(above) if cell is not None), 0)
    return head_cell(own, first) is None and sum(cell is not None for cell in own) >= 2


def under(grid: Grid, header_row: int) -> Layout:
    """The header in this row (1-based)."""
    return _layout(grid, (header_row - 1,))


def _blocks(grid: Grid, start: int, texty: list[bool], solo: list[float]) -> list[tuple[int, ...]]:
    """Header rows stand together; each of them is text, and at least one of them says something."""
    if not texty[start]:
        return []
    if _is_title(grid, start):
        return []
    limit = len(texty)
    blocks: list[tuple[int, ...]] = [(start,)] if solo[start] else []
    for size in range(2, _BLOCK + 1):
        rows = tuple(range(start, start + size))
        if rows[-1] >= limit or not texty[rows[-1]] or not any(solo[row] for row in rows):
            break
        if not any(cell is not None for row in grid.head[rows[-1] + 1 :] for cell in row):
            break  # a header that takes the last row has taken the data
        blocks.append(rows)
    return blocks


def _is_title(grid: Grid, row: int) -> bool:
    """A single text above the first title of the row below, and over no other: it names the table, not its columns."""
    filled = [i for i, cell in enumerate(grid.head[row]) if cell is not None]
    below = grid.head[row + 1] if row + 1 < len(grid.head) else []
    first = next((i for i, cell in enumerate(below) if cell is not None), -1)
    merged = any(top[0] <= row < bottom[0] for top, bottom in grid.merged)
    return filled == [first] and not merged and sum(cell is not None for cell in below) >= 3


def _with_group_row(grid: Grid, rows: tuple[int, ...], texty: list[bool]) -> tuple[int, ...]:
    """A row of group titles over a header ('Spend' over three months) belongs to it."""
    above = rows[0] - 1
    if len(rows) > 1 or above < 0 or not texty[above]:
        return rows
    filled = [i for i, cell in enumerate(grid.head[above]) if cell is not None]
    repeated = len(filled) > len({grid.head[above][i] for i in filled}) >= 1
    merged = any(top[0] == above == bottom[0] and top[1] < bottom[1] for top, bottom in grid.merged)
    return (above, *rows) if len(filled) >= 2 and (repeated or merged) else rows


def _with_parts(grid: Grid, rows: tuple[int, ...], texty: list[bool]) -> tuple[int, ...]:
    """A row of parts below a title over several columns ('Gross' and 'Net' below 'Cost') belongs to its header."""
    below = rows[-1] + 1
    if len(rows) >= _BLOCK or below + 1 >= len(texty) or not texty[below] or not _completes_row(grid, below):
        return rows
    parts = [cell for cell in grid.head[below] if cell is not None]
    return (*rows, below) if all(isinstance(part, str) and headers.completes(part) for part in parts) else rows


def _strength(grid: Grid, rows: tuple[int, ...]) -> float:
    """How much these rows speak of campaigns: each field counts once, fully when the word is sure."""
    best: dict[str, float] = {}
    channels = periods = bought = 0
    groups = _group_titles(grid, rows)
    for column in range(grid.width):
        cell = head_cell(grid.head[rows[-1]], column)
        if cell is not None and not isinstance(cell, float) and is_period(cell):
            periods += 2 if isinstance(cell, str) and is_half(cell) else 1
            over = headers.match(groups[column]) if column in groups else OTHER
            if over.field in METRICS:
                best[over.field] = max(best.get(over.field, 0.0), over.sure)
            continue
        found = _column_match(grid, rows, column)
        if found.field != "other":
            best[found.field] = max(best.get(found.field, 0.0), found.sure)
        elif isinstance(cell, str):
            channels += bool(headers.bare_channel(cell))
            bought += normal(cell) in vocabulary.plan_columns()
    score = sum(sure * (1.0 if field in METRICS else 0.6) for field, sure in best.items())
    if len(rows) == 1 and _repeats_itself(grid.head[rows[0]]):
        score *= 0.5  # group titles over the real header
    if best and channels >= 2:
        score += 0.5
    if best and periods >= 2:
        score += 0.5 if periods >= 3 else 0.35
    if best and bought >= 2:
        score += 0.6 if bought >= 3 else 0.35
    return score


def is_period(cell: Scalar) -> bool:
    """Whether a cell names a day, a week, a month or a quarter, with or without its year."""
    if isinstance(cell, str) and (normal(cell) in vocabulary.months() or part_of(cell, _ANY_YEAR) is not None):
        return True
    return looks_like_date(cell)


def _repeats_itself(row: list[Scalar]) -> bool:
    filled = [cell for cell in row if cell is not None]
    return len(filled) > 3 and len(set(filled)) <= len(filled) / 2


def _texts(grid: Grid, rows: tuple[int, ...], column: int) -> list[str]:
    return [text for row in rows if (text := _text(grid, row, column)) is not None]


def _text(grid: Grid, row: int, column: int) -> str | None:
    cell = head_cell(grid.head[row], column)
    if cell is None or isinstance(cell, float):
        return None
    return cell if isinstance(cell, str) else f"{cell:%Y-%m-%d}"


def _column_match(grid: Grid, rows: tuple[int, ...], column: int) -> Match:
    """The lowest text says most. A title over several columns only completes what the text below leaves open."""
    stack = [(row, text) for row in reversed(rows) if (text := _text(grid, row, column)) is not None]
    if not stack:
        return OTHER
    leaf = headers.match(stack[0][1])
    if leaf.field != "other" or (leaf.sure >= 0.8 and not (len(stack) > 1 and headers.completes(stack[0][1]))):
        return leaf
    for row, text in stack[1:]:
        own = not _spans(grid, row, rows[-1], column)
        found = headers.match(text) if own else headers.match(f"{text} {stack[0][1]}")
        if found.field != "other" and (own or headers.completes(stack[0][1])):
            return found
    return leaf


def _spans(grid: Grid, row: int, leaf: int, column: int) -> bool:
    """Whether a title stands over several columns: merged, or followed by a blank over a filled header."""
    for top, bottom in grid.merged:
        if top[0] <= row <= bottom[0] and top[1] <= column <= bottom[1]:
            return bottom[1] > top[1]
    beside = head_cell(grid.head[row], column + 1)
    repeated = beside is not None and beside == head_cell(grid.head[row], column)
    return repeated or (beside is None and head_cell(grid.head[leaf], column + 1) is not None)


def _layout(grid: Grid, rows: tuple[int, ...]) -> Layout:
    filled = _group_titles(grid, rows)
    titles: list[str] = []
    matches: list[Match] = []
    for column in range(grid.width):
        texts = _texts(grid, rows, column)
        group = filled.get(column)
        match = _column_match(grid, rows, column)
        if match.field == "other" and match.sure < 0.8 and group and texts and headers.completes(texts[-1]):
            match = headers.match(f"{group} {texts[-1]}")
        if group and texts and match.field in METRICS and not match.label and _tells_which(group):
            match = replace(match, label=normal(group), sure=min(match.sure, 0.85))
        elif group and texts and match.field in METRICS:
            match = _of_group(match, group)
        titles.append("\n".join(texts))
        matches.append(match)
    first = rows[-1] + 1 if rows else 0
    preamble = [str(cell) for row in grid.head[: rows[0] if rows else 0] for cell in row if isinstance(cell, str)]
    strength = _strength(grid, rows) if rows else 0.0
    return Layout(rows, first, titles, matches, strength, preamble)


def _group_titles(grid: Grid, rows: tuple[int, ...]) -> dict[int, str]:
    """Titles of the first header row carried to the right over the blanks that follow them."""
    if len(rows) < 2:
        return {}
    titles: dict[int, str] = {}
    last: str | None = None
    for column in range(grid.width):
        cell = head_cell(grid.head[rows[0]], column)
        last = cell if isinstance(cell, str) else last
        if last is not None:
            titles[column] = last
    return titles


def _of_group(match: Match, group: str) -> Match:
    """Costs under 'Plan' are a budget; under 'Actual' stands what happened."""
    words = set(normal(group).split())
    if words and words <= vocabulary.everywhere("plan"):
        return replace(match, planned=True, field="budget" if match.field == "spend" else match.field)
    return replace(match, actual=True) if words and words <= vocabulary.everywhere("actual") else match


def _tells_which(group: str) -> bool:
    """'January' or 'Google' over 'Budget' says which budget, once the columns below stand under several of them."""
    return vocabulary.is_channel(group) or looks_like_date(group) or normal(group) in vocabulary.months()


def is_repeated_header(row: list[Scalar], titles: list[str]) -> bool:
    """Whether a data row is the header once more."""
    pairs = [(cell, title) for cell, title in zip(row, titles, strict=False) if cell is not None]
    return len(pairs) > 1 and all(isinstance(cell, str) and cell in title.split("\n") for cell, title in pairs)


def gaps(titles: list[str]) -> list[tuple[int, int]]:
    """Runs of columns between blank ones: side-by-side tables."""
    blank = [-1, *(i for i, title in enumerate(titles) if not title), len(titles)]
    return [(a + 1, b) for a, b in pairwise(blank) if b - a > 1]
