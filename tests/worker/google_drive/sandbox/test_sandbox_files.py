"""Drive's files over real HTTP: listing, content, uploads, edits and refusals."""

import io
import os
from collections.abc import Callable
from typing import Any

import httpx
import openpyxl
import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload, MediaIoBaseUpload

from worker.google_drive.sandbox.accounts import INES, MARA, THEO
from worker.google_drive.sandbox.running import Running

SHEET = "application/vnd.google-apps.spreadsheet"
FOLDER = "application/vnd.google-apps.folder"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EVERYWHERE = {"supportsAllDrives": True, "includeItemsFromAllDrives": True}

SignIn = Callable[..., Any]
Service = Callable[..., Any]


def reason(error: pytest.ExceptionInfo[HttpError]) -> tuple[int, str, str | None]:
    detail = error.value.error_details[0]
    return error.value.status_code, detail["reason"], detail.get("location")


def names(answer: dict[str, Any]) -> list[str]:
    return [file["name"] for file in answer["files"]]


def upload(drive: Any, name: str, data: bytes, mime: str = "text/csv", **options: Any) -> dict[str, Any]:
    media = MediaIoBaseUpload(io.BytesIO(data), mime, **options)
    return drive.files().create(body={"name": name}, media_body=media, fields="*").execute()


def download(drive: Any, file_id: str, chunk: int) -> bytes:
    target = io.BytesIO()
    downloader = MediaIoBaseDownload(target, drive.files().get_media(fileId=file_id), chunksize=chunk)
    done = False
    while not done:
        _, done = downloader.next_chunk()
    return target.getvalue()


def test_answers_are_held_against_googles_schemas(drive: Any) -> None:
    transport = drive._http.http
    drive.files().list(fields="*").execute()
    drive.about().get(fields="*").execute()
    honest = transport._schema_of

    assert transport.checked == 2
    transport._schema_of = lambda *_: honest("GET", "/drive/v3/drives")
    with pytest.raises(AssertionError, match="incompleteSearch: not in schema"):
        drive.files().list(fields="*").execute()


def test_about_wants_fields(drive: Any) -> None:
    with pytest.raises(HttpError) as error:
        drive.about().get().execute()

    assert (400, "required", "fields") == reason(error)
    assert drive.about().get(fields="user(emailAddress)").execute() == {"user": {"emailAddress": MARA.email}}
    assert drive.about().get(fields="*").execute()["user"]["displayName"] == "Mara Lindt"


def test_a_listing_is_short_unless_asked(drive: Any) -> None:
    upload(drive, "a.csv", b"a")

    answer = drive.files().list().execute()

    assert set(answer) == {"kind", "incompleteSearch", "files"}
    assert set(answer["files"][0]) == {"kind", "id", "name", "mimeType"}


def test_the_mask_reaches_into_lists_and_objects(drive: Any) -> None:
    made = upload(drive, "a.csv", b"a")
    mask = "files(id,owners/emailAddress,capabilities(canDownload),lastModifyingUser(displayName)),nextPageToken"

    (file,) = drive.files().list(fields=mask).execute()["files"]

    assert file == {
        "id": made["id"],
        "owners": [{"emailAddress": MARA.email}],
        "capabilities": {"canDownload": True},
        "lastModifyingUser": {"displayName": "Mara Lindt"},
    }


