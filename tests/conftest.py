"""Real servers for the tests: one PostgreSQL and one Temporal dev server a run, one database a test."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import pytest_asyncio
import sqlalchemy

from worker.embedded.ports import free
from worker.embedded.postgres import Postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.02)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("postgres"), free(), durable=False)
    server.prepare()
    with subprocess.Popen(server.command(), stderr=subprocess.DEVNULL, start_new_session=True) as process:
        wait_until(server.ready, "PostgreSQL's start")
        yield server
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Postgres) -> str:
    return postgres_server.url("postgres")


def _create(server: Postgres, name: str, template: str = "template0") -> str:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return server.url(name)


@pytest.fixture
def database_url(postgres_server: Postgres) -> Iterator[str]:
    """An empty database of the test's own."""
    name = f"test_{uuid.uuid4().hex}"
    yield _create(postgres_server, name)
    _drop(postgres_server, name)


@pytest.fixture(scope="session")
def migrated_template(postgres_server: Postgres) -> str:
    from events import database
    from worker.schema import migrate

    url = _create(postgres_server, "migrated_template")
    engine = database.connect(url)
    migrate(engine)
    engine.dispose()
    return "migrated_template"


@pytest.fixture
def migrated_url(postgres_server: Postgres, migrated_template: str) -> Iterator[str]:
    """A database of the test's own with every table in place."""
    name = f"test_{uuid.uuid4().hex}"
    yield _create(postgres_server, name, migrated_template)
    _drop(postgres_server, name)


@pytest.fixture
def engine(migrated_url: str) -> Iterator[sqlalchemy.Engine]:
    from events import database

    engine = database.connect(migrated_url)
    yield engine
    engine.dispose()


def _drop(server: Postgres, name: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def temporal_binary() -> Path:
    from worker.embedded.temporal import binary

    return binary()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal_env(temporal_binary: Path) -> AsyncIterator[object]:
    """A dev server that can skip time: the 24 hours of a sync day pass in about a second."""
    from datetime import timedelta

    from temporalio.testing import WorkflowEnvironment

    environment = await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(temporal_binary),
        dev_server_startup_timeout=timedelta(seconds=40),
        dev_server_log_level="error",
        dev_server_extra_args=[
            *("--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"),
            *("--dynamic-config-value", 'history.timerProcessorMaxTimeShift="1ms"'),
            *("--dynamic-config-value", "history.transferProcessorMaxPollRPS=100"),
            *("--dynamic-config-value", "history.timerProcessorMaxPollRPS=100"),
            *("--dynamic-config-value", "frontend.enableServerVersionCheck=false"),
        ],
    )
    yield environment
    await environment.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The one Chromium of a run: a second one in the same process would find Playwright's event loop running."""
    from playwright.sync_api import sync_playwright

    from tests.chromium import ARGUMENTS, find

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        yield chromium
        chromium.close()


_exit_code: list[int] = []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    _exit_code.append(int(exitstatus))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave without Python's teardown: Temporal's client can abort the process there after all work succeeded."""
    if "temporalio" in sys.modules and _exit_code:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_exit_code[0])
