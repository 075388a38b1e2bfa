"""Whether the plan's dates are a good time of year, and whether another time near them was better."""

from datetime import date, timedelta

import numpy as np

from worker.planning.curves import Floats
from worker.planning.findings import days_of
from worker.planning.insights.ledger import Ledger
from worker.planning.insights.timing import certainty
from worker.planning.panel import Panel

YEAR = 364
"""Days: a year of whole weeks."""
BLOCKS = 6
"""Fewer stretches as long as the plan say nothing about what is usual."""
NEAR = range(-8, 13)
"""Weeks by which the plan might be moved."""
BETTER_SURE = 0.99
"""The best of many other times looks better than it is."""
LEAST = 0.05


def season(ledger: Ledger) -> None:
    panel, brief = ledger.panel, ledger.state["brief"]
    expected, days = ledger.state["allocator"].expected, days_of(brief)
    rest = _beyond_spend(panel)
    usual = _usual_spread(panel, rest, days)
    if rest is None or usual is None or expected is None:
        return
    own, years = _mean_at(panel, rest, brief.start, days)
    if not years:
        return
    error = usual / np.sqrt(years)
    factor = float(np.exp(own))
    if abs(factor - 1.0) >= LEAST:
        ledger.tell(
            "season",
            key="good_season" if own > 0 else "weak_season",
            share=abs(factor - 1.0),
            when=_when(ledger, years),
            size=expected.mean * abs(1.0 - 1.0 / factor),
            unit=ledger.response,
            span=_span(own, error, expected.mean),
            evidence=[
                ledger.fact("season", "season", factor - 1.0, "share"),
                ledger.fact("years", "years", years, ""),
            ],
            sure=certainty(own, error),
        )
    _better_time(ledger, rest, own, usual, expected.mean)


def _when(ledger: Ledger, years: int) -> str:
    return ledger.voice.say("unit.earlier_year" if years == 1 else "unit.earlier_years")


def _span(log: float, error: float, expected: float) -> tuple[float, float]:
    low, high = sorted(abs(expected * float(-np.expm1(-(log + z * error)))) for z in (-1.28, 1.28))
    return low, high


def _better_time(ledger: Ledger, rest: Floats, own: float, usual: float, expected: float) -> None:
    brief, days = ledger.state["brief"], days_of(ledger.state["brief"])
    times = [brief.start + timedelta(weeks=weeks) for weeks in NEAR if abs(weeks) * 7 >= min(days, 28)]
    told = [(*_mean_at(ledger.panel, rest, start, days), start) for start in times if start > ledger.panel.last]
    known = [(mean, years, start) for mean, years, start in told if years]
    if not known:
        return
    mean, years, start = max(known)
    gain, error = mean - own, usual * float(np.sqrt(2.0 / years))
    sure, share = certainty(gain, error), float(np.expm1(gain))
    if gain > 0 and sure >= BETTER_SURE and share >= LEAST:
        ledger.tell(
            "better_time",
            days=days,
            first=start.isoformat(),
            share=share,
            when=_when(ledger, years),
            size=expected * share,
            unit=ledger.response,
            span=(expected * float(np.expm1(gain - 1.28 * error)), expected * float(np.expm1(gain + 1.28 * error))),
            evidence=[ledger.fact("better_time", "better_time", share, "share")],
            sure=sure,
        )


def _beyond_spend(panel: Panel) -> Floats | None:
    """Log of the whole response per period without trend and what more or less spend explains; None when unknown."""
    told = np.nan_to_num(panel.total) if panel.has_total else np.nan_to_num(panel.claimed).sum(axis=1)
    spent = panel.spend.sum(axis=1)
    good = (told > 0) & (spent > 0)
    if panel.periods * panel.days < YEAR or good.mean() < 0.9:
        return None
    time = np.linspace(-1.0, 1.0, panel.periods)
    terms = np.column_stack([np.ones(panel.periods), time, np.log(np.where(good, spent, 1.0))])
    answer = np.log(np.where(good, told, 1.0))
    solution = np.linalg.lstsq(terms[good], answer[good], rcond=None)[0]
    rest = np.where(good, answer - terms @ solution, np.nan)
    return rest - float(np.nanmean(rest))


def _usual_spread(panel: Panel, rest: Floats | None, days: int) -> float | None:
    """How far stretches as long as the plan usually lie from the mean."""
    length = max(round(days / panel.days), 1)
    if rest is None or len(rest) // length < BLOCKS:
        return None
    blocks = rest[: len(rest) // length * length].reshape(-1, length)
    return max(float(np.nanmean(blocks, axis=1).std(ddof=1)), 1e-6)


def _mean_at(panel: Panel, rest: Floats, start: date, days: int) -> tuple[float, int]:
    """Mean of the same weeks in earlier years, and in how many years they are known."""
    found: list[float] = []
    for back in range(1, 6):
        first = ((start - panel.first).days - back * YEAR) / panel.days
        low, high = round(first), max(round(first + days / panel.days), round(first) + 1)
        if low >= 0 and high <= panel.periods and np.isfinite(rest[low:high]).mean() >= 0.8:
            found.append(float(np.nanmean(rest[low:high])))
    return (float(np.mean(found)), len(found)) if found else (0.0, 0)
