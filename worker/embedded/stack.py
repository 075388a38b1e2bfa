"""What `./dev up` starts: database, Temporal, Google sandbox, worker, projection follower and dashboard."""

import errno
import fcntl
import json
import os
import shutil
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg

from worker.embedded import keys, ports
from worker.embedded.postgres import Postgres
from worker.embedded.settings import StackSettings
from worker.embedded.supervisor import Say, Service, Supervisor
from worker.embedded.temporal import ENVIRONMENT as TEMPORAL_ENVIRONMENT
from worker.embedded.temporal import NAMESPACE, TemporalServer
from worker.trouble import Trouble

DEMO_USER = "demo"
_FOLDER_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EEXIST, errno.ENOTDIR}
_QUIET = {"PYTHONUNBUFFERED": "1", "DO_NOT_TRACK": "1"}


@dataclass
class Stack:
    """The running product. `environment` is what a further program needs to take part in it."""

    settings: StackSettings
    say: Say
    durable: bool = True
    environment: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.say)
        self.state = self.settings.state.resolve()
        self.running_file = self.state / "running.json"
        self.ports: dict[str, int] = {}
        self.secrets: dict[str, str] = {}

    @property
    def dashboard_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['dashboard']}"

    @property
    def temporal_ui_url(self) -> str | None:
        own = self.settings.temporal_address is not None
        return self.settings.temporal_ui_url if own else f"http://127.0.0.1:{self.ports['temporal_ui']}"

    @property
    def sandbox_url(self) -> str | None:
        return None if self.settings.google_client_id else f"http://127.0.0.1:{self.ports['sandbox']}"

    def start(self) -> None:
        """Start everything and return when the dashboard serves pages. Raises Trouble with one sentence."""
        self.ports = ports.choose(self.state / "ports.json", self.settings.dashboard_port)
        self.secrets = keys.load_or_make(self.state / "keys.json", state_is_new=not (self.state / "postgres").exists())
        servers = [service for service in (self._temporal(), self._sandbox()) if service is not None]
        postgres = None if self.settings.database_url else self._postgres()
        for service in [*([postgres] if postgres else []), *servers]:
            self.supervisor.launch(service)
        if postgres:
            self._wait(postgres)
        self.environment = self.shared_environment(self._database_url())
        programs = [self._dashboard(), self._worker(), self._follower()]  # the last two make and update the tables
        for service in programs:
            self.supervisor.launch(service)
        for service in [*servers, *programs]:
            self._wait(service)
        self._write_running_file()

    def stop(self) -> None:
        self.running_file.unlink(missing_ok=True)
        self.supervisor.stop()

    def _wait(self, service: Service) -> None:
        seconds = self.supervisor.wait(service)
        self.say(f"✓ {service.title:<16} ready in {seconds:.1f} s")

    def _write_running_file(self) -> None:
        """Let the command line find this installation. Holds the database password: only its owner may read it."""
        self.running_file.touch(mode=0o600)
        self.running_file.write_text(json.dumps(self.environment))

    def _database_url(self) -> str:
        if self.settings.database_url is not None:
            return self.settings.database_url.get_secret_value()
        server = self._postgres_server()
        server.create_database()
        return server.url()

    def shared_environment(self, database_url: str) -> dict[str, str]:
        """Give what every program of the stack is told, over whatever the person set."""
        ours = {
            "DATABASE_URL": database_url,
            "TEMPORAL_ADDRESS": self.settings.temporal_address or f"127.0.0.1:{self.ports['temporal']}",
            "TEMPORAL_NAMESPACE": self.settings.temporal_namespace or NAMESPACE,
            "PAYLOAD_KEY": self.secrets["payload_key"],
            "DASHBOARD_URL": self.dashboard_url,
            "SIGN_IN": "demo",
            "DEMO_USER": DEMO_USER,
            "STATE": str(self.state),
        }
        if self.sandbox_url is not None:
            ours["GOOGLE_SANDBOX_URL"] = self.sandbox_url
        if self.temporal_ui_url is not None:
            ours["TEMPORAL_UI_URL"] = self.temporal_ui_url
        return {f"MEDIA_PLANNER_{name}": value for name, value in ours.items()}

    def _service(
        self,
        name: str,
        title: str,
        command: list[str],
        ready: Callable[[Service], bool],
        extra: dict[str, str] | None = None,
    ) -> Service:
        environment = {**inherited(), **self.environment, **_QUIET, **(extra or {})}
        return Service(name, title, command, environment, ready, self.state / "logs" / f"{name}.log")

    def _postgres_server(self) -> Postgres:
        return Postgres(self.state / "postgres", self.ports["postgres"], durable=self.durable)

    def _postgres(self) -> Service:
        server = self._postgres_server()
        server.prepare()
        service = self._service("postgres", "Database", server.command(), lambda _: server.ready())
        service.stop_signal = signal.SIGINT
        service.remedy = (
            f"If its files are damaged, put {server.folder} back from a backup, or run ./dev up --fresh to start over."
        )
        service.before_start = server.prepare
        return service

    def _temporal(self) -> Service | None:
        if self.settings.temporal_address is not None:
            return None
        names = ("temporal", "temporal_ui", "temporal_http", "temporal_metrics")
        server = TemporalServer(*(self.ports[name] for name in names), file=self.state / "temporal.sqlite")
        answers = f"http://127.0.0.1:{server.http_port}/api/v1/namespaces/{NAMESPACE}"
        service = self._service("temporal", "Temporal", server.command(), lambda _: _ok(answers), TEMPORAL_ENVIRONMENT)
        service.remedy = (
            f"If its file is damaged, put {server.file} back from a backup, or delete it: files, rows, plans and "
            'history are kept elsewhere, "Check for changes now" starts syncing again, and only a plan that was being '
            "made must be asked for anew."
        )
        return service

    def _sandbox(self) -> Service | None:
        url = self.sandbox_url
        if url is None:
            return None
        command = [sys.executable, "-m", "worker.google_drive.sandbox", "--port", str(self.ports["sandbox"])]
        command += ["--state", str(self.state / "sandbox.sqlite")]
        return self._service("sandbox", "Google sandbox", command, lambda _: _ok(f"{url}/"))

    def _worker(self) -> Service:
        key = {"MEDIA_PLANNER_VAULT_KEY": self.secrets["vault_key"]}  # nobody else can open the vault
        command = [sys.executable, "-m", "worker"]
        return self._service("worker", "Worker", command, lambda service: service.logged("worker ready"), key)

    def _follower(self) -> Service:
        command = [sys.executable, "-m", "projections"]
        return self._service("projections", "Projections", command, lambda service: service.logged("following"))

    def _dashboard(self) -> Service:
        command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:app", "--host", "127.0.0.1"]
        command += ["--port", str(self.ports["dashboard"]), "--log-level", "warning"]
        secret = {"MEDIA_PLANNER_COOKIE_SECRET": self.secrets["cookie_secret"]}
        health = f"{self.dashboard_url}/healthz"
        return self._service("dashboard", "Dashboard", command, lambda _: _ok(health), secret)


