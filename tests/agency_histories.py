"""Histories as agencies leave them, invented with known curves: flights, demand, platforms that claim too much.

Harder and closer to practice than `tests.invented_histories`: channels are bought when people buy anyway, brand search
takes credit for demand, and what platforms claim, where they claim anything, follows habits of its own.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from tests.invented_histories import Curve, Floats, Scenario

KINDS = ("channel", "biased", "total", "plain", "shares", "pair")
"""channel: claims are right; biased: off by a hidden factor each; total: total sales, claims by the platforms' habits;
plain: total sales, claims about right, names that say nothing; shares: total sales, claims follow spend; pair: the same
with two channels, one of them rarely on."""
CLAIMED = {
    "tv": 0.6,
    "video": 0.6,
    "audio": 0.7,
    "display": 0.75,
    "social": 1.25,
    "retail media": 1.15,
    "email": 1.6,
    "affiliate": 1.6,
    "search generic": 2.2,
    "search brand": 2.6,
}
"""Claimed over caused response, typically."""
CREDIT = {"search brand": 0.13, "search generic": 0.045, "email": 0.015, "affiliate": 0.012}
"""Share of the sales that come without advertising, claimed all the same."""
ECHO = 26


@dataclass(frozen=True)
class Market:
    """What spend follows. The lists are equally likely, but for `spread_odds`."""

    hidden: bool
    """Whether demand that no season tells moves spend and, with total sales, the sales without advertising."""
    links: list[float]
    waves: list[float]
    spreads: list[float]
    spread_odds: list[float]


HIDDEN = Market(
    hidden=True,
    links=[0.0, 0.45, 0.85],
    waves=[0.05, 0.15, 0.35],
    spreads=[0.12, 0.32, 0.58],
    spread_odds=[0.3, 0.17, 0.53],
)
SEASONAL = Market(
    hidden=False,
    links=[0.0, 0.4, 0.8, 0.8],
    waves=[0.05, 0.2, 0.2, 0.35],
    spreads=[0.15, 0.35, 0.6],
    spread_odds=[0.35, 0.2, 0.45],
)
"""Demand is the season, so that a model with a season can tell it; spend varies somewhat more."""


@dataclass(frozen=True)
class Setting:
    kind: str
    market: Market
    names: list[str]
    periods: int
    days: int
    link: float
    """Correlation of spend with demand."""
    wave: float
    """Size of the season, on the log scale."""
    quirk: str
    odd: int
    """The channel that the quirk befalls."""


def agency_history(seed: int, kind: str, market: Market = HIDDEN) -> Scenario:
    """Invent one history. The same seed, kind and market give the same history."""
    rng = np.random.Generator(np.random.PCG64([seed, KINDS.index(kind), 4711]))
    setting = _setting(rng, kind, market)
    season = _season(rng, setting)
    shocks = _rough(rng, setting.periods, float(rng.choice([0.3, 0.6, 0.8])))
    wave = season / setting.wave
    spend = _spend(rng, setting, 0.6 * shocks + 0.8 * wave if market.hidden else wave)
    curves = _curves(rng, setting, spend)
    worked = [_echo(rng, setting, spend[:, i], delayed=_befalls(setting, "late", i)) for i in range(spend.shape[1])]
    caused = np.stack([curve(echo) for curve, echo in zip(curves.values(), worked, strict=True)], axis=1)
    trend = np.exp(season + rng.normal(0.0, 0.12) * np.arange(setting.periods) * setting.days / 365.25)
    claimed, total = _told(rng, setting, spend, caused, trend, shocks)
    if setting.quirk == "outage":
        begin = int(rng.integers(0, setting.periods - 8))
        claimed[begin : begin + int(rng.integers(3, 9)), setting.odd] = 0.0
    recent = max(
        float(spend[-(28 if setting.days == 1 else 13) :].sum(axis=1).mean()), 0.05 * float(spend.sum(1).mean())
    )
    times = rng.choice([0.7, 1.0, 1.3, 1.6] if kind in {"channel", "biased", "total"} else [1.0, 1.3])
    rows = _rows(rng, setting, spend, claimed, total)
    return Scenario(f"{kind}-{seed}", kind, rows, round(recent * float(times), 2), curves, setting.days)


def _setting(rng: np.random.Generator, kind: str, market: Market) -> Setting:
    usual = kind in {"channel", "biased", "total"}
    days = 1 if usual and rng.random() < 0.1 else 7
    periods = {
        "plain": [51, 51, 103],
        "shares": [52, 104, 156],
        "pair": [104, 130, 156, 179],
    }.get(kind, [60, 120, 180] if days == 1 else [26, 52, 104, 156])
    count = int(rng.choice({"plain": [3, 4, 6], "shares": [3, 4, 5], "pair": [2]}.get(kind, [3, 4, 5, 6, 8, 10, 10])))
    names = sorted(str(name) for name in rng.choice(list(CLAIMED), count, replace=False))
    quirks = ["", "", "", "spike", "outage", "dead", "new", "gaps", "flat", "late"]
    return Setting(
        kind=kind,
        market=market,
        names=names if usual or kind == "shares" else [f"channel {number}" for number in range(count)],
        periods=int(rng.choice(periods)),
        days=days,
        link=float(rng.choice(market.links)),
        wave=float(rng.choice(market.waves)),
        quirk=str(rng.choice(quirks)) if usual else "",
        odd=int(rng.integers(count)),
    )


def _befalls(setting: Setting, quirk: str, channel: int) -> bool:
    return setting.quirk == quirk and setting.odd == channel


def _season(rng: np.random.Generator, setting: Setting) -> Floats:
    t = np.arange(setting.periods)
    years = t * setting.days / 365.25
    wave = np.sin(2 * np.pi * (years + rng.random())) + 0.3 * np.sin(4 * np.pi * (years + rng.random()))
    week = np.array([0.0, 0.05, 0.05, 0.1, 0.15, -0.15, -0.2])[t % 7] if setting.days == 1 else 0.0
    return setting.wave * (wave + week)


def _rough(rng: np.random.Generator, periods: int, memory: float) -> Floats:
    steps = rng.standard_normal(periods)
    for t in range(1, periods):
        steps[t] = memory * steps[t - 1] + np.sqrt(1.0 - memory**2) * steps[t]
    return steps


def _spend(rng: np.random.Generator, setting: Setting, demand: Floats) -> Floats:
    usual = setting.kind in {"channel", "biased", "total"}
    pull = (demand - demand.mean()) / demand.std()
    spread = float(rng.choice(setting.market.spreads, p=setting.market.spread_odds))
    center = 6.8 if setting.days == 1 else 9.2 if usual else 9.0
    columns: list[Floats] = []
    for channel in range(len(setting.names)):
        own = _rough(rng, setting.periods, float(rng.choice([0.3, 0.6, 0.8] if usual else [0.0, 0.3, 0.5])))
        size = spread if usual else float(rng.choice([0.26, 0.26, 0.5]))
        moved = size * (setting.link * pull + np.sqrt(1.0 - setting.link**2) * own)
        level = np.exp(center + (0.75 if usual else 0.45) * rng.standard_normal())
        columns.append(level * np.exp(moved - size**2 / 2) * _flights(rng, setting, channel))
    spend = np.stack(columns, axis=1)
    odd = spend[:, setting.odd]
    if setting.quirk == "spike":
        odd[int(rng.integers(setting.periods))] *= 5.0
    if setting.quirk == "new":
        odd[:-8] = 0.0
    if setting.quirk == "flat":
        odd[:] = odd.mean()
    return spend.round(2)


def _flights(rng: np.random.Generator, setting: Setting, channel: int) -> Floats:
    """What a channel's usual spend is multiplied by: on and off, or always on."""
    share = {"channel": 0.25, "biased": 0.25, "total": 0.25, "plain": 0.0, "shares": 0.4}.get(setting.kind, channel)
    if rng.random() >= share:
        return np.ones(setting.periods)
    usual = setting.kind in {"channel", "biased", "total"}
    length = int(rng.choice([1, 1, 2] if usual else [1, 2, 4]))
    chance = 0.55 if usual else 0.2 if setting.kind == "pair" else rng.uniform(0.4, 0.8)
    on = np.repeat(rng.random(setting.periods // length + 1) < chance, length)[: setting.periods]
    return np.where(on | ~on.any(), 1.6, 0.06 if usual else 0.0)


def _curves(rng: np.random.Generator, setting: Setting, spend: Floats) -> dict[str, Curve]:
    hills = rng.random() < 0.45 or setting.kind not in {"channel", "biased", "total"}
    curves = {name: _curve(rng, setting.kind, spend[:, i], hills=hills) for i, name in enumerate(setting.names)}
    if setting.quirk == "dead":
        name = setting.names[setting.odd]
        curves[name] = replace(curves[name], top=0.02 * curves[name].top)
    return curves


def _curve(rng: np.random.Generator, kind: str, spend: Floats, *, hills: bool) -> Curve:
    families = ["hill", "exponential", "tanh", "power", "log"]
    family = "hill" if hills else str(rng.choice(families, p=[0.36, 0.16, 0.16, 0.16, 0.16]))
    usual = float(spend[spend > 0].mean())
    log_scale, sd = {"plain": (0.22, 0.5), "shares": (0.3, 0.2), "pair": (0.3, 0.4)}.get(kind, (0.34, 0.5))
    scale = usual * float(np.exp(log_scale + sd * rng.standard_normal())) * (0.75 if family == "tanh" else 1.0)
    low, high = {"plain": (0.85, 1.8), "shares": (1.0, 1.0), "pair": (0.8, 1.4)}.get(kind, (0.72, 2.1))
    slope = float(rng.uniform(0.37, 0.85) if family == "power" else rng.uniform(low, high))
    spread = {"plain": 0.35, "shares": 0.3, "pair": 0.35}.get(kind, 0.36)
    wanted = usual * float(np.exp((0.1 if kind == "shares" else 0.87) + spread * rng.standard_normal()))
    shape = Curve(family, 1.0, scale, slope)
    return replace(shape, top=wanted / float(shape(np.array([usual]))[0]))


def _echo(rng: np.random.Generator, setting: Setting, spend: Floats, *, delayed: bool) -> Floats:
    decay, lag = rng.uniform(0.0, 0.3 if setting.kind == "plain" else 0.8), np.arange(ECHO)
    weights = decay ** ((lag - 2.0) ** 2) if delayed else decay**lag
    before = np.full(ECHO, spend[: max(4, len(spend) // 8)].mean())
    return np.convolve(np.concatenate([before, spend]), weights / weights.sum())[ECHO : ECHO + len(spend)]


def _told(
    rng: np.random.Generator, setting: Setting, spend: Floats, caused: Floats, trend: Floats, shocks: Floats
) -> tuple[Floats, Floats | None]:
    """What channels claim, and total sales where they are told."""
    if setting.kind in {"channel", "biased"}:
        off = 0.35 * rng.standard_normal(caused.shape[1]) if setting.kind == "biased" else np.zeros(caused.shape[1])
        noise = float(rng.choice([0.1, 0.2, 0.35])) * rng.standard_normal(caused.shape)
        return caused * trend[:, None] * np.exp(off + noise) * rng.uniform(0.8, 1.3), None
    part = rng.uniform(0.25, 0.58)
    hidden = setting.market.hidden and setting.kind == "total"
    unseen = np.exp(0.1 * setting.link * shocks) if hidden else np.ones(setting.periods)
    base = caused.sum(axis=1).mean() * (1.0 - part) / part * trend * unseen
    noise = float(rng.choice([0.02, 0.05, 0.1])) * rng.standard_normal(setting.periods)
    total = (base + caused.sum(axis=1)) * np.exp(noise)
    if setting.kind == "total":
        claims = [1.2 * CLAIMED[name] * np.exp(0.35 * rng.standard_normal()) for name in setting.names]
        credit = [CREDIT.get(name, 0.002) * np.exp(0.3 * rng.standard_normal()) for name in setting.names]
        claimed = np.array(claims) * caused + np.array(credit) * base[:, None]
        return claimed * np.exp(0.15 * rng.standard_normal(caused.shape)), total
    if setting.kind == "plain":
        off = rng.uniform(0.75, 1.2, caused.shape[1])
        return caused * off * np.exp(0.05 * rng.standard_normal(caused.shape)), total
    split = spend / np.maximum(spend.sum(axis=1, keepdims=True), 1e-9)
    return float(rng.choice([0.2, 0.3])) * total[:, None] * split, total


def _rows(
    rng: np.random.Generator, setting: Setting, spend: Floats, claimed: Floats, total: Floats | None
) -> pl.DataFrame:
    start = date(2021, 1, 4) + timedelta(weeks=int(rng.integers(0, 120)))
    dates = [start + timedelta(days=setting.days * t) for t in range(setting.periods)]
    frames: list[pl.DataFrame] = []
    for i, name in enumerate(setting.names):
        told = np.ones(setting.periods, dtype=bool)
        if _befalls(setting, "gaps", i):
            told[rng.choice(setting.periods, setting.periods // 8, replace=False)] = False
        columns = {
            "date": dates,
            "channel": [name] * len(dates),
            "spend": spend[:, i],
            "revenue": claimed[:, i].round(2),
        }
        frames.append(pl.DataFrame(columns).filter(pl.Series(told)))
    if total is not None:
        columns = {"date": dates, "channel": ["(total)"] * len(dates), "spend": np.zeros(len(dates))}
        frames.append(pl.DataFrame({**columns, "revenue": total.round(2)}))
    return pl.concat(frames).sort("date", "channel")
