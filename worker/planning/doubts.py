"""What speaks against a plan, and the confidence that is left."""

from dataclasses import dataclass, field

import numpy as np

from events.plan import Fact, Regime
from worker.planning import backtest, calibration, split
from worker.planning.backtest import Backtest
from worker.planning.curves import respond
from worker.planning.findings import State

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
        return Review(CEILING[level], "Nothing to test: there are no curves.", drivers=[steward.judgement.why])
    correction = calibration.CORRECTIONS[_regime(state)]
    score = min(correction(allocator.chance_good, len(state["panel"].channels)), CEILING[level])
    test = _test(state)
    shaky = test is not None and allocator.step > 0 and _worse(state, test)
    return Review(
        confidence=score,
        summary=_summary(test, shaky=shaky),
        shaky=shaky,
        drivers=_drivers(state, test),
        warnings=_warnings(test, shaky=shaky),
        facts=_facts(test),
    )


def _regime(state: State) -> Regime:
    """Claims without a total can't be told apart from what was caused, whatever they are called."""
    regime = state["data_steward"].judgement.regime
    return "channel" if regime == "attributed" and not (np.nan_to_num(state["panel"].total) > 0).any() else regime


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


def _summary(test: Backtest | None, *, shaky: bool) -> str:
    if shaky:
        return "Curves that did not see the last periods find today's mix better."
    if test is None:
        return "Found no reason to send the plan back."
    return f"The last {test.periods} periods were missed by {test.error:.0%}, the naive way by {test.naive_error:.0%}."


def _warnings(test: Backtest | None, *, shaky: bool) -> list[str]:
    warnings: list[str] = []
    if shaky:
        warnings.append("Without the most recent periods the data point elsewhere, so the plan moves less.")
    if test is not None and test.error > max(POOR_ERROR, 2 * test.naive_error):
        warnings.append(
            f"The curves missed the last {test.periods} periods by {test.error:.0%}: something has changed."
        )
    return warnings


def _facts(test: Backtest | None) -> list[Fact]:
    if test is None:
        return []
    text = f"Error when predicting the last {test.periods} periods without having seen them"
    return [Fact(id="backtest", text=text, value=round(test.error, 4), unit="share")]


def _drivers(state: State, test: Backtest | None) -> list[str]:
    """What raises (+) or lowers (-) confidence, in words."""
    panel, analyst = state["panel"], state["response_analyst"]
    unit = {1: "days", 7: "weeks"}.get(panel.days, "months")
    drivers = [state["data_steward"].judgement.why]
    drivers.append(f"{'+' if panel.periods >= 52 else '-'} {panel.periods} {unit} of history.")
    drivers.append(_noise(analyst.noise))
    steady = [name for name, column in zip(panel.channels, panel.spend.T, strict=True) if _steady(column)]
    if steady:
        drivers.append(f"- Spend of {', '.join(steady[:3])} hardly varied, so their curves are mostly assumption.")
    far = [line.channel for line in state["allocator"].lines if line.bound_by == "extrapolation"]
    if far:
        drivers.append(f"- {', '.join(far[:3])} would profit from more than was ever tried.")
    if state["data_steward"].judgement.regime != "channel":
        drivers.append("- What each channel caused had to be told apart from total sales.")
    if test is not None and test.error <= POOR_ERROR:
        drivers.append(
            f"+ The last {test.periods} periods were missed by only {test.error:.0%} without having been seen."
        )
    return drivers


def _noise(noise: float) -> str:
    return f"{'+' if noise < 0.25 else '-'} The response strays about {noise:.0%} from the curves in a period."


def _steady(spend: np.ndarray) -> bool:
    return bool(spend.mean() > 0 and spend.std() < 0.1 * spend.mean())
