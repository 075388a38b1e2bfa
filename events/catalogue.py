"""Which class stands for which stored event, and how events of an older shape become today's."""

from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

import msgspec

from events import campaign_file, integration, overlap, plan, workspace
from events.envelope import Event

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the data of one version into the data of the next."""


class UnknownEvent(Exception):
    """The log holds an event that this version of the software does not know."""

    def __init__(self, name: str, version: int) -> None:
        super().__init__(f"The event {name} in version {version} is not known here: update the software.")


class UnreadableEvent(Exception):
    """The data of an event does not fit its class."""

    def __init__(self, name: str, version: int, why: str) -> None:
        super().__init__(f"The event {name} in version {version} cannot be read: {why}")


class Catalogue:
    """Event classes by name. `upcasters` is keyed by name and the version it starts from."""

    def __init__(self, classes: Iterable[type[Event]], upcasters: Mapping[tuple[str, int], Upcaster]) -> None:
        self.classes = {cls.NAME: cls for cls in classes}
        self._upcasters = dict(upcasters)
        decoders = {(cls.NAME, cls.VERSION): msgspec.json.Decoder(cls) for cls in self.classes.values()}
        self.newest = {kind: decoder.decode for kind, decoder in decoders.items()}

    def decode(self, name: str, version: int, data: str | bytes) -> Event:
        """Make an event of stored JSON. Raises UnknownEvent or UnreadableEvent."""
        decode = self.newest.get((name, version))
        try:
            return decode(data) if decode else self._upcast(name, version, data)
        except msgspec.MsgspecError as problem:
            raise UnreadableEvent(name, version, str(problem)) from problem

    def _upcast(self, name: str, version: int, data: str | bytes) -> Event:
        cls = self.classes.get(name)
        if cls is None or version > cls.VERSION:
            raise UnknownEvent(name, version)
        fields = msgspec.json.decode(data)
        for step in range(version, cls.VERSION):
            upcaster = self._upcasters.get((name, step))
            if upcaster is None:
                raise UnknownEvent(name, version)
            fields = upcaster(fields)
        return msgspec.convert(fields, cls, str_keys=True)


def event_classes(*modules: ModuleType) -> list[type[Event]]:
    """Every named event class that these modules define."""
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Event) and value.NAME
    ]


CATALOGUE = Catalogue(event_classes(campaign_file, integration, overlap, plan, workspace), upcasters={})