def inherited() -> dict[str, str]:
    return dict(os.environ)  # noqa: TID251 - what the person set, Google's client id for one, is handed on


def _ok(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - always http on loopback
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _usable(state: Path) -> Generator[None]:
    """A full disk and a folder that cannot be written are the machine's, whoever of us meets them first."""
    try:
        yield
    except (OSError, psycopg.errors.DiskFull) as error:
        if isinstance(error, OSError) and error.errno not in _FOLDER_TROUBLE:
            raise
        what = error.strerror if isinstance(error, OSError) else "No space left on device"
        raise Trouble(
            f"The state folder {state} cannot be used: {what}. "
            "Make room or put its rights right, or set MEDIA_PLANNER_STATE to another folder."
        ) from error


def _lock_file(state: Path) -> IO[str]:
    state.mkdir(parents=True, exist_ok=True)
    return (state / "lock").open("a+")


@contextmanager
def only_one(state: Path) -> Generator[None]:
    """Hold the state folder: two stacks on one folder would fight over its files."""
    with _usable(state), _lock_file(state) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Trouble(
                f"Media Planner is already running from {state}. Use its dashboard, or stop it with Ctrl-C first."
            ) from error
        yield


def forget(state: Path) -> None:
    """Remove everything an installation knows. The lock file stays: we hold it."""
    for path in state.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


def running_environment(state: Path) -> dict[str, str] | None:
    """The environment of the stack that runs from this folder; None when none does."""
    try:
        return json.loads((state / "running.json").read_text())
    except (OSError, ValueError):
        return None


def export(environment: dict[str, str]) -> None:
    """Make this process part of a stack that it started or found."""
    os.environ.update(environment)  # noqa: TID251 - settings classes read it from there
