"""Curves as a plan keeps them, made up: each channel brings its return, with less and less for more money."""

import msgspec
import numpy as np
from sqlalchemy.engine import Engine

from events import blobs
from events.plan import DistributionPlan
from worker.planning.curves import LOG, Draws
from worker.planning.kept import keep

DRAWS = 40


def kept_curves(split: DistributionPlan, returns: dict[str, float]) -> bytes:
    """Curves of the plan's channels with the given returns, for the plan's own weeks."""
    channels = [line.channel for line in split.lines]
    weeks = ((split.end - split.start).days + 1) / 7
    reference = np.array([float(line.current) / weeks for line in split.lines])
    rng = np.random.default_rng(7)
    spread = np.exp(0.08 * rng.standard_normal((DRAWS, len(channels))))
    shape = np.ones((DRAWS, len(channels)))
    draws = Draws(
        channels=channels,
        reference=reference,
        family=np.full((DRAWS, len(channels)), LOG),
        scale=0.8 * shape,
        slope=shape,
        level=spread * reference * np.array([returns[name] for name in channels]),
    )
    kept = msgspec.structs.replace(
        keep(draws, periods=weeks, season=1.0),
        current={line.channel: float(line.current) for line in split.lines},
        plan={line.channel: float(line.amount) for line in split.lines},
        seen={name: 1.4 * money for name, money in zip(channels, reference.tolist(), strict=True)},
    )
    return msgspec.msgpack.encode(kept)


def store_curves(engine: Engine, split: DistributionPlan, returns: dict[str, float]) -> str:
    """Keep them as a plan does; the address."""
    with engine.begin() as connection:
        return blobs.put(connection, kept_curves(split, returns))
