"""The fit in a process of its own, so that it can be stopped: a thread cannot.

One core and one thread per fit keep sums in the same order, so that the same rows give the same bytes.
"""

import os
import pickle
import subprocess
import sys
import time

from worker.planning.fit import fit
from worker.planning.model import Effort, Evidence, Fit

SOFT_SECONDS = 60.0
HARD_SECONDS = 150.0
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "268435456", "MALLOC_TRIM_THRESHOLD_": "268435456"}
"""Bytes that the C library of Linux keeps for the next table instead of fetching fresh pages for each."""


class FitFailed(Exception):
    """The curves could not be told in time, or the process died. The message is fit for a marketer."""


def effort_for(evidence: Evidence) -> Effort:
    """Total sales alone mix slowly: more sweeps. Long histories cost more per candidate: fewer of them."""
    tied = evidence.tied
    candidates = int(min(1500, max(400, 1500 * 160 / max(len(evidence.spend), 1))))
    return Effort(warm_up=200, draws=300, thin=4, candidates=candidates) if tied else Effort(candidates=candidates)


def run(
    evidence: Evidence,
    seed: int,
    *,
    effort: Effort | None = None,
    soft: float = SOFT_SECONDS,
    hard: float = HARD_SECONDS,
) -> Fit:
    """Fit in a child process: after `soft` seconds it answers with the draws it has, after `hard` it is killed.

    `soft` counts the child's own work and not the time it waited for a core, so that a busy machine changes nothing.
    """
    task = pickle.dumps((evidence, effort or effort_for(evidence), seed, soft))
    command = [sys.executable, "-m", "worker.planning.fit_process"]
    environment = {**os.environ, **ONE_THREAD, **KEEP_MEMORY}  # noqa: TID251 - the child needs the parent's, with one thread
    try:
        child = subprocess.run(command, input=task, capture_output=True, timeout=hard, check=False, env=environment)  # noqa: S603
    except subprocess.TimeoutExpired as problem:
        raise FitFailed("The response curves took too long and were stopped.") from problem
    if child.returncode:
        raise FitFailed("The response curves could not be calculated.")
    return pickle.loads(child.stdout)  # noqa: S301 - our own child's answer


def main() -> None:
    evidence, effort, seed, soft = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - our own parent's question
    answer = fit(evidence, effort, seed, lambda: time.process_time() < soft)
    sys.stdout.buffer.write(pickle.dumps(answer))


if __name__ == "__main__":
    main()
