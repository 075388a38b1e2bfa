"""Tokens of connected platforms, sealed with AES-256-GCM. Outside of this module a grant is known by its handle.

A sealed entry is bound to its workspace, platform and handle: moved to another row it does not open. Keys can be
rotated: the first key seals, all of them open.
"""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import Connection, Engine

from worker.platform import GrantLost, PlatformError

_NONCE_BYTES = 12
_KEY_BYTES = 32
RENEW_BEFORE = timedelta(minutes=4)
"""Google's client library calls a token expired 3 min 45 s early; renewing later would mean renewing at every call."""

_ENTRY = "SELECT platform, key_id, sealed, lost FROM vault_entry WHERE workspace = :workspace AND handle = :handle"
_ENTRY_LOCKED = _ENTRY + " FOR UPDATE"


class VaultSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MEDIA_PLANNER_", extra="ignore")

    vault_key: SecretStr
    """32 random bytes in base64."""
    vault_old_keys: SecretStr = SecretStr("")
    """Keys used before, separated by commas: they still open, and `Vault.rotate` makes them dispensable."""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        self.keys()
        return self

    def keys(self) -> tuple[bytes, ...]:
        """Give the keys, newest first."""
        old = [key for key in self.vault_old_keys.get_secret_value().split(",") if key.strip()]
        return tuple(_key(text) for text in (self.vault_key.get_secret_value(), *old))


@dataclass(frozen=True)
class Tokens:
    """A grant as its platform gave it. Printing it shows no secret."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    scopes: tuple[str, ...]


class VaultCannotOpen(PlatformError):
    """An entry is missing, was changed, or was sealed with a key that is not here."""

    terminal = True


def create_tables(connection: Connection) -> None:
    """Make the vault's table; does nothing when it is there."""
    connection.exec_driver_sql(
        """
        CREATE TABLE IF NOT EXISTS vault_entry (
            handle     text PRIMARY KEY,
            workspace  text NOT NULL,
            platform   text NOT NULL,
            attempt    text,
            key_id     text NOT NULL,
            sealed     bytea NOT NULL,
            lost       text,
            created_at timestamptz NOT NULL,
            changed_at timestamptz NOT NULL,
            UNIQUE (workspace, attempt)
        )
        """
    )


