"""Sentences of a plan, from templates in the workspace's language."""

import string
import tomllib
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


class _Speech(string.Formatter):
    def __init__(self, language: str) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        text = format(value, format_spec)
        if self._language == "de" and format_spec:
            text = text.translate(_SWAP).replace("%", "\u00a0%")
        return text


@cache
def templates(language: str) -> dict[str, str]:
    """Every template by its full key."""
    sections: dict[str, dict[str, str]] = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return {f"{section}.{key}": text for section, keys in sections.items() for key, text in keys.items()}
