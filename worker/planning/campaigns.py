"""Each channel's money over its campaigns: as it is split of late, leaning a little to those that clearly bring more.

Platforms' own rows are all there is to compare campaigns by, and they may be off by a factor. So log returns are
shrunken to the channel's by t²/(t² + e² + d²): t is what is left of the spread between campaigns (DerSimonian and
Laird), e the error of the mean over weeks, d the doubt about attribution. A campaign moves only when it is `SURE` that
it differs, and by a fifth at most.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from math import erf, sqrt

import msgspec
import numpy as np
import polars as pl

from events.plan import CampaignLine, Fact, Line
from worker.planning.curves import Floats
from worker.planning.evidence import ATTRIBUTION_SD
from worker.planning.findings import State
from worker.planning.limits import to_cents
from worker.planning.panel import Counted, Flags, Panel, counted

LATELY = 28
"""Days, or two periods when those are longer: a campaign that spent nothing in them has ended."""
LOOK_BACK = 182
"""Days of rows that returns are compared over: campaigns change faster than channels."""
PERIODS = 4
"""Fewer periods with spend and response say nothing about a campaign."""
SURE = 0.8
MOVE = 0.2
PRIOR = 0.25
"""Weight of the channel's return in each period of a campaign, in mean periods of its money."""
MOST = 50
"""Campaigns of a channel that get a line; the smallest share one."""
UNNAMED, OTHERS = "(no campaign)", "(other campaigns)"


@dataclass(frozen=True)
class Campaigns:
    """Campaigns of one channel that ran of late. `effect` is the log of the return over the channel's, shrunken."""

    names: list[str]
    spent: Floats
    """Of late."""
    returned: Floats
    """Response per unit of money; NaN where the rows tell nothing."""
    effect: Floats
    sure: Floats
    """Probability that the effect has the sign it has."""
    rows: list[int]
    files: list[list[str]]

    @property
    def clear(self) -> Flags:
        return (self.sure >= SURE) & (self.effect != 0)


def split(state: State, lines: list[Line]) -> tuple[list[Line], list[Fact]]:
    """Give every line its campaigns, and the facts that speak for those which move."""
    found = of(state)
    facts: list[Fact] = []
    result: list[Line] = []
    for line in lines:
        campaigns = found.get(line.channel)
        if campaigns is None:
            result.append(line)
            continue
        facts += _facts(state, line.channel, campaigns)
        result.append(msgspec.structs.replace(line, campaigns=_lines(line, campaigns)))
    return result, facts


def of(state: State) -> dict[str, Campaigns]:
    """What is known of the campaigns of each channel that names any."""
    table, panel = counted(state["brief"], state["history"]), state["panel"]
    if not panel.channels:
        return {}
    days = max(LATELY, 2 * panel.days)
    rows = _rows(table, panel)
    recent = rows.filter(pl.col("date") > panel.last - timedelta(days=days))
    alive = recent.group_by("channel", "campaign").agg(pl.col("money").sum()).filter(pl.col("money") > 0)
    named = alive.filter(~pl.col("campaign").is_in([UNNAMED]) & (pl.col("campaign") != pl.col("channel")))
    hears = state["data_steward"].judgement.level in {"curves", "returns"}
    result: dict[str, Campaigns] = {}
    for channel in sorted(set(named["channel"].to_list())):
        mine = alive.filter(pl.col("channel") == channel).sort("money", "campaign", descending=[True, False])
        result[channel] = _campaigns(rows.filter(pl.col("channel") == channel), mine, hears=hears)
    return result


def _rows(table: Counted, panel: Panel) -> pl.DataFrame:
    name = pl.col("campaign").str.strip_chars()
    answer = pl.col(table.response) if table.response != "none" else pl.lit(None, dtype=pl.Float64)
    return table.rows.filter(
        pl.col("channel").is_in(panel.channels)
        & pl.col("date").is_between(panel.last - timedelta(days=max(LOOK_BACK, 8 * panel.days)), panel.last)
    ).select(
        "date",
        "channel",
        "file_id",
        pl.when(name != "").then(name).otherwise(pl.lit(UNNAMED)).fill_null(UNNAMED).alias("campaign"),
        ((pl.col("date") - panel.first).dt.total_days() // max(panel.days, 7)).alias("period"),
        pl.col(table.spend_from).fill_null(0.0).clip(0.0).alias("money"),
        answer.clip(0.0).alias("answer"),
    )


def _campaigns(rows: pl.DataFrame, alive: pl.DataFrame, *, hears: bool) -> Campaigns:
    names: list[str] = alive["campaign"].to_list()[:MOST]
    spent = alive["money"].to_numpy().astype(np.float64)
    usual = _return(rows) if hears else np.nan
    own = [rows.filter(pl.col("campaign") == name) for name in names]
    returned = np.array([_return(frame) if hears else np.nan for frame in own])
    effect, sure = _effects([_logs(frame, usual) for frame in own], spent[:MOST])
    found = Campaigns(
        names=names,
        spent=spent[:MOST],
        returned=returned,
        effect=effect,
        sure=sure,
        rows=[frame.height for frame in own],
        files=[sorted(set(frame["file_id"].drop_nulls().to_list())) for frame in own],
    )
    return found if len(spent) <= MOST else _with_others(found, float(spent[MOST:].sum()))


def _with_others(found: Campaigns, spent: float) -> Campaigns:
    return Campaigns(
        names=[*found.names, OTHERS],
        spent=np.append(found.spent, spent),
        returned=np.append(found.returned, np.nan),
        effect=np.append(found.effect, 0.0),
        sure=np.append(found.sure, 0.5),
        rows=[*found.rows, 0],
        files=[*found.files, []],
    )


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("answer").is_not_null() & (pl.col("money") > 0))


