import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from projections import row_identity

_HALF = st.sampled_from([0, 1, 2, 1 << 23, 1 << 43, -1, -(1 << 63), (1 << 63) - 1])
_KNOWN_BY = st.lists(st.tuples(_HALF, _HALF), unique=True, max_size=40)
"""Few numbers whose bits are much alike, so that every way of looking them up meets others in its way."""


@given(_KNOWN_BY.filter(lambda pairs: len({high for high, _ in pairs}) == len(pairs)), _KNOWN_BY)
def test_rows_are_found_among_others_wherever_they_stand(there: list[tuple[int, int]], new: list[tuple[int, int]]):
    known, met = row_identity.compare(_rows(new), _rows(there))

    assert known.to_list() == [pair in there for pair in new]
    assert met.to_list() == [pair in new for pair in there]


def test_half_a_million_rows_in_another_order_are_the_same_rows():
    chance = np.random.default_rng(3)
    there = pl.DataFrame(chance.integers(-(1 << 63), 1 << 63, (500_000, 2)), schema=["high", "low"])
    moved = pl.concat([there[1_000:].reverse(), there[:500]])

    known, met = row_identity.compare(moved, there)

    assert known.all()
    assert met.arg_true().to_list() == [*range(500), *range(1_000, 500_000)]


def _rows(pairs: list[tuple[int, int]]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"high": pl.Int64, "low": pl.Int64}, orient="row")
