"""How good and how fast plans are, on invented histories with known curves, beside plans anyone can make by hand.

The peers are keeping today's mix, an equal split, and money in proportion to each channel's return. Regret is what a
plan leaves on the table against the best split there is.
"""

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tests.bench import planner_speed
from tests.bench.measure import Measure, at_least, at_most
from tests.bench.plans import best_of, planned, regret, truth
from tests.invented_histories import Scenario, scenario
from worker.planning.history import TOTAL
from worker.planning.what_if import Curves

EACH = int(os.environ.get("MEDIA_PLANNER_BENCH_HISTORIES", "14"))
"""Histories of every kind: with eight, the score of the confidence is luck; 35 and more for numbers to quote."""
KINDS = ("channel", "total", "biased")
FIRST_SEED = 90_000
GOOD = 0.05


@dataclass(frozen=True)
class Judged:
    kind: str
    regret: float
    keep: float
    equal: float
    returns: float
    confidence: float
    covered: bool
    seconds: float
    """Of computing: how long a plan waits for a core is no matter of the planner."""
    what_if_seconds: float

    @property
    def good(self) -> bool:
        return self.regret <= GOOD


def run() -> Iterator[Measure]:
    judged = [judge(scenario(FIRST_SEED + number, kind)) for kind in KINDS for number in range(EACH)]
    for kind in KINDS:
        mine = [case for case in judged if case.kind == kind]
        yield _regret(kind, mine)
    honest = [case for case in judged if case.kind != "biased"]
    yield _ratio(1.0, "mean regret against an equal split", honest, "equal split", [case.equal for case in honest])
    yield _ratio(
        1.0, "mean regret against returns", honest, "in proportion to return", [case.returns for case in honest]
    )
    yield _harm(honest)
    yield _brier(honest)
    covered = statistics.fmean(case.covered for case in judged if case.kind != "biased")
    yield at_least(0.65, measure="80 % range holds the truth", ours=covered, unit="share", against="1", ratio=covered)
    seconds = max(case.seconds for case in judged)
    yield at_most(
        0.1, measure="slowest plan, computed", ours=seconds, unit="s", against="five minutes", ratio=seconds / 300
    )
    asked = statistics.median(case.what_if_seconds for case in judged)
    whole = statistics.median(case.seconds for case in judged)
    yield at_most(
        0.02, measure="what-if question", ours=asked * 1000, unit="ms", against="a whole plan", ratio=asked / whole
    )
    yield from planner_speed.measures()


def judge(case: Scenario) -> Judged:
    """Plan one history and compare with the truth."""
    began = planner_speed.now()
    answer = planned(case)
    seconds = planner_speed.now().since(began).computed
    plan = answer.result.distribution_plan
    amounts = {line.channel: float(line.amount) for line in plan.lines}
    today = {line.channel: float(line.current) for line in plan.lines}
    best = best_of(case)
    kept = truth(case, today)
    gained = truth(case, amounts) / kept - 1
    return Judged(
        kind=case.kind,
        regret=regret(case, plan),
        keep=1 - kept / best,
        equal=1 - truth(case, {name: case.budget / len(case.curves) for name in case.curves}) / best,
        returns=1 - truth(case, _by_return(case)) / best,
        confidence=answer.result.confidence_score,
        covered=plan.uplift is not None and plan.uplift.low <= gained <= plan.uplift.high,
        seconds=seconds,
        what_if_seconds=_what_if(answer.draws, today),
    )


def _by_return(case: Scenario) -> dict[str, float]:
    own = case.rows.filter(pl.col("channel") != TOTAL)
    sums = own.group_by("channel").agg(pl.col("spend").sum(), pl.col("revenue").sum()).sort("channel")
    returns = {name: revenue / max(spend, 1e-9) for name, spend, revenue in sums.iter_rows()}
    return {name: case.budget * value / sum(returns.values()) for name, value in returns.items()}


def _what_if(draws: bytes | None, amounts: dict[str, float]) -> float:
    if draws is None:
        return 0.0
    curves = Curves(draws)
    began = time.perf_counter()
    for _ in range(10):
        curves.ask(amounts)
    return (time.perf_counter() - began) / 10


def _regret(kind: str, cases: list[Judged]) -> Measure:
    bar = {"channel": 0.5, "total": 0.85, "biased": 0.85}[kind]
    return _ratio(bar, f"mean regret, {kind}", cases, "today's mix", [case.keep for case in cases])


def _ratio(bar: float, measure: str, cases: list[Judged], against: str, theirs: list[float]) -> Measure:
    ours = statistics.fmean(case.regret for case in cases)
    return at_most(
        bar, measure=measure, ours=100 * ours, unit="%", against=against, ratio=ours / statistics.fmean(theirs)
    )


def _harm(cases: list[Judged]) -> Measure:
    share = statistics.fmean(case.regret > case.keep + 0.005 for case in cases)
    return at_most(0.15, measure="plans worse than today's mix", ours=100 * share, unit="%", against="all", ratio=share)


def _brier(cases: list[Judged]) -> Measure:
    brier = statistics.fmean((case.confidence - case.good) ** 2 for case in cases)
    coin = 0.25
    return at_most(
        1.0, measure="Brier score of the confidence", ours=brier, unit="", against="a coin toss", ratio=brier / coin
    )
