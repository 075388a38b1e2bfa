"""Events about the same money in two campaign files. Stream: `workspace/overlap/self`.

A pair is named by its file ids, the smaller first.
"""

from decimal import Decimal
from typing import Literal

from events.envelope import Event, named


class _Pair(Event, frozen=True, kw_only=True):
    one: str
    one_name: str
    other: str
    other_name: str


@named("overlap.found")
class OverlapFound(_Pair, frozen=True, kw_only=True):
    """Two files hold the same money; only one of them counts from here, unless people choose otherwise."""

    counts: str
    """Id of the file that counts."""
    money: Decimal
    currency: str | None
    how: Literal["same_total", "same_lines"]
    """Both add up to the same amount, cut in different ways; or the lines of one are all in the other."""
    why: Literal["more_detail", "longer", "first"]
    """Why that file counts."""


@named("overlap.ended")
class OverlapEnded(_Pair, frozen=True, kw_only=True):
    """A file changed, and the two hold different money now: both count."""


@named("overlap.chosen")
class OverlapChosen(_Pair, frozen=True, kw_only=True):
    """Someone chose which file counts, for as long as both hold the same money."""

    counts: str | None
    """Id of the file that counts; None: both do."""


@named("overlap.choice_undone")
class OverlapChoiceUndone(_Pair, frozen=True, kw_only=True):
    """The choice was taken back: what was found when the overlap was noticed holds again."""
