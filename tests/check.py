"""`./dev check`: format, lint, types and architecture, the quick part of `./dev test`."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("events", "projections", "worker", "dashboard")
CHECKS = (
    ("format", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("types", ["basedpyright", *PACKAGES]),
    ("imports", ["lint-imports"]),
    ("compose", ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]),
)


def run(name: str) -> subprocess.CompletedProcess[str]:
    command = dict(CHECKS)[name]
    program = Path(sys.executable).parent / command[0]
    return subprocess.run([program, *command[1:]], cwd=ROOT, check=False, capture_output=True, text=True)


def main() -> int:
    failures = 0
    for name, _ in CHECKS:
        answer = run(name)
        failures += answer.returncode != 0
        print(f"{'✓' if answer.returncode == 0 else '✗'} {name}", flush=True)
        if answer.returncode != 0:
            print(answer.stdout + answer.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
