"""The workbook, opened by openpyxl: every cell is the plan's, every formula gives what its cell says it does."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.exports import scenarios
from dashboard.exports.workbook import plan_xlsx
from dashboard.views.plans import money_that_moves, response_at, sorted_lines
from events.plan import DistributionPlan, GroupLimit, Limit
from projections.plans import Plan
from tests.dashboard.exported_plans import EVIL, PLANS, RECORD, plan, voice

SHEETS = ["Summary", "Line items", "Campaigns", "Flowchart", "Scenarios", "Assumptions and sources"]
_CELL = re.compile(r"(?:'([^']+)'!)?([A-Z]+[0-9]+)(?::([A-Z]+[0-9]+))?")
_WHEN = re.compile(r"IF\((?P<one>[^=]+)=0,0,(?P<other>.+)\)")


def opened(made: Plan, locale: str = "en", *, values: bool = False) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(plan_xlsx(voice(locale), made, RECORD)), data_only=values)


def split_of(made: Plan) -> DistributionPlan:
    assert made.result is not None
    return made.result.distribution_plan


def calculated(book: Workbook, sheet: str, formula: str) -> float:
    """Calculate the few kinds of formulas that we write: SUM, SUMIF, IF(x=0,0,y), + - * /."""

    def values(found: re.Match[str]) -> str:
        page, first, last = book[found[1] or sheet], found[2], found[3]
        cells = [cell for row in page[f"{first}:{last}"] for cell in row] if last else [page[first]]
        numbers = [calculated(book, page.title, c.value[1:]) if c.data_type == "f" else c.value or 0 for c in cells]
        return repr([float(number) for number in numbers] if last else float(numbers[0]))

    if when := _WHEN.fullmatch(formula):
        same = calculated(book, sheet, when["one"])
        return calculated(book, sheet, when["other"]) if same else 0.0
    text = _CELL.sub(values, formula.removeprefix("="))
    known: dict[str, Callable[..., Any]] = {
        "SUM": sum,
        "SUMIF": lambda numbers, sign: sum(one for one in numbers if (one > 0) == (sign == ">0") and one),
    }
    return float(eval(text, {"__builtins__": {}}, known))


def row_of(sheet: Worksheet, label: str) -> int:
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == label)


def value_of(book: Workbook, label: str, sheet: str = "Summary") -> Any:
    return book[sheet].cell(row_of(book[sheet], label), 2).value


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("name", PLANS)
def test_every_formula_gives_what_its_cell_shows(name: str, locale: str) -> None:
    formulas, values = opened(PLANS[name], locale), opened(PLANS[name], locale, values=True)
    found = 0
    for sheet in formulas.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            shown = values[sheet.title][cell.coordinate].value
            assert calculated(formulas, sheet.title, cell.value[1:]) == pytest.approx(shown, abs=1e-6), cell.value
            found += 1

    assert found >= (50 if name in {"ordinary", "google", "names from hell"} else 0)


@pytest.mark.parametrize("name", PLANS)
def test_the_line_items_are_the_plan(name: str) -> None:
    sheet, split = opened(PLANS[name], values=True)["Line items"], split_of(PLANS[name])
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=1 + len(split.lines))]

    for row, line in zip(rows, sorted_lines(split), strict=True):
        assert [line.channel, line.current, line.amount, line.change] == row[:4]
        assert line.share == pytest.approx(row[4], abs=1e-9)
        told = line.expected
        assert ([told.mean, told.low, told.high] if told else [None] * 3) == row[5:8]
        assert [line.marginal_now or 0, line.marginal_plan or 0] == pytest.approx([row[8] or 0, row[9] or 0])
        assert [line.at_least, line.at_most] == row[10:12]
    if split.lines:
        total = [cell.value for cell in sheet[2 + len(split.lines)]]
        assert [split.spent, 1] == [total[2], total[4]]
        assert sum(line.change for line in split.lines) == total[3]


@pytest.mark.parametrize("name", PLANS)
def test_the_flowchart_fills_the_weeks_that_hold_money(name: str) -> None:
    sheet, split = opened(PLANS[name], values=True)["Flowchart"], split_of(PLANS[name])
    lines = [line for line in sorted_lines(split) if line.amount]
    if not lines:
        assert "This plan has no weeks to show." == sheet["A1"].value
        return

    assert [week.start for week in split.weeks] == [cell.value.date() for cell in sheet[1][1:-1]]
    for row, line in enumerate(lines, start=2):
        amounts = [week.amounts.get(line.channel, Decimal(0)) for week in split.weeks]
        cells = sheet[row][1:-1]
        assert (line.channel, amounts) == (sheet.cell(row, 1).value, [Decimal(str(cell.value)) for cell in cells])
        assert [amount > 0 for amount in amounts] == [cell.fill.fill_type == "solid" for cell in cells]
        assert float(sum(amounts)) == pytest.approx(sheet.cell(row, 2 + len(amounts)).value)
    whole = sheet.cell(2 + len(lines), 2 + len(split.weeks)).value
    assert float(sum(sum(week.amounts.values()) for week in split.weeks)) == pytest.approx(whole)


@pytest.mark.parametrize("name", PLANS)
def test_campaigns_are_the_plan_s_and_are_there_only_when_named(name: str) -> None:
    book, split = opened(PLANS[name], values=True), split_of(PLANS[name])
    named = [(line.channel, one) for line in sorted_lines(split) for one in line.campaigns]

    assert bool(named) == ("Campaigns" in book.sheetnames)
    for row, (channel, one) in enumerate(named, start=2):
        cells = [cell.value for cell in book["Campaigns"][row]]
        assert [channel, one.campaign] == cells[:2]
        assert [float(one.current), float(one.amount), float(one.change)] == cells[2:5]
        assert [one.share, one.returned, one.sure] == pytest.approx(cells[5:])


def test_the_summary_says_what_money_brings_and_facts_are_in_the_workspace_s_figures() -> None:
    counted = msgspec.structs.replace(split_of(PLANS["ordinary"]), response="conversions")
    book = opened(PLANS["ordinary"], values=True)

    assert 402_000 / 120_000 == pytest.approx(value_of(book, "Return on ad spend"))
    assert 120_000 / 402_000 == pytest.approx(value_of(opened(plan(counted), values=True), "Cost per result"))
    known = value_of(book, "What is known", "Assumptions and sources")
    assert "Revenue for each extra unit of money in Search: €4.10 (May 25 – Nov 22, 2026)" == known


def test_scenarios_follow_the_curves() -> None:
    sheet, split = opened(PLANS["ordinary"], values=True)["Scenarios"], split_of(PLANS["ordinary"])
    labels = [sheet.cell(1, column).value.replace("\u2060", "") for column in range(2, 14, 2)]
    curves = {curve.channel: curve for curve in split.curves}
    spends = {
        "Today's split": None,
        "Plan": 1.0,
        "Plan -20%": 0.8,
        "Plan -10%": 0.9,
        "Plan +10%": 1.1,
        "Plan +20%": 1.2,
    }

    assert list(spends) == labels
    for row, line in enumerate(sorted_lines(split), start=3):
        assert line.channel == sheet.cell(row, 1).value
        for column, factor in zip(range(2, 14, 2), spends.values(), strict=True):
            spend, response = sheet.cell(row, column).value, sheet.cell(row, column + 1).value
            if factor is None:
                assert (line.current, 84_000) == (spend, response)
                continue
            curve = curves[line.channel]
            part = response_at(curve, curve.plan * factor) / response_at(curve, curve.plan)
            assert (float(line.amount) * factor, 90_000 * part) == pytest.approx((spend, response))
    assert "Against the plan" == sheet.cell(9, 1).value
    assert sheet.cell(9, 7).value < 0 < sheet.cell(9, 11).value
    assert sheet.cell(9, 5).value == 0


def test_a_guess_beyond_what_was_tried_is_marked() -> None:
    split = split_of(PLANS["ordinary"])
    tried = [one.untried for one in scenarios.scaled(split, Decimal("1.1"))]
    beyond = [one.untried for one in scenarios.scaled(split, Decimal("1.2"))]
    book = opened(PLANS["ordinary"])

    assert (False, True) == (any(tried), all(beyond))
    assert book["Scenarios"]["M3"].font.italic
    assert not book["Scenarios"]["K3"].font.italic
    assert any("The curve is a guess" in str(cell.value) for cell in book["Scenarios"]["A"])


def test_without_curves_only_known_results_stand() -> None:
    sheet = opened(PLANS["partial"], values=True)["Scenarios"]

    assert [84_000, 90_000, None] == [sheet.cell(3, column).value for column in (3, 5, 7)]
    assert any("no response curve is known" in str(cell.value) for cell in sheet["A"])


def test_the_summary_ties_the_sheets_together() -> None:
    book, formulas = opened(PLANS["ordinary"], values=True), opened(PLANS["ordinary"])
    split = split_of(PLANS["ordinary"])

    assert SHEETS == book.sheetnames
    assert ("Q1 always-on", "Draft") == (book["Summary"]["A1"].value, value_of(book, "State"))
    assert (120_000, 120_000, 0) == tuple(value_of(book, label) for label in ("Budget", "Planned", "Not planned"))
    assert "='Line items'!C7" == value_of(formulas, "Planned")
    moving = [value_of(book, "Money that moves")]
    assert [float(money_that_moves(split))] == moving
    assert (402_000, 23_000) == (value_of(book, "Expected revenue"), value_of(book, "More than today's split"))
    assert (0.061, 0.97) == (
        value_of(book, "Change against today's split"),
        value_of(book, "Chance to beat today's split"),
    )
    assert RECORD in [cell.value for cell in book["Summary"]["B"]]


def test_a_plan_without_expectations_promises_nothing() -> None:
    book = opened(PLANS["no expectation"], values=True)

    assert "no result is promised" in value_of(book, "Expected ")
    assert all(book["Line items"].cell(row, 6).value is None for row in range(2, 8))


def test_a_partial_plan_says_what_is_missing_first() -> None:
    book = opened(PLANS["partial"], values=True)

    assert "could not be estimated in time" in value_of(book, "What is missing, and why")


def test_names_from_hell_stay_names() -> None:
    book = opened(PLANS["names from hell"])
    cells = [book["Line items"].cell(row, 1) for row in range(2, 7)]

    assert set(EVIL) == {cell.value for cell in cells}
    assert {"s"} == {cell.data_type for cell in cells}
    assert "=1+1 / «Ünï» 🚀" == book["Summary"]["A1"].value
    assert "s" == book["Summary"]["A1"].data_type
    source = book["Assumptions and sources"]
    assert "s" == source.cell(row_of(source, "Campaign file"), 2).data_type


@pytest.mark.parametrize(
    ("locale", "currency", "pattern"),
    [
        ("en", "USD", '"$"#,##0.00'),
        ("de", "EUR", '#,##0.00\xa0"€"'),
        ("de_CH", "CHF", '"CHF"#,##0.00'),
    ],
)
def test_money_is_written_in_the_plans_currency(locale: str, currency: str, pattern: str) -> None:
    split = msgspec.structs.replace(split_of(PLANS["ordinary"]), currency=currency)
    sheet = opened(plan(split), locale).worksheets[1]

    assert {pattern} == {sheet.cell(row, column).number_format for row in range(2, 8) for column in (2, 3, 4)}
    assert "0.0%" == sheet["E2"].number_format


def test_every_sheet_can_be_read_and_printed() -> None:
    book = opened(PLANS["ordinary"])

    assert ["A2", "B2", "C2", "B2", "B3", "A2"] == [sheet.freeze_panes for sheet in book.worksheets]
    for sheet in book.worksheets:
        assert (9, 0) == (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.column_dimensions["A"].width >= 20
    assert ["portrait", "landscape"] == [book.worksheets[place].page_setup.orientation for place in (0, 2)]
    assert "$1:$1" == book["Line items"].print_title_rows


def test_assumptions_name_limits_sources_and_versions() -> None:
    made = plan()
    limits = {
        "Search": Limit(at_least=Decimal(5000), at_most=Decimal(60_000)),
        "Email": Limit(locked=True),
        "Video": Limit(at_least_if_any=Decimal(900)),
    }
    groups = [GroupLimit(name="Paid social", channels=["Social", "Video"], at_most=Decimal(40_000))]
    asked = msgspec.structs.replace(made.brief, limits=limits, groups=groups, flighting="even")
    book = opened(msgspec.structs.replace(made, brief=asked))
    sheet = book["Assumptions and sources"]
    told = {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in range(2, sheet.max_row + 1)}

    assert "At least €5,000.00 · At most €60,000.00" == told["Limit of Search"]
    assert ("Keep as is", "If any, from €900.00") == (told["Limit of Email"], told["Limit of Video"])
    assert ("At most €40,000.00", "Even: the same every day") == (told["Limit of Paid social"], told["Over the weeks"])
    assert "Social and Video" == sheet.cell(row_of(sheet, "Limit of Paid social"), 3).value
    assert ("Caused by the channel", "1") == (told["What the files' results mean"], told["Planner version"])
    assert "52 rows · ab12" == sheet.cell(row_of(sheet, "Campaign file"), 3).value


def test_the_workbook_speaks_german() -> None:
    book = opened(PLANS["ordinary"], "de")

    assert [
        "Zusammenfassung",
        "Positionen",
        "Kampagnen",
        "Zeitplan",
        "Szenarien",
        "Annahmen und Quellen",
    ] == book.sheetnames
    assert "='Positionen'!C7" == value_of(book, "Verplant", "Zusammenfassung")
    assert isinstance(book["Zeitplan"]["B1"].value, datetime)
