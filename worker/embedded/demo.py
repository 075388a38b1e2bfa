"""`media-planner demo`: the whole product in a throw-away folder, the main job once, the plan as a table."""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from events import store
from events.plan import PlanResult
from projections import files, performance, plans
from worker.embedded.main_job import DEMO, Doors, Step, open_doors, run
from worker.embedded.settings import of_demo
from worker.embedded.stack import Stack, export, inherited
from worker.trouble import Trouble


@dataclass
class Outcome:
    """What the demo did; `result` is the plan itself."""

    discovered_files: int
    synced_files: int
    rows: int
    events: int
    result: PlanResult
    seconds: float
    steps: list[Step] = field(default_factory=list[Step])

    def as_json(self) -> dict[str, Any]:
        plan = msgspec.to_builtins(self.result, str_keys=True)
        return {
            "status": "connected",
            "discovered_files": self.discovered_files,
            "synced_files": self.synced_files,
            "rows": self.rows,
            "plan": {name: plan[name] for name in ("distribution_plan", "insights", "confidence_score")},
            "events": self.events,
            "seconds": round(self.seconds, 2),
        }


def main(now: datetime, *, as_json: bool) -> int:
    """Run the demo and print it. Exit status 0 only when every step succeeded."""
    say = _quiet if as_json else _say
    began = time.monotonic()
    try:
        with _temporary_stack(say) as stack:
            export(stack.environment)
            outcome = asyncio.run(_main_job(now, say, began))
    except Trouble as trouble:
        print(json.dumps({"status": "failed", "reason": str(trouble)}) if as_json else str(trouble), flush=True)
        return 1
    if as_json:
        print(json.dumps(outcome.as_json()), flush=True)
    else:
        _print_plan(outcome)
    return 0


async def _main_job(now: datetime, say: "Any", began: float) -> Outcome:
    doors = await open_doors()
    steps: list[Step] = []
    async for step in run(doors, now):
        steps.append(step)
        say(f"✓ {step.title:<22} {step.seconds:5.1f} s   {step.detail}")
    return _outcome(doors, steps, time.monotonic() - began)


def _outcome(doors: Doors, steps: list[Step], seconds: float) -> Outcome:
    with doors.engine.connect() as connection:
        known = [file for file in files.of(connection, DEMO) if file.status not in {"not_campaign", "removed"}]
        plan = plans.of(connection, DEMO)[0]
        rows = performance.count(connection, DEMO)
        events = store.head(connection)
    if plan.result is None:
        raise Trouble(f"The plan failed: {plan.failure}")
    synced = [file for file in known if file.revision is not None]
    return Outcome(len(known), len(synced), rows, events, plan.result, seconds, steps)


@contextmanager
def _temporary_stack(say: Any) -> Generator[Stack]:
    with tempfile.TemporaryDirectory(prefix="media-planner-demo-", ignore_cleanup_errors=True) as folder:
        stack = Stack(of_demo(Path(folder), inherited()), say, durable=False)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


def _print_plan(outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table

    plan = outcome.result.distribution_plan
    table = Table(title=f"Plan for {plan.start:%d %b %Y} to {plan.end:%d %b %Y}")
    for heading in ("Channel", "Now", "Plan", "Change", "Expected", "Likely range"):
        table.add_column(heading, justify="left" if heading == "Channel" else "right")
    for line in plan.lines:
        expected = line.expected
        table.add_row(
            line.channel,
            f"{line.current:,.0f}",
            f"{line.amount:,.0f}",
            f"{line.change:+,.0f}",
            f"{expected.mean:,.0f}" if expected else "-",
            f"{expected.low:,.0f} to {expected.high:,.0f}" if expected else "-",
        )
    table.add_section()
    table.add_row("Total", "", f"{plan.spent:,.0f} {plan.currency}")
    console = Console(width=max(Console().width, 100))
    console.print(table)
    for insight in outcome.result.insights[:5]:
        console.print(f"• {insight.sentence}", highlight=False)
    sure = f"{outcome.result.confidence_word} ({outcome.result.confidence_score:.0%})"
    console.print(f"\nHow sure: {sure}. {outcome.events:,} events in {outcome.seconds:.1f} s.", highlight=False)


def _say(line: str) -> None:
    print(line, flush=True)


def _quiet(_line: str) -> None:
    sys.stdout.flush()
