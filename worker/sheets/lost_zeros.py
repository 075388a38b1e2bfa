"""Thousands whose last zeros were lost on their way through a spreadsheet: 1.5 and 873 beside 1.234."""

import re
from typing import Literal

import polars as pl

from worker.sheets import currencies

PROBLEM = "thousands may have lost their last zeros; export the file again, or choose the decimal mark"
DOUBT = (
    "The amounts under “{title}” are read with up to three decimals."
    " If they are thousands that lost their last zeros, export the file again."
)
_LOOK = 500
_SHOWN = re.compile(rf"[-+(]?\s*({currencies.IN_CELL})?\s*(\d+(?:[.,]\d+)?)\s*({currencies.IN_CELL})?\s*\)?")
_THREE = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_FEWER = re.compile(r"[1-9]\d{0,2}[.,]\d{1,2}")
_CENTS = re.compile(r"\d+[.,]\d{1,2}")
_BELOW = re.compile(r"[1-9]\d\d")
_LEAST, _MOST_LOST = 2, 0.4
"""Cells with all their digits, and the share that may have lost some: one thousand in ten ends in a zero."""

_LONGEST, _FEWEST = 50_000, 0.4
_FAR = 50
"""Times the largest other amount: so far beyond it a thousand is none."""
_MAYBE = r"[1-9]\d{0,2}[.,]\d{3}\D*$"


def possible(texts: pl.Series) -> bool:
    """Whether any cell has three digits behind a mark, without which there is nothing to doubt."""
    looked_at = texts.head(_LOOK) if len(texts) > _LONGEST else texts
    return bool(looked_at.str.contains(_MAYBE).any())


def find(texts: pl.Series, *, whole: bool) -> Literal["sure", "maybe"] | None:
    """Whether a column may hold thousands with lost zeros. `whole` ones count things: they have no decimals."""
    shown = [_SHOWN.fullmatch(text.strip()) for text in texts.head(_LOOK).drop_nulls()]
    marked = [found for found in shown if found and not found[2].isdecimal()]
    three = [found for found in marked if _THREE.fullmatch(found[2])]
    fewer = [found for found in marked if _FEWER.fullmatch(found[2])]
    if len(three) < _LEAST or not fewer or len(three) + len(fewer) < len(marked):
        return None
    if (
        len(fewer) > _MOST_LOST * len(marked)
        or len({char for found in marked for char in found[2] if char in ".,"}) > 1
    ):
        return None
    signed = any(found[1] or found[3] for found in three)
    below = any(_BELOW.fullmatch(found[2]) for found in shown if found)
    return "sure" if whole or signed or below else "maybe"


def alone(texts: pl.Series) -> list[int]:
    """Positions of the few cells like 1,234 between 12,5 and 99,90: no other shows thousandths, nor a thousand."""
    if len(texts) > _LONGEST:
        return []
    shown = [_SHOWN.fullmatch(text.strip()) if text else None for text in texts]
    marked = {i: found[2] for i, found in enumerate(shown) if found and not found[2].isdecimal()}
    three = [i for i, number in marked.items() if _THREE.fullmatch(number)]
    others = [number for i, number in marked.items() if i not in three]
    marks = {char for number in marked.values() for char in number if char in ".,"}
    few = 0 < len(three) < _FEWEST * len(marked) and len(others) >= _LEAST
    if not few or len(marks) > 1 or not all(map(_CENTS.fullmatch, others)):
        return []
    most = _FAR * max(float(number.replace(",", ".")) for number in others)
    return [i for i in three if float(marked[i].replace(",", "").replace(".", "")) <= most]
