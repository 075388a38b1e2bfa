"""The change feed: the newest state of every file that moved since a token, one entry per file."""

from typing import Any

from worker.google_drive.sandbox.api import Call, Handler, check_drive_flags, is_member
from worker.google_drive.sandbox.errors import ApiError
from worker.google_drive.sandbox.file_view import drive_view, file_view, moment
from worker.google_drive.sandbox.pages_of_results import seal, unseal
from worker.google_drive.sandbox.state import Drive, File, Removal


def feed_of(call: Call) -> str:
    """Name the feed: each user has one, and so has each shared drive. A token of one is garbage to another."""
    return f"changes|{call.params.get('driveId') or call.user}"


def start_page_token(call: Call) -> dict[str, Any]:
    drive_id = call.params.get("driveId")
    if drive_id and not (call.params["supportsAllDrives"] and is_member(call, drive_id)):
        raise ApiError(404, "notFound", f"Shared drive not found: {drive_id}", location="driveId")
    token = seal(call.state, feed_of(call), call.state.settings.sequence)
    return {"kind": "drive#startPageToken", "startPageToken": token}


def list_changes(call: Call) -> dict[str, Any]:
    check_drive_flags(call)
    after: int = unseal(call.state, feed_of(call), call.params["pageToken"])
    entries = [*changed_files(call, after), *removals(call, after), *moved_drives(call, after)]
    entries.sort(key=lambda entry: place_of(call, entry))
    size = call.params["pageSize"]
    page, more = entries[:size], len(entries) > size
    body: dict[str, Any] = {"kind": "drive#changeList", "changes": [change_view(call, entry) for entry in page]}
    if more:
        return body | {"nextPageToken": seal(call.state, feed_of(call), place_of(call, page[-1]))}
    return body | {"newStartPageToken": seal(call.state, feed_of(call), call.state.settings.sequence)}


def changed_files(call: Call, after: int) -> list[File]:
    return [
        file
        for file in call.state.files
        if file.changed > after and not file.is_root and in_feed(call, file.drive_id) and call.sees(file)
    ]


def removals(call: Call, after: int) -> list[Removal]:
    """List what the user lost. Whoever got a file back sees the file instead."""
    if not call.params["includeRemoved"]:
        return []
    return [
        removal
        for removal in call.state.removals
        if removal.user == call.user
        and removal.changed > after
        and in_feed(call, removal.drive_id)
        and gone(call, removal)
    ]


def moved_drives(call: Call, after: int) -> list[Drive]:
    """List the shared drives that the user joined or left: only the user's own feed tells."""
    if call.params.get("driveId") or not call.params["includeItemsFromAllDrives"]:
        return []
    return [drive for drive in call.state.drives if drive.moved.get(call.user, 0) > after]


def place_of(call: Call, entry: File | Removal | Drive) -> int:
    return entry.moved[call.user] if isinstance(entry, Drive) else entry.changed


def gone(call: Call, removal: Removal) -> bool:
    file = call.state.files.get(removal.file_id)
    return file is None or not call.sees(file)


def in_feed(call: Call, drive_id: str | None) -> bool:
    return drive_id == call.params.get("driveId")


def change_view(call: Call, entry: File | Removal | Drive) -> dict[str, Any]:
    if isinstance(entry, Drive):
        return drive_change_view(call, entry)
    view: dict[str, Any] = {"kind": "drive#change", "type": "file", "changeType": "file"}
    if isinstance(entry, Removal):
        return view | {"removed": True, "fileId": entry.file_id, "time": moment(entry.at)}
    view |= {"removed": False, "fileId": entry.id, "time": moment(entry.modified_at)}
    return view | {"file": file_view(call, entry)}


def drive_change_view(call: Call, drive: Drive) -> dict[str, Any]:
    view: dict[str, Any] = {"kind": "drive#change", "type": "drive", "changeType": "drive", "driveId": drive.id}
    view |= {"time": moment(call.state.now()), "removed": call.user not in drive.members}
    return view if view["removed"] else view | {"drive": drive_view(drive)}


HANDLERS: dict[str, Handler] = {
    "drive.changes.getStartPageToken": start_page_token,
    "drive.changes.list": list_changes,
}
