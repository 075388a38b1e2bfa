"""The plan as a workbook: summary, line items, campaigns, flowchart, scenarios, assumptions and sources."""

from decimal import Decimal

from dashboard.exports.book import Book, Number, Sheet
from dashboard.exports.book_tables import CHANGE, FIRST, PLAN, campaign_sheet, flowchart, line_items, scenario_sheet
from dashboard.exports.cells import result_of, split_of
from dashboard.views.badges import badge
from dashboard.views.plan import fact_text
from dashboard.views.plans import (
    MONEY_RESPONSES,
    money_that_moves,
    move_sentence,
    per_unit,
    plan_state,
    response_word,
    sure_badge,
)
from dashboard.views.surer import surer
from dashboard.voice import Voice
from events.plan import DistributionPlan, GroupLimit, Limit
from projections.plans import Plan

LABELS, VALUES = 36, 66
"""Widths of the columns of summary and assumptions, in characters."""


def plan_xlsx(voice: Voice, plan: Plan, record: str) -> bytes:
    """Make the workbook in the plan's own currency; formulas tie the sheets together.

    `record` says how earlier plans came true.
    """
    split = split_of(plan)
    voice = voice.in_currency(split.currency)
    book = Book(voice, split.currency)
    summary = book.sheet(voice.say("export.summary"), [LABELS, VALUES])
    lines = line_items(book, split)
    if any(line.campaigns for line in split.lines):
        campaign_sheet(book, split)
    flowchart(book, split)
    scenario_sheet(book, split)
    _write_summary(summary, lines, plan, record)
    _write_assumptions(book, plan, split)
    return book.finished({"title": plan.brief.title, "author": "Media Planner"})


def _write_summary(sheet: Sheet, lines: Sheet, plan: Plan, record: str) -> None:
    voice, say, split = sheet.book.voice, sheet.book.voice.say, split_of(plan)
    sheet.text(0, 0, plan.brief.title, "title")
    sheet.tall(0, 1, 24)
    rows = Rows(sheet, 2)
    rows.text(say("fact.status"), badge(say, plan_state(plan)).label)
    rows.text(say("new.period"), voice.figures.span(split.start, split.end))
    rows.text(say("new.goal"), say(f"goal.{split.goal}"))
    rows.number(say("fact.budget"), plan.brief.budget, "money")
    _write_money(rows, lines, plan, split)
    rows.text(say("fact.moves"), move_sentence(voice, split))
    _write_expected(rows, lines, split)
    rows.number(say("export.within"), result_of(plan).confidence_score, "share")
    sure = sure_badge(voice, plan)
    rows.text(say("plan.sure"), sure.label if sure else "–")
    if split.probability_better is not None:
        rows.number(say("export.better"), split.probability_better, "share")
    rows.text(say("record.title"), record)
    _write_sentences(rows, plan)
    sheet.keep_in_sight(1)


def _write_sentences(rows: "Rows", plan: Plan) -> None:
    voice, result = rows.sheet.book.voice, result_of(plan)
    told = {
        "plan.missing_parts": result.missing,
        "plan.warnings": result.warnings,
        "export.why_sure": result.confidence_drivers,
        "plan.findings": [insight.sentence for insight in result.insights],
        "surer.title": [sentence for sentence in surer(voice, plan) if sentence not in result.missing],
    }
    for key, sentences in told.items():
        rows.sentences(voice.say(key), sentences)


def _write_money(rows: "Rows", lines: Sheet, plan: Plan, split: DistributionPlan) -> None:
    say, count = rows.sheet.book.voice.say, len(split.lines)
    if not count:
        return
    budget = rows.row - 1
    total = sum((line.amount for line in split.lines), Decimal(0))
    rows.formula(say("export.planned"), lines.reference(FIRST + count, PLAN), total)
    left = f"{rows.sheet.reference(budget, 1)}-{lines.reference(FIRST + count, PLAN)}"
    rows.formula(say("export.left"), left, plan.brief.budget - total)
    moves = lines.column_range(CHANGE, FIRST, FIRST + count - 1)
    rows.formula(say("export.moves"), f'(SUMIF({moves},">0")-SUMIF({moves},"<0"))/2', money_that_moves(split))


def _write_expected(rows: "Rows", lines: Sheet, split: DistributionPlan) -> None:
    voice, say = rows.sheet.book.voice, rows.sheet.book.voice.say
    label = say("plan.expected_of", response=response_word(voice, split.response))
    if split.expected is None:
        rows.text(label, say("plan.no_expectation"))
        return
    look = "money" if split.response in MONEY_RESPONSES else "number"
    rows.number(label, split.expected.mean, look)
    here = rows.sheet.reference(rows.row - 1, 1)
    rows.number(say("export.low"), split.expected.low, look)
    rows.number(say("export.high"), split.expected.high, look)
    _write_each(rows, lines.reference(FIRST + len(split.lines), PLAN), here, split)
    if split.expected_current is not None:
        rows.number(say("export.expected_today"), split.expected_current.mean, look)
        then = rows.sheet.reference(rows.row - 1, 1)
        more = split.expected.mean - split.expected_current.mean
        rows.formula(say("export.more"), f"{here}-{then}", more, look)
    if split.uplift is not None:
        rows.number(say("export.uplift"), split.uplift.mean, "share")
        rows.number(say("export.uplift_low"), split.uplift.low, "share")
        rows.number(say("export.uplift_high"), split.uplift.high, "share")


