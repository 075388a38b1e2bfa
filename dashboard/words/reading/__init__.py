"""What the worker said about a file or a connection, in the language of the workspace.

Events keep the worker's own English sentences, for the audit. Each fits one sentence of `en.toml`, with what stands in
its gaps; the same sentence of another language is said with the same values. One that fits none is said as it is.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from dashboard.words import Words

_GAP = re.compile(r"\{(\w+)\}")
_OWN = "en"
"""The language that the worker speaks."""
_SAID_TOO = {"why", "kind"}
"""Gaps that hold a sentence of their own."""


def said(words: Words, sentence: str) -> str:
    """The worker's sentence in the language of these words."""
    if words.language == _OWN:
        return sentence
    for key, pattern in _patterns():
        found = pattern.fullmatch(sentence)
        if found:
            values = {gap: _value(words, gap, text) for gap, text in found.groupdict().items()}
            return _capital_like(sentence, sentences(words.language)[key].format(**values))
    return sentence


def is_known(sentence: str) -> bool:
    """Whether the sentence, and every reason within it, can be said in all languages."""
    found = next((match for _, pattern in _patterns() if (match := pattern.fullmatch(sentence))), None)
    return found is not None and all(is_known(text) for gap, text in found.groupdict().items() if gap in _SAID_TOO)


@cache
def sentences(language: str) -> dict[str, str]:
    """The sentences of one language as {"reason.no_money": "No column ..."}."""
    tables = tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text("utf-8"))
    return {f"{group}.{key}": sentence for group, table in tables.items() for key, sentence in table.items()}


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """The worker's sentences as patterns; those that say more of their own come first."""
    ordered = sorted(sentences(_OWN).items(), key=lambda item: (bool(_GAP.search(item[1])), -len(item[1])))
    return [(key, re.compile(_pattern(sentence), re.DOTALL)) for key, sentence in ordered]


def _pattern(sentence: str) -> str:
    parts = _GAP.split(sentence)
    return "".join(f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts))


def _value(words: Words, gap: str, text: str) -> str:
    if gap in _SAID_TOO:
        return said(words, text)
    key = f"field.{text.lower().replace(' ', '_')}"
    return words(key) if gap.endswith("field") and words.known(key) else text


def _capital_like(sentence: str, other: str) -> str:
    return other[:1].upper() + other[1:] if sentence[:1].isupper() else other
