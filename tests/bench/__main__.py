"""`./dev bench NAME [--json]`: speed as ratios against a peer or a floor that is measured in the same run."""

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.bench.measure import Measure, Skipped

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if "\ndef run(" in path.read_text())


def main(arguments: list[str]) -> int:
    names = [argument for argument in arguments if not argument.startswith("-")]
    if len(names) != 1 or names[0] not in NAMES:
        print(f"Say what to measure: ./dev bench {'|'.join(NAMES)} [--json]", file=sys.stderr)
        return 2
    missed = 0
    for measure in importlib.import_module(f"tests.bench.{names[0]}").run():
        missed += isinstance(measure, Measure) and not measure.holds
        print(json.dumps(asdict(measure)) if "--json" in arguments else _line(measure), flush=True)
    return 1 if missed else 0


def _line(measure: Measure | Skipped) -> str:
    if isinstance(measure, Skipped):
        return f"- {measure.measure:<44} not measured: {measure.skipped}"
    mark = "✓" if measure.holds else "✗"
    return (
        f"{mark} {measure.measure:<44} {measure.ours:>12,.2f} {measure.unit:<10} "
        f"{measure.ratio:>7.2f} x {measure.against} (bar {measure.bar})"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
