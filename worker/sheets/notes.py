"""Rows that are notes: what stands below the last total, headings between rows, remarks at the end."""

import re

import polars as pl

from worker.sheets.body import Body
from worker.sheets.numbers import looks_numeric

_FULL, _NEARLY_EMPTY = 0.5, 1 / 3
"""Shares of the cells that a row of data usually holds."""
_UPPER = 0.75
_MONEY = ("spend", "budget", "revenue")


def below_totals(body: Body, why: dict[int, str]) -> None:
    """Below the last total stand notes, taxes and gross amounts; only rows that are named in full are data there."""
    totals = [position for position, reason in why.items() if reason.startswith("total")]
    if not totals or (max(totals) == len(body.row) - 1 and min(totals) == 0):
        return
    names = [texts.is_not_null().cast(pl.UInt16) for texts in body.identity.values()]
    named = pl.select(pl.sum_horizontal([*names, body.dated.cast(pl.UInt16)])).to_series()
    is_data = (body.written > 0).scatter(sorted(why), False)  # noqa: FBT003
    if not is_data.any():
        return
    usual_names, usual_values = (int(column.filter(is_data).median() or 0) for column in (named, body.written))  # type: ignore[arg-type]
    full = is_data & (named >= max(1, usual_names)) & (body.written >= max(1, usual_values // 2))
    last = int(full.arg_true()[-1]) if full.any() else -1
    after = [position for position in totals if position > last]
    for position in range(min(after, default=len(body.row)) + 1, len(body.row)):
        if position not in why and body.filled[position] > 0:
            why[position] = "a note below the total"


def headings(body: Body, why: dict[int, str]) -> None:
    """Single cells without a value: headings between the rows, remarks at the end."""
    data = body.filled.filter(body.written > 0)
    bare = [i for i in ((body.written == 0) & (body.filled > 0) & ~body.dated).arg_true() if i not in why]
    if data.is_empty() or not bare:
        return
    usual = float(data.median() or 0)  # type: ignore[arg-type]
    first = int((body.written > 0).arg_true()[0])
    last = int((body.written > 0).arg_true()[-1])
    usually = _usually_filled(body, why)
    for position in bare:
        filled = body.filled[position]
        named = any(texts[position] is not None for texts in body.identity.values())
        outside = position < first or position > last
        if outside and filled > 1 and _looks_like_data(usually, position):
            continue
        if (filled == 1 and usual >= 3) or (outside and (not named or (filled <= 2 and usual >= 5))):
            why[position] = "a heading or note"


def hints(body: Body, why: dict[int, str]) -> None:
    """Rows right below the header of a form that say in brackets what belongs there."""
    for position in range(min(2, len(body.row))):
        texts = [texts[position] for texts in body.texts.values() if texts[position] is not None]
        values = any(values[position] is not None for values in body.values.values())
        if len(texts) >= 2 and not values and all(re.fullmatch(r"[(\[<].*[)\]>]", text) for text in texts):
            why.setdefault(position, "a hint of what to fill in")


def other_headers(body: Body, why: dict[int, str]) -> None:
    """The header once more in other words, as bilingual plans have it: texts over every column of numbers."""
    wordy = len(body.values) >= 2 and len(body.row) > 1 and body.written[0] == len(body.values) and not body.dated[0]
    if wordy and all(values[0] is None for values in body.values.values()) and body.written[1] > 0:
        why.setdefault(0, "the header in other words")


def below_blank(body: Body, why: dict[int, str]) -> None:
    """Boxes of signatures and remarks: after a blank row nothing is named, paid or as full as the table's rows."""
    data = body.filled.filter((body.written > 0).scatter(sorted(why), False))  # noqa: FBT003
    usual = float(data.quantile(_UPPER) or 0)
    full = ((body.filled >= usual * _FULL) & (body.written > 0)).arg_true()
    blank = (body.filled == 0).arg_true().filter((body.filled == 0).arg_true() > (full[-1] if len(full) else 0))
    for position in range(int(blank[0]) + 1, len(body.row)) if len(full) and len(blank) else ():
        named = body.dated[position] or any(texts[position] is not None for texts in body.identity.values())
        paid = any(values[position] is not None for key, values in body.values.items() if key.startswith(_MONEY))
        if 0 < body.filled[position] <= usual * _NEARLY_EMPTY and not (named or paid):
            why.setdefault(position, "a note below the table")


def _usually_filled(body: Body, why: dict[int, str]) -> list[pl.Series]:
    """Columns of words that hold something in every row with values."""
    data = (body.written > 0).scatter(sorted(why), False)  # noqa: FBT003
    full = [texts for texts in body.texts.values() if texts.filter(data).null_count() == 0]
    return [texts for texts in full if data.any() and not looks_numeric(str(texts.filter(data)[0]))]


def _looks_like_data(usually: list[pl.Series], position: int) -> bool:
    """A row that is named like the rows with values, an ad that has not run: two names or more."""
    return len(usually) >= 2 and all(texts[position] is not None for texts in usually)
