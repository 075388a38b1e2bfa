"""Google Drive as a `Connector`: its consent, its tokens and its files, put together for the worker."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy.engine import Engine

from worker.connector import Refusal
from worker.contracts import PLATFORM_GOOGLE_DRIVE
from worker.google_drive import consent, oauth
from worker.google_drive.consent import GoogleSettings
from worker.platform import ConsentRefused, FilePlatform, GrantLost
from worker.vault import Tokens, Vault, VaultCannotOpen


class GoogleDriveConnector:
    def __init__(self, engine: Engine, vault: Vault, settings: GoogleSettings, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._vault = vault
        self._settings = settings
        self._clock = clock

    def exchange(self, workspace: str, attempt: str, code: str) -> Tokens:
        try:
            with self._engine.connect() as connection:
                verifier = consent.verifier(connection, workspace=workspace, attempt=attempt)
        except LookupError:
            raise ConsentRefused("This connection was not begun here. Press Connect to begin a new one.") from None
        return oauth.exchange(self._settings, code, verifier, self._clock())

    def open(self, workspace: str, handle: str) -> FilePlatform:
        from worker.google_drive.client import open_drive  # the Google libraries take long to import

        return open_drive(self._engine, self._vault, self._settings, workspace, handle)

    def give_back(self, workspace: str) -> None:
        with self._engine.connect() as connection:
            handles = self._vault.handles(connection, workspace, PLATFORM_GOOGLE_DRIVE)
        for handle in handles:
            with suppress(GrantLost, VaultCannotOpen):  # what cannot be opened any more needs no giving back
                with self._engine.connect() as connection:
                    tokens = self._vault.open(connection, workspace, handle)
                oauth.revoke(self._settings, tokens)
            with self._engine.begin() as connection:
                self._vault.erase(connection, workspace, handle)

    def explain(self, error: str) -> Refusal:
        return Refusal(*consent.explain(error))
