"""Total sales: what base, season and all channels together must add up to."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from worker.planning.claims import Channel, blocks
from worker.planning.curves import Floats
from worker.planning.model import Evidence

SLIDES = 4
"""Moves of the levels in each sweep."""
MOST_ALIKE = 0.8
"""Correlation of neighboring periods' noise that is believed at most."""


@dataclass
class Total:
    """Projection of total sales onto what base and season leave unexplained."""

    scale: float
    sales: Floats
    design: Floats
    precision: Floats
    weight: Floats
    noise: float = 0.1
    projector: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    """Weighs what is left of sales, base and season integrated out: periods x periods."""
    squares: list[Floats] = field(default_factory=list)


def total_of(evidence: Evidence, channels: list[Channel]) -> Total | None:
    seen = np.isfinite(evidence.total)
    if not seen.any():
        return None
    scale = float(np.nanmean(evidence.total))
    sales = np.where(seen, evidence.total, 0.0) / scale
    design = np.concatenate([np.ones((len(sales), 1)), evidence.season], axis=1)
    precision = np.concatenate([[0.01], 1.0 / (2.0 * evidence.season_sd) ** 2])
    total = Total(scale, sales, design, precision, seen.astype(np.float64))
    for channel in channels:
        if not channel.has_claims:
            share = float(evidence.spend.mean(axis=0).sum())
            channel.log_beta = float(np.log(max(0.3 * scale * channel.reference / max(share, 1e-9), 1e-9)))
            channel.b = channel.log_beta + channel.bridge_mean
    project(total, channels)
    return total


def project(total: Total, channels: list[Channel]) -> None:
    """Integrate base and season out of the total's likelihood, for the current weights."""
    weighted = total.design * total.weight[:, None]
    inner = total.design.T @ weighted / total.noise**2 + np.diag(total.precision)
    inverse: Floats = np.asarray(np.linalg.inv(inner) / total.noise**4, dtype=np.float64)
    total.projector = np.diag(total.weight) / total.noise**2 - weighted @ inverse @ weighted.T
    total.squares = [
        np.concatenate([_squares(block, weighted, inverse, total) for block in blocks(channel.answer)])
        for channel in channels
    ]


def _squares(answer: Floats, weighted: Floats, inverse: Floats, total: Total) -> Floats:
    facing = answer @ weighted
    return answer**2 @ total.weight / total.noise**2 - ((facing @ inverse) * facing).sum(axis=1)


def echoing(off: Floats, seen: Floats) -> float:
    """How much wider the noise counts because periods stray like the one before: they tell less than their number."""
    alike = float((off[1:] * off[:-1] * seen[1:] * seen[:-1]).sum()) / max(float((off**2 * seen).sum()), 1e-12)
    alike = min(max(alike, 0.0), MOST_ALIKE)
    return math.sqrt((1.0 + alike) / (1.0 - alike))


def score(channel: Channel, index: int, total: Total, others: Floats) -> Floats:
    """Log likelihood of the sales that other channels leave, for every candidate of this one."""
    beta = math.exp(channel.log_beta) / total.scale
    facing = (beta * (total.projector @ others)).astype(channel.answer.dtype)
    return (channel.answer @ facing).astype(np.float64) - 0.5 * beta**2 * total.squares[index]


def effect(channel: Channel, total: Total) -> Floats:
    return np.exp(channel.log_beta) / total.scale * channel.answer[channel.chosen]


def rest(channels: list[Channel], total: Total) -> Floats:
    """Sales without what the channels bring, over `scale`."""
    return total.sales - sum((effect(channel, total) for channel in channels), np.zeros(len(total.sales)))


def slide_levels(channels: list[Channel], total: Total, rng: np.random.Generator) -> None:
    """Elliptical slice moves of all channels' levels at once, given their shapes."""
    answers = np.array([channel.answer[channel.chosen] for channel in channels])
    mean = np.array([channel.b - channel.bridge_mean for channel in channels])
    spread = np.array([channel.bridge_sd for channel in channels])
    offset = np.array([channel.log_beta for channel in channels]) - mean
    projected = answers @ total.projector
    cross, inner = projected @ total.sales, projected @ answers.T

    def fits(offset: Floats) -> float:
        beta = np.exp(np.minimum(np.maximum(offset + mean, -50.0), 50.0)) / total.scale
        return float(beta @ (cross - 0.5 * (inner @ beta)))

    for _ in range(SLIDES):
        offset = _slide(offset, spread * rng.standard_normal(len(channels)), fits, rng)
    for channel, value in zip(channels, offset + mean, strict=True):
        channel.log_beta = float(value)


def _slide(now: Floats, ellipse: Floats, fits: Callable[[Floats], float], rng: np.random.Generator) -> Floats:
    bar = fits(now) + math.log(rng.random())
    angle = rng.random() * 2.0 * math.pi
    low, high = angle - 2.0 * math.pi, angle
    for _ in range(60):
        proposal = now * math.cos(angle) + ellipse * math.sin(angle)
        if fits(proposal) > bar:
            return proposal
        low, high = (angle, high) if angle < 0 else (low, angle)
        angle = low + (high - low) * rng.random()
    return now


def base(channels: list[Channel], total: Total | None) -> Floats:
    """Base and season of sales, given the channels as they stand now."""
    if total is None:
        return np.zeros(0)
    weighted = total.design * total.weight[:, None]
    inner = total.design.T @ weighted / total.noise**2 + np.diag(total.precision)
    pull = weighted.T @ rest(channels, total) / total.noise**2
    return np.asarray(total.scale * np.linalg.solve(inner, pull), dtype=np.float64)
