"""A channel's money over its campaigns."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from events.plan import Brief, CampaignLine, PlanResult
from worker.planning import planner
from worker.planning.campaigns import MOST, MOVE, OTHERS
from worker.planning.history import from_frame

START = date(2026, 1, 5)
BRIEF = Brief(title="x", budget=Decimal("10000.01"), start=date(2026, 8, 3), end=date(2026, 8, 30))


def row(week: int, channel: str, campaign: str | None, spend: float, revenue: float | None) -> dict[str, object]:
    return {
        "date": START + timedelta(weeks=week),
        "channel": channel,
        "campaign": campaign,
        "file_id": f"{channel}.csv",
        "spend": spend,
        "revenue": revenue,
    }


def planned(rows: list[dict[str, object]]) -> PlanResult:
    """The plan from rough curves: campaigns do not depend on the fit."""
    return planner.assemble_partial(
        BRIEF, from_frame(pl.DataFrame(rows, infer_schema_length=None)), {}, "No fit."
    ).result


def campaigns(result: PlanResult, channel: str) -> dict[str, CampaignLine]:
    (line,) = [line for line in result.distribution_plan.lines if line.channel == channel]
    assert sum((entry.amount for entry in line.campaigns), Decimal(0)) == (line.amount if line.campaigns else 0)
    assert sum((entry.current for entry in line.campaigns), Decimal(0)) == (line.amount if line.campaigns else 0)
    return {entry.campaign: entry for entry in line.campaigns}


def history(returns: dict[str, float], weeks: int = 30, noise: float = 0.2) -> list[dict[str, object]]:
    rng = np.random.default_rng(5)
    shops = [
        row(week, "search", name, 300.0, 300.0 * value * float(np.exp(noise * rng.standard_normal())))
        for week in range(weeks)
        for name, value in returns.items()
    ]
    return shops + [row(week, "tv", None, 500.0, 900.0) for week in range(weeks)]


def test_money_leans_to_the_campaign_that_clearly_brings_more() -> None:
    result = planned(history({"brand": 6.0, "generic": 3.0, "rivals": 0.0}))
    found = campaigns(result, "search")
    assert found["brand"].change > 0 > found["rivals"].change
    for entry in found.values():
        assert abs(entry.change) <= float(entry.current) * (MOVE + 0.001)
    assert found["brand"].returned == pytest.approx(6.0, rel=0.1)
    facts = {fact.id: fact for fact in result.facts}
    (evidence,) = found["brand"].evidence
    assert facts[evidence].file_ids == ["search.csv"]
    assert facts[evidence].rows == 26
    assert facts[evidence].campaign == "brand"
    assert campaigns(result, "tv") == {}


@pytest.mark.parametrize("returns", [{"brand": 3.0, "generic": 3.1}, {"brand": 3.0, "generic": 3.0, "rivals": 3.6}])
def test_campaigns_that_may_be_alike_keep_their_parts(returns: dict[str, float]) -> None:
    for entry in campaigns(planned(history(returns, noise=0.5)), "search").values():
        assert entry.change == 0
        assert entry.evidence == []


def test_only_campaigns_that_ran_lately_get_money() -> None:
    ended = [row(week, "search", "winter", 900.0, 9000.0) for week in range(20)]
    assert set(campaigns(planned(history({"brand": 3.0, "generic": 3.0}) + ended), "search")) == {"brand", "generic"}


def test_without_any_response_campaigns_keep_their_parts() -> None:
    rows = [row(week, "search", name, money, None) for week in range(12) for name, money in (("a", 75.0), ("b", 25.0))]
    found = campaigns(planned(rows), "search")
    assert [entry.change for entry in found.values()] == [0, 0]
    assert found["a"].amount == Decimal("7500.01")
    assert found["a"].returned is None


def test_rows_without_a_campaign_keep_their_part_and_say_so() -> None:
    rows = history({"brand": 3.0, "generic": 3.0}) + [row(week, "search", " ", 100.0, 300.0) for week in range(30)]
    assert campaigns(planned(rows), "search")["(no campaign)"].share == pytest.approx(1 / 7, abs=0.01)


def test_very_many_campaigns_share_the_last_line() -> None:
    rows = [row(week, "search", f"c{n:03}", 10.0 + n, 30.0 + n) for week in range(8) for n in range(MOST + 30)]
    found = campaigns(planned(rows), "search")
    assert len(found) == MOST + 1
    assert found[OTHERS].change == 0
