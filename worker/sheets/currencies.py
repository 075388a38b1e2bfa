"""Currencies as people write them: codes, signs and words."""

import re
import tomllib
from importlib.resources import files
from itertools import pairwise
from typing import Any

from worker.sheets.normalize import normal

_DATA: dict[str, Any] = tomllib.loads((files("worker.sheets") / "vocabulary" / "currencies.toml").read_text("utf-8"))
CODES: frozenset[str] = frozenset(_DATA["codes"])
DOLLARS: frozenset[str] = frozenset(_DATA["dollars"])
"""Currencies that are often written with a bare $."""
UNSURE: frozenset[str] = frozenset(_DATA["unsure"])
_CODES = {code.lower() for code in CODES}
_WORDS: dict[str, str] = _DATA["words"]
_LEADS = frozenset(_DATA["leads"])
_SAFE_WORDS = {word: code for word, code in _WORDS.items() if word not in _DATA["only_in_cells"]}

_SIGN = r"(?:US|AU|CA|NZ|HK|MX|NT|[ARCS])?\$|[€£¥￥₹₽₴₩฿₺₪₫]"
_SPELLED = (
    r"Rs\.?",
    r"Rp\.?",
    r"R\s",
    "zł",
    "zl",
    r"kr\.?",
    "Kč",
    r"руб\.?",
    r"р\.",
    "FCFA",
    "CFA",
    "円",
    "Ft",
    r"грн\.?",
    "lei",
    "RM",
    "SFr",
    "euros?",
)
_NAMES = "|".join([*sorted(CODES), *_SPELLED])
IN_CELL = rf"(?i:(?:{_SIGN})|(?:{_NAMES}))"
"""A currency in front of or behind a number, as a regular expression that Python and polars share."""
_FRONT = re.compile(rf"^[-+(]?\s*({IN_CELL})")
_BEHIND = re.compile(rf"({IN_CELL})\s*\)?$")
_APART = re.compile(r"(?:[(\[]|, *)([^\W\d]{1,4})\.?[)\]]? *$")
_PREAMBLE = re.compile(rf"(?:\b({'|'.join(CODES)})\b)")


def taken_from(words: list[str]) -> tuple[str | None, list[str]]:
    """The currency that header words (spelled by `normal`) name, and the words without it."""
    code: str | None = None
    rest: list[str] = []
    for word in words:
        found = _SAFE_WORDS.get(word) or (word.upper() if word in _CODES else None)
        if found is None or len(words) == 1:
            rest.append(word)
        else:
            code = found
    joined = " ".join(rest)
    for sign, name in (("r $", "BRL"), ("us $", "USD"), ("a $", "AUD"), ("c $", "CAD")):
        if sign in joined:
            code, rest = name, joined.replace(sign, "").split()
    rest = [word for word in rest if word not in {"$", "#"}] or rest
    if code == "USD" and any(word in {"r", "r$"} for word in rest) and "$" in words:
        code, rest = "BRL", [word for word in rest if word not in {"r", "r$"}]
    return code, rest


def bracketed(header: str) -> tuple[str | None, str]:
    """'Cena (Kč)', 'Cost, zł': a currency set apart at the end of a header, and the header without it."""
    found = _APART.search(header)
    code = _WORDS.get(found[1].casefold()) if found else None
    return (code, header[: found.start()]) if found and code else (None, header)


def of_cell(text: str) -> tuple[str, bool] | None:
    """Code of the currency that a cell like 'R$ 236,86' shows, and whether the sign leaves no doubt."""
    found = _FRONT.search(text.strip()) or _BEHIND.search(text.strip())
    if found is None:
        return None
    sign = found.group(1).strip(". ").lower()
    code = sign.upper() if sign.upper() in CODES else _WORDS.get(sign) or _WORDS.get(sign.rstrip("."))
    if sign == "kr" or code is None:
        return None
    return code, sign not in UNSURE


def in_preamble(text: str) -> str | None:
    """A code written out in a title or note, such as 'Currency: EUR', or its word: 'Amounts in euro'."""
    found = _PREAMBLE.search(text)
    words = normal(text).split()
    named = (_SAFE_WORDS[word] for lead, word in pairwise(words) if lead in _LEADS and word in _SAFE_WORDS)
    return found.group(1) if found else next(named, None)
