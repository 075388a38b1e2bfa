"""Findings that need no model: tracking outages, new channels, channels that rise and fall together."""

from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import polars as pl

from events.plan import Fact, Insight
from worker.planning import oddities
from worker.planning.history import History
from worker.planning.panel import Panel
from worker.planning.voice import Voice


@dataclass
class Found:
    voice: Voice
    warnings: list[str] = field(default_factory=list)
    insights: list[Insight] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


def of(panel: Panel, history: History, voice: Voice) -> Found:
    found = Found(voice)
    if not panel.channels:
        return found
    files = files_of(panel, history)
    for index, channel in enumerate(panel.channels):
        _outage(found, panel, index, files[channel], history.currency)
        _young(found, panel, index)
    _together(found, panel)
    found.warnings += oddities.of(panel, history, voice)
    return found


def files_of(panel: Panel, history: History) -> dict[str, list[str]]:
    """Which files speak about each channel."""
    name = pl.coalesce(pl.col("channel"), pl.col("campaign")).str.strip_chars()
    pairs = history.rows.select(name.alias("channel"), "file_id").drop_nulls().unique().sort("channel", "file_id")
    files: dict[str, list[str]] = {channel: [] for channel in panel.channels}
    for channel, file_id in pairs.iter_rows():
        if channel in files:
            files[channel].append(file_id)
    return files


def _outage(found: Found, panel: Panel, index: int, files: list[str], currency: str) -> None:
    spend, claimed = panel.spend[:, index], np.nan_to_num(panel.claimed[:, index])
    if (claimed > 0).mean() < 0.5:
        return
    silent = (spend > 0.3 * np.median(spend)) & (claimed <= 0)
    usual = claimed[~silent & (spend > 0)].sum() / max(spend[~silent & (spend > 0)].sum(), 1e-9)
    if silent.sum() < 2 or usual <= 0:
        return
    channel, money = panel.channels[index], float(spend[silent].sum())
    response = found.voice.say(f"response.{panel.response}")
    first = panel.first + timedelta(days=panel.days * int(np.argmax(silent)))
    fact = Fact(
        id=f"outage:{channel}",
        text=found.voice.say("fact.outage", channel=channel, response=response),
        value=round(money, 2),
        unit=currency,
        channel=channel,
        file_ids=files,
        first=first,
        last=panel.last,
    )
    found.facts.append(fact)
    found.insights.append(
        Insight(
            id=fact.id,
            kind="tracking_outage",
            sentence=found.voice.say(
                "insight.tracking_outage",
                channel=channel,
                spent=money,
                money=currency,
                count=int(silent.sum()),
                response=response,
            ),
            size=round(money, 2),
            unit=currency,
            low=None,
            high=None,
            evidence=[fact.id],
            sure=0.9,
            channel=channel,
        )
    )


def _young(found: Found, panel: Panel, index: int) -> None:
    active = np.flatnonzero(panel.spend[:, index] > 0)
    if not len(active) or panel.periods < 16:
        return
    if active[0] >= panel.periods - max(9, panel.periods // 10):
        found.warnings.append(
            found.voice.say("warning.young", channel=panel.channels[index], count=panel.periods - int(active[0]))
        )
    elif active[-1] < panel.periods - 13:
        found.warnings.append(found.voice.say("warning.asleep", channel=panel.channels[index]))


def _together(found: Found, panel: Panel) -> None:
    spread = panel.spend.std(axis=0) > 1e-6 * panel.spend.mean(axis=0)
    names = [channel for channel, varied in zip(panel.channels, spread, strict=True) if varied]
    if len(names) < 2 or panel.periods < 12:
        return
    link = np.asarray(np.corrcoef(panel.spend[:, spread].T))
    for a in range(len(names)):
        for b in range(a + 1, len(names)):
            if link[a, b] > 0.9:
                found.warnings.append(found.voice.say("warning.together", one=names[a], other=names[b]))
