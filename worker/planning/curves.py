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


def _hill(u: Floats, scale: Floats, slope: Floats) -> Floats:
    return 1.0 / (1.0 + (u / scale) ** (-slope))


def _exponential(u: Floats, scale: Floats, _slope: Floats) -> Floats:
    return -np.expm1(-u / scale)


def _tanh(u: Floats, scale: Floats, _slope: Floats) -> Floats:
    return np.tanh(u / (2.0 * scale))


def _power(u: Floats, _scale: Floats, slope: Floats) -> Floats:
    return u**slope


def _log(u: Floats, scale: Floats, _slope: Floats) -> Floats:
    return np.log1p(u / scale)


SHAPES = (_hill, _exponential, _tanh, _power, _log)


def curves(family: Ints, scale: Floats, slope: Floats, u: Floats) -> Floats:
    """Response at `u` relative to the response at u = 1: one row of `u` per curve."""
    result = np.zeros_like(u)
    for index, shape in enumerate(SHAPES):
        rows = np.flatnonzero(family == index)
        if len(rows):
            k, a = scale[rows, None], slope[rows, None]
            top = shape(np.ones_like(k), k, a)
            result[rows] = shape(np.maximum(u[rows], 1e-12), k, a) / top
    return np.where(u > 0, result, 0.0)


def respond(draws: Draws, spend: Floats) -> Floats:
    """Response per period of every draw and channel. `spend`: one per channel, or channels x points.

    Returns draws x channels (x points).
    """
    points = spend[:, None] if spend.ndim == 1 else spend
    count, channels = draws.level.shape
    u = np.broadcast_to(points / draws.reference[:, None], (count, *points.shape)).reshape(count * channels, -1)
    shape = curves(draws.family.ravel(), draws.scale.ravel(), draws.slope.ravel(), u)
    answer = draws.level[:, :, None] * shape.reshape(count, channels, -1)
    return answer[:, :, 0] if spend.ndim == 1 else answer


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
