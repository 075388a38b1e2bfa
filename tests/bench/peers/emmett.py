"""emmett, which runs in Node.js, from a folder whose node_modules holds it."""

import json
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.log_samples import BUILTIN, EVENT, META_BUILTIN

_SCRIPT = Path(__file__).with_name("emmett_append.cjs")


@contextmanager
def appending(node: str, folder: Path, url: str) -> Generator[Callable[[int, int], int]]:
    """Start it on a database; yields what appends so many batches of a size and counts their events."""
    sample = json.dumps({"type": EVENT.NAME, "data": BUILTIN, "metadata": META_BUILTIN})
    command = [node, str(_SCRIPT), str(folder), url, sample]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        talk, answers = process.stdin, process.stdout
        assert talk is not None
        assert answers is not None
        assert answers.readline() == "\n"

        def append(size: int, appends: int) -> int:
            talk.write(f"{size} {appends}\n")
            talk.flush()
            assert answers.readline() == "\n"
            return size * appends

        yield append
        talk.close()