@pytest.mark.parametrize("mask", ["files(id,nonsense)", "nonsense", "files(id", "files(id))", "files/id/x", ",", "a b"])
def test_a_mask_with_an_unknown_field_is_refused(drive: Any, mask: str) -> None:
    with pytest.raises(HttpError) as error:
        drive.files().list(fields=mask).execute()

    assert (400, "invalidParameter", "fields") == reason(error)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mimeType='text/csv'", ["a plan.csv", "b.csv"]),
        ("mimeType = 'text/csv' and trashed = false", ["a plan.csv"]),
        ("not mimeType='text/csv' and trashed=false", ["Box", "Sheet"]),
        ("(mimeType='text/csv' or mimeType='" + SHEET + "') and not trashed=true", ["a plan.csv", "Sheet"]),
        ("name contains 'pla'", ["a plan.csv"]),
        ("name contains 'lan'", []),
        ("name = 'B.CSV'", ["b.csv"]),
        ("mimeType contains 'text/'", ["a plan.csv", "b.csv"]),
        ("fullText contains 'penguin'", ["a plan.csv", "Sheet"]),
        ("fullText contains '\"blue penguin\"'", ["Sheet"]),
        ("modifiedTime > '2030-01-01T00:00:00'", []),
        ("modifiedTime < '2030-01-01' and trashed != true", ["a plan.csv", "Box", "Sheet"]),
        ("sharedWithMe and not name contains 'x'", []),
        ("trashed", None),
        ("sharedWithMe = true", []),
        ("'root' in parents and trashed=false", ["a plan.csv", "Box", "Sheet"]),
        (f"'{MARA.email}' in owners and mimeType='{SHEET}'", ["Sheet"]),
        ("name = 'a plan.csv", None),
        ("nonsense = 'x'", None),
        ("trashed = 'x'", None),
        ("name > 'x'", None),
        ("name = 'x' and", None),
    ],
)
def test_queries_find_what_drive_would(sandbox: Running, drive: Any, query: str, found: list[str] | None) -> None:
    control = sandbox.control
    control.add_sheet(MARA.email, "Sheet", {"One": [["a blue penguin"]]})
    upload(drive, "a plan.csv", b"penguin,blue")
    control.trash(upload(drive, "b.csv", b"walrus")["id"])
    drive.files().create(body={"name": "Box", "mimeType": FOLDER}).execute()

    if found is None:
        with pytest.raises(HttpError) as error:
            drive.files().list(q=query).execute()
        assert (400, "invalid", "q") == reason(error)
    else:
        assert found == names(drive.files().list(q=query, orderBy="name").execute())


def test_a_query_too_long_for_an_address_is_posted(sandbox: Running, drive: Any) -> None:
    upload(drive, "a.csv", b"a")
    query = " or ".join(f"name = 'file number {number}.csv'" for number in range(200)) + " or name = 'a.csv'"

    found = drive.files().list(q=query).execute()

    assert names(found) == ["a.csv"]
    assert len(query) > 2048


def test_pages_cover_everything_once(sandbox: Running, drive: Any) -> None:
    made = [sandbox.control.add_file(MARA.email, f"{number}.csv", b"", "text/csv") for number in range(25)]
    request, seen = drive.files().list(pageSize=10, orderBy="name_natural"), []
    pages = 0
    while request is not None:
        answer = request.execute()
        seen += [file["id"] for file in answer["files"]]
        pages += 1
        request = drive.files().list_next(request, answer)

    assert seen == made
    assert pages == 3


def test_a_page_token_is_good_for_its_own_list_only(sandbox: Running, drive: Any) -> None:
    for number in range(3):
        sandbox.control.add_file(MARA.email, f"{number}.csv", b"", "text/csv")
    token = drive.files().list(pageSize=1, q="trashed=false").execute()["nextPageToken"]

    for wrong in ({"pageToken": "garbage"}, {"pageToken": token, "q": "trashed=true"}, {"pageToken": token + "x"}):
        with pytest.raises(HttpError) as error:
            drive.files().list(**{"q": "trashed=false", "pageSize": 1} | wrong).execute()
        assert (400, "invalid", "pageToken") == reason(error)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"orderBy": "size"}, (400, "invalid", "orderBy")),
        ({"pageSize": 1001}, (400, "invalidParameter", "pageSize")),
        ({"corpora": "moon"}, (400, "invalid", "corpora")),
        ({"corpora": "drive"}, (400, "invalid", "driveId")),
        ({"corpora": "allDrives"}, (403, "teamDrivesParameterRequired", "includeItemsFromAllDrives")),
        ({"corpora": "drive", "driveId": "none", **EVERYWHERE}, (404, "notFound", "driveId")),
    ],
)
def test_wrong_parameters_are_refused(drive: Any, options: dict[str, Any], expected: tuple[int, str, str]) -> None:
    with pytest.raises(HttpError) as error:
        drive.files().list(**options).execute()

    assert expected == reason(error)


