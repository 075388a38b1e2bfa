"""The dashboard's real server over a seeded database, and a real browser that notes what it is told to load."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, Request

from events import database
from projections.follower import follow
from tests.conftest import wait_until
from tests.dashboard import seeding
from worker.embedded.ports import free
from worker.embedded.postgres import Postgres

ROOT = Path(__file__).parents[3]


@dataclass
class Site:
    """A running dashboard, which may be stopped and started again at the same address."""

    port: int
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:app", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL)
        wait_until(self._answers, "The dashboard's start", 60)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(20)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False


@pytest.fixture(scope="session")
def site(postgres_server: Postgres, migrated_template: str) -> Iterator[Site]:
    """Serve one normal workspace. Temporal is away: no test here needs it, and every page has to stand that."""
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "site" TEMPLATE "{migrated_template}"'.encode())
    url = postgres_server.url("site")
    engine, stop = database.connect(url), threading.Event()
    seeding.normal(engine, datetime.now(UTC))
    follower = threading.Thread(target=follow, args=(engine, stop))
    follower.start()
    environment = {
        "MEDIA_PLANNER_DATABASE_URL": url,
        "MEDIA_PLANNER_SIGN_IN": "demo",
        "MEDIA_PLANNER_DEMO_USER": seeding.ANA,
        "MEDIA_PLANNER_GOOGLE_SANDBOX_URL": "http://127.0.0.1:9",
        "MEDIA_PLANNER_TEMPORAL_ADDRESS": "127.0.0.1:9",
        "MEDIA_PLANNER_PAYLOAD_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    }
    running = Site(free(), os.environ | environment)
    running.start()
    yield running
    running.kill()
    stop.set()
    follower.join()
    engine.dispose()


@dataclass
class Watched:
    """A page, the hosts it spoke to and the errors it logged."""

    page: Page
    site: Site
    foreign: list[str] = field(default_factory=list[str])
    errors: list[str] = field(default_factory=list[str])

    def open(self, path: str) -> Page:
        self.page.goto(self.site.url + path)
        self.settled()
        return self.page

    def settled(self) -> None:
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        self.page.locator('[data-testid="stSkeleton"]').first.wait_for(state="detached")

    def note_request(self, request: Request) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.foreign.append(request.url)


@pytest.fixture
def browse(site: Site, browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Open a fresh browser window: `browse(scheme="dark", width=390)`."""
    contexts = []

    def opened(scheme: str = "light", width: int = 1440) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": 1000},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Berlin",
        )
        contexts.append(context)
        watched = Watched(context.new_page(), site)
        watched.page.on("request", watched.note_request)
        watched.page.on("console", lambda one: watched.errors.append(one.text) if one.type == "error" else None)
        return watched

    yield opened
    for context in contexts:
        context.close()
