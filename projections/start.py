"""What stops a process from starting, as one sentence for whoever runs it."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

import pydantic
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from events import database


class CannotStart(Exception):
    """The message is one sentence for whoever runs the process."""


@contextmanager
def settings_named() -> Generator[None]:
    """Name a setting that is missing or wrong and say what is wrong with it, but never its value."""
    try:
        yield
    except pydantic.ValidationError as problem:
        raise CannotStart(_setting(problem)) from None


def open_database(prepare: Callable[[Engine], None], *, pool_size: int = 5) -> Engine:
    """Reach the database that the environment names and prepare it. Raises CannotStart."""
    settings = database.DatabaseSettings()  # pyright: ignore[reportCallIssue] - filled from the environment
    try:
        engine = database.connect(settings.database_url.get_secret_value(), pool_size=pool_size)
    except ArgumentError:
        raise CannotStart(
            "The setting MEDIA_PLANNER_DATABASE_URL is wrong: write it like postgresql://user:password@host:5432/name."
        ) from None
    try:
        prepare(engine)
    except OperationalError as error:
        raise CannotStart(
            f"PostgreSQL does not answer at {engine.url.host}:{engine.url.port}, or refuses the user or password. "
            "Start it, or check MEDIA_PLANNER_DATABASE_URL."
        ) from error
    except ProgrammingError as error:
        raise CannotStart(
            f"PostgreSQL refuses what Media Planner needs there ({_first_line(error)}). "
            "Give the user of MEDIA_PLANNER_DATABASE_URL a database of its own."
        ) from error
    return engine


def _first_line(error: ProgrammingError) -> str:
    return str(error.orig).splitlines()[0]


def _setting(problem: pydantic.ValidationError) -> str:
    first = problem.errors(include_input=False, include_url=False)[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    full = name if name.startswith("MEDIA_PLANNER_") else f"MEDIA_PLANNER_{name}"
    if first["type"] == "missing":
        return f"The setting {full} is missing. Set it and start again."
    message = first["msg"].removeprefix("Value error, ")
    return f"The setting {full} is wrong: {message}" if name else message
