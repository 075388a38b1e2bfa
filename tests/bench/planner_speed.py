"""How long a plan takes: against what a person waits for, and against PyMC-Marketing and Meridian where installed."""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Measure, at_least, at_most
from tests.bench.plans import missed, planned
from tests.invented_histories import Scenario, scenario

PEERS = Path(__file__).parent / "peers"
FIRST_SEED = 97_000
LARGE = 8
"""Histories of 3 years by week and 10 channels."""
AGAINST = 2


@dataclass(frozen=True)
class Peer:
    """A planner of others, in an environment of its own; no dependency of ours."""

    name: str
    setting: str
    """Names a Python that has it."""
    script: str
    bar: float
    """How many times its computing ours must fit into."""
    cases: int


MEASURED = (
    Peer("PyMC-Marketing", "MEDIA_PLANNER_PYMC_PYTHON", "pymc_marketing_plan.py", 6, AGAINST),
    Peer("Meridian", "MEDIA_PLANNER_MERIDIAN_PYTHON", "meridian_plan.py", 15, 1),
)


@dataclass(frozen=True)
class Answer:
    regret: float
    seconds: float
    """Of computing, all processes together: waiting for a core is not counted."""


def large() -> list[Scenario]:
    found: list[Scenario] = []
    seed = FIRST_SEED
    while len(found) < LARGE:
        case = scenario(seed, "total")
        seed += 1
        if len(case.curves) == 10 and case.rows["date"].n_unique() == 156:
            found.append(case)
    return found


def measures() -> Iterator[Measure]:
    taken = [_taken(case) for case in large()]
    for what, bar, each in (
        ("no backtest", 5, [before for before, _ in taken]),
        ("backtest", 20, [whole for _, whole in taken]),
    ):
        yield from _spread(f"3 years x 10 channels, {what}", bar, each)
    for peer in MEASURED:
        python = os.environ.get(peer.setting)
        if python is None:
            sys.stderr.write(f"- {peer.name} is not measured: name a Python that has it in {peer.setting}.\n")
        else:
            yield from _against(peer, python)


@dataclass(frozen=True)
class Taken:
    waited: float
    computed: float
    """Seconds of processors, the process of the fit included."""

    def since(self, began: "Taken") -> "Taken":
        return Taken(self.waited - began.waited, self.computed - began.computed)


def now() -> Taken:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Taken(time.perf_counter(), sum(use.ru_utime + use.ru_stime for use in uses))


def _taken(case: Scenario) -> tuple[Taken, Taken]:
    """Until the split stands, before anything is foretold, and until the plan is whole."""
    told: list[Taken] = []
    began = now()
    planned(case, lambda agent, _finding: told.append(now()) if agent == "allocator" else None)
    return told[0].since(began), now().since(began)


def _spread(what: str, bar: float, each: list[Taken]) -> Iterator[Measure]:
    for name, values in (
        ("waited", [taken.waited for taken in each]),
        ("computed", [taken.computed for taken in each]),
    ):
        half, most = statistics.median(values), statistics.quantiles(values, n=20, method="inclusive")[-1]
        for point, ours in (("p50", half), ("p95", most)):
            measure = f"{what}, {name}, {point}"
            yield at_most(1, measure=measure, ours=ours, unit="s", against=f"{bar:g} seconds", ratio=ours / bar)


def _against(peer: Peer, python: str) -> Iterator[Measure]:
    cases = large()[: peer.cases]
    own = Path(sys.executable).parent / "media-planner"
    ours = [_asked(case, [str(own), "plan", "--scoring"]) for case in cases]
    theirs = [_asked(case, [python, str(PEERS / peer.script)]) for case in cases]
    seconds = sum(answer.seconds for answer in ours) / len(cases)
    ratio = sum(answer.seconds for answer in theirs) / len(cases) / seconds
    yield at_least(peer.bar, measure="computing for a plan", ours=seconds, unit="s", against=peer.name, ratio=ratio)
    regret = sum(answer.regret for answer in ours) / len(cases)
    share = regret / max(sum(answer.regret for answer in theirs) / len(cases), 1e-9)
    yield at_most(1, measure="regret beside it", ours=100 * regret, unit="%", against=peer.name, ratio=share)


def _asked(case: Scenario, command: list[str]) -> Answer:
    """Ask a planner of its own process, as a person at a terminal would."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        case.rows.write_csv(file.name)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([*command, file.name, repr(case.budget)], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    amounts = json.loads(done.stdout.decode().strip().splitlines()[-1])
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Answer(missed(case, {name: float(amounts.get(name, 0.0)) for name in case.curves}), seconds)
