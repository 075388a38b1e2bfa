"""The history to take away: what a filter found, and the whole trail with its hashes and their proof."""

from collections.abc import Iterable, Iterator

import msgspec

from dashboard.exports.cells import csv_bytes, csv_lines
from dashboard.views.history import EventLine, Names, person, sentence, technical
from dashboard.voice import Voice
from events.catalogue import CATALOGUE, UnknownEvent, UnreadableEvent
from events.envelope import Meta
from events.verify import Chain, Exported, Sealed, Verdict
from projections.history import Entry

Line = Exported | Sealed
HOW = (
    "One line an event, in order. leaf = SHA-256 of position, stream, version, name, schema, at (microseconds since"
    " 1970, UTC), key (empty when null), size, meta, and data (or state), the last two with exactly the characters that"
    " stand here, all joined by the character U+001F. Where root is given, an append ends: root = SHA-256 of the bytes"
    " of the root before (none at first) and of all leaves since. Lines of hashes only are events of other workspaces."
)
COLUMNS = (
    *("position", "at", "who", "event", "what happened", "stream", "version", "schema", "key", "size"),
    *("meta", "data", "state", "leaf", "root"),
)


def history_csv(lines: Iterable[EventLine], entries: Iterable[Entry]) -> bytes:
    rows = [
        [line.position, entry.at.isoformat(), line.who, entry.event.NAME, line.sentence]
        for line, entry in zip(lines, entries, strict=True)
    ]
    return csv_bytes(["position", "at", "who", "event", "what happened"], rows)


def history_jsonl(entries: Iterable[Entry]) -> bytes:
    return b"".join(msgspec.json.encode(technical(entry)) + b"\n" for entry in entries)


def trail_jsonl(workspace: str, lines: Iterable[Line]) -> Iterator[bytes]:
    """Write how to check it, every event, and what checking it found, a line each."""
    encode, chain = msgspec.json.Encoder().encode, Chain()
    yield encode({"workspace": workspace, "how_to_verify": HOW}) + b"\n"
    for line in lines:
        chain.add_line(line)
        yield encode(line) + b"\n"
    yield encode({"proof": proof(chain.verdict())}) + b"\n"


def proof(verdict: Verdict) -> dict[str, object]:
    return {
        "holds": verdict.problem is None,
        "events": verdict.events,
        "root": verdict.anchor.root,
        "problem": verdict.problem and {"position": verdict.problem.position, "what": verdict.problem.what},
    }


def trail_csv(voice: Voice, names: Names, lines: Iterable[Line]) -> Iterator[bytes]:
    """Write the same as a table, with the sentence that History tells; the last row is the proof."""
    return csv_lines(COLUMNS, _rows(voice, names, lines), voice.figures.locale)


def _rows(voice: Voice, names: Names, lines: Iterable[Line]) -> Iterator[list[object]]:
    chain = Chain()
    for line in lines:
        chain.add_line(line)
        yield _row(voice, names, line)
    yield [None, None, None, "proof", proof_sentence(voice, chain.verdict())]


def _row(voice: Voice, names: Names, line: Line) -> list[object]:
    if isinstance(line, Sealed):
        return [line.position, *[None] * 12, line.leaf, line.root]
    found = entry_of(line)
    who = person(voice, names, found.actor) if found else None
    told = sentence(voice, found, names) if found else voice.say("history.unreadable")
    head: list[object] = [line.position, line.at.isoformat(), who, line.name, told]
    body = [bytes(part).decode() for part in (line.meta, line.data)]
    return [*head, line.stream, line.version, line.schema, line.key, line.size, *body, line.state, line.leaf, line.root]


def proof_sentence(voice: Voice, verdict: Verdict) -> str:
    if verdict.problem is None:
        return voice.say("history.proof_holds", count=verdict.events, root=verdict.anchor.root)
    position = voice.figures.number(verdict.problem.position)
    return voice.say("history.proof_broken", position=position, what=verdict.problem.what)


def entry_of(line: Exported) -> Entry | None:
    """Read a line of the trail as History does; None for events of a newer version of the software."""
    try:
        event = CATALOGUE.decode(line.name, line.schema, bytes(line.data))
    except (UnknownEvent, UnreadableEvent):
        return None
    meta = msgspec.json.decode(bytes(line.meta), type=Meta)
    _, kind, subject = line.stream.split("/", 2)
    return Entry(
        position=line.position,
        at=line.at,
        actor=meta.actor,
        name=event.NAME,
        kind=kind,
        subject=subject,
        workflow_id=meta.workflow_id,
        activity=meta.activity,
        event=event,
    )
