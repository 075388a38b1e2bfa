"""Google Drive through the real client: what is listed, what arrives, and what each kind of trouble becomes."""

import hashlib
import io
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from worker.google_drive.client import GoogleDrive
from worker.google_drive.sandbox.accounts import MARA, THEO
from worker.google_drive.sandbox.running import Running
from worker.platform import (
    Download,
    FileGone,
    FileNotReadable,
    FilePlatform,
    FileTooLarge,
    GrantLost,
    PlatformBusy,
    PlatformError,
    PlatformUnavailable,
    RemoteFile,
)

TABLE = b"Week,Campaign,Cost\n2026-05-11,Brand,12.50\n"
CSV = "text/csv"
ME = MARA.email


def listed(drive: GoogleDrive) -> dict[str, RemoteFile]:
    return {file.name: file for file in drive.spreadsheets()}


def add(sandbox: Running, name: str = "a.csv", data: bytes = TABLE, mime_type: str = CSV, **place: str) -> str:
    return sandbox.control.add_file(ME, name, data, mime_type, **place)


def workbook(download: Download) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(download.path.read_bytes()))


def test_the_client_is_a_file_platform(drive: GoogleDrive):
    platform: FilePlatform = drive
    assert platform.account().email == ME


def test_tables_are_found_wherever_they_are(drive: GoogleDrive, sandbox: Running):
    add(sandbox, "mine.csv", folder="Reports")
    add(sandbox, "team.csv", drive="Marketing")
    sandbox.control.add_file(THEO.email, "shared.csv", TABLE, CSV, shared_with=[ME])
    sandbox.control.add_file(THEO.email, "private.csv", TABLE, CSV)
    sandbox.control.add_sheet(ME, "native", {"Plan": [["Channel", "Budget"], ["TV", 5]]})
    add(sandbox, "uploaded.CSV", mime_type="application/octet-stream")
    add(sandbox, "logo.png", mime_type="image/png")
    add(sandbox, "readme.txt", mime_type="text/plain")
    sandbox.control.trash(add(sandbox, "old.csv"))
    files = listed(drive)
    assert set(files) == {"mine.csv", "team.csv", "shared.csv", "native", "uploaded.CSV"}
    assert files["shared.csv"].owner == THEO.email
    assert files["mine.csv"].checksum == hashlib.sha256(TABLE).hexdigest()
    assert files["native"].checksum is None
    assert files["native"].size is None
    assert files["mine.csv"].modified_at.tzinfo is not None


def test_listing_costs_two_requests_and_one_more_per_shared_drive(drive: GoogleDrive, sandbox: Running):
    for number in range(30):
        add(sandbox, f"{number}.csv")
    add(sandbox, "team.csv", drive="Marketing")
    sandbox.control.clear_requests()
    assert len(listed(drive)) == 31
    assert len(sandbox.control.requests()) == 3


def test_a_shortcut_stands_for_its_target_once(drive: GoogleDrive, sandbox: Running, connector):
    target = sandbox.control.add_file(THEO.email, "target.csv", TABLE, CSV, shared_with=[ME])
    _shortcut(connector, "shortcut to it", target)
    _shortcut(connector, "another", target)
    _shortcut(connector, "to nothing", sandbox.control.add_file(THEO.email, "hidden.csv", TABLE, CSV))
    _shortcut(connector, "to a picture", sandbox.control.add_file(THEO.email, "p.png", b"p", "image/png"))
    sandbox.control.clear_requests()
    assert [file.name for file in drive.spreadsheets()] == ["target.csv"]
    assert len(sandbox.control.requests()) == 3  # drives, files, and the shortcut's hidden target


def _shortcut(connector, name: str, target: str) -> None:
    from worker.google_drive.sandbox import edits

    state = connector.sandbox.sandbox.state
    file = edits.add_file(
        state, name=name, mime_type="application/vnd.google-apps.shortcut", owner=ME, parent=edits.root_id(ME)
    )
    file.shortcut_to = target
    state.files.put(file)
    state.commit()


