"""What surrounds every event: who did it, what caused it, where it stands in the log."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import msgspec

NAMESPACE = uuid.UUID("6d0c2f4e-6f1b-5a53-9d3e-6f2f6f0a7c11")


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact that happened. Subclasses carry a stable name, so that files may move and classes be renamed.

    Events never hold themselves, so the garbage collector may skip them: a page of thousands decodes faster.
    """

    NAME: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1


E = TypeVar("E", bound=Event)


def named(name: str, version: int = 1) -> Callable[[type[E]], type[E]]:
    """Give an event class the name and version under which it is stored for ever."""

    def mark(cls: type[E]) -> type[E]:
        cls.NAME = name
        cls.VERSION = version
        return cls

    return mark


class Meta(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who and what caused an event. `actor` is a user id, or "system" when a timer did it."""

    actor: str
    workflow_id: str | None = None
    run_id: str | None = None
    activity: str | None = None


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """An event as it stands in the log. `position` is gapless and global; `version` counts within the stream."""

    position: int
    stream: str
    workspace: str
    version: int
    at: datetime
    meta: Meta
    event: Event


def stream_of(workspace: str, kind: str, identifier: str) -> str:
    """Name a stream: `workspace/kind/identifier`."""
    if "/" in workspace or not workspace:
        raise ValueError(f"A workspace id may not be empty or hold a slash: {workspace!r}")
    return f"{workspace}/{kind}/{identifier}"


def business_key(*parts: Any) -> uuid.UUID:
    """Name a fact by what it is about, so that the same fact told twice is stored once."""
    return uuid.uuid5(NAMESPACE, "\x1f".join(str(part) for part in parts))
