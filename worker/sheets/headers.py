"""What a header says its column holds."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from worker.sheets import compounds, currencies, units, vocabulary
from worker.sheets.normalize import normal
from worker.sheets.period_titles import period_in
from worker.sheets.reading import METRICS
from worker.sheets.units import ONE
from worker.sheets.vocabulary import Entry, Language

GROSS = 60
"""Amounts with tax are read only when there are none without."""
_AFFIXES = {"s": "spend", "i": "impressions", "c": "clicks"}
_DATES = ("date", "start_date", "end_date")
_MONEY = ("spend", "budget")
_TURNED = 50
"""'Planned costs' come after every phrase that says budget."""
_NUMBERED = re.compile(r"^[a-z]+ ?\d+$")


@dataclass(frozen=True)
class Match:
    field: str
    sure: float
    rank: int = 99
    label: str = ""
    """What is left when the field's words are taken away: a channel or a month in wide tables."""
    daily: bool = False
    planned: bool = False
    actual: bool = False
    unit: Decimal = ONE
    """What one in a cell stands for: 1000 where amounts are in thousands, a millionth where they are in micros."""
    currency: str | None = None
    language: str = ""
    why: str = ""


OTHER = Match("other", 0.0, why="no known header")


@lru_cache(maxsize=20_000)
def match(header: str) -> Match:
    """The best reading of one header text."""
    size, bare = units.bracketed(header)
    if size != ONE and (inner := match(bare)).field in METRICS and inner.unit == ONE:
        return replace(inner, unit=size)
    apart, bare = currencies.bracketed(header)
    if apart and (inner := match(bare)).field in METRICS and inner.currency is None:
        return replace(inner, currency=apart)
    spelled = normal(header)
    if not spelled:
        return OTHER
    unit, rest = units.taken_from(spelled.split())
    code, words = currencies.taken_from(rest)
    words = [part for word in words for part in compounds.parts(word)]
    found = _exact(" ".join(words)) or _exact(spelled) or _halves(header)
    if found is None:
        bare, gross = without_tax(words)
        found = (_exact(" ".join(bare)) if bare != words else None) or _best_partial(tuple(bare))
        if found is not None and gross:
            found = replace(found, rank=found.rank + GROSS)
    if found is None and any(word in vocabulary.everywhere("rate") for word in words):
        return Match("other", 0.8, unit=unit, currency=code, why="a rate, a share or another period")
    if found is None:
        return Match("other", 0.0, unit=unit, currency=code, why="no known header")
    if found.field == "conversions" and code is not None:
        found = replace(found, field="revenue", rank=found.rank + GROSS, why="sales in a currency are revenue")
    elif found.field == "conversions" and not vocabulary.everywhere("worth").isdisjoint(words):
        found = replace(found, field="revenue", rank=found.rank + GROSS, why="the value of conversions is revenue")
    return _with_flags(replace(found, unit=unit), words, code)


def without_tax(words: list[str]) -> tuple[list[str], bool]:
    """The words without 'excluding VAT' and the like, and whether they include tax."""
    text = f" {' '.join(words)} "
    gross = False
    for role in ("with_tax", "without_tax"):
        for phrase in sorted(vocabulary.everywhere(role), key=len, reverse=True):
            if f" {phrase} " in text and text.strip() != phrase:
                text = text.replace(f" {phrase} ", " ")
                gross = gross or role == "with_tax"
    return text.split(), gross


def _with_flags(found: Match, words: list[str], code: str | None) -> Match:
    text = f" {' '.join(words)} "

    def says(role: str) -> bool:
        return any(f" {word} " in text for word in vocabulary.everywhere(role))

    return Match(
        found.field, found.sure, found.rank, found.label,
        daily=found.field == "budget" and says("daily"),
        planned=says("plan"), actual=says("actual"), unit=found.unit,
        currency=code, language=found.language, why=found.why,
    )  # fmt: skip


def _exact(text: str) -> Match | None:
    entry = vocabulary.phrases().get(text)
    return _of(entry, 0.6 if entry.weak else 0.98, _meaning(entry)) if entry is not None else None


