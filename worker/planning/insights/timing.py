"""What changes in time: returns that fall or rise, and effects that come late."""

from math import erf, sqrt

import numpy as np

from worker.planning import season
from worker.planning.curves import Floats
from worker.planning.findings import days_of
from worker.planning.insights.ledger import Ledger
from worker.planning.shapes import KERNEL_WEIGHTS, echoes_of, kernels

TREND_SURE = 0.99
"""A trend is one of many that could have been seen by chance."""
LEAST_TREND = 0.1
ELASTICITY = 0.5
"""Twice the spend usually brings 1.4 times the response."""
LEAST_LATE = 0.25
"""Less than this share coming late changes nobody's judgement."""
CARRY_PERIODS = 40
BELIEF = 0.5
"""Weight of each period's word on carry-over: neighbouring periods say much the same."""


def certainty(mean: float, error: float) -> float:
    """Probability that a normal number with this mean and standard deviation has the sign of its mean."""
    return 0.5 * (1.0 + erf(abs(mean) / max(error, 1e-9) / sqrt(2.0)))


def trends(ledger: Ledger) -> None:
    """Channels that clearly bring more or less lately, also beyond what a change of their spend explains.

    Against the other channels since the quarter before, when two or more can be compared; else since the same quarter
    a year ago: so that a season is not taken for a trend.
    """
    panel = ledger.panel
    window, year = (28, 364) if panel.days == 1 else (13, 52)
    spend, claimed = panel.spend, np.nan_to_num(panel.claimed)
    if panel.days > 7 or panel.periods < 2 * window or ledger.response == "none":
        return
    whole = np.flatnonzero(((spend > 0) & (claimed > 0))[-2 * window :].all(axis=0)).tolist()
    for index in whole:
        others = [other for other in whole if other != index]
        if len(others) > 1:
            _trend(ledger, index, _apart(spend, claimed, index, others), window, window)
        elif panel.periods >= year + window and (np.minimum(spend, claimed)[:, index] > 0).all():
            _trend(ledger, index, _apart(spend, claimed, index, []), window, year)


def _apart(spend: Floats, claimed: Floats, index: int, others: list[int]) -> list[Floats]:
    """Log of a channel's response over time per money, and at the same spend; less the others' where there are any."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = [np.log(claimed) - elasticity * np.log(spend) for elasticity in (1.0, ELASTICITY)]
    return [log[:, index] - (np.median(log[:, others], axis=1) if others else 0.0) for log in logs]


def _trend(ledger: Ledger, index: int, views: list[Floats], window: int, back: int) -> None:
    """Tell a change that shows in every view: the smallest one, and the least sure."""
    seen = [_change(view[-window - back :][:window], view[-window:]) for view in views]
    change, error = min(seen, key=lambda found: abs(found[0]) / found[1])
    sure = certainty(change, error)
    if sure < TREND_SURE or abs(change) < LEAST_TREND or seen[0][0] * seen[1][0] <= 0:
        return
    channel, recent = ledger.panel.channels[index], _of_late(ledger, index, window)
    near, far = sorted(abs(recent * -np.expm1(-(change + z * error))) for z in (-1.28, 1.28))
    ending = "_against" if back == window else "_year"
    share = float(np.expm1(change))
    ledger.tell(
        "trend",
        channel=channel,
        key=("rising" if change > 0 else "falling") + ending,
        share=abs(share),
        size=abs(recent * float(-np.expm1(-change))),
        unit=ledger.response,
        span=(float(near), float(far)),
        evidence=[ledger.fact(f"trend:{channel}", f"trend{ending}", share, "share", channel)],
        sure=sure,
    )


def _change(before: Floats, after: Floats) -> tuple[float, float]:
    """Difference of two means and its error, wider where neighbouring periods stray together."""
    off = np.concatenate([before - before.mean(), after - after.mean()])
    echo = max(float((off[:-1] * off[1:]).sum() / max(float((off**2).sum()), 1e-12)), 0.0)
    error = sqrt(float(before.var(ddof=1) + after.var(ddof=1)) / len(before))
    return float(after.mean() - before.mean()), max(error * sqrt((1 + echo) / max(1 - echo, 0.1)), 1e-9)


def _of_late(ledger: Ledger, index: int, window: int) -> float:
    """Response of a channel over a time as long as the plan, as it was of late."""
    panel, brief = ledger.panel, ledger.state["brief"]
    claimed = float(np.nan_to_num(panel.claimed[-window:, index]).sum())
    return claimed / (window * panel.days) * days_of(brief)


def carry_over(ledger: Ledger) -> None:
    """Channels whose effect comes late: which echo of the spending explains their own response best."""
    panel = ledger.panel
    if panel.periods < CARRY_PERIODS or ledger.state["data_steward"].judgement.regime in {"total", "none"}:
        return
    calendar = season.terms(panel)[0]
    late = 1.0 - np.array([weights[0] for weights in kernels()])
    for index, channel in enumerate(panel.channels):
        spend, claimed = panel.spend[:, index], np.nan_to_num(panel.claimed[:, index])
        if (claimed > 0).sum() < CARRY_PERIODS or spend.std() < 0.2 * spend.mean():
            continue
        chance = _echo_chances(spend, claimed, calendar)
        sure, share = float(chance[late >= LEAST_LATE].sum()), float(chance @ late)
        if share >= LEAST_LATE:
            _late(ledger, channel, share, sure)


def _echo_chances(spend: Floats, claimed: Floats, calendar: Floats) -> Floats:
    """Probability of each echo, given that the log of the response follows the log of the echo and the calendar."""
    told = claimed > 0
    answer = np.log(claimed[told])
    echoes = np.log(np.maximum(echoes_of(spend)[told], 1e-9 * max(float(spend.mean()), 1e-9)))
    rest = np.column_stack([np.ones(int(told.sum())), calendar[told]])
    miss = np.empty(echoes.shape[1])
    for kernel in range(echoes.shape[1]):
        terms = np.column_stack([rest, echoes[:, kernel]])
        solution = np.linalg.lstsq(terms, answer, rcond=None)[0]
        miss[kernel] = float(((answer - terms @ solution) ** 2).sum()) if solution[-1] > 0 else np.inf
    if not np.isfinite(miss).any():
        return np.where(np.arange(len(miss)) == 0, 1.0, 0.0)
    log = np.log(KERNEL_WEIGHTS) - 0.5 * BELIEF * len(answer) * np.log(miss / miss.min())
    chance = np.exp(log - log.max())
    return chance / chance.sum()


def _late(ledger: Ledger, channel: str, share: float, sure: float) -> None:
    (line,) = [line for line in ledger.state["allocator"].lines if line.channel == channel]
    if line.expected is None:
        return
    unit = {1: "days", 7: "weeks"}.get(ledger.panel.days, "months")
    ledger.tell(
        "carry_over",
        channel=channel,
        share=share,
        period=ledger.voice.say(f"unit.{unit}"),
        size=share * line.expected.mean,
        unit=ledger.response,
        evidence=[ledger.fact(f"later:{channel}", "later", share, "share", channel)],
        sure=sure,
    )
