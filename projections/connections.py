"""Which platforms is a workspace connected to, and does the access still work?"""

from datetime import datetime
from typing import Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection as Database

from events.envelope import Recorded
from events.integration import (
    AccessLost,
    IntegrationConnected,
    IntegrationDisconnected,
    IntegrationFailed,
    IntegrationReconnected,
    IntegrationRequested,
)
from projections.as_of import rows_as_of
from projections.read_model import METADATA, Folded, of_stream, select

VERSION = 1


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    workspace: str
    platform: str
    user: str
    account: str | None = None
    status: Literal["requested", "connected", "failed", "access_lost", "disconnected"]
    reason: str | None = None
    """A sentence for a marketer, when something is wrong."""
    connected_at: datetime | None = None
    vault_handle: str | None = None
    attempt: str | None = None
    """Workflow id of the newest attempt."""
    scopes: list[str] = []
    position: int


TABLE = sa.Table(
    "connections",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("account", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("connected_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("vault_handle", sa.Text),
    sa.Column("attempt", sa.Text),
    sa.Column("scopes", JSONB, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)


def _requested(row: Connection | None, event: IntegrationRequested, recorded: Recorded) -> Connection:
    """A new attempt shows, unless the old grant works: then it goes on until the new one replaces it."""
    if row is None:
        return _first(recorded, event.user, event.attempt)
    status = "connected" if row.status == "connected" else "requested"
    return msgspec.structs.replace(row, status=status, attempt=event.attempt, position=recorded.position)


def _connected(
    _row: Connection | None, event: IntegrationConnected | IntegrationReconnected, recorded: Recorded
) -> Connection:
    return Connection(
        workspace=recorded.workspace,
        platform=of_stream(recorded)[1],
        user=event.user,
        account=event.account,
        status="connected",
        connected_at=recorded.at,
        vault_handle=event.vault_handle,
        attempt=event.attempt,
        scopes=event.scopes,
        position=recorded.position,
    )


def _failed(row: Connection | None, event: IntegrationFailed, recorded: Recorded) -> Connection:
    """A failed second attempt leaves a working connection as it is; its reason is in the history."""
    if row is not None and row.status == "connected":
        return row
    row = row or _first(recorded, event.user, event.attempt)
    return msgspec.structs.replace(
        row, status="failed", reason=event.reason, attempt=event.attempt, position=recorded.position
    )


def _access_lost(row: Connection | None, event: AccessLost, recorded: Recorded) -> Connection | None:
    return row and msgspec.structs.replace(row, status="access_lost", reason=event.reason, position=recorded.position)


def _disconnected(row: Connection | None, _event: IntegrationDisconnected, recorded: Recorded) -> Connection | None:
    return row and msgspec.structs.replace(
        row, status="disconnected", reason=None, vault_handle=None, position=recorded.position
    )


def _first(recorded: Recorded, user: str, attempt: str) -> Connection:
    return Connection(
        workspace=recorded.workspace,
        platform=of_stream(recorded)[1],
        user=user,
        status="requested",
        attempt=attempt,
        position=recorded.position,
    )


MODEL = Folded(
    name="connections",
    version=VERSION,
    table=TABLE,
    row=Connection,
    key=of_stream,
    folds={
        IntegrationRequested: _requested,
        IntegrationConnected: _connected,
        IntegrationReconnected: _connected,
        IntegrationFailed: _failed,
        AccessLost: _access_lost,
        IntegrationDisconnected: _disconnected,
    },
)


def of(connection: Database, workspace: str, at: int | None = None) -> list[Connection]:
    """Every platform that was ever asked for, by name."""
    if at is not None:
        return sorted(rows_as_of(connection, MODEL, workspace, at), key=lambda row: row.platform)
    return select(connection, MODEL, "workspace = %s ORDER BY platform", [workspace])
