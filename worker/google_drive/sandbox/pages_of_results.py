"""Page tokens: opaque, signed, and good only for the very list they were made for."""

import hashlib
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from worker.google_drive.sandbox.errors import invalid_value
from worker.google_drive.sandbox.state import State


def seal(state: State, purpose: str, value: Any) -> str:
    return URLSafeSerializer(state.settings.secret, salt=purpose).dumps(value)


def unseal(state: State, purpose: str, token: str) -> Any:
    """Read a token back. Raise 400 when we did not make it, or made it for something else."""
    try:
        return URLSafeSerializer(state.settings.secret, salt=purpose).loads(token)
    except BadData:
        raise invalid_value("pageToken") from None


def purpose_of(method: str, user: str, params: dict[str, Any]) -> str:
    """Name a list by everything that decides what is in it and in which order."""
    passing = ("pageToken", "pageSize", "fields", "alt")
    deciding = sorted((name, str(value)) for name, value in params.items() if name not in passing)
    return hashlib.sha256(repr((method, user, deciding)).encode()).hexdigest()
