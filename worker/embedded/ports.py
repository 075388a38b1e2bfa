"""Free loopback ports, remembered between starts so that the dashboard keeps its address."""

import json
import socket
from pathlib import Path

from worker.trouble import Trouble

PREFERRED = {"dashboard": 8501, "temporal_ui": 8233, "sandbox": 8585}
NAMES = ("dashboard", "postgres", "temporal", "temporal_ui", "temporal_http", "temporal_metrics", "sandbox")


def free() -> int:
    """A port that is free now. Someone may take it before we do; the caller's readiness check notices."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def choose(file: Path, dashboard: int | None) -> dict[str, int]:
    """Ports by service name. `dashboard` is what the user asked for; asking for a taken one is an error."""
    if dashboard is not None and not is_free(dashboard):
        raise Trouble(
            f"Port {dashboard} is taken by another program. Stop that program, "
            "or set MEDIA_PLANNER_DASHBOARD_PORT to another number, or leave it unset to use any free port."
        )
    remembered = _read(file)
    ports: dict[str, int] = {}
    for name in NAMES:
        candidates = [remembered.get(name), PREFERRED.get(name)]
        if name == "dashboard":
            candidates.insert(0, dashboard)
        usable = (port for port in candidates if port and port not in ports.values() and is_free(port))
        ports[name] = next(usable, None) or free()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(ports))
    return ports


def _read(file: Path) -> dict[str, int]:
    try:
        ports = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return {name: port for name, port in ports.items() if isinstance(port, int)} if isinstance(ports, dict) else {}