class Vault:
    """Seals and opens tokens. `clock` gives the current time."""

    def __init__(self, engine: Engine, keys: Sequence[bytes], clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self.clock = clock
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._sealing_key = _key_id(keys[0])

    def seal(
        self, connection: Connection, workspace: str, platform: str, tokens: Tokens, *, attempt: str | None = None
    ) -> str:
        """Store tokens and give their handle. Sealing an attempt again keeps its first handle."""
        handle = self.handle_of(connection, workspace, attempt) if attempt else None
        if handle is not None:
            return handle
        handle = secrets.token_urlsafe(24)
        connection.execute(
            sa.text(
                "INSERT INTO vault_entry (handle, workspace, platform, attempt, key_id, sealed, created_at, changed_at)"
                " VALUES (:handle, :workspace, :platform, :attempt, :key_id, :sealed, :now, :now)"
            ),
            {
                "handle": handle,
                "workspace": workspace,
                "platform": platform,
                "attempt": attempt,
                "key_id": self._sealing_key,
                "sealed": self._sealed(tokens, workspace, platform, handle),
                "now": self.clock(),
            },
        )
        return handle

    def handle_of(self, connection: Connection, workspace: str, attempt: str) -> str | None:
        """Give the handle that an attempt sealed: a repeated activity need not use its one-time code again."""
        return connection.execute(
            sa.text("SELECT handle FROM vault_entry WHERE workspace = :workspace AND attempt = :attempt"),
            {"workspace": workspace, "attempt": attempt},
        ).scalar_one_or_none()

    def open(self, connection: Connection, workspace: str, handle: str) -> Tokens:
        """Give the tokens. Raises GrantLost when the platform is known to refuse them, VaultCannotOpen otherwise."""
        return self._open(connection, workspace, handle, lock=False)

    def handles(self, connection: Connection, workspace: str, platform: str) -> list[str]:
        """List the handles of a platform's entries, the oldest first."""
        query = (
            "SELECT handle FROM vault_entry WHERE workspace = :workspace AND platform = :platform ORDER BY created_at"
        )
        found = connection.execute(sa.text(query), {"workspace": workspace, "platform": platform})
        return list(found.scalars())

    def erase(self, connection: Connection, workspace: str, handle: str) -> None:
        """Forget the tokens. Erasing what is not there is fine."""
        connection.execute(
            sa.text("DELETE FROM vault_entry WHERE workspace = :workspace AND handle = :handle"),
            {"workspace": workspace, "handle": handle},
        )

    def renew(self, workspace: str, handle: str, refused: str, refresh: Callable[[Tokens], Tokens]) -> Tokens:
        """Replace an access token that expired or was refused; of many who ask at once, one asks the platform.

        The row stays locked meanwhile, in a transaction of its own: don't hold one open while calling a platform.
        When `refresh` raises GrantLost the entry remembers it, and nobody asks again.
        """
        with self._engine.begin() as connection:
            tokens = self._open(connection, workspace, handle, lock=True)
            if tokens.access != refused and tokens.expires_at > self.clock() + RENEW_BEFORE:
                return tokens
            try:
                fresh = refresh(tokens)
            except GrantLost as error:
                lost = error
            else:
                self._store(connection, workspace, handle, fresh)
                return fresh
            self._mark_lost(connection, workspace, handle, str(lost))
        raise lost

    def rotate(self, connection: Connection) -> int:
        """Seal every entry with the newest key. Gives the number of entries that changed."""
        rows = connection.execute(
            sa.text("SELECT workspace, handle FROM vault_entry WHERE key_id <> :key_id AND lost IS NULL"),
            {"key_id": self._sealing_key},
        ).all()
        for workspace, handle in rows:
            self._store(connection, workspace, handle, self._open(connection, workspace, handle, lock=True))
        return len(rows)

    def _open(self, connection: Connection, workspace: str, handle: str, *, lock: bool) -> Tokens:
        row = connection.execute(
            sa.text(_ENTRY_LOCKED if lock else _ENTRY), {"workspace": workspace, "handle": handle}
        ).one_or_none()
        if row is None:
            raise VaultCannotOpen("Access to this account is not stored any more. Connect it again.")
        if row.lost is not None:
            raise GrantLost(row.lost)
        cipher = self._ciphers.get(row.key_id)
        if cipher is None:
            raise VaultCannotOpen(
                "The stored access was sealed with another key. Set MEDIA_PLANNER_VAULT_KEY to the key that was used, "
                "or connect the account again."
            )
        try:
            nonce, body = row.sealed[:_NONCE_BYTES], row.sealed[_NONCE_BYTES:]
            return _tokens(cipher.decrypt(nonce, body, _bound_to(workspace, row.platform, handle)))
        except InvalidTag:
            raise VaultCannotOpen(
                "The stored access was damaged or tampered with. Connect the account again."
            ) from None

    def _store(self, connection: Connection, workspace: str, handle: str, tokens: Tokens) -> None:
        where = {"workspace": workspace, "handle": handle}
        platform = connection.execute(
            sa.text("SELECT platform FROM vault_entry WHERE workspace = :workspace AND handle = :handle"), where
        ).scalar_one()
        connection.execute(
            sa.text(
                "UPDATE vault_entry SET sealed = :sealed, key_id = :key_id, changed_at = :now"
                " WHERE workspace = :workspace AND handle = :handle"
            ),
            {
                **where,
                "sealed": self._sealed(tokens, workspace, platform, handle),
                "key_id": self._sealing_key,
                "now": self.clock(),
            },
        )

    def _mark_lost(self, connection: Connection, workspace: str, handle: str, reason: str) -> None:
        connection.execute(
            sa.text(
                "UPDATE vault_entry SET lost = :reason, changed_at = :now"
                " WHERE workspace = :workspace AND handle = :handle"
            ),
            {"workspace": workspace, "handle": handle, "reason": reason, "now": self.clock()},
        )

    def _sealed(self, tokens: Tokens, workspace: str, platform: str, handle: str) -> bytes:
        body = {
            "access": tokens.access,
            "refresh": tokens.refresh,
            "expires_at": tokens.expires_at.isoformat(),
            "scopes": tokens.scopes,
        }
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = self._ciphers[self._sealing_key]
        return nonce + cipher.encrypt(nonce, json.dumps(body).encode(), _bound_to(workspace, platform, handle))


def _tokens(body: bytes) -> Tokens:
    kept = Tokens(**json.loads(body))
    return replace(kept, expires_at=datetime.fromisoformat(str(kept.expires_at)), scopes=tuple(kept.scopes))


def _bound_to(*parts: str) -> bytes:
    return json.dumps(parts).encode()


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ValueError("MEDIA_PLANNER_VAULT_KEY (and each of the old keys) must be 32 random bytes in base64.")
    return key


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"vault key" + key).hexdigest()[:12]
