"""A file, a drive and a person as Drive v3 shows them. The fields mask picks from this afterwards."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from worker.google_drive.sandbox.api import Call
from worker.google_drive.sandbox.edits import NATIVE_PREFIX, audience, may_edit, short_id
from worker.google_drive.sandbox.state import CSV, FOLDER, SPREADSHEET, XLSX, Drive, File

EXPORTS = {XLSX: "xlsx", CSV: "csv"}


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def person(call: Call, email: str) -> dict[str, Any]:
    account = call.state.accounts.get(email)
    return {
        "kind": "drive#user",
        "displayName": account.name if account else email.partition("@")[0].title(),
        "me": email == call.user,
        "permissionId": permission_id(email),
        "emailAddress": email,
    }


@cache
def permission_id(email: str) -> str:
    return str(int(short_id("permission", email)[1:16], 16))


def file_view(call: Call, file: File) -> dict[str, Any]:
    writable = may_edit(call.state, file, call.user)
    view: dict[str, Any] = {
        "kind": "drive#file",
        "id": file.id,
        "name": file.name,
        "mimeType": file.mime_type,
        "starred": file.starred,
        "trashed": file.trashed,
        "explicitlyTrashed": file.trashed and not file.trashed_with_folder,
        "spaces": ["drive"],
        "version": str(file.version),
        "webViewLink": f"{call.ask.base_url}/files/{file.id}",
        "createdTime": moment(file.created_at),
        "modifiedTime": moment(file.modified_at),
        "modifiedByMe": file.modified_by == call.user,
        "lastModifyingUser": person(call, file.modified_by),
        "shared": bool(file.shared_with) or file.drive_id is not None,
        "ownedByMe": file.drive_id is None and file.owner == call.user,
        "isAppAuthorized": file.made_by_app,
        "copyRequiresWriterPermission": file.download_forbidden,
        "writersCanShare": True,
        "capabilities": capabilities(file, writable=writable),
        "permissionIds": [permission_id(email) for email in audience(call.state, file)],
        "quotaBytesUsed": str(file.size if file.holds == "bytes" else 0),
    }
    return view | place(call, file) | trash_marks(file) | content_marks(call, file)


def place(call: Call, file: File) -> dict[str, Any]:
    """Where the file is: a drive, my own folders, or shared with me, which has no parents to see."""
    if file.drive_id:
        return {"driveId": file.drive_id, "teamDriveId": file.drive_id, "parents": file.parents}
    view: dict[str, Any] = {"owners": [person(call, file.owner)]}
    if file.owner == call.user:
        return view | ({"parents": file.parents} if file.parents else {})
    granted = file.shared_with.get(call.user)
    return view | ({"sharedWithMeTime": moment(granted.at), "sharingUser": person(call, file.owner)} if granted else {})


def trash_marks(file: File) -> dict[str, Any]:
    view: dict[str, Any] = {}
    if file.trashed_at:
        view["trashedTime"] = moment(file.trashed_at)
    if file.description is not None:
        view["description"] = file.description
    return view


def content_marks(call: Call, file: File) -> dict[str, Any]:
    base = call.ask.base_url
    if file.mime_type == SPREADSHEET:
        link = f"{base}/spreadsheets/export?id={file.id}&exportFormat="
        return {"exportLinks": {mime: link + ending for mime, ending in EXPORTS.items()}, "size": str(file.size)}
    target = call.state.files.get(file.shortcut_to or "")
    if target is not None:
        return {"shortcutDetails": {"targetId": target.id, "targetMimeType": target.mime_type}}
    if file.mime_type.startswith(NATIVE_PREFIX):
        return {}
    name, dot, ending = file.name.rpartition(".")
    return {
        "size": str(file.size),
        "md5Checksum": file.md5,
        "sha1Checksum": file.sha1,
        "sha256Checksum": file.sha256,
        "headRevisionId": short_id("revision", file.id, file.sha256),
        "originalFilename": file.name,
        "fileExtension": ending if dot and name else "",
        "fullFileExtension": ending if dot and name else "",
    }


def capabilities(file: File, *, writable: bool) -> dict[str, bool]:
    return {
        "canEdit": writable,
        "canModifyContent": writable,
        "canRename": writable,
        "canTrash": writable and not file.is_root,
        "canUntrash": writable,
        "canDelete": writable and not file.is_root,
        "canShare": writable,
        "canCopy": not file.download_forbidden,
        "canDownload": not file.download_forbidden,
        "canListChildren": file.mime_type == FOLDER,
        "canAddChildren": writable and file.mime_type == FOLDER,
        "canReadRevisions": writable,
    }


def drive_view(drive: Drive) -> dict[str, Any]:
    return {
        "kind": "drive#drive",
        "id": drive.id,
        "name": drive.name,
        "createdTime": moment(drive.created_at),
        "hidden": False,
        "capabilities": {"canListChildren": True, "canDownload": True, "canEdit": True, "canAddChildren": True},
    }
