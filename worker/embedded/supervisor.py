"""Starts programs, waits until each is ready, notices when one dies and starts it again."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from worker.trouble import Trouble

Say = Callable[[str], None]

LOG_LIMIT = 5_000_000
_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


@dataclass
class Service:
    """One program. `ready` is asked until it is true; it may look at the service's log after `log_start`.

    `remedy` says what to do when it does not start.
    """

    name: str
    title: str
    command: list[str]
    environment: dict[str, str]
    ready: Callable[["Service"], bool]
    log: Path
    stop_signal: int = signal.SIGTERM
    patience: float = 60.0
    remedy: str = "Mend what it says and run the command again."
    before_start: Callable[[], None] = lambda: None
    process: "subprocess.Popen[bytes] | None" = None
    log_start: int = 0
    started_at: float = 0.0
    restarts: list[float] = field(default_factory=list[float])

    def logged(self, text: str) -> bool:
        """Whether the program wrote this text since its last start."""
        with self.log.open("rb") as file:
            file.seek(self.log_start)
            return text.encode() in file.read()

    def last_words(self) -> str:
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return lines[-1][:300] if lines else "it said nothing"


class Supervisor:
    """Runs services in the order given and keeps them running until `stop`."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._services: list[Service] = []

    def launch(self, service: Service) -> None:
        """Start a program without waiting for it."""
        service.before_start()
        service.log.parent.mkdir(parents=True, exist_ok=True)
        if service.log.exists() and service.log.stat().st_size > LOG_LIMIT:
            service.log.replace(service.log.with_suffix(".old.log"))
        with service.log.open("ab") as log:
            service.log_start = log.tell()
            service.process = subprocess.Popen(
                service.command,
                env=service.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches only us: we stop the others in order
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - we start no threads before starting programs
            )
        service.started_at = time.monotonic()
        if service not in self._services:
            self._services.append(service)

    def wait(self, service: Service) -> float:
        """Seconds until the service was ready. Raises Trouble when it ends or takes too long."""
        while not self._is_ready(service):
            code = service.process.poll() if service.process else None
            if code is not None:
                words = f"{service.last_words().rstrip('.')} (its log: {service.log})"
                raise Trouble(f"{service.title} did not start: {words}. {service.remedy}")
            if time.monotonic() - service.started_at > service.patience:
                raise Trouble(
                    f"{service.title} was not ready after {service.patience:.0f} seconds (its log: {service.log}). "
                    "Stop other heavy programs and run the command again."
                )
            time.sleep(0.05)
        return time.monotonic() - service.started_at

    def watch_once(self) -> None:
        """Start again whatever died since the last look."""
        for service in self._services:
            code = service.process.poll() if service.process else None
            if code is not None:
                self._revive(service, code)

    def stop(self) -> None:
        """End everything, last started first, gently and then for sure."""
        for service in reversed(self._services):
            _end(service)
        self._services.clear()

    def _revive(self, service: Service, code: int) -> None:
        how = f"signal {-code}" if code < 0 else f"exit status {code}"
        now = time.monotonic()
        service.restarts = [at for at in service.restarts if now - at < 60] + [now]
        if len(service.restarts) > 5:
            raise Trouble(
                f"{service.title} stopped {len(service.restarts)} times within a minute, last with {how}: "
                f"{service.last_words()} (its log: {service.log}). Everything that was stored is kept."
            )
        self._say(f"! {service.title} stopped ({how}). Starting it again ...")
        time.sleep(0.2 * (len(service.restarts) - 1))
        self.launch(service)
        seconds = self.wait(service)
        self._say(f"✓ {service.title} is back after {seconds:.1f} s. Nothing was lost.")

    @staticmethod
    def _is_ready(service: Service) -> bool:
        running = service.process is not None and service.process.poll() is None
        return running and service.ready(service)


def _die_with_parent() -> None:
    """Ask the kernel to end this program when its supervisor is killed, so that no server is left behind."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(service: Service) -> None:
    process = service.process
    if process is None or process.poll() is not None:
        return
    process.send_signal(service.stop_signal)
    try:
        process.wait(timeout=12)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
