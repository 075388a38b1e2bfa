"""Response curves: how much a channel brings at a steady spend, and how spending echoes into later periods.

Five families, so that no single one decides what happens beyond the spend that was ever tried. `u` is spend
divided by the channel's reference spend, and every curve is scaled to be 1 at u = 1.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HILL, EXPONENTIAL, TANH, POWER, LOG = range(5)
FAMILIES = ("hill", "exponential", "tanh", "power", "log")
TAPS = 26


@dataclass(frozen=True)
class Draws:
    """Equally likely response curves. Arrays are draws x channels; `reference` is one spend per channel."""

    channels: list[str]
    reference: Floats
    family: Ints
    scale: Floats
    slope: Floats
    level: Floats
    """Response per period at the reference spend."""


def raw(family: Ints, scale: Floats, slope: Floats, u: Floats) -> Floats:
    """The unscaled curve; all arguments broadcast against each other."""
    safe = np.maximum(u, 1e-12)
    ratio = safe / scale
    hill = 1.0 / (1.0 + ratio ** (-slope))
    shapes = [hill, -np.expm1(-ratio), np.tanh(ratio / 2.0), safe**slope, np.log1p(ratio)]
    return np.where(u > 0, np.choose(family, shapes), 0.0)


def curve(family: Ints, scale: Floats, slope: Floats, u: Floats) -> Floats:
    """Response at `u` relative to the response at u = 1."""
    return raw(family, scale, slope, u) / raw(family, scale, slope, np.ones_like(scale))


def respond(draws: Draws, spend: Floats) -> Floats:
    """Response per period of every draw and channel. `spend`: one per channel, or channels x points.

    Returns draws x channels (x points).
    """
    if spend.ndim == 1:
        u = spend / draws.reference
        return draws.level * curve(draws.family, draws.scale, draws.slope, u[None, :])
    u = spend / draws.reference[:, None]
    shape = curve(draws.family[:, :, None], draws.scale[:, :, None], draws.slope[:, :, None], u[None, :, :])
    return draws.level[:, :, None] * shape


def kernel(decay: float, delay: int = 0) -> Floats:
    """Weights of the echo of one period's spend, summing to 1: geometric, or peaking `delay` periods later."""
    lag = np.arange(TAPS, dtype=np.float64)
    weights = decay ** ((lag - delay) ** 2) if delay else decay**lag
    return weights / weights.sum()


def echo(spend: Floats, weights: Floats) -> Floats:
    """Spend as it works: periods x channels. Before the first period the channel is taken to have spent its mean."""
    before = np.repeat(spend[: max(4, len(spend) // 4)].mean(axis=0, keepdims=True), TAPS, axis=0)
    padded = np.concatenate([before, spend])
    columns = [np.convolve(padded[:, c], weights)[TAPS : TAPS + len(spend)] for c in range(spend.shape[1])]
    return np.stack(columns, axis=1)
