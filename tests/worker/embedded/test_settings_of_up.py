"""What `./dev up` and the demo say about settings, before anything is started."""

from pathlib import Path

import pytest

from worker.embedded import own_services
from worker.embedded.settings import DECIDED, StackSettings, of_demo, of_up
from worker.embedded.stack import Stack, inherited
from worker.trouble import Trouble

SECRET = "hunter2-canary"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PAYLOAD_KEY", SECRET, "./dev up decides MEDIA_PLANNER_PAYLOAD_KEY itself: unset it and start again."),
        ("SIGN_IN", "oidc", "./dev up decides MEDIA_PLANNER_SIGN_IN itself"),
        ("DASHBOARD_URL", "nonsense", "./dev up decides MEDIA_PLANNER_DASHBOARD_URL itself"),
        ("PAYLOD_KEY", SECRET, "There is no setting MEDIA_PLANNER_PAYLOD_KEY. Did you mean"),
        ("DASHBOARD_PORT", "70000", "The setting MEDIA_PLANNER_DASHBOARD_PORT is wrong"),
        ("TEMPORAL_NAMESPACE", "ours", "MEDIA_PLANNER_TEMPORAL_NAMESPACE is for a Temporal of your own"),
        ("GOOGLE_CLIENT_ID", "ours", "MEDIA_PLANNER_GOOGLE_CLIENT_SECRET is not"),
        ("GOOGLE_CLIENT_SECRET", SECRET, "MEDIA_PLANNER_GOOGLE_CLIENT_ID is not"),
        ("GOOGLE_TIMEOUT_SECONDS", "soon", "The setting MEDIA_PLANNER_GOOGLE_TIMEOUT_SECONDS is wrong"),
        ("LLM", "nonsense", "MEDIA_PLANNER_LLM names no language model that can be asked"),
        ("LLM_SECONDS", "-1", "The setting MEDIA_PLANNER_LLM_SECONDS is wrong"),
    ],
)
def test_a_setting_that_cannot_hold_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"MEDIA_PLANNER_{name}", value)

    with pytest.raises(Trouble) as told:
        of_up(inherited())

    assert sentence in str(told.value)
    assert SECRET not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", SECRET, "The setting MEDIA_PLANNER_DATABASE_URL is wrong"),
        ("DATABASE_URL", f"mysql://u:{SECRET}@127.0.0.1:9/x", "The setting MEDIA_PLANNER_DATABASE_URL is wrong"),
        ("DATABASE_URL", f"postgresql://u:{SECRET}@127.0.0.1:9/x", "PostgreSQL does not answer at 127.0.0.1:9"),
        ("TEMPORAL_ADDRESS", "127.0.0.1:9", "Temporal does not answer at 127.0.0.1:9."),
        ("TEMPORAL_ADDRESS", "nowhere", "Temporal does not answer at nowhere."),
    ],
)
def test_a_server_of_ones_own_that_does_not_answer_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"MEDIA_PLANNER_{name}", value)

    with pytest.raises(Trouble) as told:
        own_services.require(of_up(inherited()))

    assert sentence in str(told.value)
    assert SECRET not in str(told.value)


def test_the_demo_touches_no_database_of_a_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MEDIA_PLANNER_DATABASE_URL", f"postgresql://u:{SECRET}@127.0.0.1:9/x")

    with pytest.raises(Trouble, match="unset MEDIA_PLANNER_DATABASE_URL and start again"):
        of_demo(tmp_path, inherited())


def test_what_the_stack_hands_on_is_honored_or_refused(tmp_path: Path) -> None:
    stack = Stack(StackSettings(state=tmp_path), print)
    stack.ports = dict.fromkeys(("dashboard", "temporal", "temporal_ui", "sandbox"), 1)
    stack.secrets = {"payload_key": "key"}

    handed = {name.removeprefix("MEDIA_PLANNER_") for name in stack.shared_environment("postgresql://")}

    assert handed <= DECIDED | {name.upper() for name in StackSettings.model_fields}
