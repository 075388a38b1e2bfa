"""The `media-planner` command. Heavy imports stay inside the commands: `read` must start in a blink."""

import atexit
import gc
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from worker.audit.command import audit
from worker.operations import lag, rebuild, status, workspace
from worker.planning.command import plan
from worker.sheets.command import read
from worker.trouble import Trouble

SELDOM = 50_000
"""New objects between two looks for garbage. Python's 700 costs a fifth of a command that mostly loads modules."""

app = typer.Typer(
    name="media-planner",
    help="Where should the next budget go, how sure are we, and why?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(read)
app.command()(plan)
app.add_typer(audit, name="audit")
app.command()(rebuild)
app.command()(lag)
app.command()(status)
app.command()(workspace)


@app.command()
def demo(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object for scripts")] = False,
) -> None:
    """Do the main job once in a throw-away folder: connect, discover, sync, plan."""
    from worker.embedded.demo import main as run_demo
    from worker.temporal_client import leave

    leave(run_demo(datetime.now(UTC), as_json=as_json))


def main() -> None:
    gc.set_threshold(SELDOM)
    atexit.register(gc.freeze)  # nor at the end
    try:
        app()
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        sys.exit(1)
