"""One line of a bench: a number of ours beside a peer or a floor, measured in the same run."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measure:
    measure: str
    """What was measured."""
    ours: float
    unit: str
    against: str
    """The peer or floor, by name."""
    ratio: float
    """Ours over theirs, so that the machine's own speed cancels out."""
    bar: str
    """What the ratio must be, for example ">= 1.5"."""
    holds: bool


@dataclass(frozen=True)
class Skipped:
    """A comparison that cannot run here."""

    measure: str
    skipped: str
    """Why, in a sentence."""


def at_least(bar: float, *, measure: str, ours: float, unit: str, against: str, ratio: float) -> Measure:
    return Measure(
        measure=measure, ours=ours, unit=unit, against=against, ratio=ratio, bar=f">= {bar:g}", holds=ratio >= bar
    )


def at_most(bar: float, *, measure: str, ours: float, unit: str, against: str, ratio: float) -> Measure:
    return Measure(
        measure=measure, ours=ours, unit=unit, against=against, ratio=ratio, bar=f"<= {bar:g}", holds=ratio <= bar
    )
