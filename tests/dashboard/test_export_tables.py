"""Exports that are tables or documents: opened by a library, compared with the plan value by value."""

import csv
import io
import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.exports.campaigns import cuts, weeks_of
from dashboard.exports.cells import file_name, guarded, shared_out
from dashboard.exports.google_ads import TYPES, bought_there, google_ads_csv, left_over
from dashboard.exports.long_table import long_csv
from dashboard.exports.open_standard import open_standard_json
from dashboard.exports.plan_csv import plan_csv
from events.plan import CampaignLine, DistributionPlan, Week
from projections.plans import Plan
from tests.dashboard.exported_plans import CAMPAIGNS, EVIL, PLANS, voice

Row = dict[str, str]
SCHEMA = json.loads(Path(__file__).with_name("media_plan_v3.schema.json").read_text())


def rows_of(document: bytes, delimiter: str = ",") -> list[Row]:
    return list(csv.DictReader(io.StringIO(document.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def split_of(plan: Plan) -> DistributionPlan:
    assert plan.result is not None
    return plan.result.distribution_plan


def runs_nowhere(document: bytes, delimiter: str = ",") -> bool:
    cells = csv.reader(io.StringIO(document.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    found = [cell for row in cells for cell in row]
    return not [cell for cell in found if cell.startswith(("=", "+", "@", "\t", "\r", "-L"))]


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize(("locale", "delimiter", "mark"), [("en", ",", "."), ("de", ";", ","), ("pt_BR", ";", ",")])
def test_the_table_holds_every_line_to_the_cent(name: str, locale: str, delimiter: str, mark: str) -> None:
    document = plan_csv(voice(locale), PLANS[name])
    rows, lines = rows_of(document, delimiter), {guarded(one.channel): one for one in split_of(PLANS[name]).lines}

    def read(row: Row, column: str) -> Decimal:
        return Decimal(row[column].replace(mark, "."))

    assert set(lines) == {row["channel"] for row in rows}
    assert runs_nowhere(document, delimiter)
    for row in rows:
        line = lines[row["channel"]]
        assert (line.current, line.amount, line.change) == tuple(read(row, one) for one in ("now", "plan", "change"))
        assert (line.at_least, line.at_most) == (read(row, "at least"), read(row, "at most"))
        assert line.share == pytest.approx(float(read(row, "share")), abs=1e-6)
        assert (line.bound_by or "", "EUR") == (row["held by"], row["currency"])
        if line.expected is None:
            assert ("", "", "") == (row["expected"], row["expected low"], row["expected high"])
        else:
            told = [float(read(row, one)) for one in ("expected", "expected low", "expected high")]
            assert [line.expected.mean, line.expected.low, line.expected.high] == pytest.approx(told)


@pytest.mark.parametrize("name", PLANS)
def test_the_long_table_adds_up_to_the_plan(name: str) -> None:
    plan = PLANS[name]
    document = long_csv(plan)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    weekly: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    campaigns: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows_of(document):
        sums[row["channel"], row["measure"]] += Decimal(row["value"])
        if row["measure"] == "planned_spend":
            weekly[row["channel"], row["week"]] += Decimal(row["value"])
            campaigns[row["channel"], row["campaign"]] += Decimal(row["value"])
        assert (plan.campaign_id, guarded(plan.brief.title), plan.status) == (row["plan_id"], row["plan"], row["state"])
        assert ("plan" if row["measure"] == "planned_spend" else "shared") == row["basis"]

    assert runs_nowhere(document)
    for line in split_of(plan).lines:
        channel = str(guarded(line.channel))
        weeks = weeks_of(split_of(plan), line)
        assert weeks == {week: weekly[channel, week.isoformat()] for week in weeks}
        assert line.current == sums[channel, "spend_as_today"]
        exact = sum(weeks.values()) == line.amount
        for one in line.campaigns:
            off = abs(one.amount - campaigns[channel, str(guarded(one.campaign))])
            assert off <= (0 if exact else abs(sum(weeks.values()) - line.amount))
        if line.expected is None:
            assert (channel, "expected_response") not in sums
        else:
            assert round(line.expected.mean, 2) == float(sums[channel, "expected_response"])
            assert round(line.expected.low, 2) == float(sums[channel, "expected_response_low"])


def test_no_row_of_the_long_table_comes_twice() -> None:
    rows = rows_of(long_csv(PLANS["ordinary"]))
    keys = [tuple(row[one] for one in ("plan_id", "channel", "campaign", "week", "measure")) for row in rows]

    assert len(keys) == len(set(keys))
    assert {str(guarded(one)) for one in CAMPAIGNS["Search"]} == {
        row["campaign"] for row in rows if row["channel"] == "Search"
    }


def test_google_gets_its_campaigns_and_never_more_than_planned() -> None:
    split = split_of(PLANS["google"])
    rows = rows_of(google_ads_csv(voice(), PLANS["google"]))
    planned = sum(line.amount for line in split.lines if line.channel in TYPES)
    spent = sum(Decimal(row["Budget"]) * 90 for row in rows)

    assert [("Brand", "Search"), ("Generic", "Search"), ("YouTube", "Video")] == [
        (row["Campaign"], row["Campaign Type"]) for row in rows
    ]
    assert {("Daily", "2027-01-01", "2027-03-31")} == {
        (row["Budget type"], row["Start Date"], row["End Date"]) for row in rows
    }
    assert planned - spent == left_over(split)
    assert 0 <= planned - spent < Decimal("0.01") * 90 * len(rows)
    assert [row["Budget"] for row in rows] == ["378.34", "189.17", "295.44"]
    assert "Plan: €34,051.33 over 90 days; €0.73 are left" in rows[0]["Comment"]


def test_a_plan_without_google_offers_no_google_file() -> None:
    assert bought_there(split_of(PLANS["google"]))
    assert not bought_there(split_of(PLANS["ordinary"]))
    assert [] == rows_of(google_ads_csv(voice(), PLANS["ordinary"]))


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_open_standard_is_kept_and_adds_up(name: str, locale: str) -> None:
    plan = PLANS[name]
    split = split_of(plan)
    document: dict[str, Any] = json.loads(
        open_standard_json(voice(locale), plan, "Pia Maas"), parse_float=Decimal, parse_int=Decimal
    )
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(SCHEMA, format_checker=checker).validate(document)
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for item in document["lineitems"]:
        spent[item["channel"]] += item["cost_total"]

    assert {line.channel: line.amount for line in split.lines} == spent
    assert (split.spent, split.currency) == (
        document["campaign"]["budget_total"],
        document["campaign"]["budget_currency"],
    )
    assert ("2027-01-01", "2027-03-31") == (document["campaign"]["start_date"], document["campaign"]["end_date"])
    assert (split.expected is not None) == ("kpi_value1" in document["campaign"])
    ids = [item["id"] for item in document["lineitems"]]
    assert len(ids) == len(set(ids))


def test_results_of_the_open_standard_add_up_over_campaigns() -> None:
    document = json.loads(open_standard_json(voice(), PLANS["ordinary"], "Pia Maas"), parse_float=Decimal)
    items = [item for item in document["lineitems"] if item["channel"] == "Search"]

    assert ["Brand", "Generic; DE", "=HYPERLINK(1)"] == [item["dim_custom1"] for item in items]
    assert 90_000 == sum(item["metric_custom1"] for item in items)
    assert "Revenue" == document["dictionary"]["custom_metrics"]["metric_custom1"]["caption"]
    assert split_of(PLANS["ordinary"]).weeks[0].amounts["Search"] == sum(
        item["custom_properties"]["weeks"]["2026-12-28"] for item in items
    )


def test_conversions_have_their_own_metric_in_the_open_standard() -> None:
    plan = PLANS["ordinary"]
    counted = msgspec.structs.replace(split_of(plan), response="conversions")
    result = msgspec.structs.replace(plan.result, distribution_plan=counted)
    document = json.loads(open_standard_json(voice(), msgspec.structs.replace(plan, result=result), "Pia"))

    assert ("metric_conversions", 402_000) == (document["campaign"]["kpi_name1"], document["campaign"]["kpi_value1"])
    assert all("metric_conversions" in item for item in document["lineitems"])


@given(
    st.decimals(0, 10**9, places=2, allow_nan=False),
    st.dictionaries(st.text(max_size=3), st.decimals("0.01", 10**6, places=2, allow_nan=False), min_size=1, max_size=9),
)
def test_parts_add_up_and_none_is_more_than_a_cent_off(amount: Decimal, weights: dict[str, Decimal]) -> None:
    parts, total = shared_out(amount, weights), sum(weights.values())

    assert amount == sum(parts.values())
    assert all(abs(parts[name] - amount * weight / total) < Decimal("0.011") for name, weight in weights.items())


def test_without_any_weight_all_parts_are_alike() -> None:
    assert {"a": Decimal("2.50"), "b": Decimal("2.50")} == shared_out(Decimal(5), {"a": Decimal(0), "b": Decimal(0)})


@given(
    st.lists(st.decimals("0.05", 10**5, places=2), min_size=1, max_size=14),
    st.lists(st.integers(1, 100), min_size=1, max_size=6),
)
def test_weeks_and_campaigns_both_add_up(weeks: list[Decimal], weights: list[int]) -> None:
    parts = shared_out(sum(weeks, Decimal(0)), {str(place): Decimal(one) for place, one in enumerate(weights)})
    split = PLANS["ordinary"].result.distribution_plan
    first = date(2027, 1, 4)
    days = [first + timedelta(weeks=place) for place in range(len(weeks))]
    line = msgspec.structs.replace(
        split.lines[0],
        amount=sum(weeks, Decimal(0)),
        campaigns=[
            CampaignLine(campaign=name, amount=money, share=0, current=money, change=Decimal(0))
            for name, money in parts.items()
        ],
    )
    planned = msgspec.structs.replace(
        split, weeks=[Week(start=day, amounts={line.channel: money}) for day, money in zip(days, weeks, strict=True)]
    )
    found = cuts(planned, line)

    assert weeks == [sum(found[day, name] for name in parts) for day in days]
    assert all(money >= 0 for money in found.values())
    assert all(abs(sum(found[day, name] for day in days) - money) <= Decimal("0.01") for name, money in parts.items())


@pytest.mark.parametrize("name", EVIL[:4])
def test_text_that_would_run_is_guarded(name: str) -> None:
    assert f"'{name}" == guarded(name)
    assert f"'  {name}" == guarded(f"  {name}")


@pytest.mark.parametrize(
    ("title", "name"), [("Q1 / always-on?", "q1-always-on"), ("???", "plan"), ("../../etc/passwd", "etc-passwd")]
)
def test_file_names_are_safe(title: str, name: str) -> None:
    assert name == file_name(title)
    assert len(file_name("x" * 500)) <= 80
