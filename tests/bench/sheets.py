"""How fast and how lean the reader of campaign files is, beside the parsers that it stands on, in one run."""

import csv
import io
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl
import python_calamine as calamine

from tests.bench.measure import Measure, at_least, at_most
from worker.sheets.reader import read

HEADER = ["Day", "Campaign", "Ad group", "Ad name", "Channel", "Status", "Currency code", "Impr.", "Clicks", "Cost",
          "Conversions", "Conv. value"]  # fmt: skip
ROUNDS = 3
SMALL_FILES = 120


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as folder:
        yield _large_csv(Path(folder))
        yield _large_xlsx(Path(folder))
        yield _small_files()
        yield from _memory(Path(folder))


def lines(count: int) -> Iterator[list[str]]:
    numbers = random.Random(11)
    for i in range(count):
        day = date(2024, 1, 1) + timedelta(days=i % 700)
        amounts = [f"{numbers.random() * top:.2f}" for top in (500, 5, 1500)]
        names = [f"Campaign {i % 200}", f"Group {i % 1000}", f"Ad {i}", ("Search", "Display", "Social")[i % 3]]
        counts = [str(numbers.randint(0, 90_000)), str(numbers.randint(0, 900))]
        yield [day.isoformat(), *names, "Enabled", "EUR", *counts, *amounts]


def write_csv(path: Path, count: int) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for i, line in enumerate(lines(count)):
            writer.writerow([*line[:9], "see note" if i % 100_000 == 9 else line[9], *line[10:]])
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


def cpu(work: Callable[[], object]) -> float:
    """Seconds of processor time, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def _large_csv(folder: Path) -> Measure:
    path = write_csv(folder / "large.csv", 500_000)
    ours = cpu(lambda: read(path, path.name))
    floor = cpu(lambda: pl.read_csv(path, infer_schema=False))
    return at_most(
        6, measure="CSV, 500k x 12: typed, with quarantine", ours=ours, unit="s CPU",
        against="polars, texts only", ratio=ours / floor,
    )  # fmt: skip


def _large_xlsx(folder: Path) -> Measure:
    path = write_xlsx(folder / "large.xlsx", 100_000)
    ours = cpu(lambda: read(path, path.name))
    floor = cpu(lambda: list(calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()))
    return at_most(
        1.6, measure="XLSX, 100k x 12: typed, with quarantine", ours=ours, unit="s CPU",
        against="python-calamine, cells only", ratio=ours / floor,
    )  # fmt: skip


def _small_files() -> Measure:
    """Exports of 150 rows with a preamble and totals, as they lie on a Drive by the dozen."""
    files: list[bytes] = []
    for i in range(SMALL_FILES):
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerows([["Campaign report"], [f"January {i % 27 + 1}, 2026 - January 31, 2026"], HEADER])
        rows = list(lines(150))
        writer.writerows(rows)
        writer.writerow(["Total: Account", "", "", "", "", "", "EUR", *[""] * 5])
        files.append(text.getvalue().encode())
    seconds = cpu(lambda: [read(data, f"export {i}.csv") for i, data in enumerate(files)])
    speed = len(files) / seconds
    return at_least(
        1, measure="small exports on one core", ours=speed, unit="files/s", against="40 files/s", ratio=speed / 40
    )


def _memory(folder: Path) -> Iterator[Measure]:
    """Peak of a fresh process that reads one file."""
    for name, path in (
        ("CSV of 100 MB", write_csv(folder / "huge.csv", 1_150_000)),
        ("XLSX of 300k rows", write_xlsx(folder / "huge.xlsx", 300_000)),
    ):
        code = (
            "import resource, sys; from pathlib import Path; from worker.sheets.reader import read; "
            "read(Path(sys.argv[1]), 'file'); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
        )
        done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
        peak = int(done.stdout)
        yield at_most(
            1, measure=f"peak memory, {name}", ours=peak, unit="MB", against="600 MB", ratio=peak / 600
        )  # fmt: skip
