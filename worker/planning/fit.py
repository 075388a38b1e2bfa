"""The response model and its sampler. See README.md in this folder for the formulas and their sources.

Claims:  log claimed[t, c] = b[c] + log f_c(echo[t, c]) + season[t] + noise
Total:   total[t] = base[t] + sum_c beta[c] f_c(echo[t, c]) + noise
Bridge:  b[c] - log beta[c] ~ N(bridge_mean, bridge_sd): what a platform claims is not what its ads caused.

Shapes f_c live on a finite set of candidates, so their full conditional is exact: no optimiser, no divergence.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from worker.planning.curves import Draws, Floats
from worker.planning.shapes import Shapes, around, echoes_of, plausible

FLOOR = 0.02
"""Response below this share of the channel's mean says nothing more about the curve."""


@dataclass(frozen=True)
class Evidence:
    """What the sampler looks at. Arrays are periods x channels, or per period; NaN means unknown."""

    channels: list[str]
    spend: Floats
    claimed: Floats
    total: Floats
    season: Floats
    """periods x terms: trend, yearly waves, weekdays; centred, without a constant."""
    season_sd: Floats
    claims_weight: float = 1.0
    """How far claims are believed to follow the curve's shape: the power of their likelihood."""
    bridge_mean: float = 0.0
    """Log of what is claimed over what is caused, expected; `bridge_sd` is its standard deviation."""
    bridge_sd: float = 0.0
    """0 when claims are taken as caused."""


@dataclass(frozen=True)
class Effort:
    warm_up: int = 120
    draws: int = 300
    thin: int = 1
    candidates: int = 1500


@dataclass(frozen=True)
class Fit:
    draws: Draws
    season: Floats
    """Posterior mean of the season terms' coefficients."""
    noise: Floats
    """Typical relative noise of each channel's claims."""
    base: Floats
    """Sales without the channels: a constant, then one coefficient per season term; empty without total sales."""
    complete: bool
    """False when time ran out before all draws were taken."""


@dataclass
class _Channel:
    """One channel's candidates against its claims; `slow` holds what depends on robust weights."""

    shapes: Shapes
    answer: Floats
    log_answer: Floats
    echoes: Floats
    claims: Floats
    heard: Floats
    """Weight of each claim: 0 where unknown."""
    robust: Floats
    reference: float
    has_claims: bool
    log_answer_square: Floats
    chance: Floats
    """Sum of the candidates' posterior chances since they were drawn."""
    chosen: int = 0
    b: float = 0.0
    log_beta: float = 0.0
    noise: float = 0.3


@dataclass
class _Total:
    """Projection of total sales onto what base and season leave unexplained."""

    scale: float
    sales: Floats
    design: Floats
    precision: Floats
    weight: Floats
    noise: float = 0.1
    projector: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    projected: list[Floats] = field(default_factory=list)
    squares: list[Floats] = field(default_factory=list)


