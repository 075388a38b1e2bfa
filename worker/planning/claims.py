"""One channel's candidate curves against what its own rows claim."""

import math
from collections.abc import Iterator
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
BLOCK = 100
"""Candidates looked at together where sums need double precision."""


@dataclass(frozen=True)
class Sums:
    """Weighted sums over periods; they hold as long as candidates and robust weights do, so that a sweep is short."""

    mass: float
    claims: float
    season: Floats
    """Of the claims' weights, claims and season terms."""
    inner: Floats
    pull: Floats
    """Of products of season terms with each other, and with the claims."""
    curves: Floats
    """Of each candidate's log answer, that times claims, that times each season term: one row each."""
    squares: Floats


@dataclass
class Channel:
    """One channel's candidates against its claims."""

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
    chance: Floats
    """Sum of the candidates' posterior chances since they were drawn."""
    sums: Sums
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
        np.zeros(effort.candidates),
        sums_of(log_answer, heard, claims, evidence.season),
    )
    channel.b = float(np.log(typical)) if typical > 0 else 0.0
    if evidence.tied:
        channel.bridge_mean, channel.bridge_sd = float(evidence.bridge_mean[c]), float(evidence.bridge_sd[c])
    channel.log_beta = channel.b - channel.bridge_mean
    return channel


def _heard(claimed: Floats, spend: Floats, echoes: Floats) -> tuple[float, Floats, Floats]:
    """Typical claim while the channel runs, log claims, and how much each one counts.

    Small claims count little: counting and rounding blur them. What is claimed when nothing was spent for long, or is
    not, says nothing about the curve.
    """
    told = np.isfinite(claimed)
    running = told & (spend > 0)
    typical = float(claimed[running].mean()) if running.any() else 0.0
    if typical <= 0:
        return 0.0, np.zeros(len(claimed)), np.zeros(len(claimed))
    relative = np.maximum(np.where(told, claimed, 0.0) / typical, FLOOR)
    heard = np.where(told, 1.0 / (1.0 + (0.05 / relative) ** 2), 0.0)
    quiet = echoes.max(axis=1) < FLOOR * spend[spend > 0].mean()
    heard[quiet] = 0.0
    return typical, np.log(relative * typical), heard


def sums_of(log_answer: Singles, weight: Floats, claims: Floats, season: Floats) -> Sums:
    facing = np.concatenate([np.ones((len(claims), 1)), claims[:, None], season], axis=1) * weight[:, None]
    curves, squares = zip(*[((block @ facing).T, block**2 @ weight) for block in blocks(log_answer)], strict=True)
    return Sums(
        mass=float(weight.sum()),
        claims=float(weight @ claims),
        season=season.T @ weight,
        inner=(season.T * weight) @ season,
        pull=season.T @ (weight * claims),
        curves=np.concatenate(curves, axis=1),
        squares=np.concatenate(squares),
    )


def blocks(table: Singles) -> Iterator[Floats]:
    """The table in double precision, in parts small enough for the processor's cache."""
    for first in range(0, len(table), BLOCK):
        yield table[first : first + BLOCK].astype(np.float64)


def add_up(evidence: Evidence, channel: Channel) -> None:
    """Bring the sums up to date with candidates and robust weights."""
    channel.sums = sums_of(channel.log_answer, channel.heard * channel.robust, channel.claims, evidence.season)


def _level_prior(channel: Channel, *, tied: bool) -> tuple[float, float]:
    """Mean and mass of what b is expected to be."""
    return (channel.log_beta + channel.bridge_mean, 1.0 / channel.bridge_sd**2) if tied else (0.0, 1e-6)


def score(evidence: Evidence, channel: Channel, season: Floats, *, tied: bool) -> Floats:
    """Log likelihood of the claims for every candidate, the level b integrated out."""
    mean, mass = _level_prior(channel, tied=tied)
    sums, precision = channel.sums, evidence.claims_weight / channel.noise**2
    rest = sums.claims - float(sums.season @ season) - mean * sums.mass
    off = rest - sums.curves[0]
    both = np.concatenate([[-mean, 1.0], -season]) @ sums.curves
    return precision * (0.5 * precision / (precision * sums.mass + mass) * off**2 + both - 0.5 * sums.squares)


def draw_level(evidence: Evidence, channel: Channel, season: Floats, rng: np.random.Generator, *, tied: bool) -> None:
    if not channel.has_claims:
        return  # b stays what all channels together bring for the money, which is where log_beta's prior is centered
    prior_mean, prior_mass = _level_prior(channel, tied=tied)
    sums, precision = channel.sums, evidence.claims_weight / channel.noise**2
    rest = sums.claims - float(sums.season @ season) - float(sums.curves[0, channel.chosen])
    mass = precision * sums.mass + prior_mass
    channel.b = (precision * rest + prior_mass * prior_mean) / mass + rng.standard_normal() / math.sqrt(mass)
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
            sums, precision = channel.sums, 1.0 / channel.noise**2
            mass += precision * sums.inner
            pull += precision * (sums.pull - channel.b * sums.season - sums.curves[2:, channel.chosen])
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
