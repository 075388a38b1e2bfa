"""Whether a text says what a finding says: the same numbers and names in the same order, and nothing turned around."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

LONGEST = 400
LARGE = 1000
"""From here on amounts may be rounded to three figures."""
MEANING: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "prompts" / "meaning.toml").read_text("utf-8")
)
FORBIDDEN = re.compile(r"https?:|www\.|<[a-z/]|\[[^\]]*\]\(|`", re.IGNORECASE)
COMMAS = str.maketrans({",": ".", ".": ","})
"""1.234,5 as 1,234.5."""


def _pattern(*sections: str) -> re.Pattern[str]:
    """Finds words of meaning.toml; the kind of a word is the name of its group."""
    kinds = {kind: words for section in sections for kind, words in MEANING[section].items()}
    spelled = {kind: "|".join(re.escape(word).replace(r"\*", r"\w*") for word in kinds[kind]) for kind in kinds}
    groups = "|".join(f"(?P<{kind}>{words})" for kind, words in spelled.items())
    return re.compile(rf"(?<![^\W\d])(?:{groups})(?![^\W\d])", re.IGNORECASE)


UNIT, SPOKEN = _pattern("units"), _pattern("units", "measures", "claims")
DIRECTION, DOUBT, ROLE = _pattern("directions"), _pattern("doubt"), _pattern("roles")
NUMBER = r"\d+(?:[.,]\d+|[ \u00a0\u202f]\d{3}(?!\d))*"
CURRENCY = re.compile(r"(?:[€$£¥]|\b(?:eur|usd|gbp|jpy|chf))[ \u00a0\u202f]?$", re.IGNORECASE)
SPACES = " \u00a0\u202f-"


@dataclass(frozen=True)
class Number:
    value: float
    digits: int
    """After the point."""
    unit: str | None
    """What stands beside it: percent, a currency, days."""
    plain: bool = True
    """Without marks between thousands, as years and counts are written."""

    def says(self, other: "Number | Name") -> bool:
        """Equal as far as it is spelled out; an amount of 1,000 or more may have only three figures."""
        if not isinstance(other, Number) or self.unit != other.unit:
            return False
        short = not other.plain and self.value >= LARGE and f"{self.value:.3g}" == f"{other.value:.3g}"
        rounded = short and float(f"{self.value:.3g}") == self.value
        return rounded or abs(self.value - other.value) <= 0.5 * 10.0**-self.digits + 1e-9


@dataclass(frozen=True)
class Name:
    """A channel, and whether money is said to leave or to reach it."""

    name: str
    role: str | None

    def says(self, other: "Number | Name") -> bool:
        return isinstance(other, Name) and self.name == other.name and other.role in {None, self.role}


def objection(text: str, finding: str, channels: Iterable[str], language: str = "en") -> str | None:
    """Why `text` may not stand for the sentence `finding`, or None when it may. Both are in `language`."""
    if not text.strip() or len(text) > LONGEST:
        return f"It must have 1 to {LONGEST} characters."
    if FORBIDDEN.search(text):
        return "It must not hold links or markup."
    names = list(channels)
    if language == "de":
        text, finding = text.translate(COMMAS), finding.translate(COMMAS)
        names = [name.translate(COMMAS) for name in names]
    said, meant = tokens(text, names), tokens(finding, names)
    if len(said) != len(meant) or not all(mine.says(other) for mine, other in zip(said, meant, strict=True)):
        return "It must hold every name and number of the finding, no others, in the order of the finding."
    return _turned(*(re.sub(_any(names), " ", words, flags=re.IGNORECASE) for words in (text, finding)))


def _turned(text: str, finding: str) -> str | None:
    """What words besides numbers and names make of a finding."""
    if strange := sorted(_kinds(SPOKEN, text) ^ _kinds(SPOKEN, finding)):
        return f"It must speak of the same units, times and measures as the finding: see {', '.join(strange)}."
    if _directions(text) != _directions(finding):
        return "It must name what rises and what falls as the finding does, and nothing else."
    if len(DOUBT.findall(text)) != len(DOUBT.findall(finding)):
        return "It must say no or not exactly where the finding does."
    return None


def tokens(text: str, names: Sequence[str]) -> list[Number | Name]:
    """Numbers and names in order; digits inside names do not count, and a name said twice in a row counts once."""
    found: list[Number | Name] = []
    end = 0
    for match in re.finditer("|".join([f"(?P<name>{_any(names)})", f"(?P<number>{NUMBER})"]), text, re.IGNORECASE):
        if match["number"]:
            found.append(_number(text, match))
        elif not (found and isinstance(found[-1], Name) and found[-1].name == match[0].casefold()):
            known = any(isinstance(token, Name) and token.name == match[0].casefold() for token in found)
            roles = [] if known else [role.lastgroup for role in ROLE.finditer(text, end, match.start())]
            found.append(Name(match[0].casefold(), roles[-1] if roles else None))
        end = match.end()
    return found


def _any(names: Sequence[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)" if names else r"(?!)"


def _number(text: str, match: re.Match[str]) -> Number:
    plain = re.sub(r"[, \u00a0\u202f](?=\d{3}(\D|$))", "", match[0]).replace(",", ".")
    if plain.count(".") > 1:  # a day of the calendar
        plain = plain.replace(".", "")
    unit = UNIT.match(text, match.end()) or UNIT.match(text, match.end() + 1)
    before = CURRENCY.search(text[: match.start()])
    kind = unit.lastgroup if unit and text[match.end() : unit.start()] in SPACES else None
    if before and kind is None:
        kind = next(iter(_kinds(UNIT, before[0])))
    return Number(float(plain), len(plain.partition(".")[2]), kind, match[0].isdigit())


def _kinds(words: re.Pattern[str], text: str) -> set[str]:
    return {str(match.lastgroup) for match in words.finditer(text)}


def _directions(text: str) -> list[str]:
    """Up and down in order, each once in a row."""
    return [kind for kind, _ in groupby(str(match.lastgroup) for match in DIRECTION.finditer(text))]
