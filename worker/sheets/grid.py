"""A tab as columns of cells, whatever file it came from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

HEAD_ROWS = 250
Scalar = str | float | date | datetime | None


@dataclass(frozen=True)
class Cells:
    """One column: each cell is a text, a number or a moment, else blank (all three null)."""

    text: pl.Series
    number: pl.Series | None = None
    moment: pl.Series | None = None
    plain: pl.Series | None = None
    """The texts as numbers where a point is the decimal mark and nothing else stands in them; None is not known yet."""
    distinct: pl.Series | None = None
    """Each text once, maybe with some that stand above; None is not known, or as long as the column."""

    def __len__(self) -> int:
        return len(self.text)

    def below(self, first: int) -> "Cells":
        """The cells from this row down."""
        number, moment, plain = (
            part.slice(first) if part is not None else None for part in (self.number, self.moment, self.plain)
        )
        return Cells(self.text.slice(first), number, moment, plain, self.distinct)

    def parts(self) -> tuple[pl.Series, pl.Series | None, pl.Series | None]:
        return self.text, self.number, self.moment

    def filled(self) -> pl.Series:
        mask = self.text.is_not_null()
        for part in (self.number, self.moment):
            if part is not None:
                mask = mask | part.is_not_null()
        return mask

    def display(self) -> pl.Series:
        """Every cell as text, for labels and for the quarantine."""
        shown = self.text
        if self.number is not None:
            whole = self.number.is_not_null() & (self.number == self.number.round(0)) & (self.number.abs() < 1e15)
            as_text = self.number.cast(pl.String)
            as_whole = self.number.cast(pl.Int64, strict=False).cast(pl.String)
            shown = shown.zip_with(shown.is_not_null(), as_whole.zip_with(whole.fill_null(value=False), as_text))
        if self.moment is not None:
            shown = shown.zip_with(shown.is_not_null(), self.moment.dt.strftime("%Y-%m-%d"))
        return shown


@dataclass
class Grid:
    tab: str
    visible: bool
    height: int
    """Rows of the sheet, blank ones included; of a large text file no more than so many."""
    width: int
    head: list[list[Scalar]]
    """The first HEAD_ROWS rows; rows may be shorter than the table is wide."""
    load: Callable[[set[int]], dict[int, Cells]]
    """Columns by index, all rows."""
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    """Top left and bottom right cell of each merged area, 0-based."""
    errors: Callable[[], dict[tuple[int, int], str]] = dict
    """Cells that hold an error such as #DIV/0!, 0-based; looked up when blanks need an explanation."""
    currencies: Callable[[], dict[str, str]] = dict
    """Column letters of the tab to the currency that number formats show."""
    separator: str | None = None
    file: str = ""
    """Name of the file, which may tell the year of a plan."""
    row_offset: int = 0
    column_offset: int = 0
    """Where the grid begins on its tab, when it is only a part of it."""
    turned: tuple[int, ...] = ()
    """Of a table that was turned upright, the row of the sheet behind each of its columns, 0-based from row_offset."""
    lines: tuple[int, ...] = ()
    """Of a table that was put together from several rows, the row of the sheet where each of its rows begins."""
    columns: tuple[int, ...] = ()
    """Of such a table, the column of the sheet behind each of its columns."""
    origins: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Row and column of its cells to those of the sheet, where they differ from these."""

    def row_number(self, row: int) -> int:
        """1-based row of the sheet, as a person sees it; of a turned table the number of the column."""
        if self.lines:
            return self.row_offset + self.lines[row] + 1
        return (self.column_offset if self.turned else self.row_offset) + row + 1

    def row_numbers(self, rows: pl.Series) -> pl.Series:
        """The same for many rows."""
        if self.lines:
            return pl.Series(self.lines, dtype=rows.dtype).gather(rows) + self.row_offset + 1
        return rows + self.row_number(0)

    def cell_name(self, row: int, column: int) -> str:
        """A1 notation."""
        if (row, column) in self.origins:
            row, column = self.origins[row, column]
            return f"{column_letters(self.column_offset + column)}{self.row_offset + row + 1}"
        letters = column_letters(self.column_offset + row) if self.turned else self.column_name(column)
        return f"{letters}{self.column_name(column) if self.turned else self.row_number(row)}"

    def column_name(self, column: int) -> str:
        """Letters of the column; of a turned table the number of the row behind it."""
        if self.turned:
            return str(self.row_offset + self.turned[column] + 1) if column < len(self.turned) else ""
        return column_letters(self.column_offset + (self.columns[column] if self.columns else column))


_LONG, _SAMPLE = 20_000, 4_000
SHORT = 1_000
"""Cells of a column up to which Python is done before polars has begun."""
_EDGES = (" ", "\t", "\r", "\n", "\u00a0", "\u200b", "\ufeff")


def bare_cells(text: pl.Series) -> Cells:
    """Cells of texts as `blank_to_null` gives them."""
    texts = distinct(text)
    return Cells(_stripped(text)) if _has_blanks(texts) else Cells(text, distinct=None if texts is text else texts)


def blank_to_null(text: pl.Series) -> pl.Series:
    """Texts without blanks at their edges; blank ones are null. Columns that need no change are not copied."""
    return _stripped(text) if _has_blanks(distinct(text)) else text


def _stripped(text: pl.Series) -> pl.Series:
    stripped = text.str.strip_chars("".join(_EDGES))
    return stripped.set(stripped == "", None)


def _has_blanks(text: pl.Series) -> bool:
    if len(text) < SHORT:
        return any(cell is not None and (not cell or cell[0] in _EDGES or cell[-1] in _EDGES) for cell in text)
    shown = text.str.strip_chars("".join(_EDGES)).str.len_bytes()
    return shown.sum() != text.str.len_bytes().sum() or (shown == 0).any()


def distinct(text: pl.Series) -> pl.Series:
    """Each text once where a sample says that a long column repeats few of them; else the column as it is."""
    if len(text) < _LONG:
        return text
    sample = text.gather_every(len(text) // _SAMPLE)
    return text.unique() if 2 * sample.n_unique() < len(sample) else text


def text_cells(values: Iterable[str | None]) -> Cells:
    edges = "".join(_EDGES)
    return Cells(pl.Series([value.strip(edges) or None if value else None for value in values], dtype=pl.String))


def head_cell(row: Sequence[Scalar], index: int) -> Scalar:
    return row[index] if index < len(row) else None


def column_letters(index: int) -> str:
    """A for 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
