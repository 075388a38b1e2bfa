"""What speaks against a plan, and the confidence that is left."""

from dataclasses import dataclass, field

import numpy as np

from events.plan import Fact, Regime
from worker.planning import backtest, calibration, evidence, one_file_less, split
from worker.planning.backtest import Backtest
from worker.planning.curves import respond
from worker.planning.findings import State
from worker.planning.one_file_less import Without
from worker.planning.voice import Voice

CEILING = {"curves": 1.0, "returns": 0.35, "mix": 0.1, "none": 0.05}
POOR_ERROR = 0.25


@dataclass(frozen=True)
class Review:
    confidence: float
    summary: str
    shaky: bool = False
    drivers: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


def review(state: State) -> Review:
    """Test the curves on periods they have not seen and weigh everything that limits confidence."""
    steward, allocator = state["data_steward"], state["allocator"]
    level = steward.judgement.level
    if allocator.draws is None:
        return Review(CEILING[level], Voice(state["language"]).say("summary.untested"), drivers=[steward.judgement.why])
    score = min(calibration.corrected(allocator.chance_good, _regime(state)), CEILING[level])
    test = _test(state)
    voice = Voice(state["language"])
    shaky = test is not None and allocator.step > 0 and _worse(state, test)
    files = one_file_less.of(state)
    return Review(
        confidence=score,
        summary=_summary(voice, test, shaky=shaky),
        shaky=shaky,
        drivers=_drivers(state, test),
        warnings=_warnings(voice, test, shaky=shaky) + _resting_on(voice, files),
        facts=_facts(voice, test) + _file_facts(voice, files),
    )


def _regime(state: State) -> Regime:
    """Claims without a total can't be told apart from what was caused, whatever they are called."""
    regime = state["data_steward"].judgement.regime
    return "channel" if regime == "attributed" and not state["panel"].has_total else regime


def _test(state: State) -> Backtest | None:
    if "trouble" in state or state["data_steward"].judgement.level != "curves" or state.get("rounds"):
        return None
    return backtest.run(state["panel"], state["data_steward"].judgement.regime, state["brief"].seed)


def _worse(state: State, test: Backtest) -> bool:
    """Whether curves that did not see the last periods find the plan worse than today's mix."""
    panel, lines = state["panel"], state["allocator"].lines
    amounts = {line.channel: float(line.amount) for line in lines}
    plan = np.array([amounts[channel] for channel in panel.channels])
    if plan.sum() <= 0:
        return False
    periods = state["allocator"].draws.periods if state["allocator"].draws else 1.0
    current = split.shares(panel) * plan.sum()
    gain = respond(test.draws, plan / periods).sum(axis=1) - respond(test.draws, current / periods).sum(axis=1)
    return float(gain.mean()) < 0


def _summary(voice: Voice, test: Backtest | None, *, shaky: bool) -> str:
    if shaky:
        return voice.say("summary.shaky")
    if test is None:
        return voice.say("summary.fine")
    return voice.say("summary.tested", count=test.periods, error=test.error, naive=test.naive_error)


def _warnings(voice: Voice, test: Backtest | None, *, shaky: bool) -> list[str]:
    warnings: list[str] = []
    if shaky:
        warnings.append(voice.say("warning.shaky"))
    if test is not None and test.error > max(POOR_ERROR, 2 * test.naive_error):
        warnings.append(voice.say("warning.missed", count=test.periods, error=test.error))
    return warnings


def _facts(voice: Voice, test: Backtest | None) -> list[Fact]:
    if test is None:
        return []
    text = voice.say("fact.backtest", count=test.periods)
    return [Fact(id="backtest", text=text, value=round(test.error, 4), unit="share")]


def _resting_on(voice: Voice, files: list[Without]) -> list[str]:
    return [voice.say("warning.one_file", file=file.name) for file in files if file.gain < 0]


def _file_facts(voice: Voice, files: list[Without]) -> list[Fact]:
    return [
        Fact(
            id=f"one_file_less:{file.file_id}",
            text=voice.say("fact.one_file_less", file=file.name),
            value=round(file.gain, 4),
            unit="share",
            file_ids=[file.file_id],
        )
        for file in files
    ]


def _drivers(state: State, test: Backtest | None) -> list[str]:
    """What raises (+) or lowers (-) confidence, in words."""
    panel, analyst = state["panel"], state["response_analyst"]
    voice = Voice(state["language"])
    unit = voice.say(f"unit.many_{ {1: 'days', 7: 'weeks'}.get(panel.days, 'months') }")
    drivers = [state["data_steward"].judgement.why]
    drivers.append(
        (_raises if panel.periods >= 52 else _lowers)(voice.say("driver.length", count=panel.periods, unit=unit))
    )
    drivers.append((_raises if analyst.noise < 0.25 else _lowers)(voice.say("driver.noise", noise=analyst.noise)))
    steady = [name for name, column in zip(panel.channels, panel.spend.T, strict=True) if _steady(column)]
    if steady:
        drivers.append(_lowers(voice.say("driver.steady", channels=", ".join(steady[:3]))))
    far = [line.channel for line in state["allocator"].lines if line.bound_by == "extrapolation"]
    if far:
        drivers.append(_lowers(voice.say("driver.far", channels=", ".join(far[:3]))))
    if _regime(state) != "channel":
        drivers.append(_lowers(voice.say("driver.apart")))
    if evidence.OFF in evidence.readings(state["brief"], panel):
        drivers.append(_lowers(voice.say("driver.unvouched")))
    if test is not None and test.error <= POOR_ERROR:
        drivers.append(_raises(voice.say("driver.foretold", count=test.periods, error=test.error)))
    return drivers


def _raises(sentence: str) -> str:
    return f"+ {sentence}"


def _lowers(sentence: str) -> str:
    return f"- {sentence}"


def _steady(spend: np.ndarray) -> bool:
    return bool(spend.mean() > 0 and spend.std() < 0.1 * spend.mean())
