"""Units of amounts in a header: thousands, millions, cents, millionths."""

import re
from collections.abc import Iterable
from decimal import Decimal

from worker.sheets import currencies, vocabulary
from worker.sheets.normalize import normal

ONE = Decimal(1)
_LEAST = Decimal(1_000)
_HARMLESS = re.compile(r"^(20\d\d|1|000)$")
_THOUSAND = r"k|t|tsd|tausend|thousands?|тыс|тысяч|tys|miles|milliers|migliaia|duizend|mille|000|\$?000s|千"
_MILLION = r"m|mm|mio|mln|млн|millions?|millionen|millones|milhoes|milioni|miljoen|百万"
_SIGNS = r"[$€£¥₹₽]"
_SPELLED = "円|eur|usd|gbp|chf|rub|руб|pln|zl|brl|inr|jpy"
_GLUED = re.compile(
    rf"(?:({_THOUSAND})|(万)|({_MILLION}))({_SIGNS}|{_SPELLED})|({_SIGNS})(?:({_THOUSAND})|(万)|({_MILLION}))"
)
_ALONE = re.compile(rf"(?:({_THOUSAND})|(万)|({_MILLION}))")
_SHORT = frozenset({"k", "t", "m", "mm", "000", "mille"})
"""They need a currency beside them, or an 'in' before them, to be units."""
_BRACKETED = re.compile(
    r"[(\[（]\s*(?:in\s+)?['’]?(?:(k|000s?|tsd\.?|thousands?|тыс\.?|tys\.?|千)|(万)|(mm?|mio\.?|mln\.?|millions?|百万))\s*[)\]）]\s*$",
    re.IGNORECASE,
)
_SHORTEST, _LONGEST = 3, 12
"""Words of a text that says in what the amounts below it are; a longer one than the shortest speaks of money, too."""
_PARTS = {
    "micros": Decimal("0.000001"),
    "micro": Decimal("0.000001"),
    "cents": Decimal("0.01"),
    "cent": Decimal("0.01"),
    "копейки": Decimal("0.01"),
}


def taken_from(words: list[str]) -> tuple[Decimal, list[str]]:
    """The unit that header words (spelled by `normal`) name, and the words without it; a currency stays."""
    has_currency = currencies.taken_from(words)[0] is not None or any(re.search(_SIGNS, word) for word in words)
    unit, rest = ONE, list[str]()
    for at, word in enumerate(words):
        led = at > 0 and words[at - 1] in vocabulary.everywhere("unit_lead")
        found, left = _of_word(word, has_currency=has_currency or led)
        if found is None or len(words) == 1:
            rest.append(word)
        else:
            unit = found
            rest += [left] if left else []
    return unit, rest


def bracketed(header: str) -> tuple[Decimal, str]:
    """'Impressions (k)': the unit in brackets at the end of a header, and the header without it."""
    found = _BRACKETED.search(header)
    return (_size(found[1], found[2], found[3]), header[: found.start()]) if found else (ONE, header)


def said_above(texts: Iterable[str]) -> tuple[Decimal, str]:
    """The unit that a text above the table gives to all its amounts ('in TEUR', '単位：千円'), and the text."""
    for text in texts:
        unit = _said(normal(text).split())
        if unit >= _LEAST:
            return unit, text
    return ONE, ""


def _said(words: list[str]) -> Decimal:
    if len(words) == 1:
        return _of_word(words[0], has_currency=True)[0] or ONE if _GLUED.fullmatch(words[0]) else ONE
    if len(words) > _LONGEST or any(word.isdecimal() and not _HARMLESS.match(word) for word in words):
        return ONE
    unit, rest = taken_from(words)
    if unit == ONE:
        return ONE
    at = next((i for i, word in enumerate(words) if word not in rest), 0)
    led = vocabulary.everywhere("unit_lead") & set(words[max(0, at - 2) : at]) or _GLUED.fullmatch(words[at])
    money = len(words) <= _SHORTEST or currencies.taken_from(rest)[0] or vocabulary.everywhere("amounts") & set(words)
    return unit if led and money else ONE


def _of_word(word: str, *, has_currency: bool) -> tuple[Decimal | None, str]:
    if word in _PARTS:
        return _PARTS[word], word if word == "micros" else ""
    glued = _GLUED.fullmatch(word)
    if glued:
        thousand, tens, million = glued[1] or glued[6], glued[2] or glued[7], glued[3] or glued[8]
        return _size(thousand, tens, million), glued[4] or glued[5]
    alone = _ALONE.fullmatch(word)
    if alone and (has_currency or word not in _SHORT):
        return _size(alone[1], alone[2], alone[3]), ""
    return None, word


def _size(thousand: str | None, tens: str | None, million: str | None) -> Decimal:
    if thousand:
        return Decimal(1_000)
    return Decimal(10_000) if tens else Decimal(1_000_000) if million else ONE
