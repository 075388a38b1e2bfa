"""Whether a text says only what its facts say: numbers, channels, directions, length."""

import re
from collections.abc import Iterable

from events.plan import Fact, Insight

LONGEST = 400
LARGEST_SHARE = 5.0
"""Facts up to here may be spoken of in percent."""
NUMBER = re.compile(r"\d+(?:[.,]\d+|[ \u00a0\u202f]\d{3}(?!\d))*")
COMMAS = str.maketrans({",": ".", ".": ","})
"""1.234,5 as 1,234.5."""
RISING = re.compile(
    r"\b(more|rise[sn]?|risen|grow\w*|increas\w*|gain\w*|higher|better|up|mehr|steig\w*|wachs\w*|höher)\b",
    re.IGNORECASE,
)
FALLING = re.compile(
    r"\b(less|fall\w*|fell|drop\w*|decreas\w*|los[est]\w*|lower|worse|down|decline\w*|weniger|sink\w*|fällt|fallen\w*|niedriger)\b",
    re.IGNORECASE,
)
UNIT = re.compile(
    r"[€$£¥%]|\b(?:eur|usd|gbp|chf|jpy|euros?|dollars?|pounds?|francs?|franken|percent|prozent"
    r"|thousand|million|billion|tausend|millionen?|mio|mrd|milliarden?)\b",
    re.IGNORECASE,
)
"""What turns a number into another one."""
SAME_UNIT = {
    spoken: unit
    for unit, others in {
        "eur": "€ euro euros",
        "usd": "$ dollar dollars",
        "gbp": "£ pound pounds",
        "jpy": "¥",
        "chf": "franc francs franken",
        "%": "percent prozent",
    }.items()
    for spoken in others.split()
}
FORBIDDEN = re.compile(r"https?:|www\.|<[a-z/]|\[[^\]]*\]\(|`", re.IGNORECASE)


def objection(
    text: str, insight: Insight, facts: Iterable[Fact], channels: Iterable[str], language: str = "en"
) -> str | None:
    """Why `text` may not stand for `insight`, or None when it may. Both are in `language`."""
    if not text.strip() or len(text) > LONGEST:
        return f"It must have 1 to {LONGEST} characters."
    if FORBIDDEN.search(text):
        return "It must not hold links or markup."
    cited = [fact for fact in facts if fact.id in insight.evidence]
    allowed = [fact.value for fact in cited]
    allowed += [100 * fact.value for fact in cited if abs(fact.value) <= LARGEST_SHARE]
    allowed += [value for value in (insight.size, insight.low, insight.high) if value is not None]
    allowed += numbers(insight.sentence, names := sorted(set(channels), key=len, reverse=True), language)
    for number, digits in _spoken(text, names, language):
        if not any(_same(number, value, digits) for value in allowed):
            return f"The number {number:g} is in none of the cited facts."
    strange = sorted(_units(text) - _units(insight.sentence))
    strange += [name for name in names if _names(text, name) and not _names(insight.sentence, name)]
    if strange:
        return f"It says {strange[0]}, which the finding does not."
    if _direction(text) * _direction(insight.sentence) < 0:
        return "It turns the direction of the finding around."
    return None


def numbers(text: str, names: Iterable[str] = (), language: str = "en") -> list[float]:
    """Every number a text speaks of; digits inside channel names do not count."""
    return [value for value, _ in _spoken(text, names, language)]


def _spoken(text: str, names: Iterable[str], language: str) -> list[tuple[float, int]]:
    for name in names:
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    if language == "de":
        text = text.translate(COMMAS)
    found: list[tuple[float, int]] = []
    for match in NUMBER.findall(text):
        plain = re.sub(r"[, \u00a0\u202f](?=\d{3}(\D|$))", "", match).replace(",", ".").rstrip(".")
        try:
            value = float(plain)
        except ValueError:
            value = float("nan")
        found.append((value, len(plain.split(".")[1]) if "." in plain else 0))
    return found


def _same(spoken: float, value: float, digits: int) -> bool:
    """Equal as far as the text spells it out; large numbers may be rounded to three figures."""
    size = abs(value)
    return abs(spoken - size) <= max(0.5 * 10.0**-digits, 0.005 * size if size >= 1000 else 0.0) + 1e-9


def _units(text: str) -> set[str]:
    found: list[str] = [unit.casefold() for unit in UNIT.findall(text)]
    return {SAME_UNIT.get(unit, unit) for unit in found}


def _names(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _direction(text: str) -> int:
    up, down = len(RISING.findall(text)), len(FALLING.findall(text))
    return (up > 0) - (down > 0) if (up > 0) != (down > 0) else 0
