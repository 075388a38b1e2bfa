"""Findings worth money, each with its evidence; none that a coin toss would support."""

from dataclasses import dataclass, field
from math import erf, sqrt

import numpy as np

from events.plan import Fact, Insight
from worker.planning.checks import files_of
from worker.planning.curves import Draws, Floats
from worker.planning.findings import State
from worker.planning.kept import curves_of
from worker.planning.lines import margins
from worker.planning.split import shares

SURE = 0.8
"""An insight is kept when it is at least this probable."""
TREND_SURE = 0.95
MOST = 8


@dataclass
class Ledger:
    """Insights with the facts they rest on."""

    state: State
    files: dict[str, list[str]]
    insights: list[Insight] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    @property
    def money(self) -> str:
        return self.state["brief"].currency

    @property
    def response(self) -> str:
        return self.state["data_steward"].response

    def fact(self, identifier: str, text: str, value: float, unit: str, channel: str | None = None) -> str:
        """Note a number and return its id."""
        if all(known.id != identifier for known in self.facts):
            panel = self.state["panel"]
            files = self.files.get(channel, []) if channel else sorted({f for fs in self.files.values() for f in fs})
            self.facts.append(
                Fact(
                    id=identifier,
                    text=text,
                    value=float(f"{value:.6g}"),
                    unit=unit,
                    channel=channel,
                    file_ids=files,
                    first=panel.first,
                    last=panel.last,
                )
            )
        return identifier


def of(state: State) -> tuple[list[Insight], list[Fact]]:
    """Insights ranked by what is at stake, and the facts they rest on."""
    ledger = Ledger(state, files_of(state["panel"], state["history"]))
    ledger.insights += state["data_steward"].insights
    ledger.facts += [*state["data_steward"].facts, *state["allocator"].facts, *state["critic"].facts]
    kept = state["allocator"].draws
    if kept is not None:
        draws = curves_of(kept)
        _returns(ledger)
        _uplift(ledger)
        _shift(ledger, draws)
        _last_money(ledger, draws)
        _more_budget(ledger, draws)
    _trends(ledger)
    sure = sorted((i for i in ledger.insights if i.sure >= SURE and i.size > 0), key=lambda i: (-i.size, i.id))
    return sure[:MOST], ledger.facts


def _returns(ledger: Ledger) -> None:
    """What each line of the plan points to: response per unit of money in the history."""
    panel = ledger.state["panel"]
    claimed, spent = np.nan_to_num(panel.claimed).sum(axis=0), panel.spend.sum(axis=0)
    for index, channel in enumerate(panel.channels):
        if spent[index] > 0:
            text = f"{ledger.response} per {ledger.money} that {channel}'s own rows tell"
            ledger.fact(f"return:{channel}", text, float(claimed[index] / spent[index]), "ratio", channel)


def _uplift(ledger: Ledger) -> None:
    allocator = ledger.state["allocator"]
    better, uplift, current = allocator.probability_better, allocator.uplift, allocator.expected_current
    if better is None or uplift is None or current is None or allocator.step == 0:
        return
    evidence = [
        ledger.fact("uplift", "Response of the plan over today's mix, less 1", uplift.mean, "share"),
        ledger.fact("today", "Response of today's mix for the same money", current.mean, ledger.response),
    ]
    ledger.insights.append(
        Insight(
            id="uplift",
            kind="uplift",
            sentence=f"The plan should make advertising bring {uplift.mean:.0%} more {ledger.response} than "
            "today's mix, for the same money.",
            size=uplift.mean * current.mean,
            unit=ledger.response,
            low=uplift.low * current.mean,
            high=uplift.high * current.mean,
            evidence=evidence,
            sure=better,
        )
    )


def _current(ledger: Ledger) -> Floats:
    """Today's mix at the plan's size, money per period."""
    kept, panel = ledger.state["allocator"].draws, ledger.state["panel"]
    spent = sum(float(line.amount) for line in ledger.state["allocator"].lines if line.channel in panel.channels)
    return shares(panel) * spent / (kept.periods if kept else 1.0)


def _shift(ledger: Ledger, draws: Draws) -> None:
    """The largest move of the plan, told as one channel's last money against another's."""
    lines = [line for line in ledger.state["allocator"].lines if line.channel in draws.channels]
    if len(lines) < 2:
        return
    giver, taker = min(lines, key=lambda line: line.change), max(lines, key=lambda line: line.change)
    moved = min(-float(giver.change), float(taker.change))
    if moved <= 0:
        return
    margin = margins(draws, _current(ledger))
    places = [draws.channels.index(line.channel) for line in (taker, giver)]
    gain = margin[:, places[0]] - margin[:, places[1]]
    more, less = (float(margin[:, place].mean()) for place in places)
    evidence = [
        _margin(ledger, taker.channel, more),
        _margin(ledger, giver.channel, less),
        ledger.fact("moved", f"Money moved from {giver.channel} to {taker.channel}", round(moved, 2), ledger.money),
    ]
    low, high = np.quantile(gain, [0.1, 0.9])
    sentence = (
        f"Move {moved:,.0f} {ledger.money} from {giver.channel} to {taker.channel}: the last {ledger.money} brings "
        f"{less:.2f} {ledger.response} in the one and {more:.2f} in the other."
    )
    ledger.insights.append(
        Insight(
            id="shift",
            kind="shift",
            sentence=sentence,
            size=0.5 * moved * max(float(gain.mean()), 0.0),
            unit=ledger.response,
            low=0.5 * moved * float(low),
            high=0.5 * moved * float(high),
            evidence=evidence,
            sure=float((gain > 0).mean()),
            channel=taker.channel,
        )
    )


