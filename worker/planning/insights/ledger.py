"""Insights with the facts they rest on, and what each is worth in money."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from events.plan import Fact, Insight
from worker.planning import unmeasured
from worker.planning.curves import Draws, Floats
from worker.planning.findings import State
from worker.planning.kept import KeptDraws, curves_of
from worker.planning.panel import Panel
from worker.planning.split import shares
from worker.planning.voice import Voice


@dataclass
class Ledger:
    state: State
    files: dict[str, list[str]]
    """File ids by channel."""
    voice: Voice
    insights: list[Insight] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def panel(self) -> Panel:
        return self.state["panel"]

    @property
    def money(self) -> str:
        return self.state["brief"].currency

    @property
    def response(self) -> str:
        """The metric, as the code names it; also the unit of sizes in response."""
        return self.state["data_steward"].response

    @property
    def spoken(self) -> str:
        return self.voice.say(f"response.{self.response}")

    @property
    def kept(self) -> KeptDraws | None:
        return self.state["allocator"].draws

    @property
    def level(self) -> str:
        return self.state["data_steward"].judgement.level

    def fact(
        self,
        identifier: str,
        key: str,
        value: float,
        unit: str,
        channel: str | None = None,
        *,
        span: tuple[date, date] | None = None,
        **values: object,
    ) -> str:
        """Note a number once and return its id. `key` is the fact's template; `span` the dates of its rows."""
        if all(known.id != identifier for known in self.facts):
            files = self.files.get(channel, []) if channel else sorted({f for fs in self.files.values() for f in fs})
            first, last = span or (self.panel.first, self.panel.last)
            says = {"channel": channel, "response": self.spoken, "money": self.money, **values}
            self.facts.append(
                Fact(
                    id=identifier,
                    text=self.voice.say(f"fact.{key}", **says),
                    value=float(f"{value:.6g}"),
                    unit=unit,
                    channel=channel,
                    file_ids=files,
                    first=first,
                    last=last,
                )
            )
        return identifier

    def tell(
        self,
        kind: str,
        *,
        size: float,
        unit: str,
        evidence: list[str],
        sure: float,
        span: tuple[float, float] | None = None,
        channel: str | None = None,
        about: str | None = None,
        key: str | None = None,
        **values: object,
    ) -> None:
        """Add a finding. `about` tells it from others of its kind, `key` names its template if not the kind does."""
        says = {"channel": channel, "response": self.spoken, "money": self.money, **values}
        low, high = span or (None, None)
        name = about or channel
        self.insights.append(
            Insight(
                id=f"{kind}:{name}" if name else kind,
                kind=kind,
                sentence=self.voice.say(f"insight.{key or kind}", **says),
                size=size,
                unit=unit,
                low=low,
                high=high,
                evidence=evidence,
                sure=sure,
                channel=channel,
            )
        )

    def worth(self, insight: Insight) -> float:
        """What is at stake in money: actions count as much as they usually cost."""
        if insight.unit == self.money or self.response == "revenue":
            return insight.size
        claimed, total = np.nan_to_num(self.panel.claimed).sum(), np.nan_to_num(self.panel.total).sum()
        return insight.size * float(self.panel.spend.sum()) / max(float(total or claimed), 1e-9)


Look = Callable[[Ledger], None]
"""Adds what it finds, if anything."""


def draws_of(ledger: Ledger) -> Draws | None:
    return None if ledger.kept is None else curves_of(ledger.kept)


def today(ledger: Ledger) -> Floats:
    """Today's mix at the plan's size, money per period."""
    kept, panel = ledger.kept, ledger.panel
    spent = sum(float(line.amount) for line in ledger.state["allocator"].lines if line.channel in panel.channels)
    return shares(panel) * spent / (kept.periods if kept else 1.0)


def of_the_mix(ledger: Ledger, margin: Floats, current: Floats) -> Floats:
    """What the last unit of money brings in the whole mix, per draw; channels that nobody measures do not count."""
    silent = unmeasured.channels(ledger.panel)
    weight = np.where([name in silent for name in ledger.panel.channels], 0.0, current)
    return (margin * weight).sum(axis=1) / max(float(weight.sum()), 1e-12)


def span80(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, [0.1, 0.9])
    return float(low), float(high)
