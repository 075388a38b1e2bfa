"""compose.yaml as far as it goes without containers.

Its programs run with its commands, its settings and the files that its image holds, beside a PostgreSQL and a Temporal
of their own, until an owner has signed in, has left for Google and has come back without giving access.
"""

import base64
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import yaml
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import wait_until
from tests.dashboard.browser.identity_provider import IdentityProvider
from tests.journeys.conftest import ROOT
from worker.embedded.ports import free
from worker.embedded.temporal import TemporalServer

pytestmark = [pytest.mark.stack, pytest.mark.browser]

OWNER = "ana@example.com"
CLIENT = "media-planner.apps.googleusercontent.com"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
PROGRAMS = ("worker", "projections", "dashboard")


@dataclass
class Production:
    """The three programs of compose.yaml in the folder of its image, with the names of its network made addresses."""

    image: Path
    addresses: dict[str, str]
    secrets: dict[str, str]
    logs: Path
    programs: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])

    def start(self, name: str) -> None:
        command = [self._here(part) for part in COMPOSE["services"][name]["command"]]
        with (self.logs / name).open("wb") as log:
            self.programs[name] = subprocess.Popen(
                [sys.executable, *command[1:]], cwd=self.image, env=self.environment(name), stdout=log, stderr=log
            )

    def run(self, name: str, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command inside a service, as `docker compose exec` does."""
        return subprocess.run(
            [str(Path(sys.executable).parent / command[0]), *command[1:]],
            cwd=self.image,
            env=self.environment(name),
            check=False,
            capture_output=True,
            text=True,
        )

    def environment(self, name: str) -> dict[str, str]:
        """What the service is told, and nothing that this process happens to know."""
        told = {variable: self._here(value) for variable, value in COMPOSE["services"][name]["environment"].items()}
        return told | {"PATH": str(Path(sys.executable).parent), "HOME": str(self.logs)}

    def _here(self, text: str) -> str:
        filled = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: self.secrets[found[1]], text)
        for name, address in self.addresses.items():
            filled = filled.replace(name, address)
        return filled


def _unpack_image(folder: Path) -> Path:
    """Hold what the Dockerfile copies, and nothing else of this folder."""
    lines = COMPOSE["services"]["worker"]["build"]["dockerfile_inline"].splitlines()
    for line in (line.split() for line in lines if line.startswith("COPY")):
        for source in line[1:-1]:
            target = folder / line[-1]
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, target)
    return folder


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    running = IdentityProvider(free(), {"sub": "ana", "email": OWNER, "email_verified": True})
    server = running.serve()
    wait_until(lambda: server.started, "The identity provider's start")
    yield running
    server.should_exit = True


@pytest.fixture
def production(database_url: str, provider: IdentityProvider, tmp_path: Path) -> Iterator[Production]:
    image, logs = tmp_path / "app", tmp_path / "logs"
    image.mkdir()
    logs.mkdir()
    temporal = TemporalServer(free(), free(), free(), free(), file=None)
    dashboard = free()
    at = urlsplit(database_url)
    running = Production(
        image=_unpack_image(image),
        addresses={
            "postgresql://media_planner:": f"postgresql://{at.username}:",
            "@postgres:5432/media_planner": f"@{at.hostname}:{at.port}{at.path}",
            "temporal:7233": temporal.address,
            "8501": str(dashboard),
        },
        secrets={
            "POSTGRES_PASSWORD": at.password or "",
            "MEDIA_PLANNER_DASHBOARD_URL": f"http://127.0.0.1:{dashboard}",
            "MEDIA_PLANNER_GOOGLE_CLIENT_ID": CLIENT,
            "MEDIA_PLANNER_GOOGLE_CLIENT_SECRET": "throw-away",
            "MEDIA_PLANNER_OIDC_CLIENT_ID": "media-planner",
            "MEDIA_PLANNER_OIDC_CLIENT_SECRET": "throw-away",
            "MEDIA_PLANNER_OIDC_METADATA_URL": f"{provider.url}/.well-known/openid-configuration",
        }
        | {f"MEDIA_PLANNER_{name}_KEY": _key() for name in ("PAYLOAD", "VAULT")}
        | {"MEDIA_PLANNER_COOKIE_SECRET": _key()},
        logs=logs,
    )
    with ExitStack() as stack:
        server = stack.enter_context(
            subprocess.Popen(temporal.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        stack.callback(server.kill)
        wait_until(lambda: _answers(f"http://127.0.0.1:{temporal.http_port}/api/v1/namespaces/default"), "Temporal")
        for name in PROGRAMS:
            running.start(name)
            stack.callback(running.programs[name].wait, 20)
            stack.callback(running.programs[name].kill)
        yield running


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def page(browser: Browser, production: Production) -> Iterator[Page]:
    url = production.secrets["MEDIA_PLANNER_DASHBOARD_URL"]
    context = browser.new_context(locale="en-GB", base_url=url)
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    wait_until(lambda: _answers(f"{url}/healthz"), "The dashboard's start", 60)
    yield context.new_page()
    context.close()


def test_an_owner_signs_in_leaves_for_google_and_comes_back_without_access(page: Page, production: Production) -> None:
    left: list[str] = []

    def google(route: Route) -> None:
        left.append(route.request.url)
        route.fulfill(body="Google's page")

    page.route("https://accounts.google.com/**", google)
    page.goto("/")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="You are not a member of any workspace")).to_be_visible()

    founded = production.run("worker", "media-planner", "workspace", "acme", "--title", "Acme", "--owner", OWNER)
    assert founded.returncode == 0, founded.stderr
    page.get_by_role("link", name="Connect Google Drive").click()
    page.wait_for_url("https://accounts.google.com/**")
    asked = parse_qs(urlsplit(left[0]).query)
    assert [CLIENT] == asked["client_id"]
    callback = f"{production.secrets['MEDIA_PLANNER_DASHBOARD_URL']}/connect/google/callback"
    assert [callback] == asked["redirect_uri"]

    page.goto(f"{callback}?error=access_denied&state={asked['state'][0]}")
    expect(page.get_by_text("Google was told not to give us access.")).to_be_visible()
    expect(
        page.get_by_text("Access to Google Drive was not allowed on Google's page")
    ).to_be_visible()  # the workflow's

    assert dict.fromkeys(PROGRAMS) == {name: one.poll() for name, one in production.programs.items()}
