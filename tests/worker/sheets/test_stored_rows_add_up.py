"""What a reading says and what stands in PostgreSQL add up to the same."""

from decimal import Decimal

import polars as pl
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections import performance_rows
from worker.sheets.reader import read
from worker.sheets.reading import METRICS

amounts = st.one_of(
    st.decimals(0, 99_999, places=2).map(str), st.sampled_from(["", "--", "see note", "1,234.50", "0.333333", "(4.25)"])
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.sampled_from("AB"), amounts, amounts, amounts), min_size=3, max_size=40))
def test_sums_of_a_reading_are_the_sums_of_its_stored_rows(
    engine: sa.Engine, rows: list[tuple[str, str, str, str]]
) -> None:
    header = "Campaign,Channel,Day,Cost,Clicks,Conv. value"
    lines = [f'{name},Search,2026-01-05,"{cost}","{clicks}","{value}"' for name, cost, clicks, value in rows]
    proof = "C,Search,2026-01-06,10.55,3,20.75"

    reading = read("\n".join([header, proof, *lines]).encode(), "table.csv")

    with engine.connect() as connection, connection.begin() as attempt:
        changes = performance_rows.store(connection, "w", "f", 1, reading.rows)
        sums = sa.select(*(sa.func.sum(sa.column(metric)) for metric in METRICS), sa.func.count())
        mine = sa.and_(sa.column("workspace") == "w", sa.column("file_id") == "f")
        *stored, count = connection.execute(sums.select_from(sa.table("performance")).where(mine)).one()
        attempt.rollback()
    said = [reading.sums()[metric] for metric in METRICS]
    assert said == [None if value is None else Decimal(value) for value in stored]
    assert count == changes.added == len(reading.rows)
    assert reading.rows.schema["spend"] == pl.Decimal(38, 6)
