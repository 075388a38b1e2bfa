"""Which advertising platform an export comes from, told by its own words: its channel when no column says it."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from worker.sheets import currencies, vocabulary
from worker.sheets.normalize import normal

_SELL_MORE = frozenset(
    {"Google Ads", "Amazon Ads", "Microsoft Ads", "Apple Search Ads", "Yahoo", "LINE", "VK", "X", "YouTube", "Spotify"}
)
"""Platforms whose short names are also those of clouds, shops, subscriptions and lines: these must be called ads."""


@cache
def _signatures() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    data = tomllib.loads((files("worker.sheets") / "vocabulary" / "platforms.toml").read_text("utf-8"))
    return {
        title: (frozenset(map(normal, found["marks"])), frozenset(map(normal, found["hints"])))
        for title, found in data.items()
    }


def infer(titles: list[str], preamble: list[str], tab: str, name: str) -> tuple[str, str] | None:
    """Platform and the reason, or None. The file's name decides only where the headers leave it open."""
    spelled = [" ".join(currencies.taken_from(normal(title).split())[1]) for title in titles if title]
    by_headers = _by_headers(spelled)
    by_name = _by_name(tab, preamble, name)
    if by_name and (by_headers is None or by_headers[1] < 3):
        return by_name
    if by_headers and by_headers[1] >= 2:
        return by_headers[0], f"its headers are those of a {by_headers[0]} export"
    return None


def _by_headers(spelled: list[str]) -> tuple[str, int] | None:
    scores: dict[str, int] = {}
    for platform, (marks, hints) in _signatures().items():
        proofs, signs = sum(title in marks for title in spelled), sum(title in hints for title in spelled)
        scores[platform] = 2 * proofs + signs if proofs or signs >= 3 else 0
    best = max(scores, key=lambda platform: scores[platform])
    rivals = sorted(scores.values(), reverse=True)
    return (best, scores[best]) if rivals[0] > rivals[1] else None


def _by_name(tab: str, preamble: list[str], name: str) -> tuple[str, str] | None:
    stem = re.sub(r"\.(csv|tsv|txt|xlsx?|ods)$", "", name, flags=re.IGNORECASE)
    for text, where in ((tab, "tab's name"), (" ".join(preamble)[:500], "title"), (stem, "file's name")):
        found = named_in(text)
        if len(found) == 1:
            return found.pop(), f"the {where} says so"
    return None


def named_in(text: str) -> set[str]:
    """Platforms whose names stand in a text as words of their own."""
    words = normal(text).split()
    found: set[str] = set()
    for size in (3, 2, 1):
        for start in range(len(words) - size + 1):
            platform = vocabulary.platform(" ".join(words[start : start + size]))
            if platform:
                found.add(platform)
    return found


def named_as_ads(text: str) -> set[str]:
    """Platforms that a text names, without clouds and shops that it does not call ads."""
    found = named_in(text)
    return found if "ads" in normal(text).split() else found - _SELL_MORE


def of_networks(types: list[str | None], platform: str) -> dict[str, str]:
    """Campaign types of one platform to channels: 'Search' of Google Ads is Google Search."""
    known = vocabulary.networks(platform)
    short = platform.removesuffix(" Ads")
    named = {kind: known.get(normal(kind)) for kind in types if kind is not None}
    return {
        kind: channel or (kind if vocabulary.platform(kind) or named_in(kind) else f"{short} {kind}")
        for kind, channel in named.items()
    }
