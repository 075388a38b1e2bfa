"""A client as the product makes it, on a server that skips time; and activities that only take notes."""

import base64
import os
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, WorkflowEnvironment

from worker import temporal_client
from worker.temporal_client import TemporalSettings

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
