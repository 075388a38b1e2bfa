"""What looks odd in the rows before any model: single amounts that stand out, breaks, and rows told twice."""

from datetime import timedelta
from itertools import combinations

import numpy as np
import polars as pl

from worker.planning.curves import Floats
from worker.planning.history import History
from worker.planning.panel import Panel
from worker.planning.voice import Voice

SPIKE = 4.0
"""Times its usual high (90th percentile) that an amount must be to stand out."""
BREAK_PERIODS = 8
BREAK_SD, BREAK_LOG = 5.0, 0.5
"""How many standard errors, and how far in logs, returns must lie apart before and after a break."""
SAME_DATES, SAME_SHARE = 5, 0.8
"""How many dates two files must share, and on how many of them amounts must be the same, to be the same rows."""


def of(panel: Panel, history: History, voice: Voice) -> list[str]:
    """Warnings, each with what to do."""
    warnings = [
        text for index in range(len(panel.channels)) for text in _of_channel(panel, index, history.currency, voice)
    ]
    return warnings + _no_amounts(history, voice) + _told_twice(history, voice)


def _of_channel(panel: Panel, index: int, currency: str, voice: Voice) -> list[str]:
    channel, spend = panel.channels[index], panel.spend[:, index]
    warnings: list[str] = []
    period = spike(spend)
    if period is not None:
        warnings.append(
            voice.say("warning.spike", channel=channel, spent=spend[period], money=currency, first=_date(panel, period))
        )
    found = broken(spend, panel.claimed[:, index])
    if found is not None:
        period, change = found
        warnings.append(
            voice.say(
                "warning.break_up" if change > 0 else "warning.break_down",
                first=_date(panel, period),
                channel=channel,
                share=abs(change),
                response=voice.say(f"response.{panel.response}"),
            )
        )
    return warnings


def _date(panel: Panel, period: int) -> str:
    return str(panel.first + timedelta(days=panel.days * period))


def spike(spend: Floats) -> int | None:
    """The one period whose spend stands far out, if there is one."""
    active = np.sort(spend[spend > 0])
    if len(active) < BREAK_PERIODS or active[-1] < SPIKE * np.quantile(active[:-1], 0.9):
        return None
    return int(spend.argmax())


def broken(spend: Floats, claimed: Floats) -> tuple[int, float] | None:
    """Where the return breaks, and by which share it changes: the split of time that divides log returns best."""
    seen = (spend > 0) & (np.nan_to_num(claimed) > 0)
    places = np.flatnonzero(seen)
    returns = np.log(claimed[seen] / spend[seen])
    best, where, jump = 0.0, -1, 0.0
    for cut in range(BREAK_PERIODS, len(returns) - BREAK_PERIODS + 1):
        before, after = returns[:cut], returns[cut:]
        error = np.sqrt(before.var() / len(before) + after.var() / len(after)) + 1e-9
        gap = float(after.mean() - before.mean())
        if abs(gap) / error > best:
            best, where, jump = abs(gap) / error, cut, gap
    if best < BREAK_SD or abs(jump) < BREAK_LOG:
        return None
    return int(places[where]), float(np.expm1(jump))


def _no_amounts(history: History, voice: Voice) -> list[str]:
    counts = {"below_zero": int((history.rows["spend"] < 0).sum()), "unread": history.unread}
    return [voice.say(f"warning.{key}", count=count) for key, count in counts.items() if count]


def _told_twice(history: History, voice: Voice) -> list[str]:
    """Files that tell the same spend of the same channel on the same dates: probably two exports of one thing."""
    name = pl.coalesce(pl.col("channel"), pl.col("campaign")).str.strip_chars()
    sums = (
        history.rows.filter(pl.col("spend") > 0)
        .group_by(name.alias("channel"), "date", "file_id")
        .agg(pl.col("spend").sum().round(2))
        .drop_nulls()
    )
    warnings: list[str] = []
    for (channel,), rows in sorted(sums.group_by("channel"), key=lambda group: str(group[0])):
        for first, second in combinations(sorted(rows["file_id"].unique()), 2):
            both = rows.filter(pl.col("file_id") == first).join(rows.filter(pl.col("file_id") == second), on="date")
            same = int((both["spend"] == both["spend_right"]).sum())
            if len(both) >= SAME_DATES and same >= SAME_SHARE * len(both):
                warnings.append(voice.say("warning.twice", channel=channel, count=same))
                break
    return warnings
