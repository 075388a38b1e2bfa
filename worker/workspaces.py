"""Founding a workspace: the first facts of its log, and its first owner."""

import re

from sqlalchemy.engine import Connection as Database

from events import store
from events.envelope import Meta, business_key, stream_of
from events.workspace import MemberAdded, WorkspaceCreated
from worker.trouble import Trouble

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def found(
    database: Database, workspace: str, created: WorkspaceCreated, owner: MemberAdded, actor: str = "system"
) -> bool:
    """Append the founding facts; False when the workspace is there already. Raises Trouble for an id that won't do."""
    if not _ID.fullmatch(workspace):
        raise Trouble(f"{workspace!r} is no workspace id. Use up to 40 lower-case letters, digits, - and _.")
    stream, key = stream_of(workspace, "workspace", "self"), business_key(workspace, "created")
    if store.read(database, stream=stream, limit=1):
        return False
    return not store.append(database, stream, [created, owner], meta=Meta(actor=actor), key=key).repeated
