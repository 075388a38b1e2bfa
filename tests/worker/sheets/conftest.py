"""Small workbooks for tests, written in code, so that each test shows the cells it speaks of."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest

Tab = Sequence[Sequence[Any]]


def _xlsx(tabs: dict[str, Tab], *, hidden: Sequence[str] = (), merged: dict[str, Sequence[str]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in tabs.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for area in (merged or {}).get(name, ()):
            sheet.merge_cells(area)
        if name in hidden:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _ods(rows: Tab) -> bytes:
    """The least that a spreadsheet program accepts."""

    def cell(value: Any) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, (int, float)):
            number = f'office:value-type="float" office:value="{value}"'
            return f"<table:table-cell {number}><text:p>{value}</text:p></table:table-cell>"
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Data">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        "</manifest:manifest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def _with_error_cell(data: bytes, cell: str, error: str) -> bytes:
    """The workbook with an error instead of the value of one cell of its first tab."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.infolist():
            content = source.read(item.filename)
            if item.filename == "xl/worksheets/sheet1.xml":
                start = content.index(f'<c r="{cell}"'.encode())
                end = content.index(b"</c>", start) + len(b"</c>")
                content = content[:start] + f'<c r="{cell}" t="e"><v>{error}</v></c>'.encode() + content[end:]
            target.writestr(item.filename, content)
    return out.getvalue()


@pytest.fixture(scope="session")
def xlsx() -> Callable[..., bytes]:
    return _xlsx


@pytest.fixture(scope="session")
def ods() -> Callable[..., bytes]:
    return _ods


@pytest.fixture(scope="session")
def with_error_cell() -> Callable[..., bytes]:
    return _with_error_cell
