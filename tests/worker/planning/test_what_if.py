"""What any split would bring, from curves that a plan kept."""

import subprocess
import sys
import time
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from sqlalchemy.engine import Engine

from events import blobs, store
from events.envelope import Meta
from events.plan import PlanFailed
from projections import follower
from tests.events.samples import META, produced, requested
from worker.planning.curves import EXPONENTIAL, Draws
from worker.planning.kept import keep
from worker.planning.what_if import Curves, latest

CHANNELS = ["search", "tv"]


def kept(channels: list[str] = CHANNELS, draws: int = 300) -> bytes:
    """Curves that halve what is missing to their top with every reference spend of 100 more; levels 1000 and 500."""
    rng = np.random.default_rng(1)
    shape = (draws, len(channels))
    level = np.linspace(1000.0, 500.0, len(channels)) * rng.uniform(0.9, 1.1, shape)
    known = Draws(
        channels=channels,
        reference=np.full(len(channels), 100.0),
        family=np.full(shape, EXPONENTIAL),
        scale=np.full(shape, 1 / np.log(2)),
        slope=np.ones(shape),
        level=level,
    )
    finished = msgspec.structs.replace(
        keep(known, periods=4.0, season=1.5),
        current=dict.fromkeys(channels, 400.0),
        plan={**dict.fromkeys(channels, 400.0), channels[0]: 500.0, channels[1]: 300.0},
        seen=dict.fromkeys(channels, 150.0),
    )
    return msgspec.msgpack.encode(finished)


def test_a_split_brings_what_its_curves_say() -> None:
    answer = Curves(kept()).ask({"search": 400.0, "tv": 400.0})
    assert answer.spent == 800.0
    assert answer.channels["search"].mean == pytest.approx(4 * 1.5 * 1000, rel=0.02)
    assert answer.expected.mean == pytest.approx(answer.channels["search"].mean + answer.channels["tv"].mean)
    assert answer.channels["tv"].low < answer.channels["tv"].mean < answer.channels["tv"].high
    assert answer.over_current.mean == pytest.approx(0, abs=1e-9)
    assert answer.over_plan.mean < 0
    assert answer.beyond == answer.unknown == []


def test_amounts_may_come_as_a_list_in_the_order_of_the_channels() -> None:
    curves = Curves(kept())
    assert curves.ask([500.0, 300.0]) == curves.ask({"tv": 300.0, "search": 500.0})
    with pytest.raises(ValueError, match="shorter"):
        curves.ask([500.0])


def test_more_than_was_ever_tried_is_told() -> None:
    curves = Curves(kept())
    assert curves.tried() == {"search": 600.0, "tv": 600.0}
    assert curves.ask({"search": 600.0, "tv": 601.0}).beyond == ["tv"]
    assert curves.ask({"radio": 5.0}).unknown == ["radio"]


def test_the_same_money_in_todays_mix_is_what_a_split_is_held_against() -> None:
    curves = Curves(kept())
    more = curves.ask({"search": 800.0, "tv": 800.0})
    assert more.over_current.mean == pytest.approx(0, abs=1e-9)
    assert more.over_plan.mean > 0.2
    assert more.probability_better_than_plan == 1.0
    assert curves.today(100.0) == {"search": 50.0, "tv": 50.0}


def test_another_time_than_the_plans_has_its_own_length_and_no_season() -> None:
    twice = Curves(kept(), days=56)
    assert twice.tried()["tv"] == 1200.0
    assert twice.ask([800.0, 800.0]).channels["search"].mean == pytest.approx(8 * 1000, rel=0.02)
    as_long = Curves(kept(), days=28).ask([400.0, 400.0]).expected.mean
    assert Curves(kept()).ask([400.0, 400.0]).expected.mean == pytest.approx(as_long * 1.5)


def test_twelve_channels_answer_at_once() -> None:
    names = [f"channel {number}" for number in range(12)]
    data = kept(names)
    curves = Curves(data)
    began = time.process_time()
    curves.ask(dict.fromkeys(names, 300.0))
    assert time.process_time() - began <= 0.02


def test_asking_loads_neither_the_agents_nor_a_table_library() -> None:
    program = (
        "import sys, worker.planning.what_if; heavy = {'langgraph', 'langchain_core', 'polars', 'scipy', 'temporalio'};"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.postgres
def test_the_newest_plan_that_kept_curves_answers_for_its_workspace(engine: Engine) -> None:
    with engine.begin() as database:
        address = blobs.put(database, kept())
        for campaign, draws in (("old", "f" * 64), ("new", address), ("later", None)):
            told = msgspec.structs.replace(produced(), campaign_id=campaign, draws=draws)
            asked = msgspec.structs.replace(requested(), campaign_id=campaign)
            store.append(database, f"w/plan/{campaign}", [asked, told], meta=META)
        failed = PlanFailed(campaign_id="new", planning_id="p", reason="It broke.")
        store.append(database, "w/plan/new", [failed], meta=Meta(actor="system"))
    follower.catch_up(engine)
    with engine.connect() as database:
        known = latest(database, "w")
        assert latest(database, "elsewhere") is None
    assert known is not None
    assert known.plan.campaign_id == "new"
    assert known.plan.produced_at is not None
    assert known.plan.produced_at <= datetime.now(UTC)
    assert Curves(known.kept).channels == CHANNELS