def test_bytes_arrive_as_they_are(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    data = b"\xff\xfe" + "Übersicht\t1".encode("utf-16-le")
    file = drive.file(add(sandbox, "odd name / with slash.csv", data))
    download = drive.download(file, tmp_path)
    assert download.path.read_bytes() == data
    assert (download.sha256, download.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert download.path.parent == tmp_path
    assert (download.name, download.file) == (file.name, file)


def test_an_empty_file_is_a_download_too(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    download = drive.download(drive.file(add(sandbox, data=b"")), tmp_path)
    assert (download.size, download.path.read_bytes()) == (0, b"")
    assert drive.first_bytes(download.file, 100) == b""


def test_a_large_file_arrives_in_pieces(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    data = b"0123456789abcdef" * (9 * 1024 * 1024 // 16)
    file = drive.file(add(sandbox, data=data))
    sandbox.control.clear_requests()
    assert drive.download(file, tmp_path).sha256 == hashlib.sha256(data).hexdigest()
    assert [request["status"] for request in sandbox.control.requests()] == [206, 206, 200]


def test_the_beginning_of_a_file_can_be_had_alone(drive: GoogleDrive, sandbox: Running):
    file = drive.file(add(sandbox, data=TABLE * 1000))
    assert drive.first_bytes(file, 50) == (TABLE * 1000)[:50]
    assert drive.first_bytes(file, 10**6) == TABLE * 1000


def test_a_native_sheet_arrives_as_workbook_with_all_tabs(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    tabs = {"Plan": [["Channel", "Budget"], ["TV", 1250.5]], "Notes": [["Hello"]]}
    file = drive.file(sandbox.control.add_sheet(ME, "Spring plan", tabs))
    sandbox.control.clear_requests()
    download = drive.download(file, tmp_path)
    book = workbook(download)
    assert book.sheetnames == ["Plan", "Notes"]
    assert book["Plan"]["B2"].value == 1250.5
    assert download.name == "Spring plan.xlsx"
    assert len(sandbox.control.requests()) == 2  # the export, and a look whether it was edited meanwhile


def test_a_sheet_that_only_changed_its_name_keeps_its_bytes(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    file_id = sandbox.control.add_sheet(ME, "Spring plan", {"Plan": [["TV", 1250.5]]})
    first = drive.download(drive.file(file_id), tmp_path)
    sandbox.control.advance_clock(3600)
    sandbox.control.change_file(file_id, name="Summer plan")
    second = drive.download(drive.file(file_id), tmp_path)
    sandbox.control.edit_cell(file_id, "B1", "1300")
    third = drive.download(drive.file(file_id), tmp_path)
    assert first.sha256 == second.sha256 != third.sha256
    assert (first.name, second.name) == ("Spring plan.xlsx", "Summer plan.xlsx")


def test_an_export_cut_short_is_never_taken_for_the_sheet(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    file = drive.file(sandbox.control.add_sheet(ME, "Spring plan", {"Plan": [["TV", 1250.5]]}))
    sandbox.control.faults({"match": {"path": "/export"}, "do": {"close_after_bytes": 1000}})
    with pytest.raises(PlatformUnavailable):
        drive.download(file, tmp_path)


def big_sheet(sandbox: Running) -> str:
    """Make a sheet of 240 rows, of which 95 to 104 are empty, and too big to export."""
    rows = [["Row", "Cost", "Text"]] + [[row, row * 1.5, "=not a formula"] for row in range(2, 241)]
    rows[94:104] = [[] for _ in range(10)]
    file_id = sandbox.control.add_sheet(ME, "Big one", {"It's data": rows, "Empty": []})
    sandbox.control.set_export_limit(100)
    return file_id


def test_too_big_an_export_comes_by_its_link(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    book = workbook(drive.download(drive.file(big_sheet(sandbox)), tmp_path))
    assert book["It's data"]["B240"].value == 360
    assert not sandbox.control.requests("/v4/spreadsheets")


def test_without_a_link_the_values_come_in_windows(
    drive: GoogleDrive, sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("worker.google_drive.sheet_values._WINDOW", 100)
    file = drive.file(big_sheet(sandbox))
    sandbox.control.faults({"match": {"path": "/spreadsheets/export"}, "times": None, "do": {"status": 500}})
    book = workbook(drive.download(file, tmp_path))
    tab = book["It's data"]
    assert [tab[f"A{row}"].value for row in (2, 94, 95, 104, 105, 240)] == [2, 94, None, None, 105, 240]
    assert (tab["C105"].value, tab["C105"].data_type) == ("=not a formula", "s")
    assert book.sheetnames == ["It's data", "Empty"]
    assert len(sandbox.control.requests("/values/")) == 20


def test_access_is_sent_to_google_only(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    from worker.google_drive.contents import _is_google

    google = drive._google
    assert _is_google(google, f"{sandbox.url}/spreadsheets/export?id=1")
    assert _is_google(google, "https://docs.google.com/spreadsheets/export?id=1")
    for elsewhere in ("http://docs.google.com/x", "https://google.com.evil.example/x", "https://evilgoogle.com/x"):
        assert not _is_google(google, elsewhere)


def test_a_file_edited_meanwhile_is_fetched_once_more(
    drive: GoogleDrive, sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file_id = add(sandbox)
    file = drive.file(file_id)
    sandbox.control.replace_content(file_id, b"new\n")
    sandbox.control.clear_requests()
    download = drive.download(file, tmp_path)  # asked for by an outdated state
    assert download.path.read_bytes() == b"new\n"
    assert download.file.version != file.version
    assert len(sandbox.control.requests()) == 2  # the checksum proves the first try right


def test_a_sheet_edited_all_the_time_keeps_its_earlier_state(
    drive: GoogleDrive, sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file_id = sandbox.control.add_sheet(ME, "Busy", {"A": [["x", 1]]})
    file, ask = drive.file(file_id), drive.file
    edited = iter(range(100))

    def edit_then_ask(wanted: str) -> RemoteFile:
        sandbox.control.edit_cell(wanted, "B1", str(next(edited)))
        return ask(wanted)

    monkeypatch.setattr(drive, "file", edit_then_ask)
    download = drive.download(file, tmp_path)
    assert int(file.version) < int(download.file.version) < int(ask(file_id).version)


def test_larger_files_than_allowed_are_refused_before_and_during(connector, sandbox: Running, tmp_path: Path):
    connector.settings.max_file_bytes = 1000
    drive = connector.open(connector.connect())
    file = drive.file(add(sandbox, data=b"x" * 1001))
    sandbox.control.clear_requests()
    with pytest.raises(FileTooLarge, match="Split it"):
        drive.download(file, tmp_path)
    assert sandbox.control.requests() == []
    with pytest.raises(FileTooLarge, match="Split it"):
        drive.download(replace(file, size=None), tmp_path)


# --- What can go wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "raised"),
    [
        ({"status": 500}, PlatformUnavailable),
        ({"status": 503}, PlatformUnavailable),
        ({"reset": True}, PlatformUnavailable),
        ({"bad_json": True}, PlatformUnavailable),
        ({"status": 429}, PlatformBusy),
        ({"status": 403, "reason": "userRateLimitExceeded"}, PlatformBusy),
        ({"status": 403, "reason": "rateLimitExceeded"}, PlatformBusy),
        ({"status": 403, "reason": "domainPolicy"}, GrantLost),
        ({"status": 403, "reason": "insufficientPermissions"}, GrantLost),
        ({"status": 403, "reason": "accessNotConfigured"}, PlatformUnavailable),
        ({"status": 403, "reason": "cannotDownloadFile"}, FileNotReadable),
        ({"status": 404, "reason": "notFound"}, FileGone),
        ({"status": 400, "reason": "badRequest"}, PlatformUnavailable),
    ],
)
def test_each_trouble_has_its_kind_and_is_asked_once(
    drive: GoogleDrive, sandbox: Running, trouble: dict[str, object], raised: type[PlatformError]
):
    file_id = add(sandbox)
    sandbox.control.clear_requests()
    sandbox.control.faults({"match": {"path": "/files/"}, "times": None, "do": trouble})
    with pytest.raises(raised) as caught:
        drive.file(file_id)
    assert type(caught.value) is raised
    assert str(caught.value).endswith(".")
    assert len(sandbox.control.requests("/files/")) == 1


def test_google_says_how_long_to_wait(drive: GoogleDrive, sandbox: Running):
    file_id = add(sandbox)
    sandbox.control.faults({"match": {"path": "/files/"}, "do": {"status": 429, "retry_after": 7}})
    with pytest.raises(PlatformBusy) as caught:
        drive.file(file_id)
    assert caught.value.retry_after == 7


def test_a_slow_answer_is_given_up(connector, sandbox: Running):
    connector.settings.timeout_seconds = 0.3
    drive = connector.open(connector.connect())
    sandbox.control.faults({"match": {"path": "/about"}, "do": {"delay_s": 1}})
    with pytest.raises(PlatformUnavailable, match="did not answer"):
        drive.account()


def test_a_truncated_download_is_never_taken_for_the_file(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    file = drive.file(add(sandbox, data=TABLE * 100))
    sandbox.control.faults(
        {"match": {"path": f"/files/{file.id}"}, "times": None, "do": {"close_after_bytes": len(TABLE)}}
    )
    with pytest.raises(PlatformUnavailable):
        drive.download(file, tmp_path)
    sandbox.control.clear_faults()
    assert drive.download(file, tmp_path).size == len(TABLE) * 100


def test_a_forbidden_download_names_the_owner_as_the_way_out(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    file_id = sandbox.control.add_file(THEO.email, "locked.csv", TABLE, CSV, shared_with=[ME])
    sandbox.control.change_file(file_id, download_forbidden=True)
    with pytest.raises(FileNotReadable, match="Ask its owner"):
        drive.download(drive.file(file_id), tmp_path)


def test_a_file_that_is_gone_says_so(drive: GoogleDrive, sandbox: Running, tmp_path: Path):
    file = drive.file(add(sandbox))
    sandbox.control.delete_file(file.id)
    with pytest.raises(FileGone, match="no longer shared"):
        drive.download(file, tmp_path)


# --- The grant -------------------------------------------------------------------------------------------------------


def test_eight_activities_at_expiry_cost_one_refresh(connector, sandbox: Running):
    handle = connector.connect()
    sandbox.control.expire_access_tokens(ME)
    sandbox.control.clear_requests()
    with ThreadPoolExecutor(8) as threads:
        accounts = list(threads.map(lambda _: connector.open(handle).account().email, range(8)))
    assert accounts == [ME] * 8
    assert len(sandbox.control.requests("/token")) == 1


def test_a_token_known_to_be_old_is_renewed_before_it_is_used(connector, sandbox: Running, clock):
    sandbox.control.set_token_lifetime(230)  # just above what Google's client calls expired
    handle = connector.connect()
    clock.offset = timedelta(seconds=60)
    sandbox.control.set_token_lifetime(3599)
    sandbox.control.clear_requests()
    sandbox.control.expire_access_tokens(ME)
    assert connector.open(handle).account().email == ME
    assert len(sandbox.control.requests("/token")) == 1


def test_after_a_revocation_nothing_is_asked_any_more(connector, sandbox: Running):
    handle = connector.connect()
    drive = connector.open(handle)
    sandbox.control.revoke_grant(ME)
    sandbox.control.clear_requests()
    with pytest.raises(GrantLost, match="Connect Google Drive again"):
        drive.account()
    assert [request["path"] for request in sandbox.control.requests()] == ["/drive/v3/about", "/token"]
    sandbox.control.clear_requests()
    with pytest.raises(GrantLost, match="Connect Google Drive again"):
        connector.open(handle)
    with pytest.raises(GrantLost):
        drive.account()
    assert len(sandbox.control.requests("/token")) == 0


def test_a_token_that_is_refused_when_fresh_loses_the_grant(drive: GoogleDrive, sandbox: Running):
    sandbox.control.faults({"match": {"path": "/about"}, "times": None, "do": {"status": 401}})
    with pytest.raises(GrantLost):
        drive.account()
    assert len(sandbox.control.requests("/about")) == 2
    assert len(sandbox.control.requests("/token")) == 1


def test_no_error_and_no_log_line_holds_a_token(connector, sandbox: Running, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    handle = connector.connect()
    with connector.engine.connect() as connection:
        tokens = connector.vault.open(connection, connector.workspace, handle)
    caplog.clear()
    drive = connector.open(handle)
    errors: list[BaseException] = []
    for trouble in ({"status": 500}, {"status": 403}, {"reset": True}, {"status": 401}):
        sandbox.control.faults({"match": {"path": "/about"}, "times": 2, "do": trouble})
        with pytest.raises(PlatformError) as caught:
            drive.account()
        errors.append(caught.value)
        sandbox.control.clear_faults()
    shown = " ".join(f"{error!r} {error} {error.__dict__}" for error in errors) + repr(drive) + repr(tokens)
    for secret in (tokens.access, tokens.refresh):
        assert secret not in shown
        assert secret not in caplog.text
    assert all(error.__suppress_context__ for error in errors)
