"""Words that are written as one: 'Jahresbudget', '広告費合計', 'totalspend' are a metric and a qualifier of it."""

from functools import lru_cache

from worker.sheets import vocabulary
from worker.sheets.reading import METRICS

_JOINTS = ("", "s", "es", "n", "en", "e")
"""Letters that Germanic languages put between the parts of a word."""
_SHORTEST = 4
"""Letters of a metric's name within a longer word of letters."""
_BLANKLESS = "\u2fff"
"""From here on are scripts that are written without blanks."""


@lru_cache(maxsize=20_000)
def parts(word: str) -> list[str]:
    """The qualifier and the metric that a word of a header (spelled by `normal`) is made of, or the word itself."""
    if vocabulary.is_known(word):
        return [word]
    blankless = word > _BLANKLESS
    for cut in range(1 if blankless else 2, len(word)):
        head, tail = word[:cut], word[cut:]
        if _qualifies(head, blankless=blankless) and _names_metric(tail, blankless=blankless):
            return [_stem(head), tail]
        if blankless and head[0] > _BLANKLESS and _names_metric(head, blankless=True) and _qualifies(tail):
            return [head, tail]
    return [word]


def _names_metric(text: str, *, blankless: bool) -> bool:
    entry = vocabulary.phrases().get(text)
    return entry is not None and entry.field in METRICS and (blankless or len(text) >= _SHORTEST)


def _qualifies(text: str, *, blankless: bool = True) -> bool:
    return text in vocabulary.qualifiers() if blankless else _stem(text) in vocabulary.qualifiers()


def _stem(text: str) -> str:
    """A qualifier without the letters that join it to the next part."""
    known = vocabulary.qualifiers()
    bare = (text.removesuffix(joint) for joint in _JOINTS if text.endswith(joint))
    return next((stem for stem in bare if len(stem) > 1 and stem in known), text)
