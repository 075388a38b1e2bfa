"""Cheap tests that would tell what the history cannot: what each costs, and how likely it is to tell."""

from dataclasses import dataclass, replace
from math import erf, sqrt

import numpy as np

from worker.planning.curves import Floats
from worker.planning.insights.ledger import Ledger, draws_of, of_the_mix, today
from worker.planning.lines import margins

RAISES = (0.2, 0.5, 1.0)
WEEKS = (2, 4, 6, 8)
BEFORE = 8
"""Weeks before the test that it is compared with."""
ELASTICITY = 0.5
"""The test must be able to see a channel whose next unit of money brings half of the average one."""
ONE_SIDED = 1.28
"""A rise is believed when chance alone would show it in one case of ten."""
SURE = 0.8
USUAL_NOISE, NOISE_WEIGHT = 0.2, 3
"""Noise of a week that is expected before looking, and how many weeks' word that counts for."""
EVEN = 0.1
"""Spend that strays less than this from its mean was never varied."""
MOST = 2


@dataclass(frozen=True)
class Test:
    channel: str
    raised: float
    weeks: int
    cost: float
    power: float
    noise: float
    even: bool
    worth: float
    """What knowing better is worth, in response; in money when there are no curves."""


def experiments(ledger: Ledger) -> None:
    """The tests that are worth most, channels that were never varied first."""
    if ledger.response == "none" or not ledger.panel.channels:
        return
    known = [test for index in range(len(ledger.panel.channels)) for test in [_test(ledger, index)] if test is not None]
    ranked = sorted(known, key=lambda test: (not test.even, -test.worth, test.channel))
    for place, test in enumerate(ranked):
        if test.power < SURE:
            if test.even:
                ledger.warnings.append(ledger.voice.say("warning.no_test", channel=test.channel, noise=test.noise))
        elif (test.even and place < MOST) or place == 0:
            _tell(ledger, test)


def _tell(ledger: Ledger, test: Test) -> None:
    channel = test.channel
    kind = "never_varied" if test.even else "test"
    spread = _spread(ledger.panel.spend[:, ledger.panel.channels.index(channel)])
    ledger.tell(
        kind,
        channel=channel,
        raised=test.raised,
        weeks=test.weeks,
        cost=test.cost,
        power=test.power,
        size=test.worth,
        unit=ledger.money if ledger.kept is None else ledger.response,
        evidence=[
            ledger.fact(f"varied:{channel}", "varied", spread, "share", channel),
            ledger.fact(f"cost:{channel}", "cost", round(test.cost, 2), ledger.money, channel),
            ledger.fact(f"power:{channel}", "power", test.power, "share", channel),
        ],
        sure=test.power,
    )


def _spread(spend: Floats) -> float:
    return float(spend.std() / spend.mean()) if spend.mean() > 0 else 0.0


def _test(ledger: Ledger, index: int) -> Test | None:
    """The cheapest test of a channel that is likely to tell; when none is, the one that is likeliest to."""
    panel = ledger.panel
    a_week = 7.0 / panel.days * float(panel.current()[index])
    answer, part = _measured(ledger, index)
    if a_week <= 0 or answer is None:
        return None
    noise = _noise(_weekly(answer, panel.days), _weekly(panel.spend[:, index], panel.days))
    even = panel.periods >= 8 and _spread(panel.spend[:, index]) < EVEN
    designs = [
        Test(panel.channels[index], f, weeks, f * weeks * a_week, power(f, weeks, noise, part), noise, even, 0.0)
        for f in RAISES
        for weeks in WEEKS
    ]
    likely = [test for test in designs if test.power >= SURE]
    best = min(likely, key=lambda test: test.cost) if likely else max(designs, key=lambda test: test.power)
    return replace(best, worth=_worth(ledger, index, a_week))


def power(raised: float, weeks: int, noise: float, part: float) -> float:
    """Chance to see the rise. `noise` is the log standard deviation of a week, `part` the channel's share in it."""
    effect = np.log1p(part * ((1.0 + raised) ** ELASTICITY - 1.0))
    error = noise * sqrt(1.0 / weeks + 1.0 / BEFORE)
    return 0.5 * (1.0 + erf((float(effect) / error - ONE_SIDED) / sqrt(2.0)))


def _measured(ledger: Ledger, index: int) -> tuple[Floats | None, float]:
    """The numbers in which a test would show, and which part of them the channel makes up."""
    panel = ledger.panel
    claimed, total = np.nan_to_num(panel.claimed[:, index]), np.nan_to_num(panel.total)
    if ledger.state["data_steward"].judgement.regime == "total" and (total > 0).any():
        (line,) = [line for line in ledger.state["allocator"].lines if line.channel == panel.channels[index]]
        periods = ledger.kept.periods if ledger.kept else 1.0
        usual = float(np.mean(total[total > 0])) * periods
        return total, min(line.expected_current.mean / usual, 1.0) if line.expected_current else 0.0
    return (claimed, 1.0) if (claimed > 0).any() else (None, 0.0)


def _weekly(values: Floats, days: int) -> Floats:
    if days != 1:
        return values
    return values[: len(values) // 7 * 7].reshape(-1, 7).sum(axis=1)


def _noise(answer: Floats, spend: Floats) -> float:
    """How far one week strays from the next, beyond what its spend explains."""
    both = (answer > 0) & (spend > 0)
    logs = np.log(answer[both]) - ELASTICITY * np.log(spend[both])
    steps = np.diff(logs)
    own = float((steps**2).sum()) / 2.0
    return sqrt((NOISE_WEIGHT * USUAL_NOISE**2 + own) / (NOISE_WEIGHT + len(steps)))


def _worth(ledger: Ledger, index: int, a_week: float) -> float:
    """Expected gain from moving a fifth of the channel's money the right way, over not knowing which way is right."""
    draws, kept = draws_of(ledger), ledger.kept
    current = today(ledger)
    if draws is None or kept is None:
        periods = (ledger.state["brief"].end - ledger.state["brief"].start).days / 7
        return 0.2 * a_week * max(periods, 1.0)
    margin = margins(draws, current) * kept.season
    usual = of_the_mix(ledger, margin, current)
    gain = (margin[:, index] - usual) * 0.2 * float(current[index]) * kept.periods
    knowing = float(np.abs(gain).mean())
    return max(knowing - abs(float(gain.mean())), 0.02 * knowing)
