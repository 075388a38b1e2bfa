"""A client as the product makes it, on a server that skips time; and activities that only take notes."""

import asyncio
import base64
import os
import re
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.engine import Engine
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, WorkflowEnvironment

from events import store
from events.envelope import Event, Meta, stream_of
from events.integration import IntegrationRequested
from events.workspace import MemberAdded, WorkspaceCreated
from projections import files, follower, performance, sync_lag
from projections.files import CampaignFile
from worker import temporal_client
from worker.composition import Outside, workers
from worker.contracts import (
    FORCE_REFRESH_SIGNAL,
    INTEGRATION_WORKFLOW,
    OAUTH_CALLBACK_SIGNAL,
    TASK_QUEUE,
    ForceRefresh,
    IntegrationInput,
    IntegrationResult,
    OAuthCallback,
    integration_workflow_id,
    sync_workflow_id,
)
from worker.google_drive import consent
from worker.google_drive.connector import GoogleDriveConnector
from worker.google_drive.consent import GoogleSettings
from worker.google_drive.sandbox.accounts import MARA
from worker.google_drive.sandbox.running import Running, running
from worker.temporal_client import TemporalSettings
from worker.vault import Vault

VAULT_KEY = bytes(range(32, 64))
PAYLOAD_KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(scope="session")
def temporal_settings(temporal_env: WorkflowEnvironment) -> TemporalSettings:
    config = temporal_env.client.service_client.config
    return TemporalSettings(
        address=config.target_host, namespace=temporal_env.client.namespace, payload_key=PAYLOAD_KEY
    )


@pytest.fixture
async def client(temporal_settings: TemporalSettings) -> Client:
    """Real time passes."""
    return await temporal_client.connect(temporal_settings)


@pytest.fixture
async def skipping(client: Client) -> AsyncIterator["Skipping"]:
    """Workflows started here have their own clock, which jumps to the next timer when nothing else is to do."""
    started = Skipping(TimeSkipper(client))
    yield started
    for identifier in started.identifiers:
        try:
            await client.get_workflow_handle(identifier).terminate()
        except RPCError:
            continue


@dataclass
class Skipping:
    skipper: TimeSkipper

    def __post_init__(self) -> None:
        self.identifiers: list[str] = []

    @property
    def client(self) -> Client:
        return self.skipper.client

    def identifier(self, prefix: str) -> str:
        """Name a workflow that will be ended with the test."""
        self.identifiers.append(f"{prefix}-{uuid.uuid4().hex}")
        return self.identifiers[-1]


HISTORIES = Path(__file__).parent / "temporal" / "histories"
KeepHistory = Callable[[WorkflowHandle, str], Awaitable[None]]


@pytest.fixture
def keep_history() -> KeepHistory:
    """With RECORD_HISTORIES=1, write a run's history where the replay test reads it; else do nothing.

    Record again only for a new kind of run. When an old history no longer replays, running workflows would break too:
    put the change behind `workflow.patched`.
    """

    async def keep(handle: WorkflowHandle, name: str) -> None:
        if "RECORD_HISTORIES" in os.environ:
            history = (await handle.fetch_history()).to_json()
            anonymous = re.sub(r'"identity": "[^"]*"', '"identity": "worker"', history)
            anonymous = re.sub(r'"name": "[^"]*-[0-9a-f]{32}"', '"name": "sticky"', anonymous)
            (HISTORIES / f"{name}.json").write_text(anonymous)

    return keep


