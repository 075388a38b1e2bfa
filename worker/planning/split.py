"""From curves to a split: the best one inside the limits, then the step towards it that is safely better."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from events.plan import Brief
from worker.planning import confidence, evidence, limits
from worker.planning.allocation import Bounds, Frontier, fill, frontier, settled
from worker.planning.curves import Draws, Floats, respond
from worker.planning.findings import State, days_of
from worker.planning.kept import curves_of
from worker.planning.panel import MEASURE_OF, Panel
from worker.planning.voice import Voice

CAPS = {"channel": 2.0, "attributed": 1.7, "total": 1.7}
"""How far beyond its usual high (95th percentile) a channel may go: further out nobody has looked."""
CAUTION = 0.75
"""Standard deviations taken off a channel's mean response when splits are compared."""
RETURNS_MOVE = 0.2
"""The largest change of a channel's money when only rough returns are known."""
SAFE_QUANTILE = {"channel": 0.25, "attributed": 0.1, "total": 0.1}
"""The bad case that a step away from today's mix must still improve."""
PATH = np.linspace(0.0, 1.0, 21)


@dataclass(frozen=True)
class Split:
    """Amounts are money per period, one per channel of the history."""

    amounts: Floats
    current: Floats
    bounds: Bounds
    caps: Floats
    room: limits.Room
    budget: Decimal
    """What these channels spend over the whole plan."""
    periods: float
    season: float = 1.0
    draws: Draws | None = None
    """Curves with the doubt about what claims mean; the split itself was chosen without it."""
    step: float = 0.0
    chance_good: float = 0.0
    warnings: list[str] = field(default_factory=list)


def choose(state: State, longest: float = 1.0) -> Split:
    """The split for this brief. `longest` shortens the way from today's mix to the best split."""
    panel, brief = state["panel"], state["brief"]
    periods = days_of(brief) / panel.days
    share = shares(panel)
    reserved = sum(
        (limit.at_least or Decimal(0) for name, limit in brief.limits.items() if name not in panel.channels), Decimal(0)
    )
    budget = brief.budget - reserved.quantize(limits.CENT)
    room = limits.room(brief, panel.channels, share * float(budget))
    per_period = float(budget) / periods
    bounds = _settled(room, share * per_period, per_period, periods)
    analyst = state["response_analyst"]
    plain = Split(
        fill(share * per_period, bounds, per_period),
        share,
        bounds,
        bounds.high,
        room,
        budget,
        periods,
    )
    if analyst.draws is None or not panel.channels:
        return _without_curves(state, plain, share)
    draws = curves_of(analyst.draws)
    doubted = confidence.doubted(draws, evidence.readings(brief, panel), brief.seed)
    if state["data_steward"].judgement.regime == "channel" or not panel.has_total:
        draws, _ = confidence.regressed(draws, evidence.attribution_sd(brief, panel))
    return _with_curves(state, plain, draws, doubted, analyst.draws.season, longest)


def _settled(room: limits.Room, wanted: Floats, budget: float, periods: float) -> Bounds:
    """The bounds per period, channels with a least effective amount switched on or off as `wanted` has it."""
    bounds = room.bounds(periods)
    if not room.least.any():
        return bounds
    return settled(bounds, room.least / periods, wanted, budget) or bounds


def shares(panel: Panel) -> Floats:
    """Today's mix; the whole history's when nothing was spent of late; equal when nothing ever was."""
    count = len(panel.channels)
    for money in (panel.current(), panel.spend.sum(axis=0), np.ones(count)):
        if money.sum() > 0:
            return money / money.sum()
    return np.zeros(count)


def _without_curves(state: State, plain: Split, share: Floats) -> Split:
    warnings = list(plain.warnings)
    if state["brief"].goal != "most_response":
        warnings.append(Voice(state["language"]).say("warning.target_unused"))
    return replace(plain, current=share * float(plain.budget) / plain.periods, warnings=warnings)


