"""The hash that rows are known by: the same for ever, and another for any other content."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from projections import performance_changes, performance_rows, row_hash, schema
from tests.projections.rows import days

SCHEMA = {"name": pl.String, "other": pl.String, "day": pl.Date, "amount": pl.Decimal(38, 6)}
Content = tuple[str | None, str | None, date | None, Decimal | None]

texts = st.none() | st.sampled_from(["", "A", "x" * 8, "x" * 9, "é", "y" * 255, "y" * 256, "y" * 257])
amounts = st.sampled_from([0, 1, -1, 2**43, 2**44, 10**31, -(10**31)]).map(lambda n: Decimal(n) / 1_000_000)
contents = st.lists(st.tuples(texts, texts, st.none() | st.dates(), st.none() | amounts), max_size=12)


def hashes(rows: Sequence[Content]) -> list[tuple[int, int]]:
    high, low = row_hash.of(pl.DataFrame(rows, schema=SCHEMA, orient="row"))
    return list(zip(high.tolist(), low.tolist(), strict=True))


@settings(deadline=None)
@given(contents)
def test_equal_rows_have_one_hash_and_others_another(rows: list[Content]) -> None:
    together = hashes(rows)

    assert [hashes([row])[0] for row in rows] == together
    assert len(set(rows)) == len({high for high, _ in together}) == len({low for _, low in together})


def test_a_hash_never_changes() -> None:
    found = hashes([("Brand", None, date(2026, 1, 5), Decimal("10.5")), ("y" * 300, "é", None, Decimal(10**25))])

    assert EVER == [(f"{high:016x}", f"{low:016x}") for high, low in found]


def test_rows_of_an_older_version_are_kept_and_known_again(engine: Engine) -> None:
    with engine.begin() as connection:
        performance_rows.store(connection, "w", "f1", 1, days([1, 2]))
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE NONE")
        connection.exec_driver_sql(BEFORE)
        schema._build(connection)
    with engine.begin() as connection:
        performance_rows.store(connection, "w", "f1", 2, days([1, 3]))
        found = performance_changes.of(connection, "w", "f1", 2)
        again = performance_rows.store(connection, "w", "f1", 3, days([1, 3]))
        kept = performance_rows.rows(connection, "w", "f1", 1)
        index = connection.execute(sa.text("SELECT to_regclass('performance_of_file') IS NOT NULL")).scalar_one()

    assert [("spend", 2, 3)] == [cell for one in found.shown for cell in one.cells()]
    assert performance_rows.RowChanges(added=0, removed=0, kept=2) == again
    assert [1, 2] == [row["spend"] for row in kept]
    assert index


BEFORE = """
    ALTER TABLE performance DROP COLUMN high, DROP COLUMN low, ADD COLUMN identity uuid NOT NULL DEFAULT uuidv7();
    UPDATE performance SET algorithm = 2;
    DROP INDEX performance_of_file;
    CREATE INDEX performance_file ON performance (workspace, file_id, until)
"""
EVER = [("9d053e4ca685c0ff", "90012c73cd78ce51"), ("83bf27097300a263", "a987095675e2f9e0")]
