import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from worker.embedded.ports import free
from worker.embedded.postgres import Postgres
from worker.trouble import Trouble


@contextmanager
def serving(server: Postgres) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(server.command(), stderr=subprocess.DEVNULL, start_new_session=True) as process:
        deadline = time.monotonic() + 20
        while not server.ready() and time.monotonic() < deadline:
            time.sleep(0.02)
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGINT)


def test_rows_survive_a_killed_server(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg", free())
    server.prepare()
    with serving(server) as process:
        server.create_database()
        with psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 41 + 1 AS answer")
        process.kill()
    server.prepare()
    with serving(server), psycopg.connect(server.url()) as connection:
        row = connection.execute("SELECT answer FROM kept").fetchone()

        assert row == (42,)


def test_a_wrong_password_is_refused(postgres_server: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres_server.url("postgres").replace(postgres_server.password, "wrong"))


def test_a_pid_file_of_another_program_does_not_stop_the_start(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg", free(), durable=False)
    server.prepare()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n")
        server.prepare()
        with serving(server):
            assert server.ready()
        assert stranger.poll() is None
        stranger.kill()


def test_a_damaged_folder_is_said_and_kept(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg", free(), durable=False)
    (tmp_path / "pg" / "data").mkdir(parents=True)
    (tmp_path / "pg" / "data" / "precious").write_text("keep me")

    with pytest.raises(Trouble, match="damaged"):
        server.prepare()
    assert (tmp_path / "pg" / "data" / "precious").read_text() == "keep me"
