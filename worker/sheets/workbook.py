"""XLSX, XLS and ODS: the tabs of a workbook as grids of typed cells."""

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

import polars as pl
import python_calamine as calamine

from worker.sheets import package
from worker.sheets.grid import HEAD_ROWS, Cells, Grid, Scalar, bare_cells, blank_to_null
from worker.sheets.reading import UnreadableFile

MAX_CELLS = 9_000_000
_CHUNK = 20_000


def grids(data: bytes, *, name: str) -> list[Grid]:
    """Every tab that holds cells, hidden ones included. Raises UnreadableFile."""
    found = package.inspect(data, name=name)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [grid for sheet in book.sheets_metadata if (grid := _grid(book, sheet, found, name)) is not None]
    except calamine.PasswordError as error:
        raise package.protected(name) from error
    except BaseException as error:
        if isinstance(error, UnreadableFile) or not _is_about_the_file(error):
            raise
        raise package.damaged(name) from error


def _is_about_the_file(error: BaseException) -> bool:
    """The parser's own errors, and its panics, which are no exceptions of Python."""
    known = (calamine.CalamineError, calamine.XmlError, calamine.ZipError, OSError, ValueError)
    return isinstance(error, known) or type(error).__name__ == "PanicException"


def _grid(
    book: calamine.CalamineWorkbook, meta: calamine.SheetMetadata, found: package.Package, name: str
) -> Grid | None:
    if meta.typ not in (calamine.SheetTypeEnum.WorkSheet, calamine.SheetTypeEnum.DialogSheet):
        return None
    sheet = book.get_sheet_by_name(meta.name)
    if sheet.end is None:
        return None
    height, width = sheet.end[0] + 1, sheet.end[1] + 1
    if height * width > MAX_CELLS:
        raise package.too_large(name, height * width)
    waiting = found.waiting(meta.name)
    head, columns = _columns(sheet, height, width, waiting)
    return Grid(
        tab=meta.name,
        visible=meta.visible == calamine.SheetVisibleEnum.Visible,
        height=height,
        width=width,
        head=head,
        load=lambda indices: {i: columns[i] for i in indices},
        merged=list(sheet.merged_cell_ranges or []),
        errors=lambda: found.errors(meta.name) | waiting,
        currencies=lambda: found.currencies(meta.name),
    )


def _columns(
    sheet: calamine.CalamineSheet, height: int, width: int, blank: Iterable[tuple[int, int]]
) -> tuple[list[list[Scalar]], list[Cells]]:
    rows = _all_rows(sheet, height, blank)
    head: list[list[Scalar]] = []
    chunks: list[list[Cells]] = []
    while chunk := list(islice(rows, _CHUNK if head else HEAD_ROWS)):
        if not head:
            head = [[_scalar(cell) for cell in row] for row in chunk[:HEAD_ROWS]]
        chunks.append([_cells(values) for values in zip(*chunk, strict=True)])
    return head, [_joined([chunk[i] for chunk in chunks]) for i in range(width)]


def _all_rows(sheet: calamine.CalamineSheet, height: int, blank: Iterable[tuple[int, int]]) -> Iterator[list[Any]]:
    if height > _CHUNK:
        return sheet.iter_rows()
    rows = sheet.to_python(skip_empty_area=False)
    for row, column in blank:
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = ""
    return iter(rows)


def _scalar(cell: Any) -> Scalar:
    if isinstance(cell, str):
        return cell.strip(" \t\r\n\u00a0\u200b\ufeff") or None
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, (int, float)):
        return float(cell)
    return cell if isinstance(cell, (datetime, date)) else str(cell)


def _cells(values: tuple[Any, ...]) -> Cells:
    kinds = set(map(type, values))
    if kinds == {str}:
        return bare_cells(pl.Series(values, dtype=pl.String))
    if kinds == {date}:
        days = pl.Series(values, dtype=pl.Date)
        return Cells(_nulls(len(values), pl.String), None, days.cast(pl.Datetime("us")))
    if kinds == {float}:
        return Cells(_nulls(len(values), pl.String), pl.Series(values, dtype=pl.Float64))
    numbers = pl.Series([v if type(v) is float or type(v) is int else None for v in values], dtype=pl.Float64)
    moments = [_moment(v) for v in values] if kinds & {date, datetime} else None
    texts = [v if type(v) is str else _odd_text(v) for v in values]
    return Cells(
        blank_to_null(pl.Series(texts, dtype=pl.String)),
        numbers,
        pl.Series(moments, dtype=pl.Datetime) if moments is not None else None,
    )


def _odd_text(value: Any) -> str | None:
    """Booleans, times and durations are shown as text: no field of ours is one."""
    return None if isinstance(value, (float, date)) or type(value) is int else str(value)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None  # noqa: DTZ001


def _nulls(length: int, kind: type[pl.DataType]) -> pl.Series:
    return pl.Series([None], dtype=kind).new_from_index(0, length)


def _joined(parts: list[Cells]) -> Cells:
    if len(parts) == 1:
        return parts[0]
    text = pl.concat([part.text for part in parts])
    number = moment = None
    if any(part.number is not None for part in parts):
        number = pl.concat([p.number if p.number is not None else _nulls(len(p), pl.Float64) for p in parts])
    if any(part.moment is not None for part in parts):
        moment = pl.concat([
            p.moment if p.moment is not None else pl.Series([None] * len(p), dtype=pl.Datetime) for p in parts
        ])  # fmt: skip
    return Cells(text, number, moment)