def _write_each(rows: "Rows", planned: str, expected: str, split: DistributionPlan) -> None:
    """Write what a unit of money brings, or what a result costs where results are counted."""
    ratio = per_unit(split) if split.lines else 0.0
    if ratio and split.response in MONEY_RESPONSES:
        rows.formula(rows.sheet.book.voice.say("home.returns"), f"{expected}/{planned}", ratio, "ratio")
    elif ratio:
        rows.formula(rows.sheet.book.voice.say("export.cost"), f"{planned}/{expected}", 1 / ratio)


def _write_assumptions(book: Book, plan: Plan, split: DistributionPlan) -> None:
    voice, say = book.voice, book.voice.say
    sheet = book.sheet(say("export.assumptions"), [LABELS, VALUES, 40])
    sheet.header(0, [say("export.assumption"), say("export.value"), say("export.detail")])
    rows = Rows(sheet, 1)
    made = plan.produced_at or plan.requested_at
    rows.text(say("export.made_at"), voice.figures.moment(made))
    rows.text(say("export.response"), response_word(voice, split.response))
    rows.text(say("export.regime_means"), _told(voice, "regime", split.regime))
    rows.text(say("export.level_means"), _told(voice, "level", split.level))
    rows.text(say("field.currency"), split.currency)
    if plan.brief.target is not None:
        rows.number(say("export.target"), plan.brief.target, "number")
    rows.text(say("new.flighting"), say(f"flighting.{plan.brief.flighting}"))
    for channel, limit in plan.brief.limits.items():
        rows.text(say("export.limit", channel=channel), _limit(voice, limit))
    for group in plan.brief.groups:
        rows.text(say("export.limit", channel=group.name), _bounds(voice, group), voice.figures.both(group.channels))
    rows.text(say("export.data_version"), split.data_version)
    rows.text(say("export.planner_version"), split.planner_version)
    rows.text(say("export.seed"), str(split.seed))
    for source in plan.sources:
        count = say("export.source_rows", count=voice.figures.number(source.rows))
        rows.text(say("export.source"), source.name, f"{count} · {source.revision}")
    for fact in result_of(plan).facts:
        rows.text(say("export.known"), fact_text(voice, fact))
    sheet.keep_in_sight(1)


def _told(voice: Voice, kind: str, value: str) -> str:
    key = f"export.{kind}.{value}"
    return voice.say(key) if voice.say.known(key) else value


def _limit(voice: Voice, limit: Limit) -> str:
    told = [voice.say("new.locked")] if limit.locked else []
    told += [_bounds(voice, limit)] if _bounds(voice, limit) else []
    if limit.at_least_if_any is not None:
        told.append(f"{voice.say('new.if_any')} {voice.figures.exact_money(limit.at_least_if_any)}")
    return " · ".join(told)


def _bounds(voice: Voice, limit: Limit | GroupLimit) -> str:
    bounds = (("new.least", limit.at_least), ("new.most", limit.at_most))
    return " · ".join(
        f"{voice.say(key)} {voice.figures.exact_money(money)}" for key, money in bounds if money is not None
    )


def _lines(text: str, width: int) -> int:
    """Tell how many lines a text takes in a column, a little generously."""
    return max(1, -(-len(text) // (width - 6)))


class Rows:
    """Labels with their values, one below the other."""

    def __init__(self, sheet: Sheet, row: int) -> None:
        self.sheet, self.row = sheet, row

    def text(self, label: str, value: str, detail: str = "") -> None:
        self.sheet.text(self.row, 0, label, "label")
        self.sheet.text(self.row, 1, value)
        self.sheet.tall(self.row, max(_lines(label, LABELS), _lines(value, VALUES)))
        if detail:
            self.sheet.text(self.row, 2, detail)
        self.row += 1

    def number(self, label: str, value: Number, look: str) -> None:
        self.sheet.text(self.row, 0, label, "label")
        self.sheet.number(self.row, 1, value, look, "left")
        self.sheet.tall(self.row, _lines(label, LABELS))
        self.row += 1

    def formula(self, label: str, formula: str, value: Number, look: str = "money") -> None:
        self.sheet.text(self.row, 0, label, "label")
        self.sheet.formula(self.row, 1, formula, value, look, "left")
        self.row += 1

    def sentences(self, label: str, sentences: list[str]) -> None:
        for sentence in sentences:
            self.text(label, sentence)
