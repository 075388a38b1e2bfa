"""Servers of a person's own in the place of ours: reached before anything is started."""

import socket

from sqlalchemy.engine import Engine

from projections.start import open_database
from worker.embedded.settings import StackSettings
from worker.trouble import Trouble, settings_told

SECONDS = 5.0


def require(settings: StackSettings) -> None:
    """Raise Trouble with one sentence when a server that the settings name does not answer."""
    if settings.database_url is not None:
        with settings_told():
            open_database(_ask).dispose()
    if settings.temporal_address is not None:
        _require_temporal(settings.temporal_address)


def _ask(engine: Engine) -> None:
    engine.connect().close()


def _require_temporal(address: str) -> None:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=SECONDS).close()
    except (OSError, ValueError):
        raise Trouble(
            f"Temporal does not answer at {address}. Start it, or check MEDIA_PLANNER_TEMPORAL_ADDRESS."
        ) from None
