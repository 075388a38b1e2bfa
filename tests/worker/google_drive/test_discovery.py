"""Discovery over a whole Drive: campaign files are found by content, and nothing stops it but the grant."""

from datetime import timedelta
from pathlib import Path

import pytest

from worker.google_drive import discovery
from worker.google_drive.client import GoogleDrive
from worker.google_drive.discovery import Found, discover, judge
from worker.google_drive.sandbox.accounts import MARA
from worker.google_drive.sandbox.running import Running
from worker.google_drive.sandbox.samples import sample_files
from worker.platform import GrantLost, PlatformUnavailable, RemoteFile
from worker.sheets.reading import UnreadableFile

TABLE = b"Week,Campaign,Impressions,Clicks,Cost\n" + b"2026-05-11,Brand,1000,20,12.50\n" * 20
STAFF = b"Name,Birthday\nAda,1990-01-02\nBo,1991-03-04\n"
CSV = "text/csv"


def add(sandbox: Running, name: str, data: bytes = TABLE) -> str:
    return sandbox.control.add_file(MARA.email, name, data, CSV)


def by_name(found: list[Found]) -> dict[str, Found]:
    return {one.file.name: one for one in found}


class TestTheSampleDrive:
    @pytest.fixture
    def sandbox(self, google: Running) -> Running:
        google.control.reset()
        return google

    def test_its_campaign_files_are_found_and_no_others(self, drive: GoogleDrive, sandbox: Running, tmp_path: Path):
        progress: list[tuple[int, int]] = []
        found = discover(drive, tmp_path, lambda done, total: progress.append((done, total)))
        samples = {sample.name: sample.is_campaign for sample in sample_files(sandbox.sandbox.state.now())}
        judged = {one.file.name: one.judgement.is_campaign for one in found if one.judgement}
        assert judged == samples
        assert progress[-1] == (len(samples), len(samples))
        assert all(one.judgement.reasons for one in found if one.judgement and one.judgement.is_campaign)
        assert list(tmp_path.iterdir()) == []  # downloads are cleared away


def test_a_bad_file_is_recorded_and_the_rest_goes_on(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    add(sandbox, "broken campaign.csv", b"PK\x03\x04 a workbook that was cut off")
    locked = sandbox.control.add_file("theo@sandbox.example", "locked.csv", TABLE, CSV, shared_with=[MARA.email])
    sandbox.control.change_file(locked, download_forbidden=True)
    add(sandbox, "good.csv")
    add(sandbox, "staff.csv", STAFF)
    found = by_name(discover(drive, tmp_path))
    assert found["broken campaign.csv"].judgement is None
    assert found["broken campaign.csv"].problem
    assert found["locked.csv"].code == "no_download"
    assert "Ask its owner" in str(found["locked.csv"].problem)
    assert found["good.csv"].judgement is not None
    assert found["good.csv"].judgement.is_campaign
    assert found["staff.csv"].judgement is not None
    assert not found["staff.csv"].judgement.is_campaign


def test_one_file_that_never_arrives_is_left_for_later(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    bad = add(sandbox, "never.csv")
    add(sandbox, "good.csv")
    sandbox.control.faults({"match": {"path": f"/files/{bad}"}, "times": None, "do": {"status": 503}})
    found = by_name(discover(drive, tmp_path))
    assert (found["never.csv"].judgement, found["never.csv"].code) == (None, "later")
    assert found["good.csv"].judgement is not None


def test_a_platform_that_is_down_ends_discovery_for_now(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    for number in range(9):
        add(sandbox, f"{number}.csv")
    sandbox.control.faults({"match": {"path": "/files/"}, "times": None, "do": {"status": 503}})
    with pytest.raises(PlatformUnavailable):
        discover(drive, tmp_path)
    assert len(sandbox.control.requests("/files/")) == 3


def test_a_lost_grant_ends_discovery(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    add(sandbox, "a.csv")
    sandbox.control.revoke_grant(MARA.email)
    with pytest.raises(GrantLost):
        discover(drive, tmp_path)


def test_when_time_is_up_the_likeliest_files_have_been_judged(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    for name in ("x1.csv", "Spring campaign.csv", "x2.csv"):
        add(sandbox, name)
    left = iter((True, False, False))
    found = discover(drive, tmp_path, time_left=lambda: next(left))
    assert (found[0].file.name, found[0].code) == ("Spring campaign.csv", None)
    assert [one.code for one in found[1:]] == ["later", "later"]


def test_of_a_large_csv_only_the_beginning_is_fetched(
    drive: GoogleDrive, sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(discovery, "LARGE", 10_000)
    monkeypatch.setattr(discovery, "ENOUGH_TO_JUDGE", 2_000)
    add(sandbox, "large.csv", TABLE + b"2026-05-11,Brand,1000,20,12.50\n" * 5_000)
    wide = "Week\tCampaign\tImpressions\tClicks\tCost\n" + "2026-05-11\tBrand\t1000\t20\t12.50\n" * 5_000
    add(sandbox, "wide.csv", b"\xff\xfe" + wide.encode("utf-16-le"))
    found = by_name(discover(drive, tmp_path))
    assert all(one.judgement is not None and one.judgement.is_campaign for one in found.values())
    assert list(tmp_path.iterdir()) == []


def _file(sandbox: Running, drive: GoogleDrive, name: str, data: bytes) -> RemoteFile:
    return drive.file(add(sandbox, name, data))


def test_a_name_is_a_hint_and_never_decides(drive: GoogleDrive, sandbox: Running):
    household = b"Month,Category,Budget,Spent\n" + b"2026-05-01,Rent,900,910\n" * 20
    plain = judge(_file(sandbox, drive, "x.csv", household), household)
    named = judge(_file(sandbox, drive, "Google Ads campaign budget.csv", household), household)
    assert (plain.is_campaign, named.is_campaign) == (False, False)
    assert named.score == pytest.approx(plain.score + 0.05)
    assert "name sounds like marketing" in named.reasons[-1]
    best = judge(_file(sandbox, drive, "campaigns.csv", TABLE), TABLE)
    assert best.is_campaign
    assert best.score <= 1.0


def test_a_file_that_is_no_table_cannot_be_judged(drive: GoogleDrive, sandbox: Running):
    data = b"%PDF-1.7 not a table"
    with pytest.raises(UnreadableFile):
        judge(_file(sandbox, drive, "x.csv", data), data)


def test_files_changed_lately_are_looked_into_first(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    now = sandbox.sandbox.state.now()
    for days in (30, 1, 10):
        moment = now - timedelta(days=days)
        sandbox.control.add_file(MARA.email, f"{days}.csv", STAFF, CSV, modified_at=moment)
    assert [one.file.name for one in discover(drive, tmp_path)] == ["1.csv", "10.csv", "30.csv"]
