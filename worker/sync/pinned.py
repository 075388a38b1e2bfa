"""Read a file as people decided, or say which of their decisions no longer fits it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from events.campaign_file import NO_PINS, FilePins
from worker.sheets.reading import Column, Pins, Reading, UnreadableFile

Code = Literal["pins_tab", "pins_column", "pins_conflict", "pins_table"]
_KEPT = "The rows that were stored before stay in use. Change or undo the choice on this page, or correct the file."
_SENTENCES: dict[Code, str] = {
    "pins_tab": "You chose the tab “{tab}”, and the file has no campaign data there.",
    "pins_column": "You chose what the column “{header}” means, and the file has no column of that name.",
    "pins_conflict": "You chose “{field}” for the column “{header}”, and another column was taken for it as well.",
    "pins_table": "Read as you chose, the file holds no table with campaign data.",
}


class PinsDoNotFit(UnreadableFile):
    def __init__(self, code: Code, **details: str) -> None:
        super().__init__(code, f"{_SENTENCES[code].format(**details)} {_KEPT}")
        self.details = details


def read(content: bytes | Path, name: str, pins: FilePins) -> Reading:
    """Raises PinsDoNotFit, or UnreadableFile when it is not the pins' fault."""
    from worker.sheets import reader

    if pins == NO_PINS:
        return reader.read(content, name)
    try:
        reading = reader.read(content, name, _for_reader(pins))
    except UnreadableFile as error:
        if error.code == "pinned_tab":
            raise PinsDoNotFit("pins_tab", tab=pins.tab or "") from error
        raise
    _check(reading, pins)
    return reading


def _for_reader(pins: FilePins) -> Pins:
    return Pins(
        pins.tab, pins.header_row, pins.columns, pins.currency, pins.date_order, is_campaign=pins.is_campaign is True
    )


def _check(reading: Reading, pins: FilePins) -> None:
    if not reading.is_campaign:
        raise PinsDoNotFit("pins_table")
    if reading.rows.is_empty():
        return
    columns = [column for table in reading.tables if table.used for column in table.columns]
    for pin, field in pins.columns.items():
        named = list(_named(columns, pin))
        if not named:
            raise PinsDoNotFit("pins_column", header=pin)
        if all(column.field.partition("@")[0] != field for column in named):
            raise PinsDoNotFit("pins_conflict", header=pin, field=field)


def _named(columns: list[Column], pin: str) -> Iterator[Column]:
    return (column for column in columns if pin in (column.header, column.letters))
