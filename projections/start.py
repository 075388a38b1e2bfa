"""What stops a process from starting, as one sentence for whoever runs it."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pydantic

from projections import setting_names

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from sqlalchemy.exc import ProgrammingError


class CannotStart(Exception):
    """The message is one sentence for whoever runs the process."""


@contextmanager
def settings_named() -> Generator[None]:
    """Name a setting that is misspelled, missing or wrong and say what is wrong with it, but never its value.

    Raises CannotStart. A settings class tells the prefix of its names in its `title` where that is a longer one.
    """
    slip = setting_names.misspelled(os.environ)  # noqa: TID251 - names that no settings class knows
    if slip:
        raise CannotStart(slip)
    try:
        yield
    except pydantic.ValidationError as problem:
        raise CannotStart(_setting(problem)) from None


def open_database(prepare: Callable[["Engine"], None], *, pool_size: int = 5) -> "Engine":
    """Reach the database that the environment names and prepare it. Raises CannotStart."""
    from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

    from events import database  # a command that needs no database starts without all this

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


def _first_line(error: "ProgrammingError") -> str:
    return str(error.orig).splitlines()[0]


def _setting(problem: pydantic.ValidationError) -> str:
    first = problem.errors(include_input=False, include_url=False)[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    prefix = problem.title if problem.title.startswith(setting_names.PREFIX) else setting_names.PREFIX
    full = name if name.startswith(setting_names.PREFIX) else f"{prefix}{name}"
    if first["type"] == "missing":
        return f"The setting {full} is missing. Set it and start again."
    message = first["msg"].removeprefix("Value error, ")
    return (
        f"The setting {full} is wrong: {message}{'' if message.endswith('.') else '. Correct or unset it.'}"
        if name
        else message
    )
