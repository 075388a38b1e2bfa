"""What a revision changed, cell by cell, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dashboard.views.file import MONEY
from dashboard.views.file_drift import field_words
from dashboard.voice import Voice
from events.campaign_file import ColumnMapping, FileSynced
from projections.performance_changes import Change, Changes

Row = dict[str, str]
_TOLD = ("campaign", "channel", "ad_group", "ad", "date", "start_date", "end_date", "spend", "budget")
"""What names a row that came or went."""


@dataclass(frozen=True)
class ChangesView:
    summary: str
    rows: list[Row]


def changes_view(voice: Voice, synced: FileSynced, changes: Changes) -> ChangesView:
    if not changes.total:
        return ChangesView(voice.say("file.changes.none"), [])
    if synced.currency:
        voice = voice.in_currency(synced.currency)
    rows = [row for change in changes.shown for row in _rows(voice, change, synced.mapping)]
    return ChangesView(_summary(voice, changes), rows)


def _summary(voice: Voice, changes: Changes) -> str:
    counts = {"changed": changes.changed, "added": changes.added, "removed": changes.removed}
    told = [voice.say(f"file.changes.{name}", count=count) for name, count in counts.items() if count]
    return " · ".join(told)


def _rows(voice: Voice, change: Change, mapping: Sequence[ColumnMapping]) -> list[Row]:
    if change.kind != "changed":
        told = _told(voice, change.before or change.after)
        cells = ("–", told) if change.kind == "added" else (told, "–")
        return [_row(voice, _place(voice, change, ""), voice.say(f"file.changes.row_{change.kind}"), *cells)]
    return [
        _row(
            voice,
            _place(voice, change, _cell(change, name, mapping)),
            field_words(voice, name),
            _value(voice, name, before),
            _value(voice, name, after),
        )
        for name, before, after in change.cells()
    ]


def _row(voice: Voice, place: str, what: str, before: str, after: str) -> Row:
    say = voice.say
    return {
        say("file.changes.place"): place,
        say("file.changes.what"): what,
        say("file.changes.before"): before,
        say("file.changes.after"): after,
    }


def _place(voice: Voice, change: Change, cell: str) -> str:
    place = cell or voice.say("file.changes.in_row", row=change.row)
    return f"{change.tab} · {place}" if change.tab else place


def _cell(change: Change, name: str, mapping: Sequence[ColumnMapping]) -> str:
    """A1 name, when one column of the sheet gives this field of this row."""
    wide = f"{name}@{change.after.get('channel', '')}".casefold()
    letters = [
        column.letters
        for column in mapping
        if column.tab == change.tab and column.letters and column.field.casefold() in (name, wide)
    ]
    return f"{letters[0]}{change.row}" if len(letters) == 1 else ""


def _told(voice: Voice, cells: dict[str, Any]) -> str:
    names = [name for name in _TOLD if name in cells and not (name == "date" and "start_date" in cells)]
    return " · ".join(_value(voice, name, cells[name]) for name in names)


def _value(voice: Voice, name: str, value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, date):
        return voice.figures.day(value)
    if isinstance(value, Decimal):
        return voice.figures.exact_money(value) if name in MONEY else voice.figures.amount(value)
    return str(value)