def _return(rows: pl.DataFrame) -> float:
    told = _told(rows)
    money = float(told["money"].sum())
    return float(told["answer"].sum()) / money if money > 0 else float("nan")


def _logs(rows: pl.DataFrame, usual: float) -> Floats:
    """Log of response per unit of money, by period; a little of the channel's usual return makes zeros bearable."""
    sums = _told(rows).group_by("period").agg(pl.col("money").sum(), pl.col("answer").sum()).sort("period")
    if not usual > 0 or sums.is_empty():
        return np.zeros(0)
    money, answer = sums["money"].to_numpy(), sums["answer"].to_numpy()
    little = PRIOR * float(money.mean())
    return np.log((answer + usual * little) / (money + little)).astype(np.float64)


def _effects(logs: list[Floats], spent: Floats) -> tuple[Floats, Floats]:
    """Log return over the money-weighted mean of all, shrunken by how well it is known, and how sure its sign is.

    The error is that of the mean over periods plus the doubt about attribution; the spread between campaigns that is
    left beyond errors (DerSimonian and Laird's moment estimate) says how far to believe a difference.
    """
    known = np.array([len(log) >= PERIODS for log in logs])
    effect, sure = np.zeros(len(logs)), np.full(len(logs), 0.5)
    if known.sum() < 2:
        return effect, sure
    mean = np.array([log.mean() for log, good in zip(logs, known, strict=True) if good])
    noise = np.array([log.var(ddof=1) / len(log) for log, good in zip(logs, known, strict=True) if good])
    error = noise + ATTRIBUTION_SD**2
    center = float(np.average(mean, weights=spent[known]))
    weight = 1.0 / error
    middle = float(np.average(mean, weights=weight))
    excess = float((weight * (mean - middle) ** 2).sum()) - (len(mean) - 1)
    spread = max(excess / max(float(weight.sum() - (weight**2).sum() / weight.sum()), 1e-12), 0.0)
    belief = spread / (spread + error)
    effect[known] = belief * (mean - center)
    left = np.sqrt(np.maximum(belief * error, 1e-12))
    sure[known] = [0.5 * (1 + erf(abs(e) / s / sqrt(2))) for e, s in zip(effect[known], left, strict=True)]
    return effect, sure


def _lines(line: Line, campaigns: Campaigns) -> list[CampaignLine]:
    current = _split(line.amount, campaigns.spent)
    amounts = _split(line.amount, campaigns.spent * _lean(campaigns))
    money = float(line.amount)
    made = [
        CampaignLine(
            campaign=name,
            amount=amounts[i],
            share=float(amounts[i]) / money if money > 0 else 0.0,
            current=current[i],
            change=amounts[i] - current[i],
            returned=_number(float(campaigns.returned[i])),
            sure=_number(float(campaigns.sure[i])) if campaigns.effect[i] else None,
            evidence=[identifier(line.channel, name)] if campaigns.clear[i] else [],
        )
        for i, name in enumerate(campaigns.names)
    ]
    return sorted(made, key=lambda entry: (-entry.amount, entry.campaign))


def _lean(campaigns: Campaigns) -> Floats:
    """Factor on each campaign's part, a fifth up or down at most also after the parts add up to one again."""
    factor = np.where(campaigns.clear, np.exp(np.clip(campaigns.effect, np.log(1 - MOVE), np.log(1 + MOVE))), 1.0)
    part = campaigns.spent / campaigns.spent.sum()
    for _ in range(20):
        factor = np.clip(factor / float(part @ factor), 1 - MOVE, 1 + MOVE)
    return factor


def _split(amount: Decimal, weight: Floats) -> list[Decimal]:
    even = float(amount) * weight / weight.sum()
    return to_cents(even, np.zeros(len(weight)), np.full(len(weight), float(amount)), amount)


def identifier(channel: str, campaign: str) -> str:
    return f"return:{channel}/{campaign}"


def _facts(state: State, channel: str, campaigns: Campaigns) -> list[Fact]:
    panel = state["panel"]
    response, money = state["data_steward"].response, state["brief"].currency
    first = max(panel.first, panel.last - timedelta(days=max(LOOK_BACK, 8 * panel.days)))
    return [
        Fact(
            id=identifier(channel, name),
            text=f"{response} per {money} that the rows of campaign {name} in {channel} tell",
            value=float(f"{campaigns.returned[i]:.6g}"),
            unit="ratio",
            channel=channel,
            campaign=name,
            file_ids=campaigns.files[i],
            first=first,
            last=panel.last,
            rows=campaigns.rows[i],
        )
        for i, name in enumerate(campaigns.names)
        if campaigns.clear[i]
    ]


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if np.isfinite(value) else None
