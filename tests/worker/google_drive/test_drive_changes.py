"""The change feed: one request when nothing happened, and nothing lost when something did."""

import json
from datetime import UTC, datetime

import pytest

from worker.google_drive.client import GoogleDrive
from worker.google_drive.sandbox import edits
from worker.google_drive.sandbox.accounts import MARA, THEO
from worker.google_drive.sandbox.running import Running
from worker.platform import Changes, GrantLost, PlatformUnavailable

TABLE = b"Week,Campaign,Cost\n2026-05-11,Brand,12.50\n"
CSV = "text/csv"
ME = MARA.email


def names(changes: Changes) -> set[str]:
    return {change.file.name if change.file else f"gone {change.file_id}" for change in changes.changes}


def add(sandbox: Running, name: str = "a.csv", **place: str) -> str:
    return sandbox.control.add_file(ME, name, TABLE, CSV, **place)


def test_an_idle_poll_is_one_request_for_any_number_of_files(drive: GoogleDrive, sandbox: Running):
    for number in range(50):
        add(sandbox, f"{number}.csv")
    cursor = drive.cursor()
    sandbox.control.clear_requests()
    changes = drive.changes(cursor)
    assert (changes.changes, changes.gap) == ([], False)
    assert len(sandbox.control.requests()) == 1


def test_an_idle_poll_is_one_request_with_shared_drives_too(drive: GoogleDrive, sandbox: Running):
    for name in ("Marketing", "Sales", "Agency"):
        add(sandbox, drive=name)
    cursor = drive.cursor()
    sandbox.control.clear_requests()
    assert drive.changes(cursor).changes == []
    assert [request["path"] for request in sandbox.control.requests()] == ["/batch/drive/v3"]


def test_edits_renames_trash_and_deletion_are_told_once_each(drive: GoogleDrive, sandbox: Running):
    edited, renamed, trashed, deleted, same = (add(sandbox, f"{n}.csv") for n in ("e", "r", "t", "d", "s"))
    cursor = drive.cursor()
    for _ in range(3):
        sandbox.control.replace_content(edited, b"new\n")
    sandbox.control.change_file(renamed, name="renamed.csv")
    sandbox.control.trash(trashed)
    sandbox.control.delete_file(deleted)
    changes = drive.changes(cursor)
    by_id = {change.file_id: change.file for change in changes.changes}
    assert set(by_id) == {edited, renamed, trashed, deleted}
    assert len(changes.changes) == 4
    assert by_id[deleted] is None
    assert by_id[trashed].trashed
    assert by_id[renamed].name == "renamed.csv"
    assert drive.changes(changes.cursor).changes == []
    assert same not in by_id


def test_a_file_no_longer_shared_and_one_shared_again(drive: GoogleDrive, sandbox: Running):
    file_id = sandbox.control.add_file(THEO.email, "theirs.csv", TABLE, CSV, shared_with=[ME])
    first = drive.changes(drive.cursor())
    sandbox.control.change_file(file_id, unshare_with=ME)
    second = drive.changes(first.cursor)
    sandbox.control.change_file(file_id, share_with=ME)
    third = drive.changes(second.cursor)
    assert names(second) == {f"gone {file_id}"}
    assert names(third) == {"theirs.csv"}


def test_a_restored_file_is_news(drive: GoogleDrive, sandbox: Running):
    file_id = add(sandbox)
    sandbox.control.trash(file_id)
    cursor = drive.cursor()
    sandbox.control.trash(file_id, trashed=False)
    (change,) = drive.changes(cursor).changes
    assert change.file is not None
    assert not change.file.trashed


def test_changes_in_a_shared_drive_come_through_its_own_feed(drive: GoogleDrive, sandbox: Running):
    team = add(sandbox, "team.csv", drive="Marketing")
    cursor = drive.cursor()
    sandbox.control.replace_content(team, b"new\n")
    add(sandbox, "mine.csv")
    changes = drive.changes(cursor)
    assert names(changes) == {"team.csv", "mine.csv"}
    assert drive.changes(changes.cursor).changes == []


def test_what_holds_no_table_is_no_news(drive: GoogleDrive, sandbox: Running):
    cursor = drive.cursor()
    sandbox.control.add_file(ME, "photo.jpg", b"\xff\xd8", "image/jpeg")
    add(sandbox, "table.csv", folder="New folder")
    assert names(drive.changes(cursor)) == {"table.csv"}


def test_more_changes_than_fit_on_a_page_all_arrive(
    drive: GoogleDrive, sandbox: Running, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("worker.google_drive.feeds._PAGE", 10)
    cursor = drive.cursor()
    for number in range(25):
        add(sandbox, f"{number}.csv")
    sandbox.control.clear_requests()
    assert len(drive.changes(cursor).changes) == 25
    assert len(sandbox.control.requests()) == 3


def test_a_cursor_that_google_forgot_tells_of_the_gap(drive: GoogleDrive, sandbox: Running):
    add(sandbox, drive="Marketing")
    places = json.loads(drive.cursor())
    broken = json.dumps(dict.fromkeys(places, "garbage"))
    add(sandbox, "in a new drive.csv", drive="Sales")
    changes = drive.changes(broken)
    assert changes.gap
    assert names(changes) == {"in a new drive.csv"}
    assert drive.changes(changes.cursor) == Changes([], changes.cursor)


def test_a_shared_drive_that_was_left_tells_of_the_gap(drive: GoogleDrive, sandbox: Running):
    add(sandbox, drive="Marketing")
    cursor = drive.cursor()
    _leave(sandbox, "Marketing")
    changes = drive.changes(cursor)
    assert changes.gap
    assert list(json.loads(changes.cursor)) == [""]


def test_a_shared_drive_that_was_joined_is_news_as_a_whole(drive: GoogleDrive, sandbox: Running):
    cursor = drive.cursor()
    team = add(sandbox, "team.csv", drive="Marketing")
    sandbox.control.trash(add(sandbox, "old.csv", drive="Marketing"))
    first = drive.changes(cursor)
    assert names(first) == {"team.csv"}
    sandbox.control.replace_content(team, b"new\n")
    assert names(drive.changes(first.cursor)) == {"team.csv"}


def _leave(sandbox: Running, name: str) -> None:
    state = sandbox.sandbox.state
    edits.leave_drive(state, next(drive for drive in state.drives if drive.name == name), ME)
    state.commit()


@pytest.mark.parametrize(("status", "raised"), [(503, PlatformUnavailable), (401, GrantLost)])
def test_trouble_while_polling_moves_no_cursor(
    drive: GoogleDrive, sandbox: Running, status: int, raised: type[Exception]
):
    add(sandbox, drive="Marketing")
    cursor = drive.cursor()
    add(sandbox, "new.csv")
    sandbox.control.faults({"match": {"path": "/(changes|batch)"}, "times": 4, "do": {"status": status}})
    with pytest.raises(raised):
        drive.changes(cursor)
    sandbox.control.clear_faults()
    assert names(drive.changes(cursor)) == {"new.csv"}


def test_times_of_changes_are_moments_with_a_zone(drive: GoogleDrive, sandbox: Running):
    cursor = drive.cursor()
    moment = datetime(2026, 5, 1, 9, tzinfo=UTC)
    sandbox.control.add_file(ME, "dated.csv", TABLE, CSV, modified_at=moment)
    (change,) = drive.changes(cursor).changes
    assert change.file is not None
    assert change.file.modified_at == moment
