"""Sentences of a plan, from templates in the workspace's language."""

import string
import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("en", "de")
_SWAP = str.maketrans({",": ".", ".": ","})


class Voice:
    """Fills templates. `{amount:,.0f}` is written as the language writes numbers."""

    def __init__(self, language: str = "en") -> None:
        """`language` may be a locale such as de_CH; an unknown one speaks English."""
        spoken = language.replace("-", "_").split("_", maxsplit=1)[0].lower()
        self.language = spoken if spoken in LANGUAGES else "en"
        self._speech = _Speech(self.language)

    def say(self, key: str, **values: object) -> str:
        """The template `key`, such as insight.uplift, with its values. Raises KeyError for an unknown key."""
        return self._speech.format(templates(self.language)[key], **values)

    def number(self, value: float | Decimal, spec: str) -> str:
        """A number by Python's format, such as `,.2f`, with the language's marks."""
        return self._speech.format_field(value, spec)

    def day(self, day: date) -> str:
        return f"{day:%d.%m.%Y}" if self.language == "de" else f"{day:%-d %b %Y}"

    def knows(self, key: str) -> bool:
        return key in templates(self.language)


class _Speech(string.Formatter):
    def __init__(self, language: str) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        text = format(value, format_spec)
        if self._language == "de" and format_spec:
            text = text.translate(_SWAP).replace("%", "\u00a0%")
        return text


class Refusal(Exception):
    """A failure that people read: `str` says it in English, `said` in any language."""

    def __init__(self, key: str, **values: object) -> None:
        """`key` names the template, such as brief.no_budget."""
        super().__init__(Voice().say(key, **values))
        self._key, self._values = key, values

    def said(self, voice: Voice) -> str:
        return voice.say(self._key, **self._values)


@cache
def templates(language: str) -> dict[str, str]:
    """Every template by its full key."""
    sections: dict[str, dict[str, str]] = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return {f"{section}.{key}": text for section, keys in sections.items() for key, text in keys.items()}
