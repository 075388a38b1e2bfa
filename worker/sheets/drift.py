"""What changed in the shape of a file between two readings, and whether a person must look."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from worker.sheets.normalize import normal
from worker.sheets.reading import Reading

Kind = Literal["added", "renamed", "moved", "gone", "type_changed"]
About = Literal["column", "tab", "currency", "date", "decimal"]
_SURE = 0.8
"""How sure the meaning of a renamed column must be for nobody to look."""


@dataclass(frozen=True)
class ShapeColumn:
    header: str
    field: str
    sure: float


@dataclass(frozen=True)
class Shape:
    """How a tab that counts was understood; None where it is not known."""

    tab: str
    columns: tuple[ShapeColumn, ...]
    """In the order of the sheet."""
    date_format: str | None
    decimal: str | None
    currency: str | None


@dataclass(frozen=True)
class Change:
    kind: Kind
    about: About
    tab: str
    header: str = ""
    field: str = ""
    was: str = ""
    now: str = ""
    needs_you: bool = False


def shapes(reading: Reading) -> list[Shape]:
    return [
        Shape(
            table.tab,
            tuple(ShapeColumn(column.header, column.field, column.sure) for column in table.columns),
            table.date_format,
            table.decimal,
            table.currency,
        )
        for table in reading.tables
        if table.used
    ]


def drift(before: Iterable[Shape], after: Iterable[Shape]) -> list[Change]:
    """Changes from one revision to the next, those that need a person first. Empty when only values changed."""
    old, new = {shape.tab: shape for shape in before}, {shape.tab: shape for shape in after}
    renamed = len(old) == len(new) == 1 and old.keys() != new.keys()
    changes: list[Change] = []
    for tab, shape in old.items():
        if renamed or tab in new:
            other = next(iter(new.values())) if renamed else new[tab]
            changes += [Change("renamed", "tab", tab, was=tab, now=other.tab)] if renamed else []
            changes += [*_columns(shape, other), *_types(shape, other)]
        else:
            changes.append(Change("gone", "tab", tab, was=tab, needs_you=True))
    if not renamed:
        changes += [Change("added", "tab", tab, now=tab) for tab in new.keys() - old.keys()]
    return sorted(changes, key=lambda change: not change.needs_you)


def _columns(old: Shape, new: Shape) -> Iterator[Change]:
    was = {normal(column.header): (place, column) for place, column in enumerate(old.columns) if column.header}
    now = {normal(column.header): (place, column) for place, column in enumerate(new.columns) if column.header}
    given_by = {column.field: column for column in new.columns if column.field != "other"}
    successors: set[str] = set()
    for name, (place, column) in was.items():
        if name not in now:
            successor = given_by.get(column.field)
            if successor is not None and normal(successor.header) not in was:
                successors.add(normal(successor.header))
                yield _renamed(new.tab, column, successor)
            else:
                needs_you = column.field != "other"
                yield Change("gone", "column", new.tab, column.header, column.field, needs_you=needs_you)
        elif now[name][1].field != column.field:
            yield _other_meaning(new.tab, column, now[name][1])
        elif now[name][0] != place:
            yield Change("moved", "column", new.tab, column.header, column.field)
    for name, (_, column) in now.items():
        if name not in was and name not in successors:
            yield Change("added", "column", new.tab, column.header, column.field)


def _renamed(tab: str, old: ShapeColumn, new: ShapeColumn) -> Change:
    unsure = new.sure < _SURE
    return Change("renamed", "column", tab, old.header, old.field, old.header, new.header, needs_you=unsure)


def _other_meaning(tab: str, old: ShapeColumn, new: ShapeColumn) -> Change:
    lost = old.field != "other"
    field = old.field if lost else new.field
    return Change("type_changed", "column", tab, new.header, field, old.field, new.field, needs_you=lost)


def _types(old: Shape, new: Shape) -> Iterator[Change]:
    if old.currency and new.currency and old.currency != new.currency:
        yield Change("type_changed", "currency", new.tab, was=old.currency, now=new.currency, needs_you=True)
    if old.date_format and new.date_format and _order(old.date_format) != _order(new.date_format):
        yield Change("type_changed", "date", new.tab, was=old.date_format, now=new.date_format, needs_you=True)
    if old.decimal and new.decimal and old.decimal != new.decimal:
        yield Change("type_changed", "decimal", new.tab, was=old.decimal, now=new.decimal)


def _order(pattern: str) -> str:
    """Only a swap of day and month is dangerous; other styles say for themselves what they are."""
    if pattern.startswith(("%d/%m", "%d-%m")):
        return "dmy"
    return "mdy" if pattern.startswith(("%m/%d", "%m-%d")) else ""
