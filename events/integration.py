"""Events of an integration: a grant of access to one platform. Stream: `workspace/integration/{platform}`.

The stream is named by platform, not by attempt, so that reconnecting goes on where the old grant ended.
No event holds a token: the vault's handle is all that leaves the vault.
"""

from events.envelope import Event, named


@named("integration.requested")
class IntegrationRequested(Event, frozen=True, kw_only=True):
    platform: str
    user: str
    attempt: str
    """The workflow id of the attempt."""


@named("integration.connected")
class IntegrationConnected(Event, frozen=True, kw_only=True):
    platform: str
    user: str
    attempt: str
    account: str
    """The account as its owner knows it, for example an e-mail address: shown so that a wrong one is noticed."""
    scopes: list[str]
    vault_handle: str


@named("integration.reconnected")
class IntegrationReconnected(Event, frozen=True, kw_only=True):
    platform: str
    user: str
    attempt: str
    account: str
    scopes: list[str]
    vault_handle: str


@named("integration.failed")
class IntegrationFailed(Event, frozen=True, kw_only=True):
    """`reason` is a sentence for a marketer; `code` is stable: denied, expired, refused, no_access, broken."""

    platform: str
    user: str
    attempt: str
    code: str
    reason: str


@named("integration.access_lost")
class AccessLost(Event, frozen=True, kw_only=True):
    """The platform no longer accepts our grant: syncing stops until someone reconnects."""

    platform: str
    reason: str


@named("integration.disconnected")
class IntegrationDisconnected(Event, frozen=True, kw_only=True):
    platform: str
    user: str
