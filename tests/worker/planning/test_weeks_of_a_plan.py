"""How money is spread over the weeks of a plan."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from events.plan import Brief, week_starts
from worker.planning import planner
from worker.planning.history import SCHEMA, from_frame
from worker.planning.limits import BriefProblem

START, END = date(2027, 1, 1), date(2027, 1, 24)


def brief(**changes: object) -> Brief:
    known: dict[str, object] = {"title": "t", "budget": Decimal("900.00"), "start": START, "end": END}
    return Brief(**(known | changes))  # type: ignore[arg-type]


def weekly(asked: Brief) -> list[Decimal]:
    rows = [{"date": date(2026, 12, day), "channel": "tv", "spend": 100.0} for day in (7, 14, 21)]
    result = planner.plan(asked, from_frame(pl.DataFrame(rows, schema=SCHEMA))).result
    return [week.amounts["tv"] for week in result.distribution_plan.weeks]


def test_weeks_begin_on_mondays_after_the_first_day() -> None:
    assert [date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 11), date(2027, 1, 18)] == week_starts(START, END)


def test_an_even_flight_follows_the_days() -> None:
    assert [Decimal("112.50"), *[Decimal("262.50")] * 3] == weekly(brief(flighting="even"))


def test_own_weights_decide_and_zero_is_a_pause() -> None:
    amounts = weekly(brief(flighting="own", week_weights=[1, 0, 1, 2]))

    assert [Decimal(225), Decimal(0), Decimal(225), Decimal(450)] == amounts


@pytest.mark.parametrize(
    ("weights", "sentence"), [([1, 1], "has 4 weeks"), ([0, 0, 0, 0], "above 0"), ([1, -1, 1, 1], "0 or more")]
)
def test_weights_that_cannot_be_are_refused_in_a_sentence(weights: list[float], sentence: str) -> None:
    with pytest.raises(BriefProblem, match=sentence):
        weekly(brief(flighting="own", week_weights=weights))
