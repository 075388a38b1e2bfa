"""Charts are plain options with a text alternative from the same numbers."""

import json
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from streamlit.elements.echarts_chart import _validate_supported_features

from dashboard import charts
from dashboard.plans import plan_charts
from dashboard.scales import tip
from dashboard.views.home import WeekTotals
from dashboard.views.plans import response_at
from dashboard.voice import voice_of
from events.plan import CurvePoint
from projections.sync_lag import LagPoint
from tests.dashboard import seeding

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
VOICE = voice_of("en", "EUR", NOW)
WEEKS = [WeekTotals(date(2026, 9, 7) + timedelta(weeks=place), 100.0 + place, 400.0, 20.0) for place in range(3)]

LAG = [LagPoint(at=NOW, file_id="f", seconds=value) for value in (42.0, 7.0, 90.0)]


CHARTS = {
    "trend": charts.trend(VOICE, WEEKS),
    "trend without revenue": charts.trend(VOICE, [WeekTotals(date(2026, 9, 7), 100.0, 0.0, 20.0)]),
    "trend of nothing": charts.trend(VOICE, []),
    "split": plan_charts.budget_split(VOICE, seeding.split()),
    "curve": plan_charts.response_curve(VOICE, seeding.split(), seeding.curve("Search")),
    "lag": charts.lag(
        VOICE, [LagPoint(at=NOW, file_id="f", seconds=value) for value in (42.0, 7.0, 90.0)], {"f": "A.csv"}
    ),
    "flighting": plan_charts.flighting(VOICE, seeding.split()),
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

    assert (0.0, 25.0, 50.0, 50.0) == tuple(response_at(curve, spend) for spend in (0, 50, 100, 900))


@pytest.mark.parametrize(("periods", "said"), [(13, "per week"), (90, "per day"), (3, "per period")])
def test_a_curve_says_what_its_points_count(periods: int, said: str) -> None:
    known = seeding.curve("Search")
    planned = next(float(line.amount) for line in seeding.split().lines if line.channel == "Search")
    curve = msgspec.structs.replace(known, plan=planned / periods)

    split = msgspec.structs.replace(seeding.split(), curves=[curve])

    assert f"Spend on Search {said}, €" in str(plan_charts.response_curve(VOICE, split, curve).option["xAxis"]["name"])


def test_the_band_is_as_wide_as_the_range() -> None:
    option = CHARTS["curve"].option
    floor, width = (series["data"] for series in option["series"][:2])
    point = seeding.curve("Search").points[10]

    assert "thousands" in option["yAxis"]["name"]
    assert pytest.approx(point.high, abs=0.2) == 1_000 * (floor[10][1] + width[10][1])


def test_numbers_of_a_german_chart_have_no_english_marks() -> None:
    weeks = [WeekTotals(date(2026, 9, 7), 12_345.0, 1_234_567.0, 20.0)]

    option = charts.trend(voice_of("de_DE", "EUR", NOW), weeks).option

    assert "€ (Millionen)" == option["yAxis"][0]["name"]
    assert [[0, 1.2346, "1.234.567\xa0€", "12.345\xa0€", "07.09.2026"]] == option["series"][0]["data"]
    assert "{@[4]}<br/>Umsatz: {@[2]}<br/>Ausgaben: {@[3]}" == option["tooltip"]["formatter"]


@pytest.mark.parametrize(("weeks", "between"), [(0, 0), (3, 0), (9, 2), (104, 25), (156, 38)])
def test_two_years_of_weeks_have_four_names_at_equal_distances(weeks: int, between: int) -> None:
    told = [WeekTotals(date(2024, 1, 1) + timedelta(weeks=week), 1.0, 1.0, 1.0) for week in range(weeks)]

    assert between == charts.trend(VOICE, told).option["xAxis"]["axisLabel"]["interval"]


def test_a_name_of_a_channel_cannot_write_into_a_tip() -> None:
    assert "{b}<br/>&lt;b&gt;(@[9]): {@[2]}" == tip(["<b>{@[9]}"])["formatter"]


def test_axes_count_in_whole_steps_and_leave_room_beside_long_names() -> None:
    option = CHARTS["split"].option

    assert 1 == option["xAxis"]["minInterval"]
    assert "truncate" == option["yAxis"]["axisLabel"]["overflow"]
