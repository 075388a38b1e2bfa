"""Every file of the sample Drive is judged and read right: sums, rows, and the channels that planning needs."""

from datetime import UTC, datetime

import pytest

from worker.google_drive.sandbox.samples import SampleFile, sample_files
from worker.sheets.reader import read

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FILES = sample_files(NOW)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_sample_file_is_judged_and_read_right(file: SampleFile) -> None:
    reading = read(file.download(), file.name)

    assert reading.is_campaign is file.is_campaign
    found = {metric: value for metric, value in reading.sums().items() if value is not None}
    assert {metric: found.get(metric) for metric in file.expected_sums} == file.expected_sums
    assert sum(table.n_rows for table in reading.tables if table.used) == file.expected_rows
    assert not reading.quarantined


def test_the_sample_drive_gives_planning_its_channels_and_days() -> None:
    actuals = [read(file.download(), file.name) for file in FILES if "spend" in file.expected_sums]

    channels = {channel for reading in actuals for channel in reading.rows["channel"]}
    assert channels == {"Google Search", "YouTube", "Meta", "LinkedIn", "TikTok", "Affiliate", "TV", "Radio"}
    assert all(reading.rows["date"].null_count() == 0 for reading in actuals)
    assert {reading.currency for reading in actuals} == {"EUR"}
