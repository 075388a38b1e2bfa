"""Which tabs count: copies, other cuts of the same money and scenarios must not be added up."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from worker.sheets import same_money, vocabulary
from worker.sheets.normalize import normal
from worker.sheets.reading import DIMENSIONS, METRICS

_COPY_NUMBER = re.compile(r"\s*\(\d+\)$")
_FINAL = frozenset({"final", "approved", "финал", "freigegeben", "finale"})
_ONE_OF = re.compile(r"[a-d1-4]|i{1,3}")
_EITHER = (
    "The tabs “{one}” and “{other}” are added up. If they are alternatives of one plan, choose the one that counts."
)
_LEAST_ROWS = 2
_AMOUNT = re.compile(r"^\d{2,}(?:[.,]\d+)?(?:k|к|m|м|mio|млн|тыс|%|eur|usd|rub|руб)?$")


@dataclass(frozen=True)
class Tab:
    """One table that holds campaign data."""

    name: str
    visible: bool
    rows: pl.DataFrame
    count: int
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    used: bool
    why: str


def choose(tabs: list[Tab], pinned: str | None = None) -> list[Choice]:
    """One choice for each tab, in the same order."""
    if pinned is not None:
        mine, others = Choice(True, "you chose the tab"), Choice(False, "you chose another tab")  # noqa: FBT003
        return [mine if is_pinned(tab.name, pinned) else others for tab in tabs]
    choices: list[Choice | None] = [None] * len(tabs)
    if any(tab.visible for tab in tabs):
        for i, tab in enumerate(tabs):
            if not tab.visible and not _is_source(tab, tabs):
                choices[i] = Choice(False, "the tab is hidden")  # noqa: FBT003
    order = sorted((i for i, c in enumerate(choices) if c is None), key=lambda i: (-tabs[i].count, i))
    chosen: list[int] = []
    for i in order:
        reason = next((why for j in chosen if (why := _repeats(tabs[i], tabs[j]))), None)
        if reason is None:
            chosen.append(i)
        else:
            choices[i] = Choice(False, reason)  # noqa: FBT003
    _drop_same_money(tabs, chosen, choices)
    chosen = [i for i in chosen if choices[i] is None]
    _drop_sums_of_tabs(tabs, chosen, choices)
    _drop_scenarios(tabs, sorted(i for i in chosen if choices[i] is None), choices)
    return [choice or Choice(True, _used_why(tabs)) for choice in choices]  # noqa: FBT003


def doubts(tabs: list[Tab], choices: list[Choice]) -> list[str]:
    """Tabs that are added up although their names differ by a letter or a number only: plans may be alternatives."""
    used = [tab for tab, choice in zip(tabs, choices, strict=True) if choice.used]
    pairs = ((one, other) for i, one in enumerate(used) for other in used[i + 1 :])
    return [_EITHER.format(one=one.name, other=other.name) for one, other in pairs if _may_be_either(one, other)]


def _may_be_either(tab: Tab, other: Tab) -> bool:
    own, theirs = _own_words(tab, other), _own_words(other, tab)
    numbered = all(len(words) == 1 and all(map(_ONE_OF.fullmatch, words)) for words in (own, theirs))
    planned = all(one.rows["budget"].count() and not one.rows["spend"].count() for one in (tab, other))
    shared = any(
        set(tab.rows[name].drop_nulls()) & set(other.rows[name].drop_nulls()) for name in ("channel", "campaign")
    )
    return numbered and planned and shared and _same_shape(tab, other) and not _of_different_times(tab, other)


def _is_source(tab: Tab, tabs: list[Tab]) -> bool:
    """Whether a hidden tab holds the days of which a visible one shows only the sums."""
    dated = tab.rows["date"].null_count() < len(tab.rows)
    seen = [one for one in tabs if one.visible and one.count < tab.count]
    return dated and any(_period(one.rows) is None and _repeats(one, tab) for one in seen)


def is_pinned(tab: str, pinned: str | None) -> bool:
    """Tables that stand on one tab are pinned together."""
    return pinned is not None and (tab == pinned or tab.startswith(f"{pinned} ("))


def _used_why(tabs: list[Tab]) -> str:
    return "the only tab with campaign data" if len(tabs) == 1 else "its rows count"


def totals(rows: pl.DataFrame) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for metric in METRICS:
        column = rows[metric].drop_nulls()
        if len(column):
            found[metric] = Decimal(column.sum())
    return found


def _repeats(tab: Tab, other: Tab) -> str | None:
    """Why the rows of `tab` are already in `other`, which has at least as many."""
    if _of_different_times(tab, other):
        return None
    mine, theirs = totals(tab.rows), totals(other.rows)
    shared = [m for m in mine if m in theirs and mine[m]]
    agree = [m for m in shared if abs(mine[m] - theirs[m]) <= abs(theirs[m]) / 1000]
    money = [m for m in ("spend", "budget") if m in shared]
    if money and len(agree) == len(shared) and (len(shared) >= 2 or mine[money[0]] > 100):
        same_rows = tab.count == other.count
        return f"{'a copy' if same_rows else 'another cut'} of the tab “{other.name}”: the sums are the same"
    if tab.count >= _LEAST_ROWS and _contained(tab.rows, other.rows):
        return f"all its rows are also in the tab “{other.name}”"
    return None


def _of_different_times(tab: Tab, other: Tab) -> bool:
    """Equal plans of two months are two months: by their dates, else by the names of the tabs."""
    periods = [_period(one.rows) for one in (tab, other)]
    if all(periods):
        (first, last), (other_first, other_last) = periods  # type: ignore[misc]
        return bool(last < other_first or other_last < first)
    return any(_names_a_part(word) for word in _own_words(tab, other) | _own_words(other, tab))


def _period(rows: pl.DataFrame) -> tuple[date, date] | None:
    days = pl.concat([rows["date"], rows["start_date"], rows["end_date"]]).drop_nulls()
    return (days.min(), days.max()) if len(days) else None  # type: ignore[return-value]


def _own_words(tab: Tab, other: Tab) -> set[str]:
    return set(normal(tab.name).split()) - set(normal(other.name).split())


def _names_a_part(word: str) -> bool:
    """A month, quarter, week, year or channel: tabs that differ by one are parts of a whole."""
    part = re.fullmatch(r"q[1-4]|(?:kw|w|week|wk)\d{1,2}|20\d\d", word) is not None
    return part or word in vocabulary.months() or vocabulary.has_channel_word(word)


def _keys(rows: pl.DataFrame) -> list[str]:
    return [
        name
        for name in (*DIMENSIONS, "date", "start_date", "spend", "budget", "impressions")
        if rows[name].null_count() < len(rows)
    ]


def _contained(rows: pl.DataFrame, other: pl.DataFrame) -> bool:
    keys = _keys(rows)
    if not {"spend", "budget"} & set(keys) or not {"campaign", "channel", "ad", "ad_group"} & set(keys):
        return False
    if any(other[key].null_count() == len(other) for key in keys):
        return False
    left = rows.select(keys)
    return left.join(other.select(keys).unique(), on=keys, how="anti", nulls_equal=True).is_empty()


def _drop_same_money(tabs: list[Tab], chosen: list[int], choices: list[Choice | None]) -> None:
    """Tabs that another one makes superfluous although the sums are not the same."""
    for i in chosen:
        others = (j for j in chosen if j != i and choices[j] is None)
        reason = next((why for j in others if (why := same_money.why(tabs[i], tabs[j]))), None)
        if reason is not None:
            choices[i] = Choice(False, reason)  # noqa: FBT003


def _drop_sums_of_tabs(tabs: list[Tab], chosen: list[int], choices: list[Choice | None]) -> None:
    """A tab beside a tab for each month or channel whose amounts are those of all the others together."""
    for i in chosen if len(chosen) > 2 else []:
        mine = {metric: value for metric, value in totals(tabs[i].rows).items() if value}
        others = [totals(tabs[j].rows) for j in chosen if j != i]
        sums = {metric: sum((found.get(metric, Decimal(0)) for found in others), Decimal(0)) for metric in mine}
        money = {"spend", "budget"} & set(mine)
        if money and all(abs(sums[metric] - mine[metric]) <= abs(mine[metric]) / 1000 for metric in mine):
            choices[i] = Choice(False, "it adds up the other tabs")  # noqa: FBT003
            return


def _drop_scenarios(tabs: list[Tab], chosen: list[int], choices: list[Choice | None]) -> None:
    """Of several versions of one plan the first one counts, or the one that is called final."""
    groups: list[list[int]] = []
    for i in chosen:
        group = next((g for g in groups if _alternatives(tabs[g[0]], tabs[i])), None)
        if group is None:
            groups.append([i])
        else:
            group.append(i)
    for group in groups:
        kept = min(group, key=lambda i: (not _FINAL & set(normal(tabs[i].name).split()), _copy_marks(tabs[i].name)))
        for i in group:
            if i != kept:
                choices[i] = Choice(False, f"another version of the tab “{tabs[kept].name}”; only one counts")  # noqa: FBT003


def _copy_marks(name: str) -> int:
    words = normal(name).split()
    return sum(word in vocabulary.everywhere("copy") for word in words) + (_COPY_NUMBER.search(name) is not None)


def _alternatives(tab: Tab, other: Tab) -> bool:
    own, other_own = _own_words(tab, other), _own_words(other, tab)
    if same_money.period_of(tab) and same_money.period_of(other):
        return False
    if _is_copy(tab.name, other.name) and _same_shape(tab, other):
        return True
    scenario = vocabulary.everywhere("scenario")
    named = all(any(_is_version(word, scenario) for word in words) for words in (own, other_own) if words)
    if (own or other_own) and named and _same_shape(tab, other):
        return True
    if any(_names_a_part(word) for word in own | other_own):
        return False
    both = set(normal(tab.name).split()) & set(normal(other.name).split())
    return bool(own or other_own) and bool(both & scenario) and _same_shape(tab, other)


def _is_copy(name: str, other: str) -> bool:
    """'Plan (2)' and 'Copy of Plan' beside 'Plan'."""
    copy = vocabulary.everywhere("copy") | {"of", "von", "de", "di", "van"}

    def original(text: str) -> list[str]:
        return [word for word in normal(_COPY_NUMBER.sub("", text)).split() if word not in copy]

    return original(name) == original(other) and original(name) != []


def _is_version(word: str, scenario: frozenset[str]) -> bool:
    if re.fullmatch(r"20\d\d", word):
        return False
    return word in scenario or _AMOUNT.match(word) is not None


def _same_shape(tab: Tab, other: Tab) -> bool:
    return tab.titles == other.titles or len(set(tab.titles) & set(other.titles)) >= 0.7 * len(set(tab.titles))
