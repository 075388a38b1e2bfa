"""The change feed: the newest state of every file that moved since a token, one entry per file."""

from typing import Any

from worker.google_drive.sandbox.api import Call, Handler, is_member, page_of_drives_only
from worker.google_drive.sandbox.errors import ApiError
from worker.google_drive.sandbox.file_view import file_view, moment
from worker.google_drive.sandbox.pages_of_results import seal, unseal
from worker.google_drive.sandbox.state import File, Removal


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
    page_of_drives_only(call)
    after: int = unseal(call.state, feed_of(call), call.params["pageToken"])
    entries = [*changed_files(call, after), *removals(call, after)]
    entries.sort(key=lambda entry: entry.changed)
    size = call.params["pageSize"]
    page, more = entries[:size], len(entries) > size
    body: dict[str, Any] = {"kind": "drive#changeList", "changes": [change_view(call, entry) for entry in page]}
    if more:
        return body | {"nextPageToken": seal(call.state, feed_of(call), page[-1].changed)}
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


def gone(call: Call, removal: Removal) -> bool:
    file = call.state.files.get(removal.file_id)
    return file is None or not call.sees(file)


def in_feed(call: Call, drive_id: str | None) -> bool:
    return drive_id == call.params.get("driveId")


def change_view(call: Call, entry: File | Removal) -> dict[str, Any]:
    view: dict[str, Any] = {"kind": "drive#change", "type": "file", "changeType": "file"}
    if isinstance(entry, Removal):
        return view | {"removed": True, "fileId": entry.file_id, "time": moment(entry.at)}
    view |= {"removed": False, "fileId": entry.id, "time": moment(entry.modified_at)}
    return view | {"file": file_view(call, entry)}


HANDLERS: dict[str, Handler] = {
    "drive.changes.getStartPageToken": start_page_token,
    "drive.changes.list": list_changes,
}
