"""Total sales: what base, season and all channels together must add up to."""

from dataclasses import dataclass, field

import numpy as np

from worker.planning.claims import Channel, Singles
from worker.planning.curves import Floats
from worker.planning.model import Evidence


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
    projected: list[Singles] = field(default_factory=list)
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
    total.projector = np.diag(total.weight) / total.noise**2 - (
        weighted @ np.linalg.solve(inner, weighted.T) / total.noise**4
    )
    projector = total.projector.astype(np.float32)
    total.projected = [channel.answer @ projector for channel in channels]
    total.squares = [
        np.einsum("mt,mt->m", channel.answer, product).astype(np.float64)
        for channel, product in zip(channels, total.projected, strict=True)
    ]


def effect(channel: Channel, total: Total) -> Floats:
    return np.exp(channel.log_beta) / total.scale * channel.answer[channel.chosen]


def slide_levels(channels: list[Channel], total: Total, rng: np.random.Generator) -> None:
    """Elliptical slice move of all channels' levels at once, given their shapes."""
    answers = np.array([channel.answer[channel.chosen] for channel in channels])
    mean = np.array([channel.b - channel.bridge_mean for channel in channels])
    now = np.array([channel.log_beta for channel in channels]) - mean
    cross = answers @ (total.projector @ total.sales)
    inner = answers @ total.projector @ answers.T

    def fits(offset: Floats) -> float:
        beta = np.exp(np.clip(offset + mean, -50, 50)) / total.scale
        return float(beta @ cross - 0.5 * beta @ inner @ beta)

    ellipse = np.array([channel.bridge_sd for channel in channels]) * rng.standard_normal(len(channels))
    bar = fits(now) + np.log(rng.random())
    angle = rng.random() * 2.0 * np.pi
    low, high = angle - 2.0 * np.pi, angle
    offset = now
    for _ in range(60):
        proposal = now * np.cos(angle) + ellipse * np.sin(angle)
        if fits(proposal) > bar:
            offset = proposal
            break
        low, high = (angle, high) if angle < 0 else (low, angle)
        angle = low + (high - low) * rng.random()
    for channel, value in zip(channels, offset + mean, strict=True):
        channel.log_beta = float(value)


def base(channels: list[Channel], total: Total | None) -> Floats:
    """Base and season of sales, given the channels as they stand now."""
    if total is None:
        return np.zeros(0)
    rest = total.sales - sum((effect(channel, total) for channel in channels), np.zeros(len(total.sales)))
    weighted = total.design * total.weight[:, None]
    inner = total.design.T @ weighted / total.noise**2 + np.diag(total.precision)
    return np.asarray(total.scale * np.linalg.solve(inner, weighted.T @ rest / total.noise**2), dtype=np.float64)
