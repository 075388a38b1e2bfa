"""Founding a workspace: the first facts of its log, and its first owner."""

import re

from sqlalchemy.engine import Connection as Database

from events import store
from events.envelope import Meta, business_key, stream_of
from events.workspace import MemberAdded, WorkspaceCreated
from worker.trouble import Trouble

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LOCALE = re.compile(r"[a-z]{2}([_-][A-Z]{2})?")
_DEMO_USER = "demo"


def found(
    database: Database, workspace: str, created: WorkspaceCreated, owner: MemberAdded, actor: str = "system"
) -> bool:
    """Append the founding facts; False when the workspace is there already. Raises Trouble for one that won't do."""
    _require_usable(workspace, created, owner.user)
    stream, key = stream_of(workspace, "workspace", "self"), business_key(workspace, "created")
    if store.read(database, stream=stream, limit=1):
        return False
    return not store.append(database, stream, [created, owner], meta=Meta(actor=actor), key=key).repeated


def _require_usable(workspace: str, created: WorkspaceCreated, owner: str) -> None:
    if not _ID.fullmatch(workspace):
        raise Trouble(f"{workspace!r} is no workspace id. Use up to 40 lower-case letters, digits, - and _.")
    if owner != _DEMO_USER and not _ADDRESS.fullmatch(owner):
        raise Trouble(f"{owner!r} is no e-mail address, so nobody could sign in as the owner. Give theirs.")
    if not created.title.strip():
        raise Trouble("A workspace needs a title that people can read.")
    if not _CURRENCY.fullmatch(created.currency):
        raise Trouble(f"{created.currency!r} is no currency. Use three capital letters, such as EUR.")
    if not _LOCALE.fullmatch(created.locale):
        raise Trouble(f"{created.locale!r} is no language. Use a code such as en, de or de_CH.")
