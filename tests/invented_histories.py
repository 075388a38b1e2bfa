"""Invented histories whose true response curves are known, so that a plan can be judged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]

UPPER = ("tv", "video", "audio", "display", "outdoor", "print")
LOWER = ("search brand", "search generic", "affiliate", "email", "retargeting", "social", "shopping", "marketplace")


@dataclass(frozen=True)
class Curve:
    """True response per period at steady spend `x`."""

    family: str
    top: float
    scale: float
    slope: float

    def __call__(self, x: Floats) -> Floats:
        u = np.maximum(np.asarray(x, dtype=np.float64), 0.0) / self.scale
        shapes: dict[str, Callable[[], Floats]] = {
            "hill": lambda: u**self.slope / (1.0 + u**self.slope),
            "exponential": lambda: -np.expm1(-u),
            "tanh": lambda: np.tanh(u / 2.0),
            "power": lambda: u**self.slope,
            "log": lambda: np.log1p(u),
            "weibull": lambda: -np.expm1(-(u**self.slope)),
            "arctan": lambda: np.arctan(u) * 2.0 / np.pi,
        }
        return self.top * shapes[self.family]()


@dataclass(frozen=True)
class Scenario:
    name: str
    kind: str
    """channel; biased: claims off by a factor each; total: claims and total sales; shares: claims follow spend."""
    rows: pl.DataFrame
    budget: float
    """For one period."""
    curves: dict[str, Curve]
    days: int


def scenario(seed: int, kind: str | None = None) -> Scenario:
    """Invent one history. The same seed gives the same history."""
    rng = np.random.Generator(np.random.PCG64([seed, 2024]))
    kind = kind or str(rng.choice(["channel", "biased", "total", "shares"], p=[0.42, 0.16, 0.34, 0.08]))
    daily = rng.random() < 0.15
    periods = int(rng.choice([60, 120, 180])) if daily else int(rng.choice([26, 52, 104, 156]))
    names = _names(rng, int(rng.integers(3, 11)))
    spend = _spend(rng, periods, len(names))
    spend = _quirk(rng, spend)
    curves = {name: _curve(rng, spend[:, i]) for i, name in enumerate(names)}
    worked = np.stack([_echo(rng, spend[:, i]) for i in range(len(names))], axis=1)
    caused = np.stack([curves[name](worked[:, i]) for i, name in enumerate(names)], axis=1)
    season = _season(rng, periods, 1 if daily else 7)
    frame = _rows(rng, kind, names, spend, caused, season, 1 if daily else 7)
    recent = spend[-(28 if daily else 13) :].sum(axis=1).mean()
    budget = round(float(recent * rng.choice([0.7, 1.0, 1.0, 1.3, 1.6])), 2)
    return Scenario(f"{kind}-{seed}", kind, frame, budget, curves, 1 if daily else 7)


def _names(rng: np.random.Generator, count: int) -> list[str]:
    return sorted(str(name) for name in rng.choice(UPPER + LOWER, size=count, replace=False))


def _spend(rng: np.random.Generator, periods: int, count: int) -> Floats:
    cv = float(rng.choice([0.1, 0.15, 0.35, 0.6]))
    demand = _rough(rng, periods)
    link = float(rng.choice([0.0, 0.4, 0.8]))
    level = np.exp(9.3 + 0.6 * rng.standard_normal(count))
    own = np.stack([_rough(rng, periods) for _ in range(count)], axis=1)
    wobble = link * demand[:, None] + np.sqrt(1.0 - link**2) * own
    spend = level * np.exp(cv * wobble - cv**2 / 2)
    for channel in range(count):
        if rng.random() < 0.25:
            on = np.repeat(rng.random(periods // 3 + 1) < 0.65, 3)[:periods]
            spend[:, channel] *= np.where(on | ~on.any(), 1.3, 0.0)
    return spend


def _rough(rng: np.random.Generator, periods: int) -> Floats:
    memory = float(rng.choice([0.0, 0.3, 0.6]))
    steps = rng.standard_normal(periods)
    for t in range(1, periods):
        steps[t] = memory * steps[t - 1] + np.sqrt(1.0 - memory**2) * steps[t]
    return steps


def _quirk(rng: np.random.Generator, spend: Floats) -> Floats:
    quirk = rng.choice(["none", "none", "none", "spike", "new", "dead", "flat"])
    channel = int(rng.integers(0, spend.shape[1]))
    if quirk == "spike":
        spend[int(rng.integers(0, len(spend))), channel] *= 4.0
    if quirk == "new":
        spend[:-8, channel] = 0.0
    if quirk == "flat":
        spend[:, channel] = spend[:, channel].mean()
    return spend


def _curve(rng: np.random.Generator, spend: Floats) -> Curve:
    family = str(
        rng.choice(
            ["hill", "exponential", "tanh", "power", "log", "weibull", "arctan"],
            p=[0.4, 0.13, 0.13, 0.12, 0.12, 0.05, 0.05],
        )
    )
    usual = float(spend[spend > 0].mean()) if (spend > 0).any() else 1.0
    scale = usual * float(np.exp(0.1 + 0.75 * rng.standard_normal()))
    slope = {"power": rng.uniform(0.3, 0.85), "weibull": rng.uniform(0.5, 1.2)}.get(family, rng.uniform(0.7, 2.0))
    shape = Curve(family, 1.0, scale, float(slope))
    wanted = usual * float(np.exp(0.8 + 0.45 * rng.standard_normal()))
    return Curve(family, wanted / float(shape(np.array([usual]))[0]), scale, float(slope))


def _echo(rng: np.random.Generator, spend: Floats) -> Floats:
    decay, lag = rng.uniform(0.0, 0.8), np.arange(26)
    weights = decay ** ((lag - 1.0) ** 2) if rng.random() < 0.08 else decay**lag
    weights = weights / weights.sum()
    before = np.full(26, spend[: max(4, len(spend) // 8)].mean())
    return np.convolve(np.concatenate([before, spend]), weights)[26 : 26 + len(spend)]


def _season(rng: np.random.Generator, periods: int, days: int) -> Floats:
    t = np.arange(periods) * days / 365.25
    amplitude = float(rng.choice([0.05, 0.2, 0.35]))
    wave = amplitude * np.sin(2 * np.pi * (t + rng.random()))
    wave += 0.3 * amplitude * np.sin(4 * np.pi * (t + rng.random()))
    return np.exp(wave + rng.normal(0.0, 0.12) * t)


def _rows(
    rng: np.random.Generator,
    kind: str,
    names: list[str],
    spend: Floats,
    caused: Floats,
    season: Floats,
    days: int,
) -> pl.DataFrame:
    periods, count = spend.shape
    dates = [date(2023, 1, 2) + timedelta(days=days * t) for t in range(periods)]
    total = None
    if kind in {"channel", "biased"}:
        noise = float(rng.choice([0.1, 0.2, 0.35]))
        bias = np.exp(0.35 * rng.standard_normal(count)) if kind == "biased" else np.ones(count)
        claimed = caused * bias * season[:, None] * np.exp(noise * rng.standard_normal(caused.shape))
        if rng.random() < 0.15:
            hole, channel = int(rng.integers(0, periods - 4)), int(rng.integers(0, count))
            claimed[hole : hole + 4, channel] = 0.0
    else:
        total, claimed = _with_total(rng, kind, names, spend, caused, season)
    frames = [
        pl.DataFrame(
            {
                "date": dates,
                "channel": [name] * periods,
                "spend": spend[:, i].round(2),
                "revenue": claimed[:, i].round(2),
            }
        )
        for i, name in enumerate(names)
    ]
    if total is not None:
        frames.append(
            pl.DataFrame(
                {"date": dates, "channel": ["(total)"] * periods, "spend": [0.0] * periods, "revenue": total.round(2)}
            )
        )
    return pl.concat(frames).sort("date", "channel")


def _with_total(
    rng: np.random.Generator, kind: str, names: list[str], spend: Floats, caused: Floats, season: Floats
) -> tuple[Floats, Floats]:
    part = rng.uniform(0.2, 0.6)
    base = caused.sum(axis=1).mean() * (1.0 - part) / part * season
    noise = float(rng.choice([0.02, 0.05, 0.1]))
    total = (base + caused.sum(axis=1)) * np.exp(noise * rng.standard_normal(len(base)))
    if kind == "shares":
        return total, caused.sum(axis=1, keepdims=True) * spend / np.maximum(spend.sum(axis=1, keepdims=True), 1e-9)
    spread = rng.uniform(0.2, 0.9)
    over = np.array([np.exp((0.6 if name in LOWER else -0.1) + spread * rng.standard_normal()) for name in names])
    capture = 0.3 * rng.random(len(names)) * caused.mean(axis=0) / base.mean()
    claimed = over * (caused + capture * base[:, None])
    return total, claimed * np.exp(0.1 * rng.standard_normal(claimed.shape))