def fit(evidence: Evidence, effort: Effort, seed: int, keep_going: Callable[[], bool] = lambda: True) -> Fit:
    """Draw curves from the posterior. Stops early, with what it has, when `keep_going` says so."""
    rng = np.random.Generator(np.random.PCG64(seed))
    channels = [_channel(evidence, c, effort, rng) for c in range(len(evidence.channels))]
    total = _total(evidence, channels)
    season = np.zeros(evidence.season.shape[1])
    kept: list[Floats] = []
    seasons: list[Floats] = []
    sweeps = effort.warm_up + effort.draws * effort.thin
    for sweep in range(sweeps):
        if len(kept) >= 20 and not keep_going():
            break
        season = _sweep(evidence, channels, total, season, rng)
        if sweep < effort.warm_up:
            if sweep % 10 == 9:
                _reweigh(evidence, channels, total, season)
            if sweep + 1 in {effort.warm_up // 3, 2 * effort.warm_up // 3}:
                _refine(channels, total, rng)
        elif (sweep - effort.warm_up) % effort.thin == effort.thin - 1:
            kept.append(_snapshot(channels))
            seasons.append(season)
    return _result(evidence, channels, total, np.array(kept), np.array(seasons), complete=len(kept) == effort.draws)


def _channel(evidence: Evidence, c: int, effort: Effort, rng: np.random.Generator) -> _Channel:
    echoes = echoes_of(evidence.spend[:, c])
    active = evidence.spend[evidence.spend[:, c] > 0, c]
    reference = float(active.mean()) if len(active) else 1.0
    shapes = plausible(rng, effort.candidates)
    answer = shapes.answer(echoes, reference)
    log_answer = np.log(np.maximum(answer, FLOOR))
    typical, claims, heard = _claims(evidence.claimed[:, c], evidence.spend[:, c], echoes)
    channel = _Channel(
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
    channel.log_beta = channel.b - evidence.bridge_mean
    return channel


def _claims(claimed: Floats, spend: Floats, echoes: Floats) -> tuple[float, Floats, Floats]:
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


def _total(evidence: Evidence, channels: list[_Channel]) -> _Total | None:
    seen = np.isfinite(evidence.total)
    if not seen.any():
        return None
    scale = float(np.nanmean(evidence.total))
    sales = np.where(seen, evidence.total, 0.0) / scale
    design = np.concatenate([np.ones((len(sales), 1)), evidence.season], axis=1)
    precision = np.concatenate([[0.01], 1.0 / (2.0 * evidence.season_sd) ** 2])
    total = _Total(scale, sales, design, precision, seen.astype(np.float64))
    for channel in channels:
        if not channel.has_claims:
            share = float(evidence.spend.mean(axis=0).sum())
            channel.log_beta = float(np.log(max(0.3 * scale * channel.reference / max(share, 1e-9), 1e-9)))
            channel.b = channel.log_beta + evidence.bridge_mean
    _project(total, channels)
    return total


def _project(total: _Total, channels: list[_Channel]) -> None:
    """Integrate base and season out of the total's likelihood, for the current weights."""
    weighted = total.design * total.weight[:, None]
    inner = total.design.T @ weighted / total.noise**2 + np.diag(total.precision)
    total.projector = np.diag(total.weight) / total.noise**2 - (
        weighted @ np.linalg.solve(inner, weighted.T) / total.noise**4
    )
    total.projected = [channel.answer @ total.projector for channel in channels]
    total.squares = [
        np.einsum("mt,mt->m", channel.answer, product)
        for channel, product in zip(channels, total.projected, strict=True)
    ]


def _sweep(
    evidence: Evidence, channels: list[_Channel], total: _Total | None, season: Floats, rng: np.random.Generator
) -> Floats:
    wave = evidence.season @ season
    effects = [_effect(channel, total) for channel in channels] if total else []
    for index, channel in enumerate(channels):
        others = total.sales - sum(effects[:index] + effects[index + 1 :], np.zeros(len(wave))) if total else None
        _choose_shape(evidence, channel, index, total, others, wave, rng)
        _draw_level(evidence, channel, wave, rng, tied=total is not None)
        if total:
            effects[index] = _effect(channel, total)
    if total:
        for _ in range(4):
            _slide_levels(evidence, channels, total, rng)
    season = _draw_season(evidence, channels, rng)
    wave = evidence.season @ season
    for channel in channels:
        _draw_noise(channel, wave, rng)
    return season


def _effect(channel: _Channel, total: _Total) -> Floats:
    return np.exp(channel.log_beta) / total.scale * channel.answer[channel.chosen]


def _choose_shape(
    evidence: Evidence,
    channel: _Channel,
    index: int,
    total: _Total | None,
    others: Floats | None,
    wave: Floats,
    rng: np.random.Generator,
) -> None:
    score = channel.shapes.log_weight.copy()
    if channel.has_claims:
        weight = channel.heard * channel.robust * evidence.claims_weight / channel.noise**2
        score += _claims_score(evidence, channel, weight, wave, tied=total is not None)
    if total is not None and others is not None:
        beta = np.exp(channel.log_beta) / total.scale
        score += beta * (total.projected[index] @ others) - 0.5 * beta**2 * total.squares[index]
    chance = np.exp(score - score.max())
    channel.chance += chance / chance.sum()
    channel.chosen = int(np.searchsorted(np.cumsum(chance), rng.random() * chance.sum()))


def _claims_score(evidence: Evidence, channel: _Channel, weight: Floats, wave: Floats, *, tied: bool) -> Floats:
    """Log likelihood of the claims for every candidate, the level b integrated out."""
    rest = channel.claims - wave
    mass = weight.sum()
    prior_mean = channel.log_beta + evidence.bridge_mean if tied else 0.0
    prior_mass = 1.0 / evidence.bridge_sd**2 if tied else 1e-6
    rest = rest - prior_mean
    first = float(weight @ rest) - channel.log_answer @ weight
    second = channel.log_answer_square @ weight - 2.0 * (channel.log_answer @ (weight * rest))
    return -0.5 * (second - first**2 / (mass + prior_mass))


def _draw_level(evidence: Evidence, channel: _Channel, wave: Floats, rng: np.random.Generator, *, tied: bool) -> None:
    if not channel.has_claims:
        channel.b = channel.log_beta + evidence.bridge_mean + max(evidence.bridge_sd, 1.0) * rng.standard_normal()
        return
    weight = channel.heard * channel.robust * evidence.claims_weight / channel.noise**2
    rest = channel.claims - wave - channel.log_answer[channel.chosen]
    prior_mass = 1.0 / evidence.bridge_sd**2 if tied else 1e-6
    prior_mean = channel.log_beta + evidence.bridge_mean if tied else 0.0
    mass = float(weight.sum()) + prior_mass
    mean = (float(weight @ rest) + prior_mass * prior_mean) / mass
    channel.b = mean + rng.standard_normal() / float(np.sqrt(mass))
    if not tied:
        channel.log_beta = channel.b


def _slide_levels(evidence: Evidence, channels: list[_Channel], total: _Total, rng: np.random.Generator) -> None:
    """Elliptical slice move of all channels' levels at once, given their shapes."""
    answers = np.array([channel.answer[channel.chosen] for channel in channels])
    mean = np.array([channel.b - evidence.bridge_mean for channel in channels])
    now = np.array([channel.log_beta for channel in channels]) - mean
    cross = answers @ (total.projector @ total.sales)
    inner = answers @ total.projector @ answers.T

    def fits(offset: Floats) -> float:
        beta = np.exp(np.clip(offset + mean, -50, 50)) / total.scale
        return float(beta @ cross - 0.5 * beta @ inner @ beta)

    ellipse = evidence.bridge_sd * rng.standard_normal(len(channels))
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


def _draw_season(evidence: Evidence, channels: list[_Channel], rng: np.random.Generator) -> Floats:
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


def _draw_noise(channel: _Channel, wave: Floats, rng: np.random.Generator) -> None:
    if channel.has_claims:
        off = channel.claims - wave - channel.b - channel.log_answer[channel.chosen]
        weight = channel.heard * channel.robust
        shape = 2.0 + 0.5 * float(channel.heard.sum())
        rate = 2.0 * 0.2**2 + 0.5 * float(weight @ off**2)
        channel.noise = float(np.sqrt(rate / rng.gamma(shape)))


def _reweigh(evidence: Evidence, channels: list[_Channel], total: _Total | None, season: Floats) -> None:
    """Robust weights of a Student t with 4 degrees of freedom, then held fixed."""
    wave = evidence.season @ season
    for channel in channels:
        off = (channel.claims - wave - channel.b - channel.log_answer[channel.chosen]) / channel.noise
        channel.robust = 5.0 / (4.0 + off**2)
    if total is None:
        return
    effect = sum((_effect(channel, total) for channel in channels), np.zeros(len(wave)))
    seen = np.isfinite(evidence.total).astype(np.float64)
    base = _base(channels, total) / total.scale
    off = total.sales - effect - total.design @ base
    freedom = max(float(seen.sum()) - len(base) - len(channels), 0.3 * float(seen.sum()))
    total.noise = float(np.sqrt((2.0 * 0.08**2 + total.weight @ off**2) / (2.0 + freedom)))
    total.weight = seen * 5.0 / (4.0 + (off / total.noise) ** 2)
    _project(total, channels)


def _base(channels: list[_Channel], total: _Total | None) -> Floats:
    """Base and season of sales, given the channels as they stand now."""
    if total is None:
        return np.zeros(0)
    rest = total.sales - sum((_effect(channel, total) for channel in channels), np.zeros(len(total.sales)))
    weighted = total.design * total.weight[:, None]
    inner = total.design.T @ weighted / total.noise**2 + np.diag(total.precision)
    return np.asarray(total.scale * np.linalg.solve(inner, weighted.T @ rest / total.noise**2), dtype=np.float64)


def _refine(channels: list[_Channel], total: _Total | None, rng: np.random.Generator) -> None:
    """Draw the candidates anew, around those that have fitted so far."""
    for channel in channels:
        kept = channel.shapes.kernel[channel.chosen], channel.shapes.scale[channel.chosen]
        channel.shapes = around(rng, channel.shapes, channel.chance / channel.chance.sum())
        channel.answer = channel.shapes.answer(channel.echoes, channel.reference)
        channel.log_answer = np.log(np.maximum(channel.answer, FLOOR))
        channel.log_answer_square = channel.log_answer**2
        channel.chance = np.zeros(len(channel.chance))
        near = np.abs(np.log(channel.shapes.scale / kept[1])) + (channel.shapes.kernel != kept[0])
        channel.chosen = int(near.argmin())
    if total is not None:
        _project(total, channels)


def _snapshot(channels: list[_Channel]) -> Floats:
    rows = [
        (c.shapes.family[c.chosen], c.shapes.scale[c.chosen], c.shapes.slope[c.chosen], c.log_beta, c.noise)
        for c in channels
    ]
    return np.array(rows, dtype=np.float64)


def _result(
    evidence: Evidence,
    channels: list[_Channel],
    total: _Total | None,
    kept: Floats,
    seasons: Floats,
    *,
    complete: bool,
) -> Fit:
    draws = Draws(
        channels=evidence.channels,
        reference=np.array([channel.reference for channel in channels]),
        family=kept[:, :, 0].astype(np.int64),
        scale=kept[:, :, 1],
        slope=kept[:, :, 2],
        level=np.exp(kept[:, :, 3]),
    )
    return Fit(draws, seasons.mean(axis=0), kept[:, :, 4].mean(axis=0), _base(channels, total), complete)