class World:
    """The product around the workflows: PostgreSQL, a Google sandbox, the vault, a workspace with people."""

    def __init__(self, engine: Engine, google: Running, client: Client) -> None:
        self.engine = engine
        self.google = google
        self.client = client
        self.workspace = f"ws-{uuid.uuid4().hex[:8]}"
        self.settings = GoogleSettings(sandbox_url=google.url, timeout_seconds=5)
        vault = Vault(engine, [VAULT_KEY], now)
        self.outside = Outside(
            engine, vault, {"google_drive": GoogleDriveConnector(engine, vault, self.settings, now)}, now
        )
        self.attempts: list[str] = []
        self.add_workspace(self.workspace)

    def add_workspace(self, workspace: str) -> None:
        people = [
            MemberAdded(user="mia", name="Mia", role="planner"),
            MemberAdded(user="otto", name="Otto", role="owner"),
            MemberAdded(user="vera", name="Vera", role="viewer"),
        ]
        self.append(f"{workspace}/workspace/self", WorkspaceCreated(title="Shoes"), *people)

    def append(self, stream: str, *events: Event, actor: str = "mia") -> None:
        with self.engine.begin() as database:
            store.append(database, stream, events, meta=Meta(actor=actor))
        follower.catch_up(self.engine)

    def told(self, *names: str, workspace: str | None = None) -> list[Event]:
        """Events of the workspace, in order; with names only those."""
        with self.engine.connect() as database:
            found = store.read(database, workspace=workspace or self.workspace, names=names or None)
        return [recorded.event for recorded in found]

    def files(self) -> dict[str, CampaignFile]:
        follower.catch_up(self.engine)
        with self.engine.connect() as database:
            return {file.name: file for file in files.of(database, self.workspace)}

    def pending(self) -> list[str]:
        with self.engine.connect() as database:
            return [change.file_id for change in sync_lag.pending(database, self.workspace)]

    def rows(self) -> int:
        follower.catch_up(self.engine)
        with self.engine.connect() as database:
            return performance.count(database, self.workspace)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run the product's workers, and end what they started."""
        async with AsyncExitStack() as stack:
            for worker in workers(self.client, self.outside):
                await stack.enter_async_context(worker)
            yield
            await self.end()

    async def end(self) -> None:
        """End the workflows of this test."""
        for identifier in (sync_workflow_id(self.workspace), *self.attempts):
            with suppress(RPCError):
                await self.client.get_workflow_handle(identifier).terminate()

    async def until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        async with asyncio.timeout(seconds):
            while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - what it waits for happens elsewhere
                await asyncio.sleep(0.05)

    async def start_integration(self, user: str = "mia", workspace: str | None = None) -> WorkflowHandle:
        attempt = integration_workflow_id(user, uuid.uuid4().int >> 90)
        self.attempts.append(attempt)
        request = IntegrationInput(user, "google_drive", workspace or self.workspace)
        return await self.client.start_workflow(
            INTEGRATION_WORKFLOW, request, id=attempt, task_queue=TASK_QUEUE, result_type=IntegrationResult
        )

    def consent(
        self, attempt: str, account: str = MARA.email, *, allow: bool = True, user: str = "mia"
    ) -> OAuthCallback:
        """Go through Google's consent page as the browser does, and give what it comes back with."""
        with self.engine.begin() as database:
            address = consent.begin(
                database,
                self.settings,
                workspace=self.workspace,
                user=user,
                attempt=attempt,
                next_page="/files",
                now=now(),
            )
        answer = parse_qs(urlsplit(self.google.control.consent(address, account, allow=allow)).query)
        return OAuthCallback(answer.get("code", [None])[0], answer.get("error", [None])[0])

    def ask_to_connect(self, attempt: str, user: str) -> None:
        """Tell the log that somebody asked, as the dashboard does."""
        asked = IntegrationRequested(platform="google_drive", user=user, attempt=attempt)
        stream = stream_of(self.workspace, "integration", "google_drive")
        with self.engine.begin() as database:
            store.append(database, stream, [asked], meta=Meta(actor=user))

    async def connect(self, account: str = MARA.email, user: str = "mia") -> IntegrationResult:
        handle = await self.start_integration(user)
        await asyncio.to_thread(self.ask_to_connect, handle.id, user)
        callback = await asyncio.to_thread(self.consent, handle.id, account, user=user)
        await handle.signal(OAUTH_CALLBACK_SIGNAL, callback)
        return await handle.result()

    async def synced(self, seconds: float = 60) -> None:
        """Wait until nothing is noted any more."""
        await self.until(lambda: not self.pending(), seconds)

    async def refresh(self, file_id: str | None = None) -> None:
        """Ask for a check, and wait for its end."""
        handle = self.client.get_workflow_handle(sync_workflow_id(self.workspace))
        before = await self.checked_at()
        await handle.signal(FORCE_REFRESH_SIGNAL, ForceRefresh(file_id))
        async with asyncio.timeout(60):
            while await self.checked_at() == before:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await self.synced()

    async def checked_at(self) -> datetime | None:
        def read() -> datetime | None:
            with self.engine.connect() as database:
                return sync_lag.of(database, self.workspace, now()).last_checked_at

        return await asyncio.to_thread(read)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Running]:
    """A Google with accounts and no files."""
    with running(tmp_path / "google.sqlite", empty=True) as sandbox:
        yield sandbox


@pytest.fixture
def world(engine: Engine, google: Running, client: Client) -> World:
    return World(engine, google, client)


class Processes:
    """The worker as a process of its own. With `dies_at` it kills itself around the commit that appends this event."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment = environment
        self.folder = folder
        self.log = folder / "worker.log"

    @contextmanager
    def __call__(self, *, dies_at: str = "", moment: str = "after") -> Iterator[subprocess.Popen]:
        dying = [str(Path(__file__).parent / "dying_worker.py"), dies_at, moment, str(self.folder / "died")]
        command = [sys.executable, *(dying if dies_at else ["-m", "worker"])]
        with self.log.open("ab") as log, subprocess.Popen(command, env=self.environment, stderr=log) as child:
            try:
                yield child
            finally:
                child.kill()


@pytest.fixture
def process(world: World, migrated_url: str, temporal_settings: TemporalSettings, tmp_path: Path) -> Processes:
    environment = {
        "MEDIA_PLANNER_DATABASE_URL": migrated_url,
        "MEDIA_PLANNER_TEMPORAL_ADDRESS": temporal_settings.address,
        "MEDIA_PLANNER_TEMPORAL_NAMESPACE": temporal_settings.namespace,
        "MEDIA_PLANNER_PAYLOAD_KEY": PAYLOAD_KEY,
        "MEDIA_PLANNER_VAULT_KEY": base64.b64encode(VAULT_KEY).decode(),
        "MEDIA_PLANNER_GOOGLE_SANDBOX_URL": world.google.url,
    }
    return Processes({**os.environ, **environment}, tmp_path)


CAMPAIGN = [
    ["Date", "Channel", "Campaign", "Spend", "Impressions", "Clicks", "Conversions", "Revenue"],
    *[
        [f"2026-0{1 + week // 4}-{1 + 7 * (week % 4):02}", channel, "Spring", 100 + week, 5000, 50, 5, 400]
        for week in range(8)
        for channel in ("Search", "Social")
    ],
]


@pytest.fixture
def campaign_csv() -> bytes:
    """16 rows of two channels that no reader could take for anything but a campaign."""
    return "\n".join(",".join(str(value) for value in row) for row in CAMPAIGN).encode()
