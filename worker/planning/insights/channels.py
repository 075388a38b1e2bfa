"""Channels that are full, that have room, that get too much, or of which nobody knows what they bring."""

import numpy as np

from events.plan import Line
from worker.planning import unmeasured
from worker.planning.curves import Floats
from worker.planning.insights.ledger import Ledger, draws_of, of_the_mix, span80, today
from worker.planning.insights.moves import last_money
from worker.planning.lines import margins

TENTH = 0.1
"""The part of a channel's money that the size of such a finding speaks of."""
APART = 0.15
"""A channel whose last money brings within this share of the mix's is neither full nor empty."""


def returns(ledger: Ledger) -> None:
    """What each line of the plan points to: response per unit of money in the history."""
    panel = ledger.panel
    claimed, spent = np.nan_to_num(panel.claimed).sum(axis=0), panel.spend.sum(axis=0)
    for index, channel in enumerate(panel.channels):
        if spent[index] > 0:
            ledger.fact(f"return:{channel}", "return", float(claimed[index] / spent[index]), "ratio", channel)


def saturation(ledger: Ledger) -> None:
    draws, kept = draws_of(ledger), ledger.kept
    if draws is None or kept is None or ledger.level != "curves":
        return
    current = today(ledger)
    margin = margins(draws, current) * kept.season
    usual = of_the_mix(ledger, margin, current)
    moved = {name for told in ledger.insights if told.kind == "shift" for name in _named(told.evidence)}
    for index, channel in enumerate(draws.channels):
        spent = float(current[index]) * kept.periods
        if spent <= 0 or channel in moved or channel in kept.unmeasured:
            continue
        if ledger.response == "revenue" and _full(ledger, channel, margin[:, index], spent):
            continue
        if len(draws.channels) > 1:
            _against_the_mix(ledger, channel, margin[:, index], usual, spent)


def _named(evidence: list[str]) -> list[str]:
    """Channels whose last money a finding already speaks of."""
    return [name.removeprefix("margin:") for name in evidence if name.startswith("margin:")]


def _full(ledger: Ledger, channel: str, margin: Floats, spent: float) -> bool:
    """Whether its last money brings back less than it costs; only revenue can be compared with cost."""
    mean, sure = float(margin.mean()), float((margin < 1.0).mean())
    if mean >= 1.0 or sure < 0.8:
        return False
    ledger.tell(
        "saturated",
        channel=channel,
        margin=mean,
        size=(1.0 - mean) * TENTH * spent,
        unit=ledger.money,
        span=span80((1.0 - margin) * TENTH * spent),
        evidence=[last_money(ledger, channel, margin), _spend(ledger, channel, spent)],
        sure=sure,
    )
    return True


def _against_the_mix(ledger: Ledger, channel: str, margin: Floats, usual: Floats, spent: float) -> None:
    gap = float(margin.mean() / max(float(usual.mean()), 1e-12)) - 1.0
    if abs(gap) < APART:
        return
    sign = 1.0 if gap > 0 else -1.0
    if sign * _moved(ledger, channel) < 0:  # its caps or other channels' decide otherwise than the last money alone
        return
    ledger.tell(
        "under_used" if gap > 0 else "over_used",
        channel=channel,
        margin=float(margin.mean()),
        usual=float(usual.mean()),
        size=abs(float((margin - usual).mean())) * TENTH * spent,
        unit=ledger.response,
        span=span80(sign * (margin - usual) * TENTH * spent),
        evidence=[
            last_money(ledger, channel, margin),
            ledger.fact("margin:mix", "margin_mix", float(usual.mean()), "ratio"),
            _spend(ledger, channel, spent),
        ],
        sure=float((sign * (margin - usual) > 0).mean()),
    )


def _moved(ledger: Ledger, channel: str) -> float:
    return next((float(line.change) for line in ledger.state["allocator"].lines if line.channel == channel), 0.0)


def _spend(ledger: Ledger, channel: str, spent: float) -> str:
    return ledger.fact(f"spend:{channel}", "spend", round(spent, 2), ledger.money, channel)


def limits(ledger: Ledger) -> None:
    """What the brief's own bounds cost: money that may not go where its last unit brings more than elsewhere."""
    draws, kept = draws_of(ledger), ledger.kept
    if draws is None or kept is None or ledger.level != "curves":
        return
    plan = np.array([kept.plan[channel] for channel in draws.channels]) / kept.periods
    margin = margins(draws, plan) * kept.season
    usual = of_the_mix(ledger, margin, plan)
    for line in ledger.state["allocator"].lines:
        if line.bound_by in {"cap", "floor", "locked"} and line.expected is not None and line.amount > 0:
            gap = margin[:, draws.channels.index(line.channel)] - usual
            _limit(ledger, line, gap, usual)


def _limit(ledger: Ledger, line: Line, gap: Floats, usual: Floats) -> None:
    """A cap costs when more would pay there, a floor when less would, a lock in either case."""
    sign = {"cap": 1.0, "floor": -1.0}.get(str(line.bound_by), float(np.sign(gap.mean())))
    tenth = TENTH * float(line.amount)
    if sign * float(gap.mean()) < APART * abs(float(usual.mean())):
        return
    ledger.tell(
        "limit_costs",
        key="limit_holds_back" if sign > 0 else "limit_holds_up",
        channel=line.channel,
        tenth=tenth,
        gain=sign * float(gap.mean()) * tenth,
        size=sign * float(gap.mean()) * tenth,
        unit=ledger.response,
        span=span80(sign * gap * tenth),
        evidence=[
            ledger.fact(f"bound:{line.channel}", "bound", float((gap + usual).mean()), "ratio", line.channel),
            ledger.fact("bound:mix", "bound_mix", float(usual.mean()), "ratio"),
        ],
        sure=float((sign * gap > 0).mean()),
    )


def unheard(ledger: Ledger) -> None:
    """Channels that cost money while no row says what they bring, though the others' do."""
    for line in ledger.state["allocator"].lines:
        if line.channel in unmeasured.channels(ledger.panel) and line.amount > 0:
            spent = float(line.amount)
            ledger.tell(
                "unheard",
                channel=line.channel,
                spent=spent,
                size=spent,
                unit=ledger.money,
                evidence=[_spend(ledger, line.channel, spent)],
                sure=0.95,
            )
