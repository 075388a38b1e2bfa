"""One spelling for texts that mean the same: letter case, accents, punctuation and CamelCase taken away."""

import re
import unicodedata
from functools import lru_cache

_HUMP = re.compile(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])|(?<=[A-Z])(?=[A-Z][a-z])")
_SCRIPT = re.compile(r"(?<=[A-Za-z])(?=[぀-ヿ㐀-鿿가-힯])|(?<=[぀-ヿ㐀-鿿가-힯])(?=[A-Za-z])")
"""'Google広告費' is two words."""
_ACCENT = re.compile("[̀-ͯ]")
_NOT_WORD = re.compile(r"[^\w%/$€£¥₹₽#\u0e31-\u0e3a\u0e47-\u0e4e]+")
"""Thai vowels and tones belong to their words."""
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
"""Letters of which no accent can be taken away."""
_EDGE = re.compile(r"(?<=\w)\.(?=\s|$)")
_PLAIN = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
"""Texts that are spelled so already, as most of the vocabulary is."""


@lru_cache(maxsize=20_000)
def normal(text: str) -> str:
    """Words in lower case, one blank between them; the signs %, / and # stay because they change a meaning."""
    if _PLAIN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFKC", text)
    if not text.isupper():
        text = _HUMP.sub(" ", text)
    if not text.isascii():
        text = _SCRIPT.sub(" ", text)
    text = unaccented(text).replace("_", " ").replace("/", " / ").replace("%", " % ")
    return " ".join(_NOT_WORD.sub(" ", _EDGE.sub(" ", text)).split())


def unaccented(text: str) -> str:
    """Lower case without accents; punctuation stays."""
    text = _ACCENT.sub("", unicodedata.normalize("NFD", text.casefold()))
    return unicodedata.normalize("NFC", text.translate(_LETTERS))


def clean(value: object) -> str:
    """A cell as a person reads it: blanks at the edges gone, inner line breaks kept."""
    text = "" if value is None else str(value)
    return text.replace("\ufeff", "").strip().strip("\u00a0\u200b").strip()
