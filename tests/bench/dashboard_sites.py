"""What the dashboard's bench runs against: ours over a million events, and a page that only says hi."""

import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from projections.follower import follow
from tests.bench import long_log
from tests.bench.log_server import open_engine, serve
from tests.dashboard import seeding
from tests.dashboard.seeding import ACME, READY
from tests.dashboard.site import ROOT, Site, environment
from worker.embedded.ports import free
from worker.embedded.supervisor import Service, Supervisor
from worker.embedded.temporal import ENVIRONMENT as TEMPORAL_ENVIRONMENT
from worker.embedded.temporal import TemporalServer

EVENTS = 1_000_000
CHART = '[data-testid="stEChartsChart"] :is(canvas, svg)'
PAGES = {
    "home": ("", "", CHART),
    "files": ("files", "", ".sheet table"),
    "file": ("files", "file=f10", "h2"),
    "plans": ("plans", "", "h2"),
    "plan": ("plans", f"plan={READY}", CHART),
    "new plan": ("new_plan", "", '[data-testid="stSlider"]'),
    "history": ("history", "", ".sheet table"),
    "settings": ("settings", "", "table"),
}
"""Page, what else its address holds, and what stands there last."""
_HI = """
import gc
from contextlib import asynccontextmanager
import streamlit as st

@asynccontextmanager
async def lifespan(app):
    gc.freeze()
    yield {}

app = st.App("hi.py", lifespan=lifespan)
"""


def query(more: str) -> str:
    return "&".join(filter(None, (f"workspace={ACME}", more)))


@dataclass(frozen=True)
class Sites:
    ours: Site
    floor: Site


def computed(site: Site) -> float:
    """Seconds that the site's process has computed so far."""
    assert site.process is not None
    times = psutil.Process(site.process.pid).cpu_times()
    return times.user + times.system


@contextmanager
def running() -> Generator[Sites]:
    """Serve both, ours with a real Temporal server behind it; everything ends with this block."""
    with serve() as server, tempfile.TemporaryDirectory() as folder, _temporal(Path(folder)) as temporal:
        url = server.make_database()
        with open_engine(url) as engine:
            long_log.fill(engine, EVENTS)
        ours = Site(free(), environment(url, seeding.ANA, temporal))
        floor = _say_hi(Path(folder))
        with _following(url):
            try:
                ours.start()
                floor.start()
                yield Sites(ours, floor)
            finally:
                for site in (ours, floor):
                    if site.process is not None:
                        site.kill()


@contextmanager
def _following(url: str) -> Generator[None]:
    """Keep the read models as the worker does, so that commands do not wait in vain for their traces."""
    stop = threading.Event()
    with open_engine(url) as engine:
        thread = threading.Thread(target=follow, args=(engine, stop))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def _say_hi(folder: Path) -> Site:
    """Make the least page that Streamlit can show, in our theme, served as ours is."""
    shutil.copytree(ROOT / "dashboard" / ".streamlit", folder / ".streamlit")
    shutil.copytree(ROOT / "dashboard" / "static", folder / "static")
    (folder / "hi.py").write_text('import streamlit as st\nst.write("hi")\n')
    (folder / "served.py").write_text(_HI)
    return Site(free(), dict(os.environ), app="served:app", folder=folder, ready="/_stcore/health")


@contextmanager
def _temporal(folder: Path) -> Generator[str]:
    server, supervisor = TemporalServer(free(), free(), free(), free(), file=None), Supervisor(print)
    service = Service(
        name="temporal",
        title="Temporal",
        command=server.command(),
        environment=os.environ | TEMPORAL_ENVIRONMENT,
        ready=lambda _: _answers(server.port),
        log=folder / "temporal.log",
        stop_signal=signal.SIGINT,
    )
    try:
        supervisor.launch(service)
        supervisor.wait(service)
        yield server.address
    finally:
        supervisor.stop()


def _answers(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0
