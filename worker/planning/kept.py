"""Equally likely curves as bytes: what a plan keeps, so that what-if questions need no fit."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from worker.planning.curves import Draws


class Array(msgspec.Struct, frozen=True, array_like=True):
    """A numpy array as bytes. 32 bits are plenty for numbers that carry a posterior's spread."""

    shape: list[int]
    data: bytes


class KeptDraws(msgspec.Struct, frozen=True, kw_only=True):
    """Equally likely curves, and what turns spend per period into the response of a whole plan."""

    channels: list[str]
    reference: Array
    family: Array
    scale: Array
    slope: Array
    level: Array
    periods: float
    """Periods of the data that the plan covers."""
    season: float
    """How much better than usual the plan's time of year is."""
    current: dict[str, float]
    """Today's split of the plan's budget, in money for the whole plan."""
    plan: dict[str, float]
    days: int = 7
    """Length of a period."""
    seen: dict[str, float] = {}
    """The most that was ever spent in one period; empty when nobody noted it."""
    unmeasured: list[str] = []
    """Channels of which nobody knows what they bring; their curves mean nothing."""


def keep(draws: Draws, *, periods: float, season: float) -> KeptDraws:
    return KeptDraws(
        channels=draws.channels,
        reference=_pack(draws.reference),
        family=_pack(draws.family),
        scale=_pack(draws.scale),
        slope=_pack(draws.slope),
        level=_pack(draws.level),
        periods=periods,
        season=season,
        current={},
        plan={},
    )


def curves_of(kept: KeptDraws) -> Draws:
    return Draws(
        channels=kept.channels,
        reference=_unpack(kept.reference),
        family=_unpack(kept.family).astype(np.int64),
        scale=_unpack(kept.scale),
        slope=_unpack(kept.slope),
        level=_unpack(kept.level),
    )


def _pack(values: npt.NDArray[Any]) -> Array:
    return Array(list(values.shape), np.ascontiguousarray(values, dtype="<f4").tobytes())


def _unpack(array: Array) -> npt.NDArray[np.float64]:
    return np.frombuffer(array.data, dtype="<f4").reshape(array.shape).astype(np.float64)
