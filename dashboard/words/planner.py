"""What the planner said in a plan, in the language of whoever reads it.

A plan keeps its sentences in the language that the workspace had when it was made. Each fits one of the planner's own
sentences, with what stands in its gaps; the same sentence of another language is said with the same values. One that
fits none, such as one that a language model wrote, is said as it is.
"""

import re
from datetime import UTC, datetime
from functools import cache, lru_cache

from worker.planning.voice import LANGUAGES, Voice, templates

PARTS = ("insight.", "fact.", "driver.", "missing.", "warning.", "record.")
"""Beginnings of the keys of what a plan says."""
_GAP = re.compile(r"\{(\w+)(:[^}]*)?\}")
"""With a format it holds a number."""
_TEXT, _NUMBER = ".+?", r"[-+\d.,]+(?:\s?%)?"
_WORDS = ("response", "unit", "period", "when")
"""Gaps that hold a word of the planner's own."""
_SIGN = re.compile(r"[-+] ")
_DAYS = {"en": "%d %b %Y", "de": "%d.%m.%Y"}


@lru_cache(maxsize=4096)
def planner_said(language: str, sentence: str, money: str) -> str:
    """The planner's sentence in this language; `money` is the code of the plan's currency."""
    sign, said = ("", sentence) if not _SIGN.match(sentence) else (sentence[:2], sentence[2:])
    if _found(language, said):
        return sentence
    for other in LANGUAGES:
        if found := _found(other, said):
            key, gaps = found
            values = {gap: _value(gap, text, other, language) for gap, text in gaps.items()}
            return sign + (_filled(sentences(language)[key], {"money": money} | values) or said)
    return sentence


@cache
def sentences(language: str) -> dict[str, str]:
    """What a plan says in one language, without signs; both halves of why are one sentence."""
    known = templates(language)
    whys = [key for key in known if key.startswith("why.")]
    joined = {
        f"{one} {other}": f"{known[one]}, {known[other]}"
        for one in whys
        for other in whys
        if other.startswith("why.with_") and not one.startswith("why.with_")
    }
    return {key: _SIGN.sub("", text, count=1) for key, text in known.items() if key.startswith(PARTS)} | joined


def _found(language: str, sentence: str) -> tuple[str, dict[str, str]] | None:
    for key, pattern in _patterns(language):
        if found := pattern.fullmatch(sentence):
            return key, found.groupdict()
    return None


@cache
def _patterns(language: str) -> list[tuple[str, re.Pattern[str]]]:
    """Sentences as patterns; those that say more of their own come first."""
    ordered = sorted(sentences(language).items(), key=lambda item: -len(_GAP.sub("", item[1])))
    return [(key, re.compile(_pattern(text, language), re.DOTALL)) for key, text in ordered]


def _pattern(text: str, language: str) -> str:
    words = "|".join(re.escape(word) for word in _words(language))
    pattern, end = "", 0
    for gap in _GAP.finditer(text):
        name, held = gap[1], _NUMBER if gap[2] else words if gap[1] in _WORDS else _TEXT
        twice = f"(?P<{name}>" in pattern
        pattern += re.escape(text[end : gap.start()]) + (f"(?P={name})" if twice else f"(?P<{name}>{held})")
        end = gap.end()
    return pattern + re.escape(text[end:])


@cache
def _words(language: str) -> dict[str, str]:
    """Keys of the planner's own words, by the word; longer ones first."""
    known = {text: key for key, text in templates(language).items() if key.startswith(("response.", "unit."))}
    return dict(sorted(known.items(), key=lambda item: -len(item[0])))


def _value(gap: str, text: str, said_in: str, language: str) -> str:
    """Say in another language what stood in a gap: a day, or one of the planner's own words."""
    if gap == "first":
        return _day(text, said_in, language)
    return templates(language)[_words(said_in)[text]] if gap in _WORDS else text


def _day(text: str, said_in: str, language: str) -> str:
    try:
        return Voice(language).day(datetime.strptime(text, _DAYS[said_in]).replace(tzinfo=UTC).date())
    except ValueError:
        return text


def _filled(text: str, values: dict[str, str]) -> str:
    """Fill in the values as they are; empty where one is missing."""
    missing = any(gap[1] not in values for gap in _GAP.finditer(text))
    return "" if missing else _GAP.sub(lambda gap: values[gap[1]], text)