def _with_curves(state: State, plain: Split, draws: Draws, doubted: Draws, season: float, longest: float) -> Split:
    panel, brief = state["panel"], state["brief"]
    judgement = state["data_steward"].judgement
    share = shares(panel)
    top = float(plain.budget) / plain.periods
    free, least = plain.room.bounds(plain.periods), plain.room.least / plain.periods
    caps = np.maximum(_caps(panel, free, share * top, judgement.regime, top), np.minimum(least, free.high))
    best = frontier(draws, Bounds(free.low, caps, free.groups), top, caution=CAUTION, least=least)
    index, warnings = _affordable(brief, best, plain.periods, season, panel.response, Voice(state["language"]))
    spend = float(best.spent()[index]) if index < len(best.value) - 1 else top
    bounds = _settled(plain.room, best.split(index), spend, plain.periods)
    reach = Bounds(bounds.low, np.clip(caps, bounds.low, bounds.high), bounds.groups)
    target = fill(best.split(index), reach, spend)
    current = share * spend
    start = fill(current, bounds, spend)
    if judgement.level == "returns":
        target = _small_steps(target, start, reach, spend)
    step = _safe_step(draws, start, target, SAFE_QUANTILE[judgement.regime]) * longest
    amounts = start + step * (target - start)
    warnings += _short_of_limits(state, plain, target, amounts, step)
    chance = confidence.chance_good(doubted, amounts, free, spend)
    whole = plain.budget if spend == top else Decimal(repr(spend * plain.periods)).quantize(limits.CENT)
    return replace(
        plain,
        amounts=amounts,
        current=current,
        bounds=bounds,
        caps=caps,
        budget=whole,
        season=season,
        draws=doubted,
        step=step,
        chance_good=chance,
        warnings=warnings,
    )


def _short_of_limits(state: State, plain: Split, target: Floats, amounts: Floats, step: float) -> list[str]:
    """Channels whose best split fills their limit, while the careful step stops before it."""
    high = plain.room.high / plain.periods
    grid = 0.003 * float(target.sum())
    short = (target >= high - grid) & (amounts < 0.99 * high)
    if not 0 < step < 1:
        return []
    voice, names = Voice(state["language"]), state["panel"].channels
    return [voice.say("warning.short_of_limit", channel=names[i], step=step) for i in np.flatnonzero(short)]


def _caps(panel: Panel, bounds: Bounds, current: Floats, regime: str, budget: float) -> Floats:
    """Per channel: the most it may get before the curve is a guess; widened when the budget needs it."""
    high = np.quantile(panel.spend, 0.95, axis=0) if panel.periods else current
    caps = CAPS[regime] * np.maximum(high, current)
    caps = np.clip(caps, bounds.low, bounds.high)
    for _ in range(40):
        within = Bounds(bounds.low, caps, bounds.groups)
        if within.holds(budget) or np.allclose(caps, bounds.high):
            break
        caps = np.clip(caps * 1.25 + 1e-6 * budget, bounds.low, bounds.high)
    return caps


def _affordable(
    brief: Brief, best: Frontier, periods: float, season: float, response: str, voice: Voice
) -> tuple[int, list[str]]:
    """Index of the budget to spend: all of it, or what the goal asks for."""
    value, spent = best.value, best.spent()
    reachable = np.isfinite(value)
    last = int(np.flatnonzero(reachable).max()) if reachable.any() else len(value) - 1
    if brief.goal == "most_response":
        return len(value) - 1 if reachable[-1] else last, []
    target = float(brief.target or 0)
    if MEASURE_OF.get(brief.goal, response) != response:
        return last, [voice.say(f"warning.{brief.goal}_unmeasured", response=voice.say(f"response.{response}"))]
    if brief.goal == "least_cost":
        good = np.flatnonzero(reachable & (value * periods * season >= target))
        if len(good):
            return int(good[0]), []
        return last, [voice.say("warning.target_far", target=target)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(spent > 0, value * season / spent, np.inf)
    good = reachable & (ratio >= (target if brief.goal == "target_roas" else 1.0 / target)) & (spent > 0)
    if good.any():
        return int(np.flatnonzero(good).max()), []
    first = max(int(np.flatnonzero(reachable).min()), 1)
    return first, [voice.say("warning.target_never")]


def _small_steps(target: Floats, start: Floats, reach: Bounds, spend: float) -> Floats:
    narrow = Bounds(
        np.maximum(reach.low, np.minimum(start, start * (1 - RETURNS_MOVE))),
        np.minimum(np.maximum(reach.high, start), start * (1 + RETURNS_MOVE)),
        reach.groups,
    )
    return fill(target, narrow, spend)


def _safe_step(draws: Draws, start: Floats, target: Floats, quantile: float) -> float:
    """How far to go: where a bad case (a low quantile of uplift) is best. Nowhere when even that is a loss."""
    before = np.maximum(respond(draws, start).sum(axis=1), 1e-12)
    bad = [
        float(np.quantile(respond(draws, start + step * (target - start)).sum(axis=1) / before - 1.0, quantile))
        for step in PATH
    ]
    return float(PATH[int(np.argmax(bad))])
