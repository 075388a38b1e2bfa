"""How a file is read, by people's choice: what can be chosen, what was, and what contradicts itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.views.file_drift import field_words
from dashboard.voice import Voice
from events.campaign_file import FilePins
from projections.files import CampaignFile

AUTO = ""
"""Leave it to the reader."""
MEANINGS = (
    "campaign", "channel", "placement", "ad_group", "ad", "date", "start_date", "end_date",
    "spend", "budget", "impressions", "clicks", "conversions", "revenue", "currency", "other",
)  # fmt: skip
FIRST_MEANINGS = ("spend", "budget", "date", "channel", "campaign", "impressions", "clicks", "conversions", "revenue")
"""What people are asked for when nothing of a file was read."""
DATE_ORDERS = ("dmy", "mdy")
_MOST_COLUMNS = 60
"""A table with a column for each day is not decided column by column."""


@dataclass(frozen=True)
class PinnedColumn:
    key: str
    """Header, or letters where the header is missing or stands twice."""
    label: str
    found: str
    tabs: frozenset[str]
    chosen: str


@dataclass(frozen=True)
class PinsView:
    columns: list[PinnedColumn]
    tabs: list[str]


def pins_view(voice: Voice, file: CampaignFile) -> PinsView:
    tabs = list(dict.fromkeys(table.tab for table in file.tables))
    chosen = [file.pins.tab] if file.pins.tab and file.pins.tab not in tabs else []
    return PinsView(_columns(voice, file), [*tabs, *chosen] if len(tabs) > 1 or chosen else [])


def _columns(voice: Voice, file: CampaignFile) -> list[PinnedColumn]:
    places: dict[str, list[int]] = {}
    headers = [(column.tab, column.header) for column in file.mapping]
    for place, column in enumerate(file.mapping):
        key = column.header if column.header and headers.count((column.tab, column.header)) == 1 else column.letters
        if key:
            places.setdefault(key, []).append(place)
    columns = [
        PinnedColumn(
            key,
            file.mapping[found[0]].header or voice.say("file.pins.column_letters", letters=key),
            field_words(voice, file.mapping[found[0]].field),
            frozenset(file.mapping[place].tab for place in found),
            file.pins.columns.get(key, AUTO),
        )
        for key, found in places.items()
    ]
    gone = [
        PinnedColumn(key, key, "–", frozenset(), field) for key, field in file.pins.columns.items() if key not in places
    ]
    return [*gone, *columns[:_MOST_COLUMNS]]


def summary(voice: Voice, pins: FilePins) -> str:
    say, choices = voice.say, list[str]()
    if pins.is_campaign is not None:
        choices.append(say("file.pins.now_campaign" if pins.is_campaign else "file.pins.now_no_campaign"))
    for header, field in pins.columns.items():
        key = "file.pins.now_column_out" if field == "other" else "file.pins.now_column"
        choices.append(say(key, header=header, field=field_words(voice, field)))
    if pins.tab is not None:
        choices.append(say("file.pins.now_tab", tab=pins.tab))
    if pins.header_row is not None:
        choices.append(say("file.pins.now_header_row", row=pins.header_row))
    if pins.currency is not None:
        choices.append(say("file.pins.now_currency", currency=pins.currency))
    if pins.date_order is not None:
        choices.append(say(f"file.pins.{pins.date_order}"))
    return say("file.pins.now", choices="; ".join(choices)) if choices else ""


def conflict(voice: Voice, view: PinsView, pins: FilePins) -> str:
    """Say what is chosen twice or not clear; empty when all is well."""
    if pins.header_row is not None and pins.tab is None and len(view.tabs) > 1:
        return voice.say("file.pins.tab_first")
    meanings: dict[tuple[str, str], list[str]] = {}
    for column in view.columns:
        for tab in column.tabs:
            meanings.setdefault((tab, pins.columns.get(column.key, "other")), []).append(f"“{column.label}”")
    for (_, field), labels in meanings.items():
        if field != "other" and len(labels) > 1:
            return voice.say("file.pins.twice", field=field_words(voice, field), headers=", ".join(labels))
    return ""


def told_columns(pins: FilePins) -> dict[str, str]:
    """Pinned columns the other way round: meaning to header."""
    return {field: header for header, field in pins.columns.items()}


def first_columns(said: Mapping[str, str]) -> dict[str, str] | None:
    """Headers as people wrote them to meanings, without what is left empty. None when a header is written twice."""
    written = [(header.strip(), field) for field, header in said.items() if header.strip()]
    return dict(written) if len(dict(written)) == len(written) else None


def pins_of(
    columns: Mapping[str, str],
    *,
    tab: str | None,
    header_row: int | None,
    currency: str | None,
    date_order: str | None,
    is_campaign: bool | None,
) -> FilePins:
    """Turn what stands in the form into the set of pins, without what is left open."""
    return FilePins(
        tab=tab or None,
        header_row=header_row,
        columns={key: field for key, field in columns.items() if field != AUTO},
        currency=currency or None,
        date_order="dmy" if date_order == "dmy" else "mdy" if date_order == "mdy" else None,
        is_campaign=is_campaign,
    )
