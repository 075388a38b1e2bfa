"""The list of settings is whole, and what is not in it is told."""

from importlib import import_module
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from projections.setting_names import NAMES, PREFIX, misspelled
from projections.start import CannotStart, settings_named

ROOT = Path(__file__).parents[2]
OURS = ("events", "projections", "worker", "dashboard")


def test_every_setting_is_in_the_list() -> None:
    found: set[str] = set()
    for file in (file for package in OURS for file in (ROOT / package).rglob("*.py")):
        if "(BaseSettings)" in file.read_text():
            module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
            for each in vars(module).values():
                if isinstance(each, type) and issubclass(each, BaseSettings) and each.__module__ == module.__name__:
                    prefix = each.model_config.get("env_prefix", "")
                    found |= {_environment_name(prefix, name, field) for name, field in each.model_fields.items()}

    assert {PREFIX + name for name in NAMES} == found


def _environment_name(prefix: str, name: str, field: FieldInfo) -> str:
    return str(field.validation_alias or prefix + name.upper())


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "MEDIA_PLANNER_PAYLOD_KEY",
            "There is no setting MEDIA_PLANNER_PAYLOD_KEY. Did you mean MEDIA_PLANNER_PAYLOAD_KEY?",
        ),
        ("media_planner_zzz", "There is no setting MEDIA_PLANNER_ZZZ. Correct or unset it and start again."),
        ("MEDIA_PLANNER_SIGN_IN", None),
        ("MEDIA_PLANNER_FUZZ", None),
        ("MEDIA_PLANNER_CHROMIUM", None),
        ("PATH", None),
    ],
)
def test_a_name_that_is_no_setting_is_told(name: str, sentence: str | None) -> None:
    told = misspelled(["HOME", name])

    assert (sentence is None) == (told is None)
    assert (told or "").startswith(sentence or "")


def test_a_misspelled_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIA_PLANNER_DATABASE_ULR", "postgresql://")

    with pytest.raises(CannotStart, match="Did you mean MEDIA_PLANNER_DATABASE_URL"), settings_named():
        pass
