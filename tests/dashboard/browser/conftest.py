"""The dashboard's real server over a seeded database, and a real browser that notes what it is told to load."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg
import pytest
from playwright.sync_api import Browser, Page, Request

from events import database
from projections.follower import follow
from tests.dashboard import seeding
from tests.dashboard.site import STANDS_AT, Site, environment
from worker.embedded.ports import free
from worker.embedded.postgres import Postgres


@pytest.fixture(scope="session")
def site(postgres_server: Postgres, migrated_template: str) -> Iterator[Site]:
    """Serve one normal workspace at one moment. Temporal is away: every page has to stand that."""
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "site" TEMPLATE "{migrated_template}"'.encode())
    url = postgres_server.url("site")
    engine, stop = database.connect(url), threading.Event()
    seeding.normal(engine, datetime.now(UTC))
    follower = threading.Thread(target=follow, args=(engine, stop))
    follower.start()
    clock = {STANDS_AT: datetime.now(UTC).isoformat()}
    running = Site(free(), environment(url, seeding.ANA) | clock, app="tests.dashboard.still:app")
    running.start()
    yield running
    running.kill()
    stop.set()
    follower.join()
    engine.dispose()


@dataclass
class Watched:
    """A page, the hosts it spoke to, and the errors it logged."""

    page: Page
    site: Site
    foreign: list[str] = field(default_factory=list[str])
    errors: list[str] = field(default_factory=list[str])
    sent: list[bytes] = field(default_factory=list[bytes])
    """What the server sent to the page, where a test listens."""

    def open(self, path: str) -> Page:
        self.page.goto(self.site.url + path)
        self.settled()
        return self.page

    def settled(self) -> None:
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        self.page.locator('[data-testid="stSkeleton"]').first.wait_for(state="detached")

    def listen(self) -> None:
        """Keep what the server sends to the page from its next connection on."""
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._note_frame))

    def _note_frame(self, frame: str | bytes) -> None:
        self.sent.append(frame.encode() if isinstance(frame, str) else frame)

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
