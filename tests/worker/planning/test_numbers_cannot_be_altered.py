"""The guard of numbers against texts that differ from their finding in one thing."""

import msgspec
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


@pytest.mark.parametrize("money", ["€1,250", "1 250 euros", "1,250.00 EUR", "about 1,250 Euro"])
def test_the_same_money_may_be_written_otherwise(money: str) -> None:
    assert not refused(f"Move {money} from TV to Search.")


def test_percent_may_be_written_out_and_numbers_listed() -> None:
    share = Fact(id="f", text="Gain", value=0.196, unit="share")
    gain = msgspec.structs.replace(MOVE, sentence="The plan brings 20% more within 4 weeks.", size=0.196)
    assert objection("Within 4 weeks the plan brings 19.6 percent more.", gain, [share], CHANNELS) is None
    assert objection("Weeks and percent: 4, 20.", gain, [share], CHANNELS) is None
    assert objection("Within 4 weeks the plan brings 24, 20 percent more.", gain, [share], CHANNELS) is not None


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