def _meaning(entry: Entry) -> str:
    if entry.field == "other":
        return "known, and not needed for a plan"
    return f"the header means {entry.field.replace('_', ' ')}"


def _of(entry: Entry, sure: float, why: str, label: str = "") -> Match:
    return Match(entry.field, sure, entry.rank, label, language=entry.language, why=why)


def _halves(header: str) -> Match | None:
    """'Clicks/Клики' says one thing twice; 'Cost / conv.' is a ratio."""
    parts = [part for part in re.split(r"[/\n|]", header) if part.strip()]
    if len(parts) < 2:
        return None
    found = [_exact(" ".join(currencies.taken_from(normal(part).split())[1])) for part in parts]
    fields = {half.field for half in found if half is not None}
    known = [half for half in found if half is not None]
    if len(fields) > 1 and fields & set(METRICS):
        return Match("other", 0.9, why="a ratio of two values")
    if len(fields) == 1 and (len(known) == len(parts) or not fields & set(METRICS)):
        return known[0]
    return None


def _best_partial(words: tuple[str, ...]) -> Match | None:
    said = frozenset(words)
    speaking = [one for one in vocabulary.languages() if one.code == "en" or said & one.known]
    candidates = [found for language in speaking if (found := _partial(words, language)) is not None]
    if not candidates:
        return None
    return max(candidates, key=lambda found: (found.sure, -len(found.label.split())))  # that leaves least open


def _partial(words: tuple[str, ...], language: Language) -> Match | None:
    neutral = vocabulary.neutral(language.code)
    reduced = tuple(word for word in words if word not in neutral)
    found = _composed(words, reduced, language) or _affix(words, language) or _inside(words, reduced, language)
    if found is not None and ("/" in words or _names_a_rate(found.label, language)):
        return Match("other", 0.8, why="a rate, a share or another period")
    return found


def _composed(words: tuple[str, ...], reduced: tuple[str, ...], language: Language) -> Match | None:
    """A header is a bag of parts: a metric's name, and words that leave its meaning, turn it or say what it is for."""
    entry = language.phrases.get(" ".join(reduced)) if reduced != words else None
    if entry is not None and (entry.field in METRICS or entry.field in _DATES):
        return _of(entry, 0.55 if entry.weak else 0.9, _meaning(entry))
    if found := _name_of_campaign(reduced, words, language):
        return found
    if _blocked(words, language):
        return None
    purpose = vocabulary.near(language.code, "purpose")
    label = " ".join(word for word in reduced if word in purpose)
    hints = vocabulary.near(language.code, "plan") | vocabulary.near(language.code, "actual")
    for turns in (hints, hints | vocabulary.near(language.code, "spent")):
        metric = " ".join(word for word in reduced if word not in turns and word not in purpose)
        entry = language.phrases.get(metric) if metric != " ".join(reduced) else None
        if entry is not None and entry.field in METRICS and (not label or entry.field in _MONEY):
            found = _of(_turned(entry, words, language), 0.85, f"the header means {entry.field}", label)
            return replace(found, rank=found.rank + _TURNED) if label else found
    return None


def _name_of_campaign(reduced: tuple[str, ...], words: tuple[str, ...], language: Language) -> Match | None:
    """'campanha_nome' and 'Имя кампании': nothing but a word for campaign and one for name."""
    names = vocabulary.near(language.code, "name_word")
    named = reduced and names.issuperset(reduced) and vocabulary.near(language.code, "campaign_word") & set(words)
    if not named:
        return None
    return Match("campaign", 0.9, _TURNED + ("id" in reduced), language=language.code, why="the header means campaign")


def _names_a_rate(label: str, language: Language) -> bool:
    """'Video Spend' is the spend of a channel, although a video's cost is none; 'Budget units' counts goods."""
    words = tuple(label.split())
    measured = not vocabulary.everywhere("measure").isdisjoint(words)
    return not vocabulary.is_channel(label) and (measured or _blocked(words, language))


