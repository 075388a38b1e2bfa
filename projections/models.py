"""Every read model that the follower keeps."""

from typing import Any

from projections import connections, files, history, members, overlaps, performance, plans, sync_lag
from projections.read_model import Folded, Listed

MODELS: tuple[Folded[Any] | Listed, ...] = (
    connections.MODEL,
    files.MODEL,
    sync_lag.MODEL,
    performance.MODEL,
    overlaps.MODEL,
    plans.MODEL,
    history.MODEL,
    members.MODEL,
)


def named(name: str) -> Folded[Any] | Listed:
    """Raise KeyError for a name that no read model has."""
    return {model.name: model for model in MODELS}[name]
