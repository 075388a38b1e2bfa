"""The guard of numbers against texts that differ from their finding in one thing."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from events.plan import Fact, Insight
from worker.planning.numbers_guard import objection

CHANNELS = ["Search", "TV", "Paid Social"]
FACT = Fact(id="f", text="Money moved", value=1250.0, unit="EUR")
MOVE = Insight(
    id="i", kind="shift", sentence="Move 1,250 EUR from TV to Search.", size=1250.0, unit="EUR", low=None, high=None,
    evidence=["f"], sure=0.9,
)  # fmt: skip


def refused(text: str) -> bool:
    return objection(text, MOVE, [FACT], CHANNELS) is not None


def test_other_words_for_the_same_are_taken() -> None:
    assert not refused("Take 1,250 EUR out of TV and give it to Search.")


@given(st.integers(min_value=0, max_value=10**9))
def test_any_other_number_is_refused(number: int) -> None:
    assume(abs(number - 1250) > 6)
    assert refused(f"Move {number:,} EUR from TV to Search.")
    assert refused(f"Move 1,250 EUR from TV to Search within {number} days.")


@pytest.mark.parametrize("unit", ["USD", "$", "%", "percent", "million EUR", "thousand EUR", "pounds"])
def test_another_unit_is_refused(unit: str) -> None:
    assert refused(f"Move 1,250 {unit} from TV to Search.")


def test_another_channel_is_refused() -> None:
    assert refused("Move 1,250 EUR from TV to Paid Social.")
