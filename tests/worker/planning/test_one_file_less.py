"""A plan says on which files it rests."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from events.plan import Brief
from tests.invented_histories import scenario
from worker.planning import one_file_less, panel, planner
from worker.planning.history import from_frame

CASE = scenario(12, "channel")


def brief(days: int = CASE.days) -> Brief:
    start = date(2027, 1, 4)
    return Brief(title="f", budget=Decimal(str(CASE.budget)), start=start, end=start + timedelta(days=days - 1))


def test_each_file_has_its_gain_as_a_fact() -> None:
    half = CASE.rows["date"].unique().sort()[CASE.rows["date"].n_unique() // 2]
    rows = CASE.rows.with_columns(file_id=pl.when(pl.col("date") < half).then(pl.lit("a")).otherwise(pl.lit("b")))
    result = planner.plan(brief(), from_frame(rows)).result
    gains = {fact.id: fact.value for fact in result.facts if fact.id.startswith("one_file_less:")}
    assert set(gains) == {"one_file_less:a", "one_file_less:b"}
    assert all(("Without " + name[-1] in " ".join(result.warnings)) == (gain < 0) for name, gain in gains.items())


def test_levels_follow_the_returns_that_are_left() -> None:
    days = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(8)]
    told = [("tv", "a", 2.0), ("tv", "b", 6.0), ("mail", "a", 4.0), ("radio", "b", 8.0)]
    rows = pl.concat(
        pl.DataFrame(
            {"date": days, "channel": name, "spend": [10.0] * 8, "revenue": [10.0 * back] * 8, "file_id": file}
        )
        for name, file, back in told
    )
    whole = panel.build(brief(), from_frame(rows))
    factor = one_file_less.factor_of(whole, panel.build(brief(), from_frame(rows.filter(pl.col("file_id") == "a"))))
    assert factor is not None
    assert dict(zip(whole.channels, factor.tolist(), strict=True)) == {
        "mail": 1.0,
        "radio": 3.0 / 8.0,  # nothing is left of it: what the others bring on average
        "tv": 2.0 / 4.0,
    }
