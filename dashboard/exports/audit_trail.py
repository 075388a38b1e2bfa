"""The history as a table and as the events themselves."""

from collections.abc import Iterable

import msgspec

from dashboard.exports.cells import csv_bytes
from dashboard.views.history import EventLine, technical
from projections.history import Entry


def history_csv(lines: Iterable[EventLine], entries: Iterable[Entry]) -> bytes:
    rows = [
        [line.position, entry.at.isoformat(), line.who, entry.event.NAME, line.sentence]
        for line, entry in zip(lines, entries, strict=True)
    ]
    return csv_bytes(["position", "at", "who", "event", "what happened"], rows)


def history_jsonl(entries: Iterable[Entry]) -> bytes:
    return b"".join(msgspec.json.encode(technical(entry)) + b"\n" for entry in entries)
