"""Rows that are no data: totals, subtotals, repeated headers, notes and footers."""

import re
from functools import cache

import polars as pl

from worker.sheets import averages, nested, notes, vocabulary
from worker.sheets.body import Body
from worker.sheets.grid import SHORT, distinct
from worker.sheets.normalize import normal, unaccented
from worker.sheets.numbers import missing

_FEW = 100
_NEAR_TOTALS = 8
_SIGN = r"\s*[:\-–—(|/：]"


@cache
def _starts() -> str:
    words = sorted(vocabulary.everywhere("total"), key=len, reverse=True)
    return "|".join(re.escape(word) for word in words)


@cache
def _prefilter() -> str:
    """What a total may begin with, as a regular expression of polars."""
    totals = vocabulary.everywhere("total") | vocabulary.as_written("total")
    phrases = [re.escape(word).replace(r"\ ", r"[\s_.-]+") for word in totals]
    phrases += ["łącznie", "ogółem", "подытог", r"results? (?:from|of) \d", r"ergebnisse aus \d", r"全 ?\d"]
    phrases += [r"r[eé]sulta(?:t|do)s (?:de|pour) \d", r"risultati di \d", r"resultaten van \d"]
    phrases += [r"wyniki z \d", r"hasil dari \d"]
    ends = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in totals)
    return rf"(?i)^\W*(?:{'|'.join(sorted(phrases, key=len, reverse=True))})|\s(?:{ends})\W*$"


@cache
def _needles() -> list[str]:
    """A word of each text that `_prefilter` finds, to look for first: most cells hold none."""
    totals = vocabulary.everywhere("total") | vocabulary.as_written("total")
    words = {max(phrase.split(), key=len) for phrase in totals}
    words |= {"łącznie", "ogółem", "подытог", "result", "ergebnis", "résult", "risultati", "wyniki", "hasil", "全"}
    return sorted({form for word in words for form in (word, word.upper(), word.capitalize())})


def _may_be_totals(column: pl.Series, texts: pl.Series | None) -> pl.Series:
    """Positions of cells that may name a total."""
    if len(column) < SHORT:
        return column.str.contains(_prefilter()).fill_null(value=False).arg_true()
    texts = distinct(column) if texts is None else texts
    near = texts.str.contains_any(_needles(), ascii_case_insensitive=True).fill_null(value=False).arg_true()
    found = near.filter(texts.gather(near).str.contains(_prefilter())) if len(near) else near
    if texts is column or found.is_empty():
        return found
    return column.is_in(texts.gather(found).implode()).fill_null(value=False).arg_true()


def says_total(text: str) -> bool:
    """'Total', 'Total: Account', 'Grand total', 'Итого'; not 'Total Wine spring sale'."""
    spelled = normal(text)
    return vocabulary.total_pattern().match(spelled) is not None


def says_total_of(text: str) -> bool:
    """'Total: Video', 'Total - filtered': a total when nothing else names the row."""
    return re.match(rf"^(?:{_starts()}){_SIGN}", unaccented(text.strip())) is not None


def find(body: Body) -> dict[int, str]:
    """Position in the body to the reason why the row is no data."""
    why: dict[int, str] = {}
    _no_data(body, why)
    notes.hints(body, why)
    notes.other_headers(body, why)
    _labelled_totals(body, why)
    averages.sums_of_days(body, why)
    averages.find(body, why)
    _taxes(body, why)
    _comparisons(body, why)
    _unnamed_totals(body, why)
    _sums_of_all(body, why)
    nested.find(body, why)
    notes.below_totals(body, why)
    notes.headings(body, why)
    notes.below_blank(body, why)
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
    names = [*body.labels(), *body.identity.values()]
    texts = list(body.texts.values()) if body.identity else []
    known = {id(body.texts[index]): column for index, column in body.distinct.items() if index in body.texts}
    columns = {id(one): one for one in (*names, *texts)}
    hits = {key: _may_be_totals(column, known.get(key)) for key, column in columns.items()}
    _totals_in(body, [(column, hits[id(column)]) for column in names], why, beside=False)
    _totals_in(body, [(column, hits[id(column)]) for column in texts], why, beside=True)


