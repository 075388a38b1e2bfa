"""Campaigns that stand out within their channel, and money in cells that could not be read."""

from statistics import NormalDist

import numpy as np

from events.plan import SourceFile
from worker.planning import campaigns
from worker.planning.campaigns import Campaigns, identifier
from worker.planning.insights.ledger import Ledger


def standing_out(ledger: Ledger) -> None:
    """Campaigns whose shrunken return clearly differs from that of their channel."""
    amounts = {
        (line.channel, entry.campaign): float(entry.current)
        for line in ledger.state["allocator"].lines
        for entry in line.campaigns
    }
    for channel, found in campaigns.of(ledger.state).items():
        for place in np.flatnonzero(found.clear):
            _campaign(ledger, channel, found, int(place), amounts.get((channel, found.names[place]), 0.0))


def _campaign(ledger: Ledger, channel: str, found: Campaigns, place: int, amount: float) -> None:
    name, own, effect = found.names[place], float(found.returned[place]), float(found.effect[place])
    sure = float(found.sure[place])
    known = np.isfinite(found.returned)
    usual = float(np.average(found.returned[known], weights=found.spent[known]))
    error = abs(effect) / max(NormalDist().inv_cdf(min(sure, 0.9999)), 1e-6)
    sizes = [amount * usual * float(np.expm1(abs(effect) + z * error)) for z in (-1.28, 0.0, 1.28)]
    if effect < 0:
        sizes = [amount * usual * float(-np.expm1(-abs(effect) - z * error)) for z in (-1.28, 0.0, 1.28)]
    kind = "campaign_leads" if effect > 0 else "campaign_wastes"
    spend = ledger.fact(
        f"spend:{channel}/{name}", "campaign_spend", round(amount, 2), ledger.money, channel, campaign=name
    )
    ledger.tell(
        kind,
        key="campaign_silent" if own <= 0 else kind,
        channel=channel,
        about=f"{channel}/{name}",
        campaign=name,
        own=own,
        usual=usual,
        size=sizes[1],
        unit=ledger.response,
        span=(sizes[0], sizes[2]),
        evidence=[identifier(channel, name), f"return:{channel}", spend],
        sure=sure,
    )


def quarantine(ledger: Ledger) -> None:
    """Files whose unreadable cells hide spend."""
    chosen = ledger.state["brief"].file_ids
    for source in ledger.state["history"].sources:
        if source.quarantined and (chosen is None or source.file_id in chosen):
            _hidden(ledger, source)


def _hidden(ledger: Ledger, source: SourceFile) -> None:
    rows = ledger.state["history"].rows
    money = rows.filter((rows["file_id"] == source.file_id) & (rows["spend"].fill_null(0.0) > 0))["spend"]
    if money.is_empty():
        return
    usual = float(np.median(money.to_numpy()))
    lost = usual * source.quarantined
    cells = ledger.fact(f"quarantined:{source.file_id}", "quarantined", source.quarantined, "", file=source.name)
    ledger.tell(
        "quarantine",
        about=source.file_id,
        cells=source.quarantined,
        file=source.name,
        lost=lost,
        size=lost,
        unit=ledger.money,
        evidence=[cells, ledger.fact(f"lost:{source.file_id}", "lost", round(lost, 2), ledger.money)],
        sure=0.9,
    )
