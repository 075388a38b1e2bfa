"""What changed in the shape of a file between two readings, and whether a person must look."""

from dataclasses import dataclass
from typing import Literal

from worker.sheets.normalize import normal
from worker.sheets.reading import Column, Reading, Table

Kind = Literal["added", "renamed", "moved", "gone", "type_changed"]


@dataclass(frozen=True)
class Change:
    kind: Kind
    tab: str
    header: str
    field: str
    needs_you: bool
    sentence: str


def drift(before: Reading, after: Reading) -> list[Change]:
    """Changes from one revision to the next, those that need a person first. Empty when only values changed."""
    old, new = _used(before), _used(after)
    changes: list[Change] = []
    for tab, table in old.items():
        if tab in new:
            changes += _columns(table, new[tab]) + _types(table, new[tab])
        elif len(old) == len(new) == 1:
            other = next(iter(new.values()))
            changes.append(Change("renamed", tab, "", "", False, f"The tab “{tab}” is now called “{other.tab}”."))  # noqa: FBT003
            changes += _columns(table, other) + _types(table, other)
        else:
            changes.append(Change("gone", tab, "", "", True, f"The tab “{tab}” no longer counts or is gone."))  # noqa: FBT003
    if len(old) != len(new) or len(old) > 1:
        for tab in new.keys() - old.keys():
            changes.append(Change("added", tab, "", "", False, f"The tab “{tab}” is new and counts."))  # noqa: FBT003
    return sorted(changes, key=lambda change: not change.needs_you)


def _used(reading: Reading) -> dict[str, Table]:
    return {table.tab: table for table in reading.tables if table.used}


def _columns(old: Table, new: Table) -> list[Change]:
    was = {normal(column.header): column for column in old.columns if column.header}
    now = {normal(column.header): column for column in new.columns if column.header}
    given_by = {column.field: column for column in new.columns if column.field != "other"}
    changes: list[Change] = []
    for name, column in was.items():
        if name not in now:
            changes += _missing(new.tab, column, given_by, was)
        elif now[name].field != column.field:
            changes.append(_other_meaning(new.tab, column, now[name]))
        elif now[name].index != column.index:
            sentence = f"The column “{column.header}” stands in another place."
            changes.append(Change("moved", new.tab, column.header, column.field, False, sentence))  # noqa: FBT003
    taken_over = {normal(given_by[c.field].header) for n, c in was.items() if n not in now and c.field in given_by}
    for name, column in now.items():
        if name not in was and name not in taken_over:
            sentence = f"The column “{column.header}” is new."
            changes.append(Change("added", new.tab, column.header, column.field, False, sentence))  # noqa: FBT003
    return changes


def _missing(tab: str, column: Column, given_by: dict[str, Column], was: dict[str, Column]) -> list[Change]:
    successor = given_by.get(column.field)
    if column.field == "other":
        sentence = f"The column “{column.header}” is gone; nothing was read from it."
        return [Change("gone", tab, column.header, "other", False, sentence)]  # noqa: FBT003
    if successor is not None and normal(successor.header) not in was:
        sure = successor.sure >= 0.8
        sentence = f"“{column.header}” is now called “{successor.header}”."
        if not sure:
            sentence += f" Check that it still holds the {_words(column.field)}."
        return [Change("renamed", tab, column.header, column.field, not sure, sentence)]
    sentence = f"The column “{column.header}” is gone: the {_words(column.field)} can't be read any more."
    return [Change("gone", tab, column.header, column.field, True, sentence)]  # noqa: FBT003


def _other_meaning(tab: str, old: Column, new: Column) -> Change:
    if old.field == "other":
        sentence = f"“{new.header}” is now read as {_words(new.field)}."
        return Change("type_changed", tab, new.header, new.field, False, sentence)  # noqa: FBT003
    sentence = f"“{new.header}” was read as {_words(old.field)}; its cells no longer look like that."
    return Change("type_changed", tab, new.header, old.field, True, sentence)  # noqa: FBT003


def _types(old: Table, new: Table) -> list[Change]:
    changes: list[Change] = []
    if old.currency != new.currency and old.currency and new.currency:
        sentence = f"The amounts were in {old.currency} and are now in {new.currency}."
        changes.append(Change("type_changed", new.tab, "", "currency", True, sentence))  # noqa: FBT003
    if old.date_format and new.date_format and _order(old.date_format) != _order(new.date_format):
        sentence = f"Dates were written {old.date_format} and are now written {new.date_format}."
        changes.append(Change("type_changed", new.tab, "", "date", True, sentence))  # noqa: FBT003
    if old.decimal != new.decimal:
        sentence = f"The decimal mark was “{old.decimal}” and is now “{new.decimal}”."
        changes.append(Change("type_changed", new.tab, "", "", False, sentence))  # noqa: FBT003
    return changes


def _order(pattern: str) -> str:
    """Only a swap of day and month is dangerous; other styles say for themselves what they are."""
    if pattern.startswith(("%d/%m", "%d-%m")):
        return "dmy"
    return "mdy" if pattern.startswith(("%m/%d", "%m-%d")) else ""


def _words(field: str) -> str:
    metric, _, label = field.partition("@")
    return f"{metric.replace('_', ' ')} of {label}" if label else metric.replace("_", " ")