def _turned(entry: Entry, words: tuple[str, ...], language: Language) -> Entry:
    """Planned costs are a budget, a used budget is spend."""
    said = {role for role in ("plan", "spent") if vocabulary.near(language.code, role) & set(words)}
    if entry.field == "spend" and "plan" in said:
        return Entry("budget", _TURNED + entry.rank, entry.language, entry.weak)
    if entry.field == "budget" and said == {"spent"}:
        return Entry("spend", _TURNED + entry.rank, entry.language, entry.weak)
    return entry


def _blocked(words: tuple[str, ...], language: Language) -> bool:
    text = f" {' '.join(words)} "
    return "/" in words or any(f" {word} " in text for word in vocabulary.blocking(language.code))


def _affix(words: tuple[str, ...], language: Language) -> Match | None:
    """'mdsp_tv' and 'tv_S' are how modellers write spend by channel."""
    if len(words) < 2:
        return None
    for metric in ("spend", "impressions", "clicks"):
        signs = language.words.get(f"affix_{metric}", frozenset[str]())
        for sign, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
            if sign in signs:
                return Match(metric, 0.8, 80, " ".join(rest), language="en", why=f"'{sign}' stands for {metric}")
    rest = " ".join(words[:-1])
    if words[-1] in _AFFIXES and vocabulary.has_channel_word(rest):
        metric = _AFFIXES[words[-1]]
        return Match(metric, 0.75, 85, rest, language="en", why=f"'{words[-1]}' stands for {metric}")
    return None


def _inside(words: tuple[str, ...], reduced: tuple[str, ...], language: Language) -> Match | None:
    """The longest known phrase within the header; what surrounds it becomes the label."""
    blocking = vocabulary.blocking(language.code)
    for length in range(min(len(words), 5), 0, -1):
        for start in range(len(words) - length + 1):
            entry = language.phrases.get(" ".join(words[start : start + length]))
            if entry is None or entry.field in {"other", "reach"}:
                continue
            left = words[:start] + words[start + length :]
            if entry.weak and length == 1 and not (entry.field in _MONEY and _completes_money(left)):
                continue
            label = " ".join(word for word in left if word in reduced or word in blocking) or " ".join(left)
            label = " ".join(left) if vocabulary.is_channel(" ".join(left)) else label
            return _of(entry, _sureness(entry, label), f"the header names {entry.field.replace('_', ' ')}", label)
    return None


def _completes_money(words: tuple[str, ...]) -> bool:
    """'Actual' alone proves little; under 'Jan Actual' it is January's money, and 'VK costs' are those of a channel."""
    label = " ".join(words)
    return (
        label in vocabulary.months() or vocabulary.is_channel(label) or (bool(words) and period_in(label) is not None)
    )


def _sureness(entry: Entry, label: str) -> float:
    if entry.field in METRICS and (
        vocabulary.has_channel_word(label) or _NUMBERED.match(label) or period_in(label) is not None
    ):
        return 0.7
    return 0.5


def completes(text: str) -> bool:
    """Whether a text below a group title only says which one: a channel, a period, plan or actual, currency, tax."""
    _, words = currencies.taken_from(normal(text).split())
    spelled = " ".join(words)
    if spelled in vocabulary.everywhere("with_tax") or spelled in vocabulary.everywhere("without_tax"):
        return True
    modifiers = vocabulary.everywhere("plan") | vocabulary.everywhere("actual") | vocabulary.everywhere("neutral")
    if all(word in modifiers or word.upper() in currencies.CODES for word in words):
        return True
    return vocabulary.is_channel(text) or bool(_NUMBERED.match(normal(text))) or period_in(normal(text)) is not None


@lru_cache(maxsize=20_000)
def bare_channel(title: str) -> str:
    """The channel that is all a header says: 'TV', 'TV advertising', 'Search ads (k EUR)'."""
    if vocabulary.is_channel(title):
        return vocabulary.platform(title) or title
    code, words = currencies.taken_from(units.taken_from(normal(title).split())[1])
    names = (" ".join(words), " ".join(word for word in words if word not in vocabulary.neutral("en")))
    aimless = " ".join(word for word in words if word not in vocabulary.everywhere("purpose"))
    name = next((name for name in (*(names if code else ()), aimless) if vocabulary.is_channel(name)), "")
    return vocabulary.platform(name) or name
