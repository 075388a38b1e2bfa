"""The same money in another file, in words: which of the two counts, why, and what can be chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboard.voice import Voice
from projections.overlaps import BOTH, Overlap


@dataclass(frozen=True)
class OverlapView:
    pair: Overlap
    sentence: str
    why: str
    choices: dict[str, str]
    """File id, or "both", to the words of its button."""
    can_undo: bool


def overlap_views(
    voice: Voice, file_id: str, overlaps: Iterable[Overlap], present: Mapping[str, str]
) -> list[OverlapView]:
    """Pairs of one file with others that are there; `present` are names by id."""
    return [
        _view(voice, file_id, pair, present)
        for pair in overlaps
        if file_id in (pair.one, pair.other) and pair.one in present and pair.other in present
    ]


def _view(voice: Voice, file_id: str, pair: Overlap, names: Mapping[str, str]) -> OverlapView:
    say, other = voice.say, names[pair.other if file_id == pair.one else pair.one]
    state = "both" if pair.winner is None else "wins" if pair.winner == file_id else "loses"
    figures = (voice.in_currency(pair.currency) if pair.currency else voice).figures
    why = [say(f"file.overlap.{pair.how}", money=figures.exact_money(pair.money))]
    if pair.winner is not None:
        why.append(say(f"file.overlap.{'chosen' if pair.chosen else pair.why}", file=names[pair.winner]))
    return OverlapView(
        pair, say(f"file.overlap.{state}", file=other), " ".join(why), _choices(voice, file_id, pair, other),
        bool(pair.chosen),
    )  # fmt: skip


def _choices(voice: Voice, file_id: str, pair: Overlap, other: str) -> dict[str, str]:
    other_id = pair.other if file_id == pair.one else pair.one
    choices = {
        file_id: voice.say("file.overlap.count_this"),
        other_id: voice.say("file.overlap.count_other", file=other),
        BOTH: voice.say("file.overlap.count_both"),
    }
    return {choice: label for choice, label in choices.items() if choice != (pair.winner or BOTH)}


def counted_words(voice: Voice, not_counted: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Say of each file that is left out which other one holds its money."""
    return {
        file_id: voice.say("file.overlap.loses", file=names.get(winner, winner))
        for file_id, winner in not_counted.items()
    }


def offered_words(voice: Voice, names: Mapping[str, str], not_counted: Mapping[str, str]) -> dict[str, str]:
    """Names for choosing among files. One that is left out counts again when the other is not chosen beside it."""
    return {
        file_id: voice.say("new.files_same", name=name, file=names.get(winner, winner))
        if (winner := not_counted.get(file_id))
        else name
        for file_id, name in names.items()
    }
