"""`./dev test`: every test. Browser and whole-product tests run in a process of their own, after the others.

Playwright leaves an event loop running in the main thread, which breaks asyncio tests that come after it.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.chromium import find

ROOT = Path(__file__).parents[1]
IN_CI = bool(os.environ.get("CI"))
PARTS = (
    ("everything but the whole product", "not stack and not browser"),
    ("the whole product and the browser", "stack or browser"),
)


def main(arguments: list[str]) -> int:
    if arguments:
        return _pytest(arguments)[0]
    parts = list(PARTS)
    if find() is None:
        message = "Chromium was not found (Debian: apt install chromium)"
        if IN_CI:
            print(f"{message}: the browser tests cannot run, and in CI that is a failure.")
            return 1
        print(f"{message}: the browser tests are left out.")
        parts[1] = ("the whole product", "stack and not browser")
    passed = failed = 0
    for title, markers in parts:
        print(f"\n== {title}", flush=True)
        began = time.monotonic()
        code, output = _pytest(["-m", markers])
        passed += _count(output, "passed")
        failed += _count(output, "failed") + _count(output, "error") + (code not in {0, 1})
        if IN_CI and _count(output, "skipped"):
            print("A skipped test counts as a failure in CI.")
            failed += _count(output, "skipped")
        print(f"== {title}: {time.monotonic() - began:.0f} s", flush=True)
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def _pytest(arguments: list[str]) -> tuple[int, str]:
    """Exit status and the last lines of a pytest run, which is shown while it goes."""
    command = [sys.executable, "-m", "pytest", "-q", "--durations=8", *arguments]
    tail: list[str] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            tail = [*tail[-40:], line]
    return process.returncode, "".join(tail)


def _count(output: str, word: str) -> int:
    """The number before a word in pytest's closing line."""
    closing = [line for line in output.splitlines() if re.search(r"\d+ (passed|failed|skipped|error)", line)]
    found = re.search(rf"(\d+) {word}", closing[-1]) if closing else None
    return int(found.group(1)) if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
