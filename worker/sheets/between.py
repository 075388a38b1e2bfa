"""Columns of numbers under an unknown header, in the middle of columns for channels."""

from collections.abc import Collection

from worker.sheets.headers import Match
from worker.sheets.layout import Layout
from worker.sheets.profiles import Profile
from worker.sheets.reading import METRICS


def told(layout: Layout, matches: list[Match], seen: list[Profile], columns: Collection[int]) -> list[str]:
    """What to say about those between `columns`, whose headers are nothing but channels: they may be channels, too."""
    if any(matches[i].field in METRICS for i in columns):
        return []
    unknown = [i for i in range(len(matches)) if _is_unknown(i, matches, seen, columns)]
    titles = [title for i in unknown if (title := " ".join(layout.titles[i].split()))]
    return [f"“{title}” stands between channels and is not read. Choose its meaning if it counts." for title in titles]


def _is_unknown(index: int, matches: list[Match], seen: list[Profile], columns: Collection[int]) -> bool:
    """Whether a column holds numbers without a known meaning and stands right between two of these."""
    match = matches[index]
    unknown = index not in columns and match.field == "other" and match.sure == 0 and seen[index].numeric == 1
    return unknown and {index - 1, index + 1} <= {*columns}