def _totals_in(
    body: Body, columns: list[tuple[pl.Series, pl.Series]], why: dict[int, str], *, beside: bool
) -> None:  # fmt: skip
    """Totals that one of the columns names, among its possible ones.

    `beside` columns are no names: there the row must have no other name.
    """
    for column, hits in columns:
        if not len(hits):
            continue
        possible = column.gather(hits).unique().to_list()
        kinds = {text: _kind_of_total(text) for text in possible}
        positions = hits.filter(column.gather(hits).is_in([t for t in possible if kinds[t]]))
        if len(positions) > _FEW and "sure" not in kinds.values():
            continue  # a name that many rows share is no total
        for position in positions:
            text = str(column[position])
            alone = (kinds[text] == "sure" and not beside) or body.names_nothing_else(position, text)
            if position in why:
                continue
            if not alone or _carries_sales(body, position):
                continue
            if kinds[text] != "maybe" or _is_sum(body, position, why, text):
                why[position] = "total"


def _is_sum(body: Body, position: int, why: dict[int, str], label: str) -> bool:
    """Of the rows above, or of all others where it stands first; a total of nothing but zeros is one, too."""
    if not any(values[position] for values in body.values.values()):
        return any(reason.startswith("total") for reason in why.values())
    return _is_sum_above(body, position, why, label=label) or averages.sums_all_others(body, position, why)


def _carries_sales(body: Body, position: int) -> bool:
    """Whether a row named total spends nothing while others do: it holds the sales of all channels, no sum."""
    spend = body.values.get("spend")
    if spend is None or spend[position] or not (spend > 0).any():
        return False
    return any(body.values[metric][position] for metric in ("conversions", "revenue") if metric in body.values)


def _kind_of_total(text: str) -> str:
    """Sure: 'Grand total'. Named: 'Total: Video'. Maybe: 'Total Video', when the numbers agree."""
    if says_total(text):
        return "sure"
    if says_total_of(text):
        return "named"
    return "maybe" if re.search(rf"^(?:{_starts()})\b|\s(?:{_starts()})\W*$", unaccented(text.strip())) else ""


def _taxes(body: Body, why: dict[int, str]) -> None:
    """VAT and fees stand in lines of their own next to totals: they are no media cost."""
    if not any(reason == "total" for reason in why.values()):
        return
    words = sorted(vocabulary.everywhere("tax"), key=len, reverse=True)
    pattern = rf"(?i)^\W*(?:{'|'.join(map(re.escape, words))})\b"
    for column in body.labels():
        for position in column.str.contains(pattern).fill_null(value=False).arg_true():
            text = str(column[position])
            near = any(position + step in why for step in (-2, -1, 1))
            if position not in why and near and body.names_nothing_else(position, text):
                why[position] = "a tax or fee"


def _comparisons(body: Body, why: dict[int, str]) -> None:
    """'Previous period' and 'Change' below a total: they compare it with another time."""
    last = max((position for position, reason in why.items() if reason.startswith("total")), default=0)
    above = [i for i in (body.written.head(last) > 0).arg_true() if i not in why]
    words = {word for phrase in vocabulary.everywhere("comparison") for word in phrase.split()}
    for column in body.labels() if above else []:
        for position in range(last + 1, min(len(column), last + _NEAR_TOTALS)):
            text = column[position]
            said = text is not None and words.issuperset(normal(str(text)).split())
            if said and position not in why and body.names_nothing_else(position, str(text)):
                why[position] = "a comparison with another time"


