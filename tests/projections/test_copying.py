"""What is copied into a table stands there as it was, whatever is absent beside it."""

from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from events.database import cursor
from projections import copying

SCHEMA = {"number": pl.Int32, "name": pl.String, "other": pl.String, "day": pl.Date, "amount": pl.Decimal(38, 6)}
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
days = st.dates() | st.sampled_from([date.min, date.max, date(2000, 1, 1)])
amounts = st.builds(
    lambda number, unit: Decimal(number) * unit / 1_000_000,
    st.integers(-(10**20), 10**20) | st.sampled_from([0, 10**15, 10**16 - 1, -(10**25)]),
    st.sampled_from([1, 100, 10_000, 1_000_000]),
)
rows = st.tuples(st.integers(-(2**31), 2**31 - 1), *(st.none() | each for each in (texts, texts, days, amounts)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rows, min_size=1, max_size=12))
def test_rows_arrive_as_they_were(engine: Engine, rows: list[tuple[object, ...]]) -> None:
    with engine.connect() as connection:
        run = cursor(connection)
        run.execute(b"CREATE TEMPORARY TABLE copied (number int, name text, other text, day date, amount numeric)")
        copying.copy(run, "copied", pl.DataFrame(rows, schema=SCHEMA, orient="row"))
        found = run.execute(b"SELECT number, name, other, day, amount FROM copied").fetchall()

    assert rows == found