def _margin(ledger: Ledger, channel: str, value: float) -> str:
    return ledger.fact(f"margin:{channel}", f"Last unit of money in {channel} today", value, "ratio", channel)


def _last_money(ledger: Ledger, draws: Draws) -> None:
    """Channels whose last money brings back less than it costs; only revenue can be compared with cost."""
    if ledger.response != "revenue" or ledger.state["data_steward"].judgement.level != "curves":
        return
    current, periods = _current(ledger), ledger.state["allocator"].draws
    margin = margins(draws, current)
    for index, channel in enumerate(draws.channels):
        sure = float((margin[:, index] < 1.0).mean())
        if sure < SURE or current[index] <= 0 or periods is None:
            continue
        mean = float(margin[:, index].mean())
        spent = float(current[index]) * periods.periods
        low, high = np.quantile((1.0 - margin[:, index]) * 0.1 * spent, [0.1, 0.9])
        evidence = [
            _margin(ledger, channel, mean),
            ledger.fact(f"spend:{channel}", f"Money in {channel} today", round(spent, 2), ledger.money, channel),
        ]
        sentence = f"{channel} is full: its last {ledger.money} brings back about {mean:.2f}."
        ledger.insights.append(
            Insight(
                id=f"saturated:{channel}",
                kind="saturated",
                sentence=sentence,
                size=max((1.0 - mean) * 0.1 * spent, 0.0),
                unit=ledger.money,
                low=float(low),
                high=float(high),
                evidence=evidence,
                sure=sure,
                channel=channel,
            )
        )


def _more_budget(ledger: Ledger, draws: Draws) -> None:
    """Whether a tenth more money would earn its keep, spread as the plan is."""
    kept = ledger.state["allocator"].draws
    if ledger.response != "revenue" or kept is None or ledger.state["data_steward"].judgement.level != "curves":
        return
    plan = np.array([kept.plan[channel] for channel in draws.channels]) / kept.periods
    if plan.sum() <= 0:
        return
    back = (margins(draws, plan) * plan).sum(axis=1) / plan.sum() * kept.season
    mean, extra = float(back.mean()), 0.1 * float(plan.sum()) * kept.periods
    gain = (back - 1.0) * extra
    sure = float((back > 1.0).mean())
    worth = mean > 1.0
    evidence = [
        ledger.fact("margin:plan", "What the plan's next unit of money brings", mean, "ratio"),
        ledger.fact("extra", "A tenth of the plan's money", round(extra, 2), ledger.money),
    ]
    sentence = (
        f"Another {extra:,.0f} {ledger.money} would bring about {mean:.2f} revenue each: "
        f"{'more than it costs' if worth else 'less than it costs'}, margins aside."
    )
    low, high = np.quantile(gain, [0.1, 0.9])
    ledger.insights.append(
        Insight(
            id="more_budget" if worth else "less_budget",
            kind="more_budget" if worth else "less_budget",
            sentence=sentence,
            size=abs(float(gain.mean())),
            unit=ledger.money,
            low=float(low if worth else -high),
            high=float(high if worth else -low),
            evidence=evidence,
            sure=sure if worth else 1.0 - sure,
        )
    )


def _trends(ledger: Ledger) -> None:
    """Channels whose own return has clearly changed lately."""
    panel = ledger.state["panel"]
    window = 28 if panel.days == 1 else 13
    if panel.periods < 2 * window or ledger.response == "none":
        return
    for index, channel in enumerate(panel.channels):
        spend, claimed = panel.spend[-2 * window :, index], np.nan_to_num(panel.claimed[-2 * window :, index])
        if (spend <= 0).any() or (claimed <= 0).any():
            continue
        returns = np.log(claimed / spend)
        before, after = returns[:window], returns[window:]
        change = float(after.mean() - before.mean())
        error = sqrt(float(before.var(ddof=1) + after.var(ddof=1)) / window)
        sure = 0.5 * (1.0 + erf(abs(change) / max(error, 1e-9) / sqrt(2.0)))
        if sure >= TREND_SURE and abs(change) > 0.1:
            _trend(ledger, channel, change, error, float(claimed[window:].sum()), sure)


def _trend(ledger: Ledger, channel: str, change: float, error: float, recent: float, sure: float) -> None:
    factor = float(np.expm1(change))
    bounds = sorted(abs(recent * -np.expm1(-(change + z * error))) for z in (-1.28, 1.28))
    evidence = [
        ledger.fact(
            f"trend:{channel}",
            f"Change of {channel}'s own return, last quarter on the one before",
            factor,
            "share",
            channel,
        )
    ]
    word = "risen" if change > 0 else "fallen"
    ledger.insights.append(
        Insight(
            id=f"trend:{channel}",
            kind="trend",
            sentence=f"{channel}'s {ledger.response} per {ledger.money} has {word} by {abs(factor):.0%} of late.",
            size=abs(recent * float(-np.expm1(-change))),
            unit=ledger.response,
            low=float(bounds[0]),
            high=float(bounds[1]),
            evidence=evidence,
            sure=sure,
            channel=channel,
        )
    )