def _unnamed_totals(body: Body, why: dict[int, str]) -> None:
    """A row without any name among named rows: the first or last one, or the sum of the rows above."""
    data = [i for i in (body.written > 0).arg_true() if i not in why] if len(body.row) < 50_000 else []
    bare = [i for i in data if not _is_named(body, i)]
    named = len(data) - len(bare)
    at_the_end = bool(bare) and named > 0 and bare == data[-len(bare) :]
    if not bare or named < 1 or len(data) < 3 or (len(bare) >= named and not at_the_end):
        return
    found = False
    for position in bare if len(bare) <= _FEW else (bare[0], bare[-1]):
        edge = position == data[0] or _ends_the_data(body, position, why)
        follows = found and at_the_end
        if follows or _is_sum_above(body, position, why, unnamed=True) or (edge and _tops_all(body, position, why)):
            why[position] = "total without a name"
            found = True
        elif edge and averages.is_mean(body, position, why):
            why[position] = "an average without a name"


def _sums_of_all(body: Body, why: dict[int, str]) -> None:
    """A first or last row that adds up all others to the cent, whatever its name is."""
    data = [i for i in (body.written > 0).arg_true() if i not in why] if len(body.row) < 50_000 else []
    if len(data) < 4 or any(reason.startswith("total") for reason in why.values()):
        return
    for position in (data[0], data[-1]):
        if averages.sums_all_others(body, position, why, certain=True):
            why[position] = "total: it adds up all other rows"
            return


def _is_named(body: Body, position: int) -> bool:
    """Channels also stand in the totals of each channel; the other names do not."""
    names = [texts for field, texts in body.identity.items() if field not in {"channel", "placement"}]
    return any(texts[position] is not None for texts in names or list(body.identity.values()))


def _ends_the_data(body: Body, position: int, why: dict[int, str]) -> bool:
    later = (body.written.slice(position + 1) > 0).arg_true()
    return all(position + 1 + offset in why for offset in later)


def _is_sum_above(body: Body, position: int, why: dict[int, str], label: str = "", *, unnamed: bool = False) -> bool:
    """Whether the values add up all rows above, those since the last total, or those that it is named after."""
    checked = agreed = 0
    above = [i for i in range(max(0, position - 5_000), position) if i not in why]
    start = max((i for i in why if i < position), default=-1)
    groups = [above, [i for i in above if i > start], _named_after(body, above, label)]
    for values in body.values.values():
        value = values[position]
        if value is None or value == 0:
            continue
        checked += 1
        sums = [
            sum((values[i] or 0 for i in group), start=0 * value)
            for group in groups
            if len(group) > (0 if unnamed or _may_add_up_one(label) else 1)
        ]
        agreed += any(abs(total - value) <= abs(value) / 200 for total in sums)
    return position > 0 and checked > 0 and agreed >= max(1, checked // 2)


def _may_add_up_one(label: str) -> bool:
    """'Video total' and 'Subtotal video' may add up a single row."""
    if any(normal(label).startswith(f"{word} ") for word in vocabulary.everywhere("subtotal")):
        return True
    return re.search(rf"\s(?:{_starts()})\W*$", unaccented(label.strip())) is not None


def _named_after(body: Body, above: list[int], label: str) -> list[int]:
    names = list(body.identity.values())
    return [i for i in above if any(t[i] is not None and str(t[i]).casefold() in label.casefold() for t in names)]


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


def repeated_headers(
    texts: dict[int, pl.Series], titles: list[str], unread: list[tuple[int, int, str]]
) -> list[int]:  # fmt: skip
    """Positions where at least two columns show their own header again. `unread` are cells of metrics."""
    hits: dict[int, int] = {}
    for column, position, text in unread:
        if text in titles[column].split("\n"):
            hits[position] = hits.get(position, 0) + 1
    for column, series in texts.items():
        lines = [line for line in titles[column].split("\n") if line]
        if lines:
            for position in series.is_in(lines).fill_null(value=False).arg_true():
                hits[position] = hits.get(position, 0) + 1
    return [position for position, count in hits.items() if count >= 2]


def named(texts: pl.Series, distinct: pl.Series | None) -> pl.Series:
    """Names, with missing marks taken out. `distinct` holds each of them once, if that is known."""
    if distinct is not None and not missing(distinct).any():
        return texts
    marks = missing(texts)
    return texts.set(marks, None) if marks.any() else texts
