"""A sandbox in a thread, and a Drive connected to it the way the product does: consent, exchange, vault."""

import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import sqlalchemy

from events import database
from worker import vault as vaults
from worker.google_drive import consent, oauth
from worker.google_drive.client import GoogleDrive, open_drive
from worker.google_drive.consent import GoogleSettings
from worker.google_drive.sandbox.accounts import MARA
from worker.google_drive.sandbox.running import Running, running
from worker.vault import Vault

VAULT_KEY = secrets.token_bytes(32)


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("google") / "state.sqlite", empty=True) as server:
        yield server


@pytest.fixture
def sandbox(google: Running) -> Running:
    """A Google with accounts and no files, no grants and no faults."""
    google.control.reset(empty=True)
    return google


@pytest.fixture
def settings(sandbox: Running) -> GoogleSettings:
    return GoogleSettings(sandbox_url=sandbox.url, dashboard_url="http://127.0.0.1:8501", timeout_seconds=5)


@pytest.fixture(scope="module")
def shared_database(postgres_url: str) -> Iterator[sqlalchemy.Engine]:
    name = f"google_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as administrator:
        administrator.execute(f'CREATE DATABASE "{name}"'.encode())
        engine = database.connect(
            sqlalchemy.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
        )
        with engine.begin() as connection:
            consent.create_tables(connection)
            vaults.create_tables(connection)
        yield engine
        engine.dispose()
        administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def worker_database(shared_database: sqlalchemy.Engine) -> sqlalchemy.Engine:
    with shared_database.begin() as connection:
        connection.exec_driver_sql("TRUNCATE consent_flow, vault_entry")
    return shared_database


class Clock:
    """The time of our side; Google's own clock is the sandbox's."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(worker_database: sqlalchemy.Engine, clock: Clock) -> Vault:
    return Vault(worker_database, [VAULT_KEY], clock)


@dataclass
class Connector:
    """Walks through consent as a person and the worker do."""

    sandbox: Running
    settings: GoogleSettings
    engine: sqlalchemy.Engine
    vault: Vault
    clock: Callable[[], datetime]
    workspace: str = "acme"

    def begin(self, attempt: str = "integration-1", user: str = "dana") -> str:
        with self.engine.begin() as connection:
            return consent.begin(
                connection,
                self.settings,
                workspace=self.workspace,
                user=user,
                attempt=attempt,
                next_page="/files",
                now=self.clock(),
            )

    def answer(self, address: str, account: str = MARA.email, **choices: object) -> dict[str, str]:
        """Fill in the consent page; gives what Google sends back to the dashboard."""
        back = self.sandbox.control.consent(address, account, **choices)  # pyright: ignore[reportArgumentType]
        assert back.startswith(self.settings.redirect_uri)
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}

    def exchange(self, code: str, attempt: str = "integration-1") -> vaults.Tokens:
        with self.engine.connect() as connection:
            verifier = consent.verifier(connection, workspace=self.workspace, attempt=attempt)
        return oauth.exchange(self.settings, code, verifier, self.clock())

    def connect(self, account: str = MARA.email, attempt: str = "integration-1") -> str:
        """Give the vault's handle of a fresh grant."""
        answer = self.answer(self.begin(attempt), account)
        tokens = self.exchange(answer["code"], attempt)
        with self.engine.begin() as connection:
            return self.vault.seal(connection, self.workspace, "google_drive", tokens, attempt=attempt)

    def open(self, handle: str) -> GoogleDrive:
        return open_drive(self.engine, self.vault, self.settings, self.workspace, handle)


@pytest.fixture
def connector(
    sandbox: Running, settings: GoogleSettings, worker_database: sqlalchemy.Engine, vault: Vault, clock: Clock
) -> Connector:
    return Connector(sandbox, settings, worker_database, vault, clock)


@pytest.fixture
def drive(connector: Connector) -> GoogleDrive:
    """Mara's Drive, connected; nothing asked yet since then."""
    opened = connector.open(connector.connect())
    connector.sandbox.control.clear_requests()
    return opened
