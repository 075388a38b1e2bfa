"""Formula cells that no program has calculated: they hold no value, and a parser takes them for blank."""

import re
from collections.abc import Iterator
from html import unescape

_NO_VALUE = (b"</f></c>", b"<v></v>", b"<v/>", b"<v />", b"/></c>", b":f></", b":v></")
_CELL = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)><(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_VALUED = re.compile(rb"<c\b([^>]*)><f\b(?:[^>]*/>|[^>]*>([^<]*)</f>)<v>([^<]*)</v></c>")
_ODS_TABLE = re.compile(rb'<table:table\s[^>]*?table:name="([^"]*)"[^>]*>(.*?)</table:table>', re.DOTALL)
_ODS_PLACE = re.compile(rb"<table:(table-row|table-cell|covered-table-cell)\b([^>]*)>")
_ODS_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"')
_ODS_FORMULA = re.compile(rb'table:formula="[^"=]*(=[^"]*)"')
_ODS_VALUE = re.compile(rb"office:(?:value|date-value|boolean-value|time-value|string-value)=")


def in_sheet(xml: bytes) -> Iterator[tuple[bytes, str]]:
    """Attributes of each cell of an XLSX sheet, and its formula; one that gives an empty text was calculated."""
    if (b"<f" in xml or b":f" in xml) and any(sign in xml for sign in _NO_VALUE):
        for attributes, formula in _CELL.findall(xml):
            if b't="str"' not in attributes:
                yield attributes, _shown(b"=" + formula)


def waiting(xml: bytes) -> Iterator[tuple[bytes, str]]:
    """The same for a workbook that asks to be calculated when it is opened: each formula holds a zero until then."""
    found = _VALUED.findall(xml)
    if all(value == b"0" for _, _, value in found):
        yield from ((attributes, _shown(b"=" + formula)) for attributes, formula, _ in found)


def in_ods(xml: bytes, tab: str) -> Iterator[tuple[tuple[int, int], str]]:
    """0-based row and column of each cell of a tab, and its formula."""
    body = next((body for name, body in _ODS_TABLE.findall(xml) if unescape(name.decode()) == tab), b"")
    row = next_row = column = 0
    for kind, attributes in _ODS_PLACE.findall(body) if b"table:formula" in body else ():
        repeated = _ODS_REPEATED.search(attributes)
        count = int(repeated[1]) if repeated else 1
        if kind == b"table-row":
            row, next_row, column = next_row, next_row + count, 0
            continue
        formula = _ODS_FORMULA.search(attributes)
        if formula and not _ODS_VALUE.search(attributes) and b'value-type="string"' not in attributes:
            yield from (((row, column + more), _shown(formula[1])) for more in range(min(count, 100)))
        column += count


def _shown(formula: bytes) -> str:
    return unescape(formula.decode("utf-8", "replace"))
