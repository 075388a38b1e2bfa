"""The currency that a workbook shows by the format of its cells, not in them."""

import re
import zipfile
from collections import Counter
from html import unescape

from worker.sheets import currencies

_LOOKED_AT = 400_000
"""Bytes of a sheet's XML: the first rows show how its columns are formatted."""
_FORMAT = re.compile(rb'<numFmt\b[^>]*?numFmtId="(\d+)"[^>]*?formatCode="([^"]*)"')
_CELL_FORMATS = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_USED_FORMAT = re.compile(rb'<xf\b[^>]*?numFmtId="(\d+)"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?')
_LOCAL = re.compile(r"\[\$([^\]-]+)(?:-[^\]]*)?\]")
_QUOTED = re.compile(r'"([^"]+)"')


def of_columns(archive: zipfile.ZipFile, path: str) -> dict[str, str]:
    """Column letters to the currency code of most of their formatted cells."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = _styles(archive.read("xl/styles.xml"))
    if not any(styles):
        return {}
    with archive.open(path) as part:
        xml = part.read(_LOOKED_AT)
    seen: dict[str, Counter[str]] = {}
    for letters, style in _CELL.findall(xml):
        index = int(style or 0)
        code = styles[index] if index < len(styles) else None
        if code:
            seen.setdefault(letters.decode(), Counter())[code] += 1
    return {letters: codes.most_common(1)[0][0] for letters, codes in seen.items()}


def _styles(xml: bytes) -> list[str | None]:
    """The currency of each cell style, in the order cells refer to them."""
    formats = {int(number): unescape(code.decode("utf-8", "replace")) for number, code in _FORMAT.findall(xml)}
    block = _CELL_FORMATS.search(xml)
    used = _USED_FORMAT.findall(block.group(0)) if block else []
    return [currency_of(formats.get(int(number), "")) for number in used]


def currency_of(code: str) -> str | None:
    """The currency of a number format such as '[$€-407] #,##0.00'."""
    for sign in (*_LOCAL.findall(code), *_QUOTED.findall(code), *_bare(code)):
        found = currencies.of_cell(f"{sign.strip()} 1")
        if found is not None:
            return found[0]
    return None


def _bare(code: str) -> list[str]:
    return [sign for sign in "€£¥₹₽₴₩₺₪$" if sign in _LOCAL.sub("", code)]