def test_unknown_parameters_are_refused(sandbox: Running, sign_in: SignIn) -> None:
    headers = {"authorization": f"Bearer {sign_in().token}"}

    answer = httpx.get(f"{sandbox.url}/drive/v3/files?colour=red", headers=headers)

    assert answer.status_code == 400
    assert "colour" in answer.json()["error"]["message"]


def test_orders_are_kept(sandbox: Running, drive: Any) -> None:
    for name, size in (("b2", 1), ("a", 3), ("b10", 2)):
        sandbox.control.add_file(MARA.email, name, b"x" * size, "text/csv")

    def ordered(by: str) -> list[str]:
        return names(drive.files().list(orderBy=by).execute())

    assert ordered("name") == ["a", "b10", "b2"]
    assert ordered("name_natural desc") == ["b10", "b2", "a"]
    assert ordered("quotaBytesUsed desc,name") == ["a", "b10", "b2"]
    assert ordered("createdTime") == ["b2", "a", "b10"]


def test_shared_drives_are_seen_only_on_request(sandbox: Running, sign_in: SignIn, service: Service) -> None:
    file_id = sandbox.control.add_file(INES.email, "team.csv", b"a", "text/csv", drive="Team")
    drive, stranger = service(sign_in(INES.email)), service(sign_in(THEO.email))
    (found,) = drive.drives().list().execute()["drives"]
    one_drive = {"corpora": "drive", "driveId": found["id"], **EVERYWHERE}

    assert found["name"] == "Team"
    assert names(drive.files().list().execute()) == []
    assert names(drive.files().list(**EVERYWHERE).execute()) == []
    assert names(drive.files().list(**one_drive).execute()) == ["team.csv"]
    assert names(drive.files().list(corpora="allDrives", **EVERYWHERE).execute()) == ["team.csv"]
    assert drive.drives().get(driveId=found["id"]).execute()["name"] == "Team"
    with pytest.raises(HttpError, match="File not found"):
        drive.files().get(fileId=file_id).execute()
    view = drive.files().get(fileId=file_id, supportsAllDrives=True, fields="*").execute()
    assert view["driveId"] == found["id"]
    assert "owners" not in view
    assert stranger.drives().list().execute()["drives"] == []
    with pytest.raises(HttpError, match="File not found"):
        stranger.files().get(fileId=file_id, supportsAllDrives=True).execute()


def test_what_others_share_is_listed_without_its_folder(sandbox: Running, drive: Any) -> None:
    file_id = sandbox.control.add_file(
        INES.email, "report.csv", b"a", "text/csv", folder="Private", shared_with=[MARA.email]
    )

    (found,) = drive.files().list(q="sharedWithMe=true", fields="files").execute()["files"]

    assert found["id"] == file_id
    assert "parents" not in found
    assert found["owners"][0]["displayName"] == "Ines Okafor"
    assert not found["ownedByMe"]
    assert names(drive.files().list().execute()) == ["report.csv"]
    with pytest.raises(HttpError) as error:
        drive.files().update(fileId=file_id, body={"name": "mine"}).execute()
    assert (403, "insufficientFilePermissions", None) == reason(error)


