"""Every sentence the dashboard says, one catalogue a language: `en.toml` is complete, the others must be too."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.figures import Figures, parsed

LANGUAGES = ("en", "de")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Read one language as {"home.title": "Home"}."""
    with (Path(__file__).parent / f"{language}.toml").open("rb") as file:
        return dict(_flat(tomllib.load(file), ""))


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, str):
            found.append((prefix + key, value))
        else:
            found.extend(_flat(value, f"{prefix}{key}."))
    return found


@dataclass(frozen=True)
class Words:
    """Says a sentence by its key. With `count`, the language's own plural rule picks `.one` or `.other`."""

    language: str
    figures: Figures

    def __call__(self, key: str, /, **values: object) -> str:
        sentences = catalogue(self.language)
        count = values.get("count")
        if isinstance(count, int):
            key = self._plural(key, count)
            values["count"] = self.figures.number(count)
        return sentences[key].format(**values)

    def known(self, key: str) -> bool:
        return key in catalogue(self.language)

    def _plural(self, key: str, count: int) -> str:
        sentences = catalogue(self.language)
        form = parsed(self.language).plural_form(count)
        for candidate in (f"{key}.zero" if count == 0 else "", f"{key}.{form}", f"{key}.other"):
            if candidate in sentences:
                return candidate
        return key


def language_of(locale: str) -> str:
    """Pick the catalogue for a locale: German for de_AT, English for what we do not speak."""
    language = locale.replace("-", "_").split("_")[0].lower()
    return language if language in LANGUAGES else "en"
