"""The sheets of a plan's workbook that are tables: line items, campaigns, flowchart, scenarios."""

from collections.abc import Sequence
from decimal import Decimal

from dashboard.exports import scenarios
from dashboard.exports.book import Book, Number, Sheet, cell
from dashboard.exports.colors import TINTS
from dashboard.exports.scenarios import Outlook
from dashboard.views.plans import MONEY_RESPONSES, response_word, sorted_lines
from events.plan import DistributionPlan, Line

NOW, PLAN, CHANGE, SHARE, EXPECTED = 1, 2, 3, 4, 5
"""Columns of the line items that other sheets and formulas name."""
FIRST = 1
"""First row below the header; the totals follow the last channel."""


def line_items(book: Book, split: DistributionPlan) -> Sheet:
    say, lines = book.voice.say, sorted_lines(split)
    sheet = book.sheet(say("export.line_items"), [26, *[16] * 3, 10, *[16] * 7, 26], wide=True)
    answer = response_word(book.voice, split.response)
    columns = ("channel", "now", "plan", "change", "share")
    labels = [say(f"plan.column.{name}") for name in columns]
    labels += [say("plan.expected_of", response=answer), say("export.low"), say("export.high")]
    labels += [say(f"export.one_more_{when}", unit=book.voice.figures.symbol) for when in ("now", "plan")]
    labels += [say("export.at_least"), say("export.at_most"), say("plan.column.held")]
    sheet.header(0, labels)
    for row, line in enumerate(lines, start=FIRST):
        _line(sheet, split, row, len(lines), line)
    if lines:
        _line_totals(sheet, split, lines)
    sheet.keep_in_sight(1, 1)
    return sheet


def _line(sheet: Sheet, split: DistributionPlan, row: int, count: int, line: Line) -> None:
    say, answer = sheet.book.voice.say, _response_look(split)
    sheet.text(row, 0, line.channel)
    sheet.number(row, NOW, line.current, "money")
    sheet.number(row, PLAN, line.amount, "money")
    sheet.formula(row, CHANGE, f"{cell(row, PLAN)}-{cell(row, NOW)}", line.amount - line.current, "money")
    _share(sheet, row, count, line.amount, sum((one.amount for one in split.lines), Decimal(0)))
    if line.expected is not None:
        for column, value in enumerate((line.expected.mean, line.expected.low, line.expected.high), start=EXPECTED):
            sheet.number(row, column, value, answer)
    per_unit = "money" if split.response in MONEY_RESPONSES else "small"
    sheet.number(row, 8, line.marginal_now, per_unit)
    sheet.number(row, 9, line.marginal_plan, per_unit)
    sheet.number(row, 10, line.at_least, "money")
    sheet.number(row, 11, line.at_most, "money")
    key = f"bound.{line.bound_by}"
    sheet.text(row, 12, say(key) if say.known(key) else "")


def _share(sheet: Sheet, row: int, count: int, amount: Decimal, total: Decimal, *look: str) -> None:
    end = f"{cell(FIRST + count, PLAN)}"
    sheet.formula(row, SHARE, f"IF({end}=0,0,{cell(row, PLAN)}/{end})", amount / total if total else 0, "share", *look)


def _line_totals(sheet: Sheet, split: DistributionPlan, lines: list[Line]) -> None:
    row, last = FIRST + len(lines), FIRST + len(lines) - 1
    sheet.text(row, 0, sheet.book.voice.say("export.total"), "label", "total")
    sums = {NOW: [line.current for line in lines], PLAN: [line.amount for line in lines]}
    for column, amounts in sums.items():
        _sum(sheet, row, column, (FIRST, last), amounts, "money")
    _sum(sheet, row, CHANGE, (FIRST, last), [line.amount - line.current for line in lines], "money")
    total = sum(sums[PLAN], Decimal(0))
    _share(sheet, row, len(lines), total, total, "total")
    means = [line.expected.mean for line in lines if line.expected is not None]
    if means:
        _sum(sheet, row, EXPECTED, (FIRST, last), means, _response_look(split))


def _sum(sheet: Sheet, row: int, column: int, rows: tuple[int, int], values: Sequence[Number], look: str) -> None:
    first, last = rows
    total = sum((Decimal(repr(float(value))) for value in values), Decimal(0))
    sheet.formula(row, column, f"SUM({cell(first, column)}:{cell(last, column)})", total, look, "total")


def campaign_sheet(book: Book, split: DistributionPlan) -> None:
    """Every channel's money by campaign, where the plan names campaigns."""
    say = book.voice.say
    sheet = book.sheet(say("export.campaigns"), [26, 34, *[15] * 3, 10, 15, 15], wide=True)
    labels = [say("plan.column.channel"), say("field.campaign")]
    labels += [say(f"plan.column.{name}") for name in ("now", "plan", "change", "share")]
    labels += [say("export.returned", unit=book.voice.figures.symbol), say("export.evidence_sure")]
    sheet.header(0, labels)
    found = [(line, one) for line in sorted_lines(split) for one in line.campaigns]
    for row, (line, one) in enumerate(found, start=FIRST):
        sheet.text(row, 0, line.channel)
        sheet.text(row, 1, one.campaign)
        sheet.number(row, 2, one.current, "money")
        sheet.number(row, 3, one.amount, "money")
        sheet.formula(row, 4, f"{cell(row, 3)}-{cell(row, 2)}", one.amount - one.current, "money")
        sheet.number(row, 5, one.share, "share")
        sheet.number(row, 6, one.returned, "small")
        sheet.number(row, 7, one.sure, "share")
    sheet.keep_in_sight(1, 2)


