"""What is doubted about claims and totals, and that the ranges say so."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from events.plan import Brief, Regime
from tests.agency_histories import KINDS, agency_history
from worker.planning import confidence, evidence, planner, sales
from worker.planning.curves import Draws, respond
from worker.planning.history import from_frame
from worker.planning.panel import build
from worker.planning.voice import Voice

DAY = date(2027, 1, 4)


def brief(budget: float, regime: Regime = "auto") -> Brief:
    return Brief(title="x", budget=Decimal(str(budget)), start=DAY, end=DAY + timedelta(days=6), regime=regime)


def three_channels() -> Draws:
    shape = (400, 3)
    level = np.array([300.0, 100.0, 100.0]) * np.exp(0.05 * np.random.default_rng(1).standard_normal(shape))
    return Draws(
        ["a", "b", "c"], np.full(3, 100.0), np.zeros(shape, dtype=np.int64), np.ones(shape), np.ones(shape), level
    )


def test_every_second_curve_takes_claims_as_right_and_every_other_as_off() -> None:
    draws = three_channels()
    doubted = confidence.doubted(draws, (0.05, 0.45), seed=1)
    off = np.log(doubted.level / draws.level)
    assert off[::2].std() < 0.1
    assert off[1::2].std() > 0.3


def test_what_stands_out_is_believed_less_where_claims_may_be_off() -> None:
    draws = three_channels()
    doubted = confidence.doubted(draws, (0.45,), seed=1)
    share = lambda level: level[:, 0].sum() / level.sum()  # noqa: E731
    assert share(doubted.level) < share(draws.level) - 0.02
    before = respond(draws, draws.reference).sum(axis=1).mean()
    assert respond(doubted, draws.reference).sum(axis=1).mean() == pytest.approx(before, rel=0.05)


@pytest.mark.parametrize(
    ("kind", "said", "read"),
    [
        ("channel", "auto", (0.1, 0.45)),
        ("channel", "channel", (0.1,)),
        ("channel", "attributed", (0.45,)),
        ("total", "auto", (0.22,)),
        ("total", "channel", (0.1,)),
    ],
)
def test_the_brief_and_a_total_say_how_far_claims_are_doubted(kind: str, said: Regime, read: tuple[float, ...]) -> None:
    case = agency_history(5, kind)
    asked = brief(case.budget, said)
    assert evidence.readings(asked, build(asked, from_frame(case.rows))) == read


def test_claims_that_nobody_vouches_for_widen_the_range_and_lower_the_confidence_in_words() -> None:
    case = agency_history(7, "channel")
    unsaid, vouched = (
        planner.plan(brief(case.budget, said), from_frame(case.rows)).result for said in ("auto", "channel")
    )
    wide, narrow = unsaid.distribution_plan.uplift, vouched.distribution_plan.uplift
    assert wide is not None
    assert narrow is not None
    assert wide.high - wide.low > narrow.high - narrow.low
    doubt = f"- {Voice('en').say('driver.unvouched')}"
    assert doubt in unsaid.confidence_drivers
    assert doubt not in vouched.confidence_drivers


def test_periods_that_stray_together_tell_less_than_their_number() -> None:
    rng = np.random.default_rng(3)
    alone, seen = rng.standard_normal(400), np.ones(400)
    together = np.convolve(rng.standard_normal(410), 0.7 ** np.arange(11), mode="valid")
    assert sales.echoing(alone, seen) == pytest.approx(1.0, abs=0.15)
    assert sales.echoing(together, seen) == pytest.approx(np.sqrt(1.7 / 0.3), rel=0.25)
    assert sales.echoing(np.zeros(400), seen) == 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_an_invented_history_is_the_same_for_the_same_seed(kind: str) -> None:
    first, second = agency_history(3, kind), agency_history(3, kind)
    assert first.rows.equals(second.rows)
    assert first.curves == second.curves
    assert not first.rows.equals(agency_history(4, kind).rows)
