"""What a plan is made from, as the log tells it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import Engine

from events.plan import TrackRecord
from tests.dashboard import seeding
from worker.planning import gathering
from worker.planning.gathering import Asked

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.postgres
def test_language_earlier_plans_and_unread_spend_are_gathered(engine: Engine) -> None:
    seeding.normal(engine, NOW, locale="de_AT")
    asked = Asked(seeding.ACME, "c", seeding.brief(), seeding.PIA)
    with engine.connect() as database:
        gathered, rows = gathering.gather(database, asked)
    assert rows > 0
    assert gathered.language == "de_AT"
    assert gathered.track == TrackRecord(plans=0, inside=0, median_error=0.0)
    hidden = {source.file_id: source.quarantined for source in gathered.sources}
    assert hidden[seeding.ODD_FILE] > 0
    assert hidden[seeding.GOOD_FILE] == 0
