"""Charts are plain options with a text alternative; exports hold the plan's own numbers."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import openpyxl
import pytest
from streamlit.elements.echarts_chart import _validate_supported_features

from dashboard import charts, exports
from dashboard.views.history import EventLine
from dashboard.views.home import WeekTotals
from dashboard.voice import voice_of
from events.plan import CurvePoint
from events.workspace import MemberRemoved
from projections.history import Entry
from projections.plans import Plan
from projections.sync_lag import LagPoint
from tests.dashboard import seeding

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
VOICE = voice_of("en", "EUR", NOW)
WEEKS = [WeekTotals(date(2026, 9, 7) + timedelta(weeks=place), 100.0 + place, 400.0, 20.0) for place in range(3)]

LAG = [LagPoint(at=NOW, file_id="f", seconds=value) for value in (42.0, 7.0, 90.0)]


def plan(title: str = "Q1 always-on") -> Plan:
    return Plan(
        workspace="acme",
        campaign_id="c1",
        brief=seeding.brief(title),
        status="ready",
        requested_by="pia",
        requested_at=NOW,
        result=seeding.result(),
        position=1,
    )


CHARTS = {
    "trend": charts.trend(VOICE, WEEKS),
    "trend without revenue": charts.trend(VOICE, [WeekTotals(date(2026, 9, 7), 100.0, 0.0, 20.0)]),
    "trend of nothing": charts.trend(VOICE, []),
    "split": charts.budget_split(VOICE, seeding.split()),
    "curve": charts.response_curve(VOICE, seeding.split(), seeding.curve("Search")),
    "lag": charts.lag(
        VOICE, [LagPoint(at=NOW, file_id="f", seconds=value) for value in (42.0, 7.0, 90.0)], {"f": "A.csv"}
    ),
    "flighting": charts.flighting(VOICE, seeding.split()),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_data_that_streamlit_can_draw(name: str) -> None:
    option = json.loads(json.dumps(CHARTS[name].option))

    _validate_supported_features(option)
    assert "#" not in json.dumps(option)
    assert CHARTS[name].alt.endswith(".")


def test_the_text_alternative_tells_the_same_numbers() -> None:
    assert "Spend went from €100 to €102 a week, Revenue from €400 to €400." in CHARTS["trend"].alt
    assert "Display €17,436 to €5,436" in CHARTS["split"].alt
    assert "at today's €4,200" in CHARTS["curve"].alt
    assert "The newest 3 changes took 42 sec at the middle and 2 min at most." == CHARTS["lag"].alt


def test_a_curve_is_read_between_its_points() -> None:
    curve = msgspec.structs.replace(
        seeding.curve("Search"),
        points=[CurvePoint(spend=0, mean=0, low=0, high=0), CurvePoint(spend=100, mean=50, low=40, high=60)],
    )

    assert (0.0, 25.0, 50.0, 50.0) == tuple(charts.response_at(curve, spend) for spend in (0, 50, 100, 900))


def test_the_band_is_as_wide_as_the_range() -> None:
    option = CHARTS["curve"].option
    floor, width = (series["data"] for series in option["series"][:2])
    point = seeding.curve("Search").points[10]

    assert pytest.approx(point.high) == floor[10][1] + width[10][1]


def test_the_workbook_holds_the_plan() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.plan_xlsx(VOICE, plan())))

    summary, split, weeks = book.worksheets
    assert "Q1 always-on" == summary["B2"].value
    assert ["Search", 43077, 51077, 8000] == [cell.value for cell in split[2]][:4]
    assert 14 == weeks.max_row


def test_a_title_that_looks_like_a_formula_stays_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.plan_xlsx(VOICE, plan("=1+1"))))

    assert ("s", "=1+1") == (book.worksheets[0]["B2"].data_type, book.worksheets[0]["B2"].value)


def test_the_table_holds_the_plan_to_the_cent() -> None:
    rows = list(csv.DictReader(io.StringIO(exports.plan_csv(plan()).decode("utf-8-sig"))))

    assert Decimal(120_000) == sum(Decimal(row["plan"]) for row in rows)
    assert "-12000" == next(row["change"] for row in rows if row["channel"] == "Display")


def test_history_leaves_as_table_and_as_lines() -> None:
    removed = MemberRemoved(user="noa")
    entry = Entry(
        position=7,
        at=NOW,
        actor="ana",
        name=removed.NAME,
        kind="workspace",
        subject="self",
        workflow_id=None,
        activity=None,
        event=removed,
    )
    line = EventLine(7, "today", "now", "=Ana", "Ana removed a member.")

    (row,) = csv.DictReader(io.StringIO(exports.history_csv([line], [entry]).decode("utf-8-sig")))
    document = json.loads(exports.history_jsonl([entry]))

    assert ("7", "'=Ana", "workspace.member_removed") == (row["position"], row["who"], row["event"])
    assert {"user": "noa"} == document["data"]


@pytest.mark.parametrize(("title", "name"), [("Q1 / always-on?", "q1-always-on"), ("???", "plan")])
def test_file_names_are_safe(title: str, name: str) -> None:
    assert name == exports.file_name(title)
