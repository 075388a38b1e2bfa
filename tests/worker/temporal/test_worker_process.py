"""The worker as a process: what it says when it cannot start, how it ends, how little it takes when idle."""

import subprocess
import sys

import psutil
import pytest

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]
SECRET = "hunter2-canary"


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "worker"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("PAYLOAD_KEY", None, "The setting MEDIA_PLANNER_PAYLOAD_KEY is missing."),
        ("PAYLOAD_KEY", SECRET, "The setting MEDIA_PLANNER_PAYLOAD_KEY is wrong: must be 32 random bytes in base64"),
        ("VAULT_KEY", None, "The setting MEDIA_PLANNER_VAULT_KEY is missing."),
        ("VAULT_KEY", SECRET, "must be 32 random bytes in base64"),
        ("DATABASE_URL", None, "The setting MEDIA_PLANNER_DATABASE_URL is missing."),
        ("DATABASE_URL", f"postgresql://u:{SECRET}@127.0.0.1:9/x", "PostgreSQL does not answer at 127.0.0.1:9"),
        ("DATABASE_URL", SECRET, "MEDIA_PLANNER_DATABASE_URL"),
        ("TEMPORAL_ADDRESS", "127.0.0.1:9", "Temporal does not answer at 127.0.0.1:9."),
        ("TEMPORAL_NAMESPACE", "nowhere", "Temporal has no namespace nowhere"),
        ("GOOGLE_SANDBOX_URL", None, "There is no Google to talk to."),
        ("TEMPORAL_TLS", "perhaps", "The setting MEDIA_PLANNER_TEMPORAL_TLS is wrong"),
        ("LANGUAGE_MODEL", "nonsense", "There is no setting MEDIA_PLANNER_LANGUAGE_MODEL."),
    ],
)
def test_what_is_wrong_at_the_start_is_one_sentence(process, setting: str, value: str | None, sentence: str) -> None:
    environment = {**process.environment, f"MEDIA_PLANNER_{setting}": value or ""}
    if value is None:
        del environment[f"MEDIA_PLANNER_{setting}"]
    ended = start(environment)

    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert SECRET not in ended.stderr


async def test_an_idle_worker_is_small_and_ends_when_told(world, process) -> None:
    with process() as worker:
        await world.until(lambda: "worker ready" in process.log.read_text())
        size = psutil.Process(worker.pid).memory_info().rss / 2**20
        worker.terminate()
        code = worker.wait(timeout=40)

    assert code == 0
    assert size < 200, f"{size:.0f} MB"
    assert "Traceback" not in process.log.read_text()
