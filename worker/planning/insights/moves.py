"""What the plan as a whole is worth, its largest move, and whether more or less money would be better."""

import numpy as np

from worker.planning.curves import Floats
from worker.planning.insights.ledger import Ledger, draws_of, span80, today
from worker.planning.lines import margins


def uplift(ledger: Ledger) -> None:
    allocator = ledger.state["allocator"]
    better, gain, current = allocator.probability_better, allocator.uplift, allocator.expected_current
    if better is None or gain is None or current is None or allocator.step == 0:
        return
    ledger.tell(
        "uplift",
        share=gain.mean,
        size=gain.mean * current.mean,
        unit=ledger.response,
        span=(gain.low * current.mean, gain.high * current.mean),
        evidence=[
            ledger.fact("uplift", "uplift", gain.mean, "share"),
            ledger.fact("today", "today", current.mean, ledger.response),
        ],
        sure=better,
    )


def shift(ledger: Ledger) -> None:
    """The largest move of the plan, told as one channel's last money against another's."""
    draws = draws_of(ledger)
    lines = [line for line in ledger.state["allocator"].lines if line.expected is not None]
    if draws is None or len(lines) < 2:
        return
    giver, taker = min(lines, key=lambda line: line.change), max(lines, key=lambda line: line.change)
    moved = min(-float(giver.change), float(taker.change))
    if moved <= 0:
        return
    margin = margins(draws, today(ledger))
    to, away = (margin[:, draws.channels.index(line.channel)] for line in (taker, giver))
    low, high = span80(to - away)
    ledger.tell(
        "shift",
        channel=taker.channel,
        giver=giver.channel,
        taker=taker.channel,
        moved=moved,
        less=float(away.mean()),
        more=float(to.mean()),
        size=0.5 * moved * max(float((to - away).mean()), 0.0),
        unit=ledger.response,
        span=(0.5 * moved * low, 0.5 * moved * high),
        evidence=[
            last_money(ledger, taker.channel, to),
            last_money(ledger, giver.channel, away),
            ledger.fact("moved", "moved", round(moved, 2), ledger.money, giver=giver.channel, taker=taker.channel),
        ],
        sure=float((to > away).mean()),
    )


def last_money(ledger: Ledger, channel: str, margin: Floats) -> str:
    return ledger.fact(f"margin:{channel}", "margin", float(margin.mean()), "ratio", channel)


def more_budget(ledger: Ledger) -> None:
    """Whether a tenth more money would earn its keep, spread as the plan is."""
    draws, kept = draws_of(ledger), ledger.kept
    if ledger.response != "revenue" or draws is None or kept is None or ledger.level != "curves":
        return
    plan = np.array([kept.plan[channel] for channel in draws.channels]) / kept.periods
    if plan.sum() <= 0:
        return
    back = (margins(draws, plan) * plan).sum(axis=1) / plan.sum() * kept.season
    mean, extra = float(back.mean()), 0.1 * float(plan.sum()) * kept.periods
    sign = 1.0 if mean > 1.0 else -1.0
    ledger.tell(
        "more_budget" if mean > 1.0 else "less_budget",
        extra=extra,
        back=mean,
        size=abs(float(((back - 1.0) * extra).mean())),
        unit=ledger.money,
        span=span80(sign * (back - 1.0) * extra),
        evidence=[
            ledger.fact("margin:plan", "margin_plan", mean, "ratio"),
            ledger.fact("extra", "extra", round(extra, 2), ledger.money),
        ],
        sure=float((sign * (back - 1.0) > 0).mean()),
    )
