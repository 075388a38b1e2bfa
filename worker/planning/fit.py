"""The response model and its sampler. See README.md in this folder for the formulas and their sources.

Claims:  log claimed[t, c] = b[c] + log f_c(echo[t, c]) + season[t] + noise
Total:   total[t] = base[t] + sum_c beta[c] f_c(echo[t, c]) + noise
Bridge:  b[c] - log beta[c] ~ N(bridge_mean, bridge_sd): what a platform claims is not what its ads caused.

Shapes f_c live on a finite set of candidates, so their full conditional is exact: no optimizer, no divergence.
"""

from collections.abc import Callable

import numpy as np

from worker.planning import claims, sales, shapes
from worker.planning.claims import Channel
from worker.planning.curves import Draws, Floats
from worker.planning.model import Effort, Evidence, Fit
from worker.planning.sales import Total

STAGES = 6
"""Parts of the warm-up; between two of them the candidates are drawn anew."""


def fit(evidence: Evidence, effort: Effort, seed: int, keep_going: Callable[[], bool] = lambda: True) -> Fit:
    """Draw curves from the posterior. Stops early, with what it has, when `keep_going` says so."""
    rng = np.random.Generator(np.random.PCG64(seed))
    channels = [claims.channel_of(evidence, c, effort, rng) for c in range(len(evidence.channels))]
    total = sales.total_of(evidence, channels)
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
            if (sweep + 1) % (effort.warm_up // STAGES) == 0 and sweep + 1 < effort.warm_up:
                _refine(evidence, channels, total, rng)
        elif (sweep - effort.warm_up) % effort.thin == effort.thin - 1:
            kept.append(_snapshot(channels))
            seasons.append(season)
    return _result(evidence, channels, total, np.array(kept), np.array(seasons), complete=len(kept) == effort.draws)


def _sweep(
    evidence: Evidence, channels: list[Channel], total: Total | None, season: Floats, rng: np.random.Generator
) -> Floats:
    rest = sales.rest(channels, total) if total else None
    for index, channel in enumerate(channels):
        others = rest + sales.effect(channel, total) if total and rest is not None else None
        _choose_shape(evidence, channel, index, total, others, season, rng)
        claims.draw_level(evidence, channel, season, rng, tied=total is not None)
        if total and others is not None:
            rest = others - sales.effect(channel, total)
    if total:
        sales.slide_levels(channels, total, rng)
    season = claims.draw_season(evidence, channels, rng)
    wave = evidence.season @ season
    for channel in channels:
        claims.draw_noise(channel, wave, rng)
    return season


def _choose_shape(
    evidence: Evidence,
    channel: Channel,
    index: int,
    total: Total | None,
    others: Floats | None,
    season: Floats,
    rng: np.random.Generator,
) -> None:
    score = channel.shapes.log_weight.copy()
    if channel.has_claims:
        score += claims.score(evidence, channel, season, tied=total is not None)
    if total is not None and others is not None:
        score += sales.score(channel, index, total, others)
    chance = np.exp(score - score.max())
    upto = np.cumsum(chance)
    channel.chance += chance / upto[-1]
    channel.chosen = int(np.searchsorted(upto, rng.random() * upto[-1]))


def _reweigh(evidence: Evidence, channels: list[Channel], total: Total | None, season: Floats) -> None:
    """Robust weights of a Student t with 4 degrees of freedom, then held fixed."""
    wave = evidence.season @ season
    for channel in channels:
        off = (channel.claims - wave - channel.b - channel.log_answer[channel.chosen]) / channel.noise
        channel.robust = 5.0 / (4.0 + off**2)
        claims.add_up(evidence, channel)
    if total is None:
        return
    seen = np.isfinite(evidence.total).astype(np.float64)
    base = sales.base(channels, total) / total.scale
    off = sales.rest(channels, total) - total.design @ base
    freedom = max(float(seen.sum()) - len(base) - len(channels), 0.3 * float(seen.sum()))
    total.noise = float(np.sqrt((2.0 * 0.08**2 + total.weight @ off**2) / (2.0 + freedom)))
    total.weight = seen * 5.0 / (4.0 + (off / total.noise) ** 2)
    total.noise *= sales.echoing(off, seen)
    sales.project(total, channels)


def _refine(evidence: Evidence, channels: list[Channel], total: Total | None, rng: np.random.Generator) -> None:
    """Draw the candidates anew, around those that have fitted so far."""
    for channel in channels:
        kept = channel.shapes.kernel[channel.chosen], channel.shapes.scale[channel.chosen]
        channel.shapes = shapes.around(rng, channel.shapes, channel.chance / channel.chance.sum())
        channel.answer = channel.shapes.answer(channel.echoes, channel.reference).astype(np.float32)
        channel.log_answer = np.log(np.maximum(channel.answer, claims.FLOOR))
        claims.add_up(evidence, channel)
        channel.chance = np.zeros(len(channel.chance))
        near = np.abs(np.log(channel.shapes.scale / kept[1])) + (channel.shapes.kernel != kept[0])
        channel.chosen = int(near.argmin())
    if total is not None:
        sales.project(total, channels)


def _snapshot(channels: list[Channel]) -> Floats:
    rows = [
        (c.shapes.family[c.chosen], c.shapes.scale[c.chosen], c.shapes.slope[c.chosen], c.log_beta, c.noise)
        for c in channels
    ]
    return np.array(rows, dtype=np.float64)


def _result(
    evidence: Evidence,
    channels: list[Channel],
    total: Total | None,
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
    return Fit(draws, seasons.mean(axis=0), kept[:, :, 4].mean(axis=0), sales.base(channels, total), complete)
