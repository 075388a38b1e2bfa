"""The change feed: one entry a file, newest state, nothing lost between two tokens."""

from collections.abc import Callable
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from worker.google_drive.sandbox.accounts import INES, MARA
from worker.google_drive.sandbox.running import Running

SignIn = Callable[..., Any]
Service = Callable[..., Any]


def start(drive: Any, **options: Any) -> str:
    return drive.changes().getStartPageToken(**options).execute()["startPageToken"]


def changes(drive: Any, token: str, **options: Any) -> list[dict[str, Any]]:
    return drive.changes().list(pageToken=token, fields="*", **options).execute()["changes"]


@pytest.fixture
def csv(sandbox: Running) -> str:
    return sandbox.control.add_file(MARA.email, "plan.csv", b"a,b\n1,2\n", "text/csv")


def test_nothing_new_is_one_empty_answer(drive: Any, csv: str) -> None:
    token = start(drive)

    answer = drive.changes().list(pageToken=token).execute()

    assert csv
    assert answer["changes"] == []
    assert "nextPageToken" not in answer
    assert drive.changes().list(pageToken=answer["newStartPageToken"]).execute()["changes"] == []


def test_many_edits_are_one_entry_with_the_newest_state(sandbox: Running, drive: Any, csv: str) -> None:
    token = start(drive)
    for value in range(5):
        sandbox.control.edit_cell(csv, "B2", str(value))
    drive.files().update(fileId=csv, body={"name": "renamed.csv"}).execute()

    (change,) = changes(drive, token)

    assert (change["fileId"], change["removed"], change["changeType"]) == (csv, False, "file")
    assert change["file"]["name"] == "renamed.csv"
    assert change["file"]["version"] == "7"
    assert drive.files().get_media(fileId=csv).execute() == b"a,b\n1,4\n"


def test_trash_shows_the_file_as_trashed(sandbox: Running, drive: Any, csv: str) -> None:
    token = start(drive)
    sandbox.control.trash(csv)

    (change,) = changes(drive, token)

    assert not change["removed"]
    assert change["file"]["trashed"]


def test_a_deleted_file_is_removed_without_its_file(sandbox: Running, drive: Any, csv: str) -> None:
    token = start(drive)
    sandbox.control.edit_cell(csv, "A1", "x")
    sandbox.control.delete_file(csv)

    (change,) = changes(drive, token)

    assert (change["removed"], change["fileId"]) == (True, csv)
    assert "file" not in change
    assert changes(drive, token, includeRemoved=False) == []


def test_a_share_and_its_end_reach_the_other_person(
    sandbox: Running, sign_in: SignIn, service: Service, csv: str
) -> None:
    other = service(sign_in(INES.email))
    token = start(other)
    sandbox.control.change_file(csv, share_with=INES.email)
    (shared,) = changes(other, token)
    sandbox.control.change_file(csv, unshare_with=INES.email)
    (ended,) = changes(other, token)
    sandbox.control.change_file(csv, share_with=INES.email)
    (again,) = changes(other, token)

    assert [entry["removed"] for entry in (shared, ended, again)] == [False, True, False]
    assert {shared["fileId"], ended["fileId"], again["fileId"]} == {csv}


def test_others_never_see_my_changes(sandbox: Running, sign_in: SignIn, service: Service, csv: str) -> None:
    other = service(sign_in(INES.email))
    token = start(other)
    sandbox.control.edit_cell(csv, "A1", "x")
    sandbox.control.delete_file(csv)

    assert changes(other, token) == []


def test_pages_hold_every_change_once_and_the_last_one_the_new_token(sandbox: Running, drive: Any) -> None:
    token = start(drive)
    made = [sandbox.control.add_file(MARA.email, f"{number}.csv", b"", "text/csv") for number in range(7)]
    seen: list[str] = []
    pages: list[dict[str, Any]] = []
    while not pages or "nextPageToken" in pages[-1]:
        pages.append(drive.changes().list(pageToken=token, pageSize=3).execute())
        seen += [change["fileId"] for change in pages[-1]["changes"]]
        token = pages[-1].get("nextPageToken", token)

    assert seen == made
    assert [("newStartPageToken" in page) for page in pages] == [False, False, True]


def test_a_change_between_two_pages_is_not_lost(sandbox: Running, drive: Any) -> None:
    token = start(drive)
    made = [sandbox.control.add_file(MARA.email, f"{number}.csv", b"", "text/csv") for number in range(4)]
    first = drive.changes().list(pageToken=token, pageSize=2).execute()
    sandbox.control.change_file(made[0], name="again.csv")

    rest = drive.changes().list(pageToken=first["nextPageToken"], pageSize=100).execute()

    assert [change["fileId"] for change in rest["changes"]] == [made[2], made[3], made[0]]


def test_a_shared_drive_has_a_feed_of_its_own(sandbox: Running, sign_in: SignIn, service: Service) -> None:
    sandbox.control.add_file(INES.email, "old.csv", b"", "text/csv", drive="Team")
    drive = service(sign_in(INES.email))
    drive_id = drive.drives().list().execute()["drives"][0]["id"]
    mine, theirs = start(drive), start(drive, driveId=drive_id, supportsAllDrives=True)
    added = sandbox.control.add_file(INES.email, "new.csv", b"", "text/csv", drive="Team")
    wide = {"supportsAllDrives": True, "includeItemsFromAllDrives": True}

    assert changes(drive, mine, **wide) == []
    assert [added] == [change["fileId"] for change in changes(drive, theirs, driveId=drive_id, **wide)]
    sandbox.control.delete_file(added)
    assert [True] == [change["removed"] for change in changes(drive, theirs, driveId=drive_id, **wide)]


def test_garbage_and_other_peoples_tokens_are_refused(drive: Any, sign_in: SignIn, service: Service) -> None:
    foreign = start(service(sign_in(INES.email)))

    for token in ("garbage", "1", foreign):
        with pytest.raises(HttpError) as error:
            drive.changes().list(pageToken=token).execute()
        assert error.value.status_code == 400
        assert error.value.error_details[0]["location"] == "pageToken"


def test_a_token_never_expires(sandbox: Running, sign_in: SignIn, service: Service, csv: str) -> None:
    token = start(service(sign_in()))
    sandbox.control.advance_clock(400 * 86_400)
    sandbox.control.edit_cell(csv, "A1", "x")

    assert [csv] == [change["fileId"] for change in changes(service(sign_in()), token)]
