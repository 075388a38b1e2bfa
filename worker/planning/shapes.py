"""Candidate response curves of one channel: first what is plausible before looking, then more where the data point.

The second set is drawn around candidates that fit and carries importance weights (prior / proposal), as in
population Monte Carlo, so that the posterior stays the one of the prior below.
"""

from dataclasses import dataclass, replace

import numpy as np

from worker.planning.curves import FAMILIES, HILL, POWER, Floats, Ints, curves, echo, kernel

FAMILY_WEIGHTS = np.array([0.4, 0.15, 0.15, 0.15, 0.15])
"""Prior chance of each of FAMILIES."""
SCALE_MEAN, SCALE_SD = float(np.log(1.5)), 0.9
"""Log of half-saturation over usual spend."""
SLOPE_MEAN, SLOPE_SD = float(np.log(1.1)), 0.4
STEEPEST = float(np.log(3.0))
"""Log slope that no Hill curve exceeds: claims that have nothing to do with spend would otherwise find a cliff."""
POWER_LOW, POWER_HIGH = 0.3, 0.95
DECAYS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
DELAYED = ((0.5, 1), (0.7, 1), (0.8, 2))
"""(decay, delay) of kernels that peak later than at once."""
DELAYED_WEIGHT = 0.1
KERNEL_WEIGHTS = np.array(
    [(1 - DELAYED_WEIGHT) / len(DECAYS)] * len(DECAYS) + [DELAYED_WEIGHT / len(DELAYED)] * len(DELAYED)
)
STAY = 0.7
"""Chance that a candidate drawn around another keeps its echo; else any echo."""
USED = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
"""Whether each of FAMILIES has a scale and a form."""
LEAST_JITTER = np.array([0.12, 0.05])
"""Of log scale and form: candidates that lie closer than that explore nothing."""
FRESH = 0.1
"""Share of refined candidates that still come from the prior."""


@dataclass(frozen=True)
class Shapes:
    """One entry per candidate. `scale` and `slope` are held in the form in which their prior is normal or uniform."""

    family: Ints
    log_scale: Floats
    form: Floats
    """Log slope of a Hill curve, exponent of a power curve, 0 elsewhere."""
    kernel: Ints
    log_weight: Floats

    @property
    def scale(self) -> Floats:
        return np.exp(self.log_scale)

    @property
    def slope(self) -> Floats:
        return np.where(self.family == HILL, np.exp(self.form), self.form)

    def answer(self, echoes: Floats, reference: float) -> Floats:
        """Curve of every candidate over time: candidates x periods. `echoes` is periods x kernels."""
        return curves(self.family, self.scale, self.slope, echoes[:, self.kernel].T / reference)


def kernels() -> list[Floats]:
    return [kernel(decay) for decay in DECAYS] + [kernel(decay, delay) for decay, delay in DELAYED]


def echoes_of(spend: Floats) -> Floats:
    """Spend of one channel as every kernel lets it work: periods x kernels."""
    return np.concatenate([echo(spend[:, None], weights) for weights in kernels()], axis=1)


def plausible(rng: np.random.Generator, count: int) -> Shapes:
    """Draw shapes from the prior: half-saturation around 1.5 x usual spend, slope around 1, any echo."""
    family = rng.choice(len(FAMILIES), size=count, p=FAMILY_WEIGHTS)
    log_scale = np.where(family == POWER, 0.0, SCALE_MEAN + SCALE_SD * rng.standard_normal(count))
    hill = np.minimum(SLOPE_MEAN + SLOPE_SD * rng.standard_normal(count), STEEPEST)
    power = POWER_LOW + (POWER_HIGH - POWER_LOW) * rng.random(count)
    form = np.where(family == HILL, hill, np.where(family == POWER, power, 0.0))
    chosen = rng.choice(len(KERNEL_WEIGHTS), size=count, p=KERNEL_WEIGHTS)
    return Shapes(family, log_scale, form, chosen, np.zeros(count))