def flowchart(book: Book, split: DistributionPlan) -> None:
    """Channels by weeks; the more of the plan's money a cell holds, the deeper its fill."""
    say = book.voice.say
    lines = [line for line in sorted_lines(split) if line.amount]
    sheet = book.sheet(say("export.flowchart"), [26, *[14] * len(split.weeks), 16], wide=True)
    if not lines or not split.weeks:
        sheet.text(0, 0, say("export.no_weeks"), "note")
        return
    sheet.text(0, 0, say("plan.column.channel"), "header")
    for column, week in enumerate(split.weeks, start=1):
        sheet.day(0, column, week.start, "header", "day")
    rows = [(line.channel, [week.amounts.get(line.channel, Decimal(0)) for week in split.weeks]) for line in lines]
    most = max(amount for _, amounts in rows for amount in amounts)
    for row, (channel, amounts) in enumerate(rows, start=FIRST):
        sheet.text(row, 0, channel)
        for column, amount in enumerate(amounts, start=1):
            sheet.number(row, column, amount, "whole_money", *_tint(amount, most))
        _row_sum(sheet, row, amounts)
    sheet.text(0, 1 + len(split.weeks), say("export.total"), "header")
    _week_totals(sheet, [amounts for _, amounts in rows])
    sheet.keep_in_sight(1, 1)


def _tint(amount: Decimal, most: Decimal) -> list[str]:
    return [TINTS[min(int(amount / most * len(TINTS)), len(TINTS) - 1)]] if amount > 0 else []


def _row_sum(sheet: Sheet, row: int, amounts: list[Decimal], *look: str) -> None:
    end = len(amounts)
    total = sum(amounts, Decimal(0))
    sheet.formula(row, end + 1, f"SUM({cell(row, 1)}:{cell(row, end)})", total, "whole_money", "label", *look)


def _week_totals(sheet: Sheet, rows: list[list[Decimal]]) -> None:
    bottom = FIRST + len(rows)
    sheet.text(bottom, 0, sheet.book.voice.say("export.total"), "label", "total")
    for column, amounts in enumerate(zip(*rows, strict=True), start=1):
        _sum(sheet, bottom, column, (FIRST, bottom - 1), amounts, "whole_money")
    _row_sum(sheet, bottom, [sum(amounts, Decimal(0)) for amounts in zip(*rows, strict=True)], "total")


def scenario_sheet(book: Book, split: DistributionPlan) -> None:
    """Today's mix, the plan, and less and more money: what each channel would get and bring."""
    say, lines = book.voice.say, sorted_lines(split)
    known = {say("export.today"): scenarios.today(split), say("chart.plan"): scenarios.planned(split)}
    known |= {
        say("export.scaled", change=book.voice.figures.signed_share(factor - 1)): scenarios.scaled(split, factor)
        for factor in scenarios.FACTORS
    }
    sheet = book.sheet(say("export.scenarios"), [26, *[17] * 2 * len(known)], wide=True)
    if not lines:
        sheet.text(0, 0, say("export.no_lines"), "note")
        return
    answer = response_word(book.voice, split.response).capitalize()
    sheet.text(0, 0, "", "header")
    sheet.text(1, 0, say("plan.column.channel"), "header")
    for row, line in enumerate(lines, start=2):
        sheet.text(row, 0, line.channel)
    for place, (label, outlooks) in enumerate(known.items()):
        column = 1 + 2 * place
        sheet.raw.merge_range(0, column, 0, column + 1, label, book.look("header"))
        sheet.text(1, column, say("field.spend"), "header")
        sheet.text(1, column + 1, answer, "header")
        _scenario(sheet, split, column, outlooks)
    _scenario_totals(sheet, split, list(known.values()))
    sheet.keep_in_sight(2, 1)


def _scenario(sheet: Sheet, split: DistributionPlan, column: int, outlooks: list[Outlook]) -> None:
    for row, outlook in enumerate(outlooks, start=2):
        sheet.number(row, column, outlook.spend, "money")
        guess = ["guess"] if outlook.untried else []
        sheet.number(row, column + 1, outlook.response, _response_look(split), *guess)


def _scenario_totals(sheet: Sheet, split: DistributionPlan, known: list[list[Outlook]]) -> None:
    say, bottom = sheet.book.voice.say, 2 + len(known[0])
    for row, label in enumerate(("export.total", "export.against_plan", "export.per_unit"), start=bottom):
        sheet.text(row, 0, say(label, unit=sheet.book.voice.figures.symbol), "label")
    answers = [[one.response for one in outlooks if one.response is not None] for outlooks in known]
    plan_total = sum(answers[1])
    for place, outlooks in enumerate(known):
        column, total = 1 + 2 * place, sum(answers[place])
        spend = sum((one.spend for one in outlooks), Decimal(0))
        _sum(sheet, bottom, column, (2, bottom - 1), [one.spend for one in outlooks], "money")
        if not answers[place]:
            continue
        _sum(sheet, bottom, column + 1, (2, bottom - 1), answers[place], _response_look(split))
        here, plan = cell(bottom, column + 1), cell(bottom, 4)
        difference = total / plan_total - 1 if plan_total else 0
        sheet.formula(bottom + 1, column + 1, f"IF({plan}=0,0,{here}/{plan}-1)", difference, "share")
        paid = cell(bottom, column)
        per_unit = total / float(spend) if spend else 0
        sheet.formula(bottom + 2, column + 1, f"IF({paid}=0,0,{here}/{paid})", per_unit, "small")
    notes = [say("export.guess_note")] if any(one.untried for outlooks in known for one in outlooks) else []
    notes += [] if all(answers) else [say("export.no_response_note")]
    for row, note in enumerate(notes, start=bottom + 4):
        sheet.raw.merge_range(row, 0, row, 8, note, sheet.book.look("note"))


def _response_look(split: DistributionPlan) -> str:
    return "money" if split.response in MONEY_RESPONSES else "number"
