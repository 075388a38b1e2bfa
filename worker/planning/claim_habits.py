"""What channels of a kind usually claim beyond what they cause, told from the words in their names.

Who is clicked last claims the sale: brand search, affiliates and mail meet people who had mostly made up their minds,
while what is seen or heard but not clicked is left out. Sources in README.md of this folder.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Habit:
    """Log of claimed over caused response: what is expected, and its standard deviation between channels."""

    mean: float
    sd: float


UNKNOWN = Habit(0.2, 0.7)
BRAND_SEARCH = r"(?<!non )(?<!non)brand(ed)? ?(search|sem|ppc)|(search|sem|ppc) ?brand"
LAST_CLICK = r"search|\bsem\b|\bppc\b|shopping|affiliate|e ?mail|newsletter|retarget|remarket"
CLICKED = r"social|facebook|instagram|\bmeta\b|tiktok|marketplace|retail"
SEEN = r"\btv\b|video|youtube|cinema|audio|radio|podcast|outdoor|\booh\b|print|display|banner|programmatic"
HABITS = tuple(
    (re.compile(words, re.IGNORECASE), habit)
    for words, habit in (
        (BRAND_SEARCH, Habit(1.1, 0.7)),
        (LAST_CLICK, Habit(0.6, 0.5)),
        (CLICKED, Habit(0.2, 0.5)),
        (SEEN, Habit(-0.3, 0.5)),
    )
)


def of(channel: str) -> Habit:
    """The habit of the first kind whose words are in the name, else that of channels nobody knows."""
    name = re.sub(r"[\W_]+", " ", channel)
    return next((habit for words, habit in HABITS if words.search(name)), UNKNOWN)