def around(rng: np.random.Generator, shapes: Shapes, chance: Floats) -> Shapes:
    """As many shapes again, drawn around those whose posterior `chance` is high."""
    count = len(chance)
    parent = rng.choice(count, size=count, p=chance)
    roots = _jitters(shapes, chance)
    family = shapes.family[parent]
    log_scale, form = shapes.log_scale[parent], shapes.form[parent]
    for index, root in enumerate(roots):
        mine = family == index
        off = rng.standard_normal((int(mine.sum()), 2)) @ root.T
        log_scale[mine] += off[:, 0]
        form[mine] += off[:, 1]
    chosen = np.where(
        rng.random(count) < STAY, shapes.kernel[parent], rng.choice(len(KERNEL_WEIGHTS), size=count, p=KERNEL_WEIGHTS)
    )
    fresh = plausible(rng, int(FRESH * count))
    rest = count - len(fresh.family)
    drawn = Shapes(
        family=np.concatenate([family[:rest], fresh.family]),
        log_scale=np.concatenate([log_scale[:rest], fresh.log_scale]),
        form=np.concatenate([form[:rest], fresh.form]),
        kernel=np.concatenate([chosen[:rest], fresh.kernel]),
        log_weight=np.zeros(count),
    )
    return replace(drawn, log_weight=_log_weights(drawn, shapes, chance, roots))


def _jitters(shapes: Shapes, chance: Floats) -> list[Floats]:
    """How far to move log scale and form, together, within each family: a root of their covariance."""
    result: list[Floats] = []
    for family, used in enumerate(USED):
        mine = shapes.family == family
        weight = chance[mine] / max(float(chance[mine].sum()), 1e-300)
        crowd = 1.0 / max(float((weight**2).sum()), 1e-9)
        places = np.stack([shapes.log_scale[mine], shapes.form[mine]])
        off = places - (places @ weight)[:, None]
        spread = (off * weight) @ off.T * min(crowd, 1e6) ** (-1 / 3) * np.outer(used, used)
        result.append(np.linalg.cholesky(spread + np.diag(LEAST_JITTER**2)) * used[:, None])
    return result


def _log_weights(drawn: Shapes, shapes: Shapes, chance: Floats, roots: list[Floats]) -> Floats:
    prior = _prior(drawn)
    proposal = np.zeros(len(drawn.family))
    for family, (root, used) in enumerate(zip(roots, USED, strict=True)):
        new, old = drawn.family == family, (shapes.family == family) & (chance > 1e-7)
        if not new.any() or not old.any():
            continue
        steps = np.linalg.inv(root + np.diag(1.0 - used))
        to = steps @ np.stack([drawn.log_scale[new], drawn.form[new]]) * used[:, None]
        by = steps @ np.stack([shapes.log_scale[old], shapes.form[old]]) * used[:, None]
        far = (to**2).sum(axis=0)[:, None] + (by**2).sum(axis=0)[None, :] - 2.0 * to.T @ by
        near = np.exp(-0.5 * far) * (chance[old] * np.linalg.det(steps) / (2 * np.pi) ** (used.sum() / 2))
        kernel = drawn.kernel[new]
        alike = near @ (shapes.kernel[old][:, None] == np.arange(len(KERNEL_WEIGHTS))[None, :])
        proposal[new] = STAY * alike[np.arange(len(kernel)), kernel]
        proposal[new] += (1 - STAY) * KERNEL_WEIGHTS[kernel] * near.sum(axis=1)
    with np.errstate(divide="ignore"):
        return np.log(prior) - np.log((1 - FRESH) * proposal + FRESH * prior + 1e-300)


def _prior(shapes: Shapes) -> Floats:
    density = FAMILY_WEIGHTS[shapes.family] * KERNEL_WEIGHTS[shapes.kernel]
    normal = np.exp(-0.5 * ((shapes.log_scale - SCALE_MEAN) / SCALE_SD) ** 2) / (SCALE_SD * np.sqrt(2 * np.pi))
    hill = np.exp(-0.5 * ((shapes.form - SLOPE_MEAN) / SLOPE_SD) ** 2) / (SLOPE_SD * np.sqrt(2 * np.pi))
    power = ((shapes.form >= POWER_LOW) & (shapes.form <= POWER_HIGH)) / (POWER_HIGH - POWER_LOW)
    density = density * np.where(shapes.family == POWER, power, normal)
    return density * np.where(shapes.family == HILL, hill * (shapes.form <= STEEPEST), 1.0)
