"""What the pages about campaign files read besides the files themselves. As in `reads`, each checks the membership."""

from dashboard.reads import Place, cached, opened
from projections import performance_changes
from projections.performance_changes import Changes


@cached
def changes(place: Place, file_id: str, revision_number: int, limit: int, offset: int) -> Changes:
    """One page of what a revision changed in its file."""
    with opened(place) as connection:
        return performance_changes.of(connection, place.workspace, file_id, revision_number, limit, offset)
