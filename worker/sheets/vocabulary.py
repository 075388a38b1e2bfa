"""The words of headers and cells in each language, read from the files of `vocabulary/`."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from worker.sheets.normalize import normal

_COMMON = "en"
"""Ratios such as CPC keep their English names everywhere."""


@dataclass(frozen=True)
class Entry:
    field: str
    rank: int
    language: str
    weak: bool
    """The word alone proves little: the cells below must agree."""


@dataclass(frozen=True)
class Language:
    code: str
    phrases: dict[str, Entry]
    words: dict[str, frozenset[str]]
    """Words and phrases by role: rate, foreign, other_period, daily, neutral, plan, actual, scenario ..."""
    decimal: str
    order: str
    known: frozenset[str]
    """Every word of its phrases: a header without any of them says nothing in this language."""


@cache
def languages() -> tuple[Language, ...]:
    """English first: it wins where two languages share a word."""
    return tuple(_language(code, data) for code, data in _raw().items())


def _language(code: str, data: dict[str, Any]) -> Language:
    words = {role: frozenset(map(normal, found)) for role, found in data["words"].items() if role != "total_pattern"}
    phrases: dict[str, Entry] = {}
    for field, found in data["fields"].items():
        for rank, phrase in enumerate(found):
            spelled = normal(phrase)
            phrases.setdefault(spelled, Entry(field, rank, code, spelled in words.get("weak", frozenset())))
    affixes = (word for role, found in words.items() if role.startswith("affix_") for word in found)
    known = frozenset(word for phrase in phrases for word in phrase.split()) | frozenset(affixes)
    return Language(code, phrases, words, data["style"]["decimal"], data["style"]["order"], known)


@cache
def phrases() -> dict[str, Entry]:
    """The phrases of all languages; of a phrase that several have, the first language's meaning."""
    merged: dict[str, Entry] = {}
    for found in reversed(languages()):
        merged.update(found.phrases)
    return merged


@cache
def language(code: str) -> Language:
    return next(found for found in languages() if found.code == code)


@cache
def everywhere(role: str) -> frozenset[str]:
    """The words of one role in all languages."""
    return frozenset().union(*(found.words.get(role, frozenset()) for found in languages()))


@cache
def plan_columns() -> frozenset[str]:
    """What stands over the columns of a plan that names no metric: 'Gross', 'Net', 'Spots'."""
    return (everywhere("plan_net") | everywhere("plan_gross") | everywhere("aired")) - everywhere("total")


@cache
def as_written(role: str) -> frozenset[str]:
    """The words of one role in all languages with their accents, in lower case."""
    return frozenset(word.casefold() for data in _raw().values() for word in data["words"].get(role, []))


@cache
def missing_marks() -> frozenset[str]:
    """Cells in lower case that say that there is no value, in all languages."""
    return frozenset(mark.lower() for data in _raw().values() for mark in data["words"].get("missing", []))


@cache
def _near(code: str, roles: tuple[str, ...]) -> frozenset[str]:
    """Words of these roles in a language and in English, which stands in headers everywhere."""
    return frozenset().union(*(language(c).words.get(role, frozenset()) for c in {code, _COMMON} for role in roles))


def blocking(code: str) -> frozenset[str]:
    """Words that make an amount into something else, for a header of this language."""
    return _near(code, ("rate", "other_period", "foreign"))


def neutral(code: str) -> frozenset[str]:
    """Words that leave the meaning of a metric's name as it is: total, number of, monthly, campaign."""
    return _near(code, ("neutral", "campaign_word"))


def near(code: str, role: str) -> frozenset[str]:
    """The words of one role in a language and in English."""
    return _near(code, (role,))


@cache
def qualifiers() -> frozenset[str]:
    """Single words that say more about a metric, in all languages."""
    roles = ("neutral", "campaign_word", "purpose", "plan", "actual", "spent", "daily", "rate", "other_period")
    return frozenset(word for role in roles for word in everywhere(role) if " " not in word)


@cache
def _known() -> frozenset[str]:
    return frozenset().union(qualifiers(), *(found.known for found in languages()))


def is_known(word: str) -> bool:
    """Whether a word stands in a phrase of any language or qualifies one."""
    return word in _known()


@cache
def months() -> dict[str, int]:
    """Month name or abbreviation, as `normal` spells it, to 1..12."""
    found: dict[str, int] = {}
    for data in _raw().values():
        for number, names in enumerate(data["months"]["names"], start=1):
            for name in names:
                found.setdefault(normal(name), number)
    return found


@cache
def total_pattern() -> re.Pattern[str]:
    """A cell, spelled by `normal`, that says that its row adds up others."""
    words = sorted(everywhere("total"), key=len, reverse=True)
    patterns = [pattern for data in _raw().values() for pattern in data["words"].get("total_pattern", [])]
    alone = "|".join(map(re.escape, words))
    return re.compile(f"^(?:(?:{alone})(?: / (?:{alone}))*)$|{'|'.join(patterns)}")


@cache
def _raw() -> dict[str, dict[str, Any]]:
    """Code of each language to its file."""
    folder = files("worker.sheets") / "vocabulary"
    names = sorted(
        (item.name for item in folder.iterdir() if re.fullmatch(r"[a-z]{2}\.toml", item.name)),
        key=lambda name: (name != f"{_COMMON}.toml", name),
    )
    return {name.removesuffix(".toml"): tomllib.loads((folder / name).read_text("utf-8")) for name in names}


@cache
def _channels() -> tuple[dict[str, str], frozenset[str]]:
    data = tomllib.loads((files("worker.sheets") / "vocabulary" / "channels.toml").read_text("utf-8"))
    platforms = {normal(name): title for title, names in data["platforms"].items() for name in names}
    return platforms, frozenset(map(normal, data["channels"]["words"]))


def platform(text: str) -> str | None:
    """The advertising platform that a text names, in its own spelling."""
    return _channels()[0].get(normal(text))


@cache
def networks(platform_title: str) -> dict[str, str]:
    """A platform's campaign types, spelled by `normal`, to the channel that other files call by name."""
    data = tomllib.loads((files("worker.sheets") / "vocabulary" / "channels.toml").read_text("utf-8"))
    found = data["networks"].get(platform_title, {})
    return {normal(name): title for title, names in found.items() for name in names}


def is_channel(text: str) -> bool:
    """Whether a text is the name of a media channel or platform, as written in a cell or header."""
    spelled = normal(text)
    platforms, words = _channels()
    return spelled in platforms or spelled in words


@lru_cache(maxsize=50_000)
def has_channel_word(text: str) -> bool:
    """Whether a text contains the name of a channel: 'Search | Brand', 'Meta_prospecting'."""
    words = normal(text).split()
    pairs = [" ".join(words[i : i + 2]) for i in range(len(words) - 1)]
    return any(is_channel(part) for part in (*words, *pairs))
