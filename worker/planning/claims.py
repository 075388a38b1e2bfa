"""One channel's candidate curves against what its own rows claim."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from worker.planning.curves import Floats
from worker.planning.model import Effort, Evidence
from worker.planning.shapes import Shapes, echoes_of, plausible

Singles = npt.NDArray[np.float32]
"""Tables of all candidates: half the memory traffic, which is what a sweep waits for."""
FLOOR = 0.02
"""Response below this share of the channel's mean says nothing more about the curve."""


@dataclass
class Channel:
    """One channel's candidates against its claims; `slow` holds what depends on robust weights."""

    shapes: Shapes
    answer: Singles
    log_answer: Singles
    echoes: Floats
    claims: Floats
    heard: Floats
    """Weight of each claim: 0 where unknown."""
    robust: Floats
    reference: float
    has_claims: bool
    log_answer_square: Singles
    chance: Floats
    """Sum of the candidates' posterior chances since they were drawn."""
    chosen: int = 0
    b: float = 0.0
    log_beta: float = 0.0
    noise: float = 0.3
    bridge_mean: float = 0.0
    bridge_sd: float = 0.0


def channel_of(evidence: Evidence, c: int, effort: Effort, rng: np.random.Generator) -> Channel:
    echoes = echoes_of(evidence.spend[:, c])
    active = evidence.spend[evidence.spend[:, c] > 0, c]
    reference = float(active.mean()) if len(active) else 1.0
    shapes = plausible(rng, effort.candidates)
    answer = shapes.answer(echoes, reference).astype(np.float32)
    log_answer = np.log(np.maximum(answer, FLOOR))
    typical, claims, heard = _heard(evidence.claimed[:, c], evidence.spend[:, c], echoes)
    channel = Channel(
        shapes,
        answer,
        log_answer,
        echoes,
        claims,
        heard,
        np.ones(len(claims)),
        reference,
        bool(typical > 0),
        log_answer**2,
        np.zeros(effort.candidates),
    )
    channel.b = float(np.log(typical)) if typical > 0 else 0.0
    if evidence.tied:
        channel.bridge_mean, channel.bridge_sd = float(evidence.bridge_mean[c]), float(evidence.bridge_sd[c])
    channel.log_beta = channel.b - channel.bridge_mean
    return channel


def _heard(claimed: Floats, spend: Floats, echoes: Floats) -> tuple[float, Floats, Floats]:
    """Typical claim while the channel runs, log claims, and how much each one counts.

    Small claims count little: counting and rounding blur them. Silence after silence says nothing at all.
    """
    told = np.isfinite(claimed)
    running = told & (spend > 0)
    typical = float(claimed[running].mean()) if running.any() else 0.0
    if typical <= 0:
        return 0.0, np.zeros(len(claimed)), np.zeros(len(claimed))
    relative = np.maximum(np.where(told, claimed, 0.0) / typical, FLOOR)
    heard = np.where(told, 1.0 / (1.0 + (0.05 / relative) ** 2), 0.0)
    quiet = echoes.max(axis=1) < FLOOR * spend[spend > 0].mean()
    heard[quiet & (relative <= FLOOR)] = 0.0
    return typical, np.log(relative * typical), heard


def score(channel: Channel, weight: Floats, wave: Floats, *, tied: bool) -> Floats:
    """Log likelihood of the claims for every candidate, the level b integrated out."""
    rest = channel.claims - wave
    mass = weight.sum()
    prior_mean = channel.log_beta + channel.bridge_mean if tied else 0.0
    prior_mass = 1.0 / channel.bridge_sd**2 if tied else 1e-6
    rest = rest - prior_mean
    both = (channel.log_answer @ np.stack([weight, weight * rest], axis=1).astype(np.float32)).astype(np.float64)
    first = float(weight @ rest) - both[:, 0]
    second = (channel.log_answer_square @ weight.astype(np.float32)).astype(np.float64) - 2.0 * both[:, 1]
    return -0.5 * (second - first**2 / (mass + prior_mass))


def draw_level(evidence: Evidence, channel: Channel, wave: Floats, rng: np.random.Generator, *, tied: bool) -> None:
    if not channel.has_claims:
        return  # b stays what all channels together bring for the money, which is where log_beta's prior is centered
    weight = channel.heard * channel.robust * evidence.claims_weight / channel.noise**2
    rest = channel.claims - wave - channel.log_answer[channel.chosen]
    prior_mass = 1.0 / channel.bridge_sd**2 if tied else 1e-6
    prior_mean = channel.log_beta + channel.bridge_mean if tied else 0.0
    mass = float(weight.sum()) + prior_mass
    mean = (float(weight @ rest) + prior_mass * prior_mean) / mass
    channel.b = mean + rng.standard_normal() / float(np.sqrt(mass))
    if not tied:
        channel.log_beta = channel.b


def draw_season(evidence: Evidence, channels: list[Channel], rng: np.random.Generator) -> Floats:
    terms = evidence.season.shape[1]
    if terms == 0:
        return np.zeros(0)
    mass = np.diag(1.0 / evidence.season_sd**2)
    pull = np.zeros(terms)
    for channel in channels:
        if channel.has_claims:
            weight = channel.heard * channel.robust / channel.noise**2
            mass = mass + evidence.season.T @ (evidence.season * weight[:, None])
            pull = pull + evidence.season.T @ (
                weight * (channel.claims - channel.b - channel.log_answer[channel.chosen])
            )
    root = np.linalg.cholesky(mass)
    mean = np.linalg.solve(mass, pull)
    return mean + np.linalg.solve(root.T, rng.standard_normal(terms))


def draw_noise(channel: Channel, wave: Floats, rng: np.random.Generator) -> None:
    if channel.has_claims:
        off = channel.claims - wave - channel.b - channel.log_answer[channel.chosen]
        weight = channel.heard * channel.robust
        shape = 2.0 + 0.5 * float(channel.heard.sum())
        rate = 2.0 * 0.2**2 + 0.5 * float(weight @ off**2)
        channel.noise = float(np.sqrt(rate / rng.gamma(shape)))