@pytest.mark.parametrize("resumable", [False, True])
@pytest.mark.parametrize("size", [0, 1, 300_000, 700_001])
def test_every_byte_survives_the_way_up_and_down(drive: Any, size: int, *, resumable: bool) -> None:
    data = (b"\r\n--\x00\xff\n" + os.urandom(7)) * (size // 10) + b"\r" * (size % 2)

    made = upload(drive, "data.bin", data, "application/octet-stream", resumable=resumable, chunksize=262_144)

    assert made["size"] == str(len(data))
    assert download(drive, made["id"], 100_000) == data
    if data:
        assert drive.files().get_media(fileId=made["id"]).execute() == data


def test_checksums_describe_the_bytes(drive: Any) -> None:
    made = upload(drive, "a.csv", b"abc")

    assert made["md5Checksum"] == "900150983cd24fb0d6963f7d28e17f72"
    assert made["sha256Checksum"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("wanted", "status", "body", "content_range"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=8-", 206, b"89", "bytes 8-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=5-500", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
    ],
)
def test_ranges(sandbox: Running, sign_in: SignIn, wanted: str, status: int, body: bytes, content_range: str) -> None:
    file_id = sandbox.control.add_file(MARA.email, "ten.txt", b"0123456789", "text/plain")
    headers = {"authorization": f"Bearer {sign_in().token}", "range": wanted}

    answer = httpx.get(f"{sandbox.url}/drive/v3/files/{file_id}?alt=media", headers=headers)

    assert (answer.status_code, answer.content) == (status, body)
    assert answer.headers["content-range"] == content_range


def test_a_native_sheet_is_exported_not_downloaded(sandbox: Running, drive: Any) -> None:
    tabs = {"Plan": [["Day", "Spend"], ["=text", 1234.5]], "More": [["x", True, None, 7]]}
    file_id = sandbox.control.add_sheet(MARA.email, "S", tabs)

    with pytest.raises(HttpError) as error:
        drive.files().get_media(fileId=file_id).execute()
    book = openpyxl.load_workbook(io.BytesIO(drive.files().export(fileId=file_id, mimeType=XLSX).execute()))

    assert (403, "fileNotDownloadable", "alt") == reason(error)
    assert drive.files().export(fileId=file_id, mimeType="text/csv").execute() == b"Day,Spend\r\n=text,1234.5"
    assert [[list(row) for row in sheet.values] for sheet in book] == [
        [["Day", "Spend"], ["=text", 1234.5]],
        [["x", True, None, 7]],
    ]


def test_only_native_files_are_exported_and_only_as_tables(sandbox: Running, drive: Any) -> None:
    csv, sheet = upload(drive, "a.csv", b"a")["id"], sandbox.control.add_sheet(MARA.email, "S", {})

    with pytest.raises(HttpError) as binary:
        drive.files().export(fileId=csv, mimeType=XLSX).execute()
    with pytest.raises(HttpError) as picture:
        drive.files().export(fileId=sheet, mimeType="image/png").execute()

    assert reason(binary)[:2] == (403, "fileNotExportable")
    assert reason(picture)[:2] == (400, "badRequest")


def test_the_export_limit_bites_and_the_link_goes_around_it(sandbox: Running, drive: Any, sign_in: SignIn) -> None:
    file_id = sandbox.control.add_sheet(MARA.email, "S", {"One": [["word"]] * 50})
    sandbox.control.set_export_limit(100)

    with pytest.raises(HttpError) as error:
        drive.files().export(fileId=file_id, mimeType=XLSX).execute()
    link = drive.files().get(fileId=file_id, fields="exportLinks").execute()["exportLinks"][XLSX]

    assert reason(error)[:2] == (403, "exportSizeLimitExceeded")
    assert httpx.get(link).status_code == 401
    assert httpx.get(link, headers={"authorization": f"Bearer {sign_in().token}"}).content[:2] == b"PK"


def test_an_owner_can_forbid_downloads(sandbox: Running, drive: Any) -> None:
    file_id = sandbox.control.add_file(INES.email, "a.csv", b"a", "text/csv", shared_with=[MARA.email])
    sandbox.control.change_file(file_id, download_forbidden=True)

    with pytest.raises(HttpError) as error:
        drive.files().get_media(fileId=file_id).execute()

    assert reason(error)[:2] == (403, "cannotDownloadFile")
    seen = drive.files().get(fileId=file_id, fields="capabilities(canDownload)").execute()
    assert not seen["capabilities"]["canDownload"]


@pytest.mark.parametrize(("mime", "data"), [("text/csv", b'Day,Spend\n2026-01-31,"1,200.50"\n'), (XLSX, None)])
def test_a_table_can_become_a_native_sheet(drive: Any, sheets: Any, mime: str, data: bytes | None) -> None:
    if data is None:
        book = openpyxl.Workbook()
        book.active.append(["Day", "Spend"])
        book.active.append(["2026-01-31", 1200.5])
        buffer = io.BytesIO()
        book.save(buffer)
        data = buffer.getvalue()
    media = MediaIoBaseUpload(io.BytesIO(data), mime)

    made = drive.files().create(body={"name": "S", "mimeType": SHEET}, media_body=media).execute()

    assert made["mimeType"] == SHEET
    values = (
        sheets.spreadsheets()
        .values()
        .get(spreadsheetId=made["id"], range="A2:B2", valueRenderOption="UNFORMATTED_VALUE")
    )
    assert values.execute()["values"][0][1] == 1200.5


def test_what_is_no_workbook_does_not_become_a_sheet(drive: Any) -> None:
    media = MediaIoBaseUpload(io.BytesIO(b"no workbook"), XLSX)

    with pytest.raises(HttpError, match="cannot be converted"):
        drive.files().create(body={"name": "S", "mimeType": SHEET}, media_body=media).execute()

    assert names(drive.files().list().execute()) == []


@pytest.mark.parametrize("resumable", [False, True])
def test_new_bytes_move_version_and_checksum(drive: Any, *, resumable: bool) -> None:
    before = upload(drive, "a.csv", b"old")
    media = MediaIoBaseUpload(io.BytesIO(b"new"), "text/csv", resumable=resumable)

    after = drive.files().update(fileId=before["id"], media_body=media, fields="*").execute()

    assert int(after["version"]) > int(before["version"])
    assert after["modifiedTime"] > before["modifiedTime"]
    assert after["md5Checksum"] != before["md5Checksum"]
    assert after["headRevisionId"] != before["headRevisionId"]
    assert drive.files().get_media(fileId=before["id"]).execute() == b"new"


def test_a_folder_takes_its_files_into_the_trash_and_back(drive: Any) -> None:
    folder = drive.files().create(body={"name": "Box", "mimeType": FOLDER}).execute()["id"]
    inside = drive.files().create(body={"name": "in.csv", "parents": [folder]}, fields="id,parents").execute()

    def trashed(*, now: bool) -> dict[str, Any]:
        drive.files().update(fileId=folder, body={"trashed": now}).execute()
        return drive.files().get(fileId=inside["id"], fields="trashed,explicitlyTrashed").execute()

    assert inside["parents"] == [folder]
    assert trashed(now=True) == {"trashed": True, "explicitlyTrashed": False}
    assert trashed(now=False) == {"trashed": False, "explicitlyTrashed": False}


def test_trash_leaves_the_modified_time_alone(drive: Any) -> None:
    before = upload(drive, "a.csv", b"a")

    after = drive.files().update(fileId=before["id"], body={"trashed": True}, fields="*").execute()

    assert after["modifiedTime"] == before["modifiedTime"]
    assert int(after["version"]) > int(before["version"])


def test_a_program_may_set_the_modified_time(drive: Any) -> None:
    file_id = upload(drive, "a.csv", b"a")["id"]

    def moved(to: str) -> str:
        update = drive.files().update(fileId=file_id, body={"modifiedTime": to}, fields="modifiedTime")
        return update.execute()["modifiedTime"]

    assert moved("2020-02-01T12:00:00+02:00") == "2020-02-01T10:00:00.000Z"
    assert moved("2020-02-01T12:00:00") == "2020-02-01T12:00:00.000Z"
    with pytest.raises(HttpError) as error:
        moved("yesterday")
    assert (400, "invalid", "modifiedTime") == reason(error)


def test_a_move_changes_the_parent_only(drive: Any) -> None:
    folder = drive.files().create(body={"name": "Box", "mimeType": FOLDER}).execute()["id"]
    before = upload(drive, "a.csv", b"a")

    after = (
        drive.files()
        .update(fileId=before["id"], addParents=folder, removeParents=before["parents"][0], fields="*")
        .execute()
    )

    assert after["parents"] == [folder]
    assert after["modifiedTime"] == before["modifiedTime"]


def test_a_second_parent_is_refused(drive: Any) -> None:
    folder = drive.files().create(body={"name": "Box", "mimeType": FOLDER}).execute()["id"]
    file_id = upload(drive, "a.csv", b"a")["id"]

    with pytest.raises(HttpError) as error:
        drive.files().update(fileId=file_id, addParents=folder).execute()

    assert (403, "cannotAddParent", "addParents") == reason(error)


def test_a_folder_moves_into_a_shared_drive_with_its_files(sandbox: Running, sign_in: SignIn, service: Service) -> None:
    sandbox.control.add_file(INES.email, "old.csv", b"", "text/csv", drive="Team")
    drive = service(sign_in(INES.email))
    drive_id = drive.drives().list().execute()["drives"][0]["id"]
    folder = drive.files().create(body={"name": "Box", "mimeType": FOLDER}).execute()["id"]
    inside = drive.files().create(body={"name": "in.csv", "parents": [folder]}).execute()["id"]

    drive.files().update(fileId=folder, addParents=drive_id, removeParents="root", supportsAllDrives=True).execute()

    seen = drive.files().get(fileId=inside, supportsAllDrives=True, fields="driveId,parents").execute()
    assert seen == {"driveId": drive_id, "parents": [folder]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": 5}, "Invalid value for name"),
        ({"parents": "root"}, "Invalid value for parents"),
        ({"parents": [5]}, "Invalid value for parents"),
        ({"colour": "red"}, "Unknown name"),
        ({"shortcutDetails": {"target": "x"}}, "Unknown name"),
    ],
)
def test_a_body_of_the_wrong_kind_is_refused(drive: Any, body: dict[str, Any], words: str) -> None:
    with pytest.raises(HttpError, match=words) as error:
        drive.files().create(body=body).execute()

    assert error.value.status_code == 400
    assert names(drive.files().list().execute()) == []


