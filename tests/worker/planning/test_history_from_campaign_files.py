"""A plan from any campaign file: the same rows that the product would store and plan from."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from sqlalchemy.engine import Engine

from events import store
from projections import follower, performance, performance_rows
from tests.events.samples import META, synced
from worker.planning.campaign_file import daily, from_campaign_file
from worker.sheets.reader import read

FLIGHTS = """Mediaplan Frühjahr;;;;
Kanal;Start;Ende;Budget (EUR);Kampagne
Google Search;01.12.2026;28.12.2026;12.000,00;Brand
Meta;01.12.2026;14.12.2026;3.500,00;Prospecting
"""
RESULTS = """Day,Campaign,Channel,Currency,Impressions,Clicks,Cost,Conversions
2026-11-02,Brand,Search,USD,"1,200",60,"1,010.50",3
2026-11-02,Brand,Search,USD,300,,12.25,
2026-11-03,Brand,Search,USD,900,45,88.00,2
2026-11-03,,Display,USD,5000,20,40.10,
"""


@pytest.mark.postgres
@pytest.mark.parametrize("text", [FLIGHTS, RESULTS])
def test_rows_are_those_of_the_read_model(engine: Engine, text: str) -> None:
    reading = read(text.encode(), "plan.csv")
    event = synced(kind=reading.kind, currency=reading.currency, non_additive=list(reading.non_additive))
    with engine.begin() as connection:
        performance_rows.store(connection, "w", event.file_id, 1, reading.rows)
        store.append(connection, f"w/file/{event.file_id}", [event], meta=META)
    follower.catch_up(engine)

    with engine.connect() as connection:
        stored = performance.daily(connection, "w").drop("file_id")

    assert not stored.is_empty()
    assert_frame_equal(daily(reading), stored, check_row_order=False, check_column_order=False, rel_tol=1e-9)


def test_a_media_plan_alone_gives_a_plan_that_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "Mediaplan.csv"
    path.write_text(FLIGHTS, "utf-8")
    command = [sys.executable, "-m", "worker.planning.command", str(path), "15000", "--json"]

    answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert answer["partial"]
    assert sum(answer["allocation"].values()) == pytest.approx(15000)
    assert set(answer["allocation"]) == {"Google Search", "Meta"}


def test_what_is_no_campaign_file_gives_no_history(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("Name,Phone\nAna,030 123\nBo,030 456\n", "utf-8")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))

    found = [from_campaign_file(tmp_path / name) for name in ("people.csv", "picture.csv", "absent.csv")]

    assert found == [None, None, None]
