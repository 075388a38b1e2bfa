"""The read models' command line: `python -m projections follow | rebuild NAME | lag`."""

import logging
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlalchemy.engine import Engine

from projections import follower, models, schema
from projections.page import Fenced
from projections.rebuild import rebuild
from projections.start import CannotStart, open_database, settings_named

app = typer.Typer(help="Keep the read models at the end of the log.", no_args_is_help=True, add_completion=False)


@contextmanager
def _database(prepare: Callable[[Engine], None] = lambda engine: engine.connect().close()) -> Generator[Engine]:
    try:
        with settings_named():
            engine = open_database(prepare)
    except CannotStart as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    try:
        yield engine
    finally:
        engine.dispose()


@app.command()
def follow() -> None:
    """Follow the log until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with _database(schema.migrate) as engine:
        follower.follow(engine, stop)


@app.command("rebuild")
def rebuild_one(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(model.name for model in models.MODELS)}.")],
) -> None:
    """Make a read model again. Exit code 1: it was not what the log says and is now, or is of another version."""
    if name not in {model.name for model in models.MODELS}:
        raise typer.BadParameter(f"There is no read model {name}.")
    with _database() as engine:
        try:
            result = rebuild(engine, name)
        except Fenced as problem:
            typer.echo(str(problem), err=True)
            raise typer.Exit(1) from None
    typer.echo(f"{name}: {result.rows} rows as of position {result.position}, {result.parked} events parked.")
    if not result.same:
        typer.echo(f"{result.wrong} rows were wrong and are right now. The first: {result.first_difference}")
        raise typer.Exit(1)


@app.command()
def lag() -> None:
    """Show how far the read models are behind. Exit code 1: behind, parked events, or a problem."""
    with _database() as engine, engine.connect() as connection:
        health = follower.health(connection)
    seen = health.seen_at.isoformat(timespec="seconds") if health.seen_at else "never"
    typer.echo(f"{health.behind} events behind position {health.head}; {health.parked} parked; follower seen {seen}.")
    if health.problem:
        typer.echo(health.problem)
    if health.behind or health.parked or health.problem:
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