def test_a_deleted_file_is_not_found(drive: Any) -> None:
    file_id = upload(drive, "a.csv", b"a")["id"]

    drive.files().delete(fileId=file_id).execute()

    with pytest.raises(HttpError) as error:
        drive.files().get(fileId=file_id).execute()
    assert (404, "notFound", "fileId") == reason(error)


def test_a_batch_answers_each_part_on_its_own(drive: Any) -> None:
    made = [upload(drive, f"{number}.csv", b"a")["id"] for number in range(3)]
    answers: dict[str, Any] = {}
    batch = drive.new_batch_http_request(callback=lambda name, answer, error: answers.update({name: answer or error}))
    for file_id in [*made, "nothing"]:
        batch.add(drive.files().get(fileId=file_id, fields="id"), request_id=file_id)
    batch.add(drive.files().update(fileId=made[0], body={"name": "renamed"}, fields="name"), request_id="rename")

    batch.execute()

    assert [answers[file_id] for file_id in made] == [{"id": file_id} for file_id in made]
    assert answers["nothing"].status_code == 404
    assert answers["rename"] == {"name": "renamed"}


def test_a_batch_has_a_limit(drive: Any) -> None:
    batch = drive.new_batch_http_request()
    for number in range(101):
        batch.add(drive.files().get(fileId=str(number)))

    with pytest.raises(HttpError, match="at most 100"):
        batch.execute()


def test_what_is_not_served_says_so(drive: Any) -> None:
    with pytest.raises(HttpError) as error:
        drive.files().generateIds().execute()

    assert error.value.status_code == 501
    assert "drive.files.generateIds" in str(error.value)
