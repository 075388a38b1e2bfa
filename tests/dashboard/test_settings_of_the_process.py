"""What the dashboard's process says when it cannot start."""

import os
import subprocess
import sys

import pytest

from dashboard.serving.settings import DashboardSettings
from projections.start import CannotStart, settings_named
from tests.dashboard.site import ROOT, environment

SECRET = "hunter2-canary"
GOOD = environment("postgresql://u:p@127.0.0.1:9/x", "pia")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SIGN_IN", "oidc", "Nobody could sign in: set MEDIA_PLANNER_OIDC_CLIENT_ID,"),
        ("PAYLOAD_KEY", SECRET, "The setting MEDIA_PLANNER_PAYLOAD_KEY is wrong: must be 32 random bytes in base64"),
        ("DASHBOARD_ULR", SECRET, "Did you mean MEDIA_PLANNER_DASHBOARD_URL?"),
    ],
)
def test_a_setting_that_cannot_hold_ends_the_process_with_one_sentence(name: str, value: str, sentence: str) -> None:
    command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:app", "--port", "0"]
    given = os.environ | GOOD | {f"MEDIA_PLANNER_{name}": value}

    ended = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert SECRET not in ended.stderr


@pytest.mark.parametrize("address", ["nonsense", "ftp://planner.example.com", "https://"])
def test_an_address_that_no_browser_could_open_is_told(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("MEDIA_PLANNER_DASHBOARD_URL", address)
    monkeypatch.setenv("MEDIA_PLANNER_SIGN_IN", "demo")

    with pytest.raises(CannotStart, match="MEDIA_PLANNER_DASHBOARD_URL is wrong: write it as"), settings_named():
        DashboardSettings()
