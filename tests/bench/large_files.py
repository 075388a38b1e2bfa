"""Exports as large as the largest accounts have, written without a spreadsheet library: quick, and of few bytes."""

import csv
import random
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

HEADER = ["Day", "Campaign", "Ad group", "Ad name", "Channel", "Status", "Currency code", "Impr.", "Clicks", "Cost",
          "Conversions", "Conv. value"]  # fmt: skip


def lines(count: int) -> Iterator[list[str]]:
    numbers = random.Random(11)
    for i in range(count):
        day = date(2024, 1, 1) + timedelta(days=i % 700)
        amounts = [f"{numbers.random() * top:.2f}" for top in (500, 5, 1500)]
        names = [f"Campaign {i % 200}", f"Group {i % 1000}", f"Ad {i}", ("Search", "Display", "Social")[i % 3]]
        counts = [str(numbers.randint(0, 90_000)), str(numbers.randint(0, 900))]
        yield [day.isoformat(), *names, "Enabled", "EUR", *counts, *amounts]


def write_csv(path: Path, count: int, *, edited_every: int = 0) -> Path:
    """A note stands where a cost belongs in a few rows. `edited_every` raises the clicks of one row in so many."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for i, line in enumerate(lines(count)):
            clicks = str(int(line[8]) + 1) if edited_every and i % edited_every == 5 else line[8]
            writer.writerow([*line[:8], clicks, "see note" if i % 100_000 == 9 else line[9], *line[10:]])
    return path


def write_xlsx(path: Path, count: int) -> Path:
    """The least that a workbook needs: openpyxl would take longer than everything that is measured."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Data" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{main}"><sheetData>'.encode())
            for number, line in enumerate([HEADER, *lines(count)], start=1):
                cells = "".join(_cell(f"{chr(65 + i)}{number}", text) for i, text in enumerate(line))
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
    return path


def _cell(place: str, text: str) -> str:
    if text.replace(".", "", 1).isdigit():
        return f'<c r="{place}"><v>{text}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
