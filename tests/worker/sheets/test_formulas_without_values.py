"""Workbooks that a program has written and nobody has opened: their formulas hold no value."""

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from worker.sheets import formulas
from worker.sheets.reader import read

HEADER = ["Channel", "Placement", "Impressions", "Net cost"]
NEVER = "the formula was never calculated; open the file in Excel or Google Sheets and save it"


def replaced(book: bytes, part: str, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as archive, zipfile.ZipFile(out, "w") as written:
        for name in archive.namelist():
            content = archive.read(name)
            if name == part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            written.writestr(name, content)
    return out.getvalue()


def test_a_formula_that_was_never_calculated_is_set_aside(xlsx: Callable[..., bytes]) -> None:
    rows = [HEADER, ["Display", "Banner", 2000, "=C2*2"], ["CTV", "Spot", 1000, 30.5], ["Total", None, 3000, "=D2+D3"]]

    reading = read(xlsx({"Media Plan": rows}), "plan.xlsx")

    (cell,) = reading.quarantined
    assert (cell.cell, cell.raw, cell.problem) == ("D2", "=C2*2", NEVER)
    assert sum(reading.sums()[money] or Decimal(0) for money in ("spend", "budget")) == Decimal("30.5")


def test_an_ods_formula_that_was_never_calculated_is_set_aside(ods: Callable[..., bytes]) -> None:
    book = ods([HEADER, ["Display", "Banner", 2000, None], ["CTV", "Spot", 1000, 30.5]])
    book = replaced(
        book, "content.xml", "<table:table-cell/>", '<table:table-cell table:formula="of:=[.C2]&amp;&quot;2&quot;"/>'
    )

    reading = read(book, "plan.ods")

    assert [(cell.cell, cell.raw, cell.problem) for cell in reading.quarantined] == [("D2", '=[.C2]&"2"', NEVER)]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("<f>A1*2</f>", 1),
        ("<f>A1*2</f><v></v>", 1),
        ("<f>A1*2</f><v />", 1),
        ('<f t="shared" si="0"/>', 1),
        ("<f>A1*2</f><v>4</v>", 0),
        ('<f t="shared" si="0"/><v>4</v>', 0),
    ],
)
def test_a_formula_has_a_value_or_not(cell: str, found: int) -> None:
    xml = f'<row><c r="A1"><v>2</v></c><c r="B1" s="4">{cell}</c><c r="C1"/></row>'

    assert len(list(formulas.in_sheet(xml.encode()))) == found


def test_a_formula_that_gives_an_empty_text_was_calculated() -> None:
    assert list(formulas.in_sheet(b'<c r="B1" t="str"><f>IF(A1,1,"")</f><v></v></c>')) == []


def test_repeated_cells_and_rows_of_an_ods_tab_are_counted() -> None:
    cell = '<table:table-cell table:formula="of:=1+1"/>'
    xml = (
        f'<table:table table:name="A"><table:table-row>{cell}</table:table-row></table:table>'
        '<table:table table:name="B"><table:table-row table:number-rows-repeated="3"><table:table-cell/>'
        f'</table:table-row><table:table-row><table:table-cell table:number-columns-repeated="2"/>{cell}'
        "</table:table-row></table:table>"
    )

    assert dict[Any, str](formulas.in_ods(xml.encode(), "B")) == {(3, 2): "=1+1"}


def test_zeros_that_wait_for_the_first_opening_are_no_amounts() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Media plan")
        for at, row in enumerate([HEADER, ["Display", "Banner", 2000], ["CTV", "Spot", 1000]]):
            sheet.write_row(at, 0, row)
        sheet.write_formula("D2", "=C2*2")
        sheet.write_number("D3", 30.5)

    reading = read(out.getvalue(), "plan.xlsx")

    assert [(cell.cell, cell.raw, cell.problem) for cell in reading.quarantined] == [("D2", "=C2*2", NEVER)]
