"""What changed in the shape of a file since the content that the log knows."""

from events.campaign_file import DriftChange, FileSynced, ReadTable
from worker.sheets.drift import Change, Shape, ShapeColumn, drift


def since(before: FileSynced | None, now: FileSynced) -> list[DriftChange]:
    """Nothing for the first content, and nothing when people decided to read the file in another way."""
    if before is None or before.pins != now.pins:
        return []
    return [_told(change) for change in drift(_shapes(before), _shapes(now))]


def _shapes(content: FileSynced) -> list[Shape]:
    """Content that was told before tables were kept knows its columns only."""
    tables = {table.tab: table for table in content.tables if table.used}
    return [_shape(content, tab, tables.get(tab)) for tab in dict.fromkeys(column.tab for column in content.mapping)]


def _shape(content: FileSynced, tab: str, table: ReadTable | None) -> Shape:
    columns = tuple(
        ShapeColumn(column.header, column.field, column.sure) for column in content.mapping if column.tab == tab
    )
    if table is None:
        return Shape(tab, columns, None, None, None)
    return Shape(tab, columns, table.date_format, table.decimal, table.currency)


def _told(change: Change) -> DriftChange:
    return DriftChange(
        kind=change.kind,
        about=change.about,
        tab=change.tab,
        header=change.header,
        field=change.field,
        was=change.was,
        now=change.now,
        needs_you=change.needs_you,
    )
