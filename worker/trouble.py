"""The one error of starting up: a sentence that says what is wrong and what to do."""

from collections.abc import Generator
from contextlib import contextmanager


class Trouble(Exception):
    """Something outside our code stands in the way. The message is shown as it is."""


@contextmanager
def settings_told() -> Generator[None]:
    """Make Trouble of a setting that is misspelled, missing or wrong, and of a database that cannot be reached."""
    from projections.start import CannotStart, settings_named  # what it imports takes longer than reading a file

    try:
        with settings_named():
            yield
    except CannotStart as problem:
        raise Trouble(str(problem)) from None
