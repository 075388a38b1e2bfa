"""Rows that are no data: totals, subtotals, repeated headers, notes and footers."""

import re
from dataclasses import dataclass
from functools import cache

import polars as pl

from worker.sheets import vocabulary
from worker.sheets.normalize import normal
from worker.sheets.numbers import missing

_SIGN = r"\s*[:\-–—(|/：]"


@dataclass(frozen=True)
class Body:
    """The rows under a header, column by column, all of one length."""

    row: pl.Series
    """0-based row of the sheet."""
    filled: pl.Series
    """How many cells of the row hold something."""
    texts: dict[int, pl.Series]
    """Text columns in the order of the sheet."""
    identity: dict[str, pl.Series]
    """What names a row: campaign, ad group, ad, placement, channel as texts; missing marks are null."""
    dated: pl.Series
    """Whether the row has a date."""
    values: dict[str, pl.Series]
    """Metrics; several columns of one metric have keys such as spend@tv."""
    written: pl.Series
    """How many metric cells hold something, also when it is no number."""


@cache
def _starts() -> str:
    words = sorted(vocabulary.everywhere("total"), key=len, reverse=True)
    return "|".join(re.escape(word) for word in words)


@cache
def _prefilter() -> str:
    """What a total may begin with, as a regular expression of polars."""
    phrases = [re.escape(word).replace(r"\ ", r"[\s_.-]+") for word in vocabulary.everywhere("total")]
    phrases += ["łącznie", "ogółem", "подытог", r"results? (?:from|of) \d", r"ergebnisse aus \d", r"全 ?\d"]
    phrases += [
        r"r[eé]sulta(?:t|do)s (?:de|pour) \d",
        r"risultati di \d",
        r"resultaten van \d",
        r"wyniki z \d",
        r"hasil dari \d",
    ]
    return rf"(?i)^\W*(?:{'|'.join(sorted(phrases, key=len, reverse=True))})"


def says_total(text: str) -> bool:
    """'Total', 'Total: Account', 'Grand total', 'Итого'; not 'Total Wine spring sale'."""
    spelled = normal(text)
    return vocabulary.total_pattern().match(spelled) is not None


def says_total_of(text: str) -> bool:
    """'Total: Video', 'Total - filtered': a total when nothing else names the row."""
    return re.match(rf"^(?:{_starts()}){_SIGN}", text.strip().casefold()) is not None


def find(body: Body) -> dict[int, str]:
    """Position in the body to the reason why the row is no data."""
    why: dict[int, str] = {}
    _no_data(body, why)
    _labelled_totals(body, why)
    _unnamed_totals(body, why)
    _after_totals(body, why)
    _notes(body, why)
    return why


def _no_data(body: Body, why: dict[int, str]) -> None:
    if len(body.row) > 3:
        return
    phrases = vocabulary.everywhere("no_data")
    for texts in body.texts.values():
        for position, text in enumerate(texts):
            if text is not None and normal(text) in phrases:
                why[position] = "no data"


def _labelled_totals(body: Body, why: dict[int, str]) -> None:
    first = pl.select(pl.coalesce([texts for texts in body.texts.values()])).to_series() if body.texts else None
    columns = [column for column in (first, *body.identity.values()) if column is not None]
    for column in columns:
        possible = column.filter(column.str.contains(_prefilter()).fill_null(value=False)).unique().to_list()
        sure = [text for text in possible if says_total(text)]
        maybe = [text for text in possible if text not in sure and says_total_of(text)]
        if sure or maybe:
            for position in column.is_in([*sure, *maybe]).fill_null(value=False).arg_true():
                if column[position] in sure or _names_nothing_else(body, position, str(column[position])):
                    why[position] = "total"


def _names_nothing_else(body: Body, position: int, label: str) -> bool:
    others = [
        texts[position] for field, texts in body.identity.items() if field != "channel" and texts[position] != label
    ]
    return all(other is None for other in others)


