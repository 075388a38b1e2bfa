"""What the history is able to tell: what its response column means, and how far it carries."""

from typing import Literal

import msgspec
import numpy as np

from events.plan import Brief, Regime
from worker.planning import claim_habits, season
from worker.planning.curves import Floats
from worker.planning.model import Evidence
from worker.planning.panel import Panel
from worker.planning.voice import Voice

Level = Literal["curves", "returns", "mix", "none"]
"""curves: response curves can be told; returns: only rough returns; mix: only what was spent; none: nothing."""

CURVE_DAYS = 40
CURVE_PERIODS = 24
RETURN_PERIODS = 8

SHARED_OUT = 0.03
"""Claims that differ less than this (in log returns) between channels of the same period were split by spend."""
CLAIMS_WEIGHT = 0.5
TOTAL_BRIDGE = (0.0, 0.5)
"""Where nothing is claimed: log of the return of all channels together over one channel's own, and its sd."""
ATTRIBUTION_SD = 0.22
"""How far the response a channel's rows claim may be off what it causes, as a standard deviation of its log."""
CLAIMED_SD = 0.35
"""The same when the brief says that platforms claim it and no total is there."""
RIGHT, OFF = 0.1, 0.45
"""The same for ranges, when claims without a total are read as right and as off. A split goes for what stands out, and
that is often off: so its range doubts them more than the split does. What was measured as caused is right for both."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    regime: Regime
    level: Level
    why: str


def judge(brief: Brief, panel: Panel, voice: Voice) -> Judgement:
    """Decide what the response column means and how much it can carry. The brief's word on the meaning wins."""
    regime = _regime(brief, panel)
    level = _level(panel, heard=regime != "none")
    return Judgement(regime=regime, level=level, why=_why(regime, level, panel, voice))


def _regime(brief: Brief, panel: Panel) -> Regime:
    if not (np.nan_to_num(panel.claimed) > 0).any():
        return "total" if panel.has_total else "none"
    if panel.has_total and (shared_out(panel) or brief.regime == "total"):
        return "total"
    if brief.regime in {"channel", "attributed"}:
        return brief.regime
    return "attributed" if panel.has_total else "channel"


def _level(panel: Panel, *, heard: bool) -> Level:
    if not panel.channels:
        return "none"
    if panel.spend.sum() <= 0:
        return "none"
    answered = np.isfinite(panel.total) | np.isfinite(panel.claimed).any(axis=1)
    count = int((answered & (panel.spend.sum(axis=1) > 0)).sum())
    if not heard or count < RETURN_PERIODS:
        return "mix"
    enough = CURVE_DAYS if panel.days == 1 else CURVE_PERIODS
    return "curves" if count >= enough and len(panel.channels) > 1 else "returns"


def _why(regime: Regime, level: Level, panel: Panel, voice: Voice) -> str:
    response = voice.say(f"response.{panel.response}")
    return f"{voice.say(f'why.{regime}', response=response)}, {voice.say(f'why.with_{level}')}"


def attribution_sd(brief: Brief, panel: Panel) -> float:
    """How much to doubt what the channels' own rows claim."""
    if brief.regime == "channel":
        return RIGHT
    if brief.regime == "attributed" and not panel.has_total:
        return CLAIMED_SD
    return ATTRIBUTION_SD


def readings(brief: Brief, panel: Panel) -> tuple[float, ...]:
    """Equally likely doubts about returns: without a total, nothing in the rows tells claims that are right or off."""
    if brief.regime == "channel":
        return (RIGHT,)
    if panel.has_total:
        return (ATTRIBUTION_SD,)
    return (OFF,) if brief.regime == "attributed" else (RIGHT, OFF)


def shared_out(panel: Panel) -> bool:
    """Whether the claims are nothing but the spend, scaled per period: someone split a total by what was paid."""
    both = (panel.spend > 0) & (np.nan_to_num(panel.claimed) > 0)
    if len(panel.channels) < 2 or both.sum() < 3 * len(panel.channels):
        return False
    returns = np.log(np.where(both, panel.claimed, 1.0) / np.where(both, panel.spend, 1.0))
    mean = np.where(both, returns, 0.0).sum(axis=1) / np.maximum(both.sum(axis=1), 1)
    gap = np.where(both, returns - mean[:, None], 0.0)
    return bool(np.sqrt((gap**2).sum() / both.sum()) < SHARED_OUT)


def bridge(channels: list[str], regime: Regime) -> tuple[Floats, Floats]:
    """Log of claimed over caused response, expected, and its standard deviation, per channel."""
    if regime != "attributed":
        return np.full(len(channels), TOTAL_BRIDGE[0]), np.full(len(channels), TOTAL_BRIDGE[1])
    usual = [claim_habits.of(name) for name in channels]
    return np.array([habit.mean for habit in usual]), np.array([habit.sd for habit in usual])


def evidence(panel: Panel, regime: Regime) -> Evidence:
    """Set the model up for what the numbers mean."""
    terms, sd = season.terms(panel)
    claimed, total = panel.claimed.copy(), panel.total.copy()
    outage = (panel.spend > 0.3 * np.median(panel.spend, axis=0)) & (claimed <= 0)
    mostly = (np.nan_to_num(claimed) > 0).mean(axis=0) > 0.5
    claimed[outage & mostly] = np.nan
    if regime == "total":
        claimed[:] = np.nan
    if regime == "channel" or not panel.has_total:
        total[:] = np.nan
    tied = bool(np.isfinite(total).any())
    mean, spread = bridge(panel.channels, regime)
    return Evidence(
        channels=panel.channels,
        spend=panel.spend,
        claimed=claimed,
        total=total,
        season=terms,
        season_sd=sd,
        claims_weight=CLAIMS_WEIGHT if tied else 1.0,
        bridge_mean=mean,
        bridge_sd=spread,
    )
