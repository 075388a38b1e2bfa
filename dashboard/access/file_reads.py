"""What the pages about campaign files read besides the files themselves. As in `reads`, each checks the membership."""

from datetime import datetime

from dashboard.access.reads import Place, kept, opened
from events import store
from events.campaign_file import FileContentsErased
from events.envelope import stream_of
from projections import overlaps as overlapping
from projections import performance, performance_changes, sync_lag
from projections.overlaps import Overlap
from projections.performance_changes import Changes
from projections.sync_lag import LagPoint


@kept
def changes(place: Place, file_id: str, revision_number: int, limit: int, offset: int) -> Changes:
    """One page of what a revision changed in its file."""
    with opened(place) as connection:
        return performance_changes.of(connection, place.workspace, file_id, revision_number, limit, offset)


@kept
def erased(place: Place, file_id: str) -> dict[int, datetime]:
    """When the originals of a file's revisions were erased, by their number."""
    with opened(place) as connection:
        told = store.read(
            connection,
            stream=stream_of(place.workspace, "file", file_id),
            names=[FileContentsErased.NAME],
            until=place.at,
        )
    return {
        number: one.at for one in told if isinstance(one.event, FileContentsErased) for number in one.event.revisions
    }


@kept
def overlaps(place: Place) -> list[Overlap]:
    """Pairs of files that hold the same money."""
    with opened(place) as connection:
        return overlapping.of(connection, place.workspace, place.at)


@kept
def not_counted(place: Place) -> dict[str, str]:
    """Files that do not count, each with the file that holds the same money and does."""
    with opened(place) as connection:
        return performance.not_counted(connection, place.workspace, place.at)


@kept
def lag(place: Place, file_id: str) -> list[LagPoint]:
    """How long the newest changes of a file took; nothing while looking at the past, which had no such measure."""
    if place.at is not None:
        return []
    with opened(place) as connection:
        return sync_lag.trend(connection, place.workspace, file_id)
