"""A plan and a history to take away. Numbers stay numbers; text that would be a formula elsewhere stays text."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.views.history import EventLine, technical
from dashboard.views.plan import sorted_lines
from dashboard.views.plans import expectation, move_sentence, subtitle
from dashboard.voice import Voice
from events.plan import DistributionPlan, Estimate
from projections.history import Entry
from projections.plans import Plan

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | float | Decimal | None
Row = list[Cell]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def file_name(title: str) -> str:
    return re.sub(r"[^\w-]+", "-", title).strip("-").lower() or "plan"


def plan_xlsx(voice: Voice, plan: Plan) -> bytes:
    """Make a workbook with three sheets: the summary, the split by channel, and the weeks."""
    assert plan.result is not None
    split = plan.result.distribution_plan
    book = Workbook()
    book.remove(book.worksheets[0])
    _sheet(book, voice.say("export.summary"), ["", ""], _summary(voice, plan, split))
    _sheet(book, voice.say("plan.where"), _headers(), _lines(split))
    _sheet(book, voice.say("plan.by_week"), ["week", *_channels(split)], _weeks(split))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def plan_csv(plan: Plan) -> bytes:
    assert plan.result is not None
    return _csv(_headers(), _lines(plan.result.distribution_plan))


def history_csv(lines: Iterable[EventLine], entries: Iterable[Entry]) -> bytes:
    rows = [
        [line.position, entry.at.isoformat(), line.who, entry.event.NAME, line.sentence]
        for line, entry in zip(lines, entries, strict=True)
    ]
    return _csv(["position", "at", "who", "event", "what happened"], rows)


def history_jsonl(entries: Iterable[Entry]) -> bytes:
    return b"".join(msgspec.json.encode(technical(entry)) + b"\n" for entry in entries)


def _headers() -> list[str]:
    return ["channel", "now", "plan", "change", "share", "expected", "expected low", "expected high", "held by"]


def _lines(split: DistributionPlan) -> list[Row]:
    return [
        [
            line.channel,
            line.current,
            line.amount,
            line.change,
            round(line.share, 4),
            *_estimate(line.expected),
            line.bound_by,
        ]
        for line in sorted_lines(split)
    ]


def _estimate(estimate: Estimate | None) -> list[Cell]:
    return [estimate.mean, estimate.low, estimate.high] if estimate else [None, None, None]


def _channels(split: DistributionPlan) -> list[str]:
    return [line.channel for line in sorted_lines(split)]


def _weeks(split: DistributionPlan) -> list[Row]:
    return [
        [week.start.isoformat(), *(week.amounts.get(channel, Decimal(0)) for channel in _channels(split))]
        for week in split.weeks
    ]


def _summary(voice: Voice, plan: Plan, split: DistributionPlan) -> list[Row]:
    assert plan.result is not None
    say = voice.say
    rows: list[Row] = [
        [say("new.name"), plan.brief.title],
        [say("new.period"), subtitle(voice, plan)],
        [say("plan.moves"), move_sentence(voice, split)],
        [say("plan.expected"), expectation(voice, split) or say("plan.no_expectation")],
        [say("plan.sure"), plan.result.confidence_score],
    ]
    told = {
        "plan.findings": [insight.sentence for insight in plan.result.insights],
        "plan.warnings": plan.result.warnings,
        "plan.missing_parts": plan.result.missing,
    }
    for key, sentences in told.items():
        rows.extend([say(key), sentence] for sentence in sentences)
    return rows


def _sheet(book: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    sheet: Worksheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31])
    sheet.append(list(header))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
    for column in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 24


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([[_guarded(value) for value in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _guarded(value: object) -> object:
    """Keep a spreadsheet from running text as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
