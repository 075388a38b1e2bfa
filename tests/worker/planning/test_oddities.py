"""Rows that look odd are said with what to do, and ordinary ones are not."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

from events.plan import Brief
from tests.invented_histories import scenario
from worker.planning import oddities, panel
from worker.planning.history import History, from_csv, from_frame
from worker.planning.voice import Voice

START = date(2025, 1, 6)


def history(spend: list[float], revenue: list[float], file_ids: list[str] | None = None) -> History:
    days = [START + timedelta(weeks=week) for week in range(len(spend))]
    rows = pl.DataFrame({"date": days, "channel": "search", "spend": spend, "revenue": revenue})
    one = from_frame(rows)
    if file_ids is None:
        return one
    return History(rows=pl.concat([one.rows.with_columns(file_id=pl.lit(name)) for name in file_ids]))


def warnings(told: History) -> list[str]:
    brief = Brief(title="odd", budget=Decimal(1000), start=START, end=START)
    return oddities.of(panel.build(brief, told), told, Voice())


def test_a_typing_error_in_spend_is_named_with_its_week() -> None:
    spend = [100.0 + week % 7 for week in range(30)]
    spend[12] = 1_070.0
    (said,) = warnings(history(spend, [3 * s for s in spend]))
    assert "search spent 1,070" in said
    assert str(START + timedelta(weeks=12)) in said


def test_a_break_in_what_money_brings_is_dated() -> None:
    rng = np.random.default_rng(3)
    spend = (100 * np.exp(0.2 * rng.standard_normal(40))).tolist()
    revenue = [
        s * (4.0 if week < 25 else 1.5) * float(np.exp(0.1 * rng.standard_normal())) for week, s in enumerate(spend)
    ]
    (said,) = warnings(history(spend, revenue))
    assert f"Since {START + timedelta(weeks=25)}" in said
    assert "less revenue" in said


def test_the_same_rows_in_two_files_are_found() -> None:
    spend = [100.0 + week % 5 for week in range(12)]
    (said,) = warnings(history(spend, [3 * s for s in spend], ["a", "b"]))
    assert "may count twice" in said


def test_spend_below_zero_is_counted() -> None:
    said = warnings(history([100.0, -20.0, 110.0, -5.0], [300.0] * 4))
    assert said[0].startswith("Rows with spend below zero: 2.")


def test_cells_that_are_not_understood_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    path.write_text("date,channel,spend,revenue\n2026-01-05,search, 5 ,n/a\nsoon,search,7,9\n2026-01-12,search,7,\n")
    told = from_csv(path)
    assert told.rows["spend"].to_list() == [5.0, 7.0]
    assert warnings(told)[0].startswith("Cells that are no number like 1234.56, or no date like 2026-01-31: 2.")


def test_ordinary_histories_raise_few_warnings() -> None:
    said = [len(warnings(from_frame(scenario(seed, "channel").rows))) for seed in range(300, 320)]
    assert np.mean([count > 0 for count in said]) < 0.35
