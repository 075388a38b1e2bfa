"""Names that rows share stand once, and every row finds its own."""

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections import row_names
from projections.performance_tables import NAMES

SCHEMA = dict.fromkeys(NAMES, pl.String)
Names = tuple[str | None, ...]
names = st.tuples(*(st.sampled_from([None, "", "a", "b"]) for _ in NAMES))


@pytest.mark.parametrize("hashing", ["as it is", "all alike"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(names, max_size=12))
def test_every_row_finds_its_names(monkeypatch: pytest.MonkeyPatch, hashing: str, rows: Sequence[Names]) -> None:
    with monkeypatch.context() as patched:
        if hashing == "all alike":
            patched.setattr(pl.DataFrame, "hash_rows", lambda frame: pl.zeros(frame.height, pl.UInt64, eager=True))
        named = row_names.split(pl.DataFrame(rows, schema=SCHEMA, orient="row"))

    assert list(rows) == [named.names.row(place) for place in named.of.tolist()]
    assert len(set(rows)) == named.names.height
