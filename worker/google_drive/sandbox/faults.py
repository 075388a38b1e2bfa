"""Faults on demand: rules that break requests in a chosen way, counted so that a test knows which one breaks."""

import re

import msgspec

from worker.google_drive.sandbox.errors import ApiError


class Match(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which requests a rule is about. What is not given matches everything."""

    method: str | None = None
    path: str = ""
    """Regular expression, searched in the path."""
    user: str | None = None

    def __post_init__(self) -> None:
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"path is no regular expression: {error}") from error


class Do(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What happens to a matching request; several may be given, a delay always comes first."""

    status: int | None = None
    reason: str | None = None
    message: str = "The sandbox was asked to fail here."
    retry_after: int | None = None
    delay_s: float = 0.0
    close_after_bytes: int | None = None
    reset: bool = False
    bad_json: bool = False


class Rule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Let `skip` matching requests pass, then break `times` of them (None: all that follow)."""

    match: Match = msgspec.field(default_factory=Match)
    skip: int = 0
    times: int | None = 1
    do: Do
    seen: int = 0

    def applies(self, method: str, path: str, user: str | None) -> bool:
        """Count a request that matches, and say whether this is one to break."""
        match = self.match
        if match.method not in (None, method) or not re.search(match.path, path) or match.user not in (None, user):
            return False
        self.seen += 1
        broken_before = self.seen - 1 - self.skip
        return broken_before >= 0 and (self.times is None or broken_before < self.times)


class Faults:
    """The rules in force. They live in memory: a restart of the sandbox heals everything."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def for_request(self, method: str, path: str, user: str | None) -> Do | None:
        """Find what the first rule that applies wants done. Every rule counts the request."""
        applying = [rule.do for rule in self.rules if rule.applies(method, path, user)]
        return applying[0] if applying else None


DEFAULT_REASONS = {
    400: "badRequest",
    401: "authError",
    403: "forbidden",
    404: "notFound",
    429: "rateLimitExceeded",
    500: "backendError",
    502: "backendError",
    503: "backendError",
}


def wanted_error(do: Do) -> ApiError | None:
    """Make the error answer that a rule asks for."""
    if do.status is None:
        return None
    error = ApiError(do.status, do.reason or DEFAULT_REASONS.get(do.status, "unknown"), do.message)
    if do.retry_after is not None:
        error.headers["retry-after"] = str(do.retry_after)
    return error


class Logged(msgspec.Struct, kw_only=True):
    """One request that came in. Tokens and codes are never noted."""

    at: str
    method: str
    path: str
    query: str
    user: str | None
    status: int | None
    """None when the connection was cut before an answer."""
    fault: bool
