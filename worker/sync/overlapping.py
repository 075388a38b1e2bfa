"""Notice that a file holds the same money as another one, and that it no longer does."""

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec
from sqlalchemy import text
from sqlalchemy.engine import Connection as Database

from events import store
from events.campaign_file import FileSynced
from events.envelope import Event, Recorded, stream_of
from events.overlap import OverlapEnded, OverlapFound
from projections import overlaps, performance_sums
from projections.overlaps import Overlap
from projections.performance_sums import Metric
from worker.sheets.overlaps import Money, between
from worker.sync import known_file
from worker.sync.known_file import KnownFile

_LOOKED_INTO = 5
"""Files that are compared line by line, of those that agree in the amounts of most months."""
Pair = tuple[str, str]
RULES = 1
"""Grows when other files may be found to hold the same money: all stored ones are then compared anew."""


def noticed(database: Database, known: KnownFile, content: FileSynced) -> list[Event]:
    """Give the overlaps of a file whose rows were just stored, as far as the log does not tell them.

    One file of a workspace at a time until the commit: of two that are stored at once, the second sees the first.
    """
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:workspace || '/overlap', 2))")
    database.execute(lock, {"workspace": known.workspace})
    performance_sums.compared(database, known.workspace, known.file_id, content.revision_number, RULES)
    standing = _standing(database, known)
    found = {_pair(event): _settled(event, standing) for event in _found(database, known, content, standing)}
    fresh: list[Event] = [event for pair, event in found.items() if not _is_told(standing.get(pair), event)]
    return [*fresh, *(_ended(row) for pair, row in standing.items() if row.stands and pair not in found)]


def _settled(event: OverlapFound, standing: Mapping[Pair, Overlap]) -> OverlapFound:
    """Of equals, the one that counted before goes on counting."""
    row = standing.get(_pair(event))
    return msgspec.structs.replace(event, counts=row.counts) if row is not None and event.why == "first" else event


def _standing(database: Database, known: KnownFile) -> dict[Pair, Overlap]:
    """Pairs of this file, as the log knows them."""
    rows: dict[Pair, Overlap] = {}
    for recorded in _told(database, stream_of(known.workspace, "overlap", "self")):
        _, one, other = overlaps.key(recorded)
        row = overlaps.MODEL.fold(rows.get((one, other)), recorded)
        if known.file_id in (one, other) and row is not None:
            rows[one, other] = row
    return rows


def _told(database: Database, stream: str) -> Iterator[Recorded]:
    after = 0
    while page := store.read(database, stream=stream, after=after):
        yield from page
        after = page[-1].position


def _found(
    database: Database, known: KnownFile, content: FileSynced, standing: Mapping[Pair, Overlap]
) -> Iterator[OverlapFound]:
    metric = _metric(content)
    partners = [one if other == known.file_id else other for (one, other), row in standing.items() if row.stands]
    alike = performance_sums.alike(database, known.workspace, known.file_id, metric, _LOOKED_INTO)
    candidates = list(dict.fromkeys([*partners, *alike]))
    mine = _money(database, known, content, metric) if candidates else None
    for file_id in candidates if mine else []:
        other = known_file.load(database, known.workspace, file_id)
        theirs = _money(database, other, other.synced, metric)
        overlap = between(theirs, mine) if theirs and mine else None
        if overlap is None or other.synced is None:
            continue
        one, two = sorted((content, other.synced), key=lambda file: file.file_id)
        yield OverlapFound(
            one=one.file_id,
            one_name=one.name,
            other=two.file_id,
            other_name=two.name,
            counts=overlap.counts,
            money=overlap.money,
            currency=content.currency or other.synced.currency,
            how=overlap.how,
            why=overlap.why,
        )


def _metric(content: FileSynced) -> Metric:
    return "budget" if content.kind == "plan" else "spend"


def _money(database: Database, known: KnownFile, content: FileSynced | None, metric: Metric) -> Money | None:
    """None for a file that is gone, that plans where the other one reports, or whose amounts must not be added up."""
    if content is None or known.status in {"removed", "not_campaign"} or _metric(content) != metric:
        return None
    if metric not in content.sums:
        return None
    others = {name: total for name, total in content.sums.items() if name not in {"spend", "budget"} and total}
    period = _period(content)
    lines = performance_sums.lines(database, known.workspace, known.file_id, metric)
    return Money(known.file_id, content.currency, content.sums[metric], others, period, lines)


def _period(content: FileSynced) -> tuple[date, date] | None:
    if content.first_date is None or content.last_date is None:
        return None
    return date.fromisoformat(content.first_date), date.fromisoformat(content.last_date)


def _pair(event: OverlapFound) -> Pair:
    return event.one, event.other


def _is_told(row: Overlap | None, event: OverlapFound) -> bool:
    """A pair that stands keeps the file that counts, as long as both hold as much as before."""
    return row is not None and row.stands and (row.how, row.money) == (event.how, event.money)


def _ended(row: Overlap) -> OverlapEnded:
    return OverlapEnded(one=row.one, one_name=row.one_name, other=row.other, other_name=row.other_name)
