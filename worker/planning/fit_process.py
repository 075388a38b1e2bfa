"""The fit in a process of its own, so that it can be stopped: a thread cannot.

One core and one thread per fit keep sums in the same order, so that the same rows give the same bytes.
"""

import os
import pickle
import subprocess
import sys
import tempfile
import time
from typing import Self

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


class Running:
    """A fit under way in its child process. Use as a context: on the way out a child that still runs is killed."""

    def __init__(self, evidence: Evidence, seed: int, effort: Effort | None = None, soft: float | None = None) -> None:
        """After `soft` seconds the child answers with the draws it has.

        They count the child's own work and not the time it waited for a core: a busy machine changes nothing.
        """
        task = pickle.dumps((evidence, effort or effort_for(evidence), seed, SOFT_SECONDS if soft is None else soft))
        command = [sys.executable, "-m", "worker.planning.fit_process"]
        environment = {**os.environ, **ONE_THREAD, **KEEP_MEMORY}  # noqa: TID251 - the child needs the parent's, with one thread
        self._begun = time.monotonic()
        with tempfile.TemporaryFile() as question:  # unlike a pipe it never makes the parent wait
            question.write(task)
            question.seek(0)
            self._child = subprocess.Popen(  # noqa: S603
                command, stdin=question, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child.poll() is None:
            self._child.kill()
        self._child.communicate()

    def answer(self, hard: float | None = None) -> Fit:
        """Wait for the curves, until `hard` seconds after the start. Raises FitFailed."""
        left = self._begun + (HARD_SECONDS if hard is None else hard) - time.monotonic()
        try:
            told, _ = self._child.communicate(timeout=max(left, 0.0))
        except subprocess.TimeoutExpired as problem:
            raise FitFailed("The response curves took too long and were stopped.") from problem
        if self._child.returncode:
            raise FitFailed("The response curves could not be calculated.")
        return pickle.loads(told)  # noqa: S301 - our own child's answer


def run(
    evidence: Evidence, seed: int, *, effort: Effort | None = None, soft: float | None = None, hard: float | None = None
) -> Fit:
    """Fit in a child process and wait. Raises FitFailed when it is not done after `hard` seconds."""
    with Running(evidence, seed, effort, soft) as running:
        return running.answer(hard)


def main() -> None:
    evidence, effort, seed, soft = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - our own parent's question
    answer = fit(evidence, effort, seed, lambda: time.process_time() < soft)
    sys.stdout.buffer.write(pickle.dumps(answer))


if __name__ == "__main__":
    main()