def _unnamed_totals(body: Body, why: dict[int, str]) -> None:
    """A row without any name among named rows: the first or last one, or the sum of the rows above."""
    with_values = body.written > 0
    named = [
        column
        for column in body.identity.values()
        if column.filter(with_values).null_count() < 0.5 * int(with_values.sum())
    ]
    data = [position for position in range(len(body.row)) if position not in why] if len(body.row) < 50_000 else []
    if not named or len(data) < 3:
        return
    bare = pl.select(pl.all_horizontal([column.is_null() for column in named])).to_series() & (body.written > 0)
    for position in bare.arg_true():
        if position in why:
            continue
        edge = position == data[0] or _ends_the_data(body, position, why)
        if _is_sum_above(body, position, why) or (edge and _tops_all(body, position, why)):
            why[position] = "total without a name"


def _ends_the_data(body: Body, position: int, why: dict[int, str]) -> bool:
    later = (body.written.slice(position + 1) > 0).arg_true()
    return all(position + 1 + offset in why for offset in later)


def _is_sum_above(body: Body, position: int, why: dict[int, str]) -> bool:
    checks = []
    for values in body.values.values():
        value = values[position]
        if value is None or value == 0:
            continue
        above = sum((v for i, v in enumerate(values[:position]) if v is not None and i not in why), start=0 * value)
        checks.append(abs(above - value) <= abs(value) / 200)
    return position > 1 and bool(checks) and sum(checks) >= max(1, len(checks) // 2)


def _tops_all(body: Body, position: int, why: dict[int, str]) -> bool:
    seen = False
    for values in body.values.values():
        value = values[position]
        rest = [v for i, v in enumerate(values) if v is not None and i != position and i not in why]
        if value is None or not rest:
            continue
        if value < max(rest):
            return False
        seen = seen or value > max(rest)
    return seen


def _after_totals(body: Body, why: dict[int, str]) -> None:
    """Below the last total stand notes, taxes and gross amounts; only full rows are data there."""
    totals = [position for position, reason in why.items() if reason.startswith("total")]
    last = max(totals, default=None)
    if last is None or last < 1 or last == len(body.row) - 1:
        return
    above = body.written.slice(0, last)
    usual = int(above.filter(above > 0).median() or 0)  # type: ignore[arg-type]
    for position in range(last + 1, len(body.row)):
        if position in why or body.filled[position] == 0:
            continue
        named = body.dated[position] or any(texts[position] is not None for texts in body.identity.values())
        if not named or body.written[position] < max(1, usual / 2):
            why[position] = "a note below the total"


def _notes(body: Body, why: dict[int, str]) -> None:
    """Single cells without a value: headings between the rows, remarks at the end."""
    data = body.filled.filter(body.written > 0)
    if data.is_empty():
        return
    usual = float(data.median() or 0)  # type: ignore[arg-type]
    first = int((body.written > 0).arg_true()[0])
    last = int((body.written > 0).arg_true()[-1])
    for position in ((body.written == 0) & (body.filled > 0) & ~body.dated).arg_true():
        if position in why:
            continue
        filled = body.filled[position]
        named = any(texts[position] is not None for texts in body.identity.values())
        outside = position < first or position > last
        if (filled == 1 and usual >= 3) or (outside and (not named or (filled <= 2 and usual >= 5))):
            why[position] = "a heading or note"


def repeated_headers(texts: dict[int, pl.Series], titles: list[str]) -> list[int]:
    """Positions where at least two columns show their own header again."""
    hits: dict[int, int] = {}
    for column, series in texts.items():
        lines = [line for line in titles[column].split("\n") if line]
        if lines:
            for position in series.is_in(lines).fill_null(value=False).arg_true():
                hits[position] = hits.get(position, 0) + 1
    return [position for position, count in hits.items() if count >= 2]


def named(texts: pl.Series) -> pl.Series:
    """Names, with missing marks taken out."""
    marked = missing(texts)
    return texts.set(marked, None) if marked.any() else texts
