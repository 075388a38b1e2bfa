"""The access that a workspace's syncing lives on, as the log tells it: never behind, whatever the read models do."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.engine import Connection as Database

from events import store
from events.envelope import Meta, business_key, stream_of
from events.integration import AccessLost
from projections import connections
from projections.as_of import rows_as_of


@dataclass(frozen=True)
class Grant:
    workspace: str
    platform: str
    user: str
    """Who connected it: their role in the workspace is what every sync is checked against."""
    account: str
    handle: str


def standing(database: Database, workspace: str, platform: str) -> connections.Connection | None:
    """Fold the platform's short stream."""
    stream = stream_of(workspace, "integration", platform)
    rows = rows_as_of(database, connections.MODEL, workspace, store.head(database), stream=stream)
    return rows[0] if rows else None


def version(database: Database, workspace: str, platform: str) -> int:
    """Tell where the platform's stream stands: to append only if nobody else did meanwhile."""
    newest = store.read(database, stream=stream_of(workspace, "integration", platform), limit=1, backwards=True)
    return newest[0].version if newest else 0


def find(database: Database, workspace: str, platforms: Iterable[str]) -> Grant | None:
    """The grant that works now. None when nothing is connected, or access was lost or given back."""
    for platform in platforms:
        row = standing(database, workspace, platform)
        if row is not None and row.status == "connected" and row.vault_handle is not None:
            return Grant(workspace, platform, row.user, row.account or "", row.vault_handle)
    return None


def lose(database: Database, grant: Grant, reason: str, meta: Meta) -> None:
    """Record that a grant works no more, unless a newer one took its place. The last statement of a transaction."""
    row = standing(database, grant.workspace, grant.platform)
    if row is None or row.status != "connected" or row.vault_handle != grant.handle:
        return
    lost = AccessLost(platform=grant.platform, reason=reason)
    key = business_key(grant.workspace, grant.platform, lost.NAME, grant.handle)
    store.append(database, stream_of(grant.workspace, "integration", grant.platform), [lost], meta=meta, key=key)
