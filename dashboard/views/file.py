"""One campaign file: how each column was understood, what was set aside, and how its content moved over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from dashboard.tables import Fact
from dashboard.views.badges import Badge
from dashboard.views.file_drift import drift_words, field_words
from dashboard.views.files import ago, file_line, problem_of
from dashboard.voice import Voice
from dashboard.words.reading import said
from events.campaign_file import ColumnMapping, FileSynced, QuarantinedCell
from events.envelope import Recorded
from projections.files import CampaignFile

Row = dict[str, str]

MONEY = ("spend", "budget", "revenue")


@dataclass(frozen=True)
class FileView:
    name: str
    badge: Badge
    summary: str
    problem: str
    """What is wrong and what to do, when somebody must look; empty when nothing."""
    problem_changes: list[str]
    """Changes of its shape that wait for somebody to look."""
    standing: str
    """Why there is nothing to see or to count, when nobody needs to look."""
    who: str
    """Who can do what next, when something is wrong."""
    link: str
    facts: list[Fact]
    """Figures with what they are."""
    notes: list[str]
    """What to know about how it was read."""
    columns: list[Row]
    quarantined: list[Row]
    quarantined_note: str
    drift: list[str]
    """What changed in its shape with the newest content, when nobody needs to look."""
    may_confirm: bool
    """Whether a change of its shape waits for somebody to look."""
    why: list[str]
    """Why it counts as a campaign file."""


def file_view(
    voice: Voice, file: CampaignFile, pending: Mapping[str, datetime], *, may_plan: bool, watched: bool = True
) -> FileView:
    """Put a file into words for somebody who may decide about it, or who only looks."""
    line = file_line(voice, file, pending, watched=watched)
    needed, drifted = file.status == "needs_you", file.problem_code == "drift"
    problem = voice.say("file.problem_of.drift", changes="").strip() if drifted else problem_of(voice, file)
    return FileView(
        name=file.name,
        badge=line.badge,
        summary=_summary(voice, file),
        problem=problem if needed else "",
        problem_changes=drift_words(voice, file.drift_open) if needed and drifted else [],
        standing=_standing(voice, file),
        who=_who(voice, file.problem_code or "", may_plan=may_plan) if needed else "",
        link=file.link,
        facts=_facts(voice, file, line.behind),
        notes=[
            *(said(voice.say, warning) for warning in file.warnings),
            *([] if file.quarantined else [voice.say("file.cell.none")]),
        ],
        columns=_columns(voice, file.mapping),
        quarantined=[_cell(voice, cell) for cell in file.quarantined_cells],
        quarantined_note=_quarantined_note(voice, file),
        drift=[] if file.drift_open else drift_words(voice, file.drift),
        may_confirm=drifted and needed,
        why=[said(voice.say, reason) for reason in file.reasons],
    )


def _standing(voice: Voice, file: CampaignFile) -> str:
    if file.status == "removed":
        return voice.say("file.removed", problem=problem_of(voice, file))
    return voice.say("file.first_read") if file.status == "waiting" and not file.revision_number else ""


def _who(voice: Voice, code: str, *, may_plan: bool) -> str:
    if not may_plan:
        return voice.say("file.who.viewer")
    if code.startswith("pins_"):
        return ""  # the problem says it
    return voice.say("file.who.drift" if code == "drift" else "file.who.drive")


def _summary(voice: Voice, file: CampaignFile) -> str:
    parts = [file.owner] if file.owner else []
    parts.append(voice.say("file.changed", ago=ago(voice, file.modified_at)))
    if file.revision_number:
        parts.append(voice.say("file.revision_of", number=voice.figures.number(file.revision_number)))
    if file.first_date and file.last_date:
        first, last = (datetime.fromisoformat(day).date() for day in (file.first_date, file.last_date))
        parts.append(voice.figures.span(first, last))
    return " · ".join(parts)


def _facts(voice: Voice, file: CampaignFile, behind: str) -> list[Fact]:
    facts = [Fact(voice.say("file.rows"), voice.figures.number(file.rows))]
    facts.extend(
        Fact(voice.say(f"field.{metric}"), metric_text(voice, metric, total)) for metric, total in file.sums.items()
    )
    if behind != "–" and file.status != "not_campaign":
        facts.append(Fact(voice.say("file.behind"), behind))
    return facts[:4]


def metric_text(voice: Voice, metric: str, value: Decimal | float) -> str:
    return voice.figures.short_money(value) if metric in MONEY else voice.figures.short_number(value)


def _columns(voice: Voice, mapping: Sequence[ColumnMapping]) -> list[Row]:
    """Put those that are used first, and name the sheet only where there are several."""
    rows = [_column(voice, column) for column in sorted(mapping, key=lambda column: column.field == "other")]
    if len({column.tab for column in mapping}) > 1:
        return rows
    sheet = voice.say("file.column.tab")
    return [{name: value for name, value in row.items() if name != sheet} for row in rows]


def _column(voice: Voice, column: ColumnMapping) -> Row:
    say = voice.say
    return {
        say("file.column.header"): column.header or "–",
        say("file.column.field"): field_words(voice, column.field),
        say("file.column.sure"): "–" if column.field == "other" else voice.figures.chance(column.sure),
        say("file.column.why"): _capital(said(say, column.why)),
        say("file.column.tab"): column.tab,
    }


def _cell(voice: Voice, cell: QuarantinedCell) -> Row:
    say = voice.say
    return {
        say("file.cell.place"): f"{cell.tab} · {cell.cell}" if cell.tab else cell.cell,
        say("file.cell.field"): field_words(voice, cell.field),
        say("file.cell.raw"): cell.raw,
        say("file.cell.problem"): _capital(said(say, cell.problem)),
    }


def _capital(reason: str) -> str:
    return reason[:1].upper() + reason[1:]


def _quarantined_note(voice: Voice, file: CampaignFile) -> str:
    shown, total = len(file.quarantined_cells), file.quarantined
    note = voice.say("file.cell.note", count=total)
    return f"{note} {voice.say('file.cell.first', count=shown)}" if total > shown else note


def revision_rows(voice: Voice, revisions: Sequence[Recorded]) -> list[Row]:
    return [_revision(voice, recorded) for recorded in revisions]


def _revision(voice: Voice, recorded: Recorded) -> Row:
    say, synced = voice.say, recorded.event
    assert isinstance(synced, FileSynced)
    return {
        say("file.revision.number"): _number(voice, synced),
        say("file.revision.changed"): voice.figures.moment(synced.modified_at),
        say("file.revision.read"): voice.figures.moment(recorded.at),
        say("file.revision.rows"): voice.figures.number(synced.rows),
        say("file.revision.difference"): _difference(voice, synced),
        say("field.spend"): voice.figures.exact_money(synced.sums["spend"]) if "spend" in synced.sums else "–",
    }


def _difference(voice: Voice, synced: FileSynced) -> str:
    added, removed = (voice.figures.number(count) for count in (synced.rows_added, synced.rows_removed))
    return f"+{added} \N{MINUS SIGN}{removed}"


def _number(voice: Voice, synced: FileSynced) -> str:
    number = voice.figures.number(synced.revision_number)
    return f"{number} · {voice.say('file.revision.as_decided')}" if synced.because == "pins" else number


def row_table(voice: Voice, rows: list[dict[str, Any]]) -> dict[str, list[object]]:
    """Stored rows by column, of columns that hold anything, named as people name them."""
    present = [name for name in rows[0] if any(row[name] is not None for row in rows)] if rows else []
    return {_row_label(voice, name): [_plain_value(row[name]) for row in rows] for name in present}


def _row_label(voice: Voice, name: str) -> str:
    return voice.say({"tab": "file.column.tab", "row": "file.column.row"}.get(name, f"field.{name}"))


def _plain_value(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value
