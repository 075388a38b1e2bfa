"""The whole main job without a browser: connect, discover, sync, plan, through the same doors a person uses.

The demo workspace is filled by it at the first `./dev up`, and `media-planner demo` shows it step by step.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import httpx
import sqlalchemy
from temporalio.client import Client

from events import database
from events.plan import Brief
from events.workspace import MemberAdded, WorkspaceCreated
from projections import connections, files, members, performance, plans
from worker import temporal_client, workspaces
from worker.google_drive.sandbox.accounts import MARA
from worker.google_drive.sandbox.control_client import SandboxControl
from worker.planning.request import request_plan
from worker.trouble import Trouble

DEMO, MINE = "demo", "mine"
USER = "demo"


@dataclass(frozen=True)
class Step:
    title: str
    seconds: float
    detail: str


@dataclass(frozen=True)
class Doors:
    """Where the job knocks: the database, Temporal and the dashboard's address."""

    engine: sqlalchemy.Engine
    client: Client
    dashboard_url: str
    sandbox_url: str


async def run(doors: Doors, now: datetime) -> AsyncIterator[Step]:
    """Do what is not done yet, one step after the other. Raises Trouble with a sentence when a step fails."""
    for title, step in (
        ("Workspaces", _workspaces),
        ("Connect and discover", _connect),
        ("Sync", _sync),
        ("Plan", _plan),
    ):
        began = time.monotonic()
        detail = await step(doors, now)
        yield Step(title, time.monotonic() - began, detail)


async def _workspaces(doors: Doors, _now: datetime) -> str:
    for workspace, title in ((DEMO, "Demo workspace"), (MINE, "My workspace")):
        with doors.engine.begin() as connection:
            owner = MemberAdded(user=USER, name="Dana Demo", role="owner")
            workspaces.found(connection, workspace, WorkspaceCreated(title=title), owner)
    await _until(lambda: _can_enter(doors), "The workspaces did not appear", seconds=30)
    return "Demo workspace, My workspace"


async def _connect(doors: Doors, _now: datetime) -> str:
    if _connection_status(doors) != "connected":
        await asyncio.to_thread(_consent, doors)
        await _until(
            lambda: _connection_status(doors) in {"connected", "failed"}, "Connecting did not finish", seconds=180
        )
    if _connection_status(doors) == "failed":
        raise Trouble(f"The demo workspace could not be connected: {_connection(doors).reason}")
    found = [file for file in _files(doors) if file.status not in {"not_campaign", "removed"}]
    others = [file for file in _files(doors) if file.status == "not_campaign"]
    return f"{len(found)} campaign files found, {len(others)} others left alone"


async def _sync(doors: Doors, _now: datetime) -> str:
    await _until(
        lambda: not any(file.status == "waiting" for file in _files(doors)), "The files were not read", seconds=240
    )
    with doors.engine.connect() as connection:
        rows = performance.count(connection, DEMO)
    read = [file for file in _files(doors) if file.status == "up_to_date"]
    return f"{len(read)} files read, {rows:,} rows stored"


async def _plan(doors: Doors, now: datetime) -> str:
    if not _plans(doors):
        brief = _brief(doors, now.date())
        await request_plan(doors.engine, doors.client, DEMO, USER, "next-quarter", brief, now)
    await _until(lambda: any(plan.status != "waiting" for plan in _plans(doors)), "The plan was not made", seconds=400)
    plan = _plans(doors)[0]
    if plan.result is None:
        raise Trouble(f"The plan failed: {plan.failure}")
    return f"{plan.brief.title}: {len(plan.result.insights)} findings, confidence {plan.result.confidence_score:.0%}"


def _consent(doors: Doors) -> None:
    """Press Connect, say yes on the sandbox's consent page, and come back, as a browser does."""
    with httpx.Client(timeout=60, trust_env=False) as browser, SandboxControl(doors.sandbox_url) as sandbox:
        start = browser.get(f"{doors.dashboard_url}/connect/google/start", params={"workspace": DEMO})
        if not start.has_redirect_location:
            raise Trouble(f"The dashboard did not lead to the consent page (status {start.status_code}).")
        back = sandbox.consent(start.headers["location"], MARA.email)
        browser.get(back)


def _brief(doors: Doors, today: date) -> Brief:
    """A plan for the next quarter with the money that the last thirteen weeks cost."""
    with doors.engine.connect() as connection:
        weeks = performance.weekly(connection, DEMO)
    recent = {row.week for row in weeks if row.week > today - timedelta(weeks=15)}
    spent = sum((row.spend or Decimal(0) for row in weeks if row.week in recent), Decimal(0))
    average = spent / max(len(recent), 1)
    start = today + timedelta(days=7 - today.weekday())
    return Brief(
        title="Next quarter",
        budget=max(Decimal(round(average * 13 / 1000) * 1000), Decimal(1000)),
        start=start,
        end=start + timedelta(weeks=13, days=-1),
    )


def _can_enter(doors: Doors) -> bool:
    with doors.engine.connect() as connection:
        return {DEMO, MINE} <= {workspace.id for workspace in members.workspaces(connection, USER)}


def _connection(doors: Doors) -> connections.Connection:
    with doors.engine.connect() as connection:
        return connections.of(connection, DEMO)[0]


def _connection_status(doors: Doors) -> str:
    with doors.engine.connect() as connection:
        found = connections.of(connection, DEMO)
    return found[0].status if found else "none"


def _files(doors: Doors) -> list[files.CampaignFile]:
    with doors.engine.connect() as connection:
        return files.of(connection, DEMO)


def _plans(doors: Doors) -> list[plans.Plan]:
    with doors.engine.connect() as connection:
        return plans.of(connection, DEMO)


async def _until(condition: Callable[[], bool], otherwise: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Trouble(f"{otherwise} within {seconds:.0f} seconds. The logs folder says more; nothing was lost.")
        await asyncio.sleep(0.2)


async def open_doors() -> Doors:
    """Compose from the environment that a running stack hands to its programs."""
    from worker.google_drive.consent import GoogleSettings

    google = GoogleSettings()
    if google.client_id:
        raise Trouble("The main job runs by itself against the sandbox only: unset MEDIA_PLANNER_GOOGLE_CLIENT_ID.")
    url = database.DatabaseSettings().database_url.get_secret_value()  # pyright: ignore[reportCallIssue] - from the environment
    temporal = temporal_client.TemporalSettings()  # pyright: ignore[reportCallIssue] - same
    client = await temporal_client.connect(temporal)
    return Doors(database.connect(url, pool_size=2), client, google.dashboard_url, google.sandbox_url)


async def _fill_demo_workspace(now: datetime) -> int:
    try:
        doors = await open_doors()
        if _can_enter(doors) and any(plan.status != "waiting" for plan in _plans(doors)):
            return 0
        print("Filling the demo workspace (connect, discover, sync, plan) ...", flush=True)
        async for step in run(doors, now):
            print(f"  ✓ {step.title:<22} {step.seconds:5.1f} s   {step.detail}", flush=True)
    except (Trouble, httpx.HTTPError, RuntimeError) as trouble:
        print(f"! {trouble}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    from datetime import UTC

    temporal_client.leave(asyncio.run(_fill_demo_workspace(datetime.now(UTC))))
    sys.exit(0)
