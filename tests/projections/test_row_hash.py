"""The hash that rows are known by: the same for ever, and another for any other content."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from projections import row_hash

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


EVER = [("9d053e4ca685c0ff", "90012c73cd78ce51"), ("83bf27097300a263", "a987095675e2f9e0")]
