"""The rules of the house, held by tools: format, lint, types, import arrows, names, sizes, compose.yaml."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PACKAGES = ("events", "projections", "worker", "dashboard")
DRAWERS = {"util", "utils", "helper", "helpers", "common", "core", "misc", "base", "shared", "lib", "manager"}
LINES_AT_MOST = 300


def _modules() -> list[Path]:
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


@pytest.mark.parametrize("check", ["format", "lint", "types", "imports", "compose"])
def test_check_passes(check: str) -> None:
    answer = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from tests.check import run; a = run({check!r}); print(a.stdout, a.stderr); exit(a.returncode)",
        ],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_no_module_is_a_drawer() -> None:
    assert [] == [str(path) for path in _modules() if path.stem in DRAWERS or path.parent.name in DRAWERS]


def test_dashboard_hides_no_other_package() -> None:
    taken = set(sys.stdlib_module_names) | set(PACKAGES)

    assert [] == [path.name for path in (ROOT / "dashboard").glob("*.py") if path.stem in taken]


def test_files_are_one_thing() -> None:
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in _modules()}

    assert {} == {name: count for name, count in lines.items() if count > LINES_AT_MOST}


def test_lock_files_name_no_host() -> None:
    locks = "".join(path.read_text() for path in ROOT.glob("requirements*"))

    assert "://" not in locks


def test_compose_names_the_five_services() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())

    assert {"postgres", "temporal", "worker", "projections", "dashboard"} == set(compose["services"])


def test_compose_waits_for_what_it_needs() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]

    for name in ("worker", "projections", "dashboard"):
        assert "postgres" in services[name]["depends_on"], name


def test_the_builder_is_given_what_the_image_copies() -> None:
    build = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["worker"]["build"]
    lines = [line.split() for line in build["dockerfile_inline"].splitlines()]
    copied = {name for line in lines if line[:1] == ["COPY"] for name in line[1:-1]}
    given = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert copied == given


def test_readme_map_names_what_exists() -> None:
    readme = (ROOT / "README.md").read_text()
    named = re.findall(r"`((?:events|projections|worker|dashboard|tests)/[\w/.]*)`", readme)

    assert named
    assert [] == [name for name in named if not (ROOT / name).exists()]
