"""files.list, get, create, update and delete; about.get and drives.*."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from worker.google_drive.sandbox import edits
from worker.google_drive.sandbox.api import Answer, Call, Handler, check_drive_flags, is_member
from worker.google_drive.sandbox.downloads import media
from worker.google_drive.sandbox.errors import ApiError, file_not_found, invalid_value
from worker.google_drive.sandbox.file_view import EXPORTS, drive_view, file_view, person
from worker.google_drive.sandbox.native_sheets import searchable_text
from worker.google_drive.sandbox.pages_of_results import purpose_of, seal, unseal
from worker.google_drive.sandbox.query import Subject, read_query
from worker.google_drive.sandbox.state import FOLDER, SPREADSHEET, XLSX, File, State

Key = Callable[[File], Any]
ORDERS: dict[str, Key] = {
    "createdTime": lambda file: file.created_at,
    "folder": lambda file: file.mime_type != FOLDER,
    "modifiedByMeTime": lambda file: file.modified_at,
    "modifiedTime": lambda file: file.modified_at,
    "name": lambda file: file.name.casefold(),
    "name_natural": lambda file: natural(file.name),
    "quotaBytesUsed": lambda file: file.size,
    "recency": lambda file: file.modified_at,
    "sharedWithMeTime": lambda file: max((share.at for share in file.shared_with.values()), default=file.created_at),
    "starred": lambda file: not file.starred,
    "viewedByMeTime": lambda file: file.modified_at,
}


def natural(name: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"\d+|\D+", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def list_files(call: Call) -> dict[str, Any]:
    check_drive_flags(call)
    if call.params["spaces"] not in ("drive", "appDataFolder"):
        raise invalid_value("spaces")
    test = read_query(call.params.get("q", ""))
    root = edits.root_id(call.user)
    found = [
        file
        for file in in_order(call.state.files, call.params.get("orderBy", "modifiedTime desc"))
        if in_corpus(call, file) and test(Subject(file, call.user, root, text_of(call.state, file)))
    ]
    purpose = purpose_of("files.list", call.user, call.params)
    start: int = unseal(call.state, purpose, call.params["pageToken"]) if "pageToken" in call.params else 0
    end = start + call.params["pageSize"]
    body: dict[str, Any] = {
        "kind": "drive#fileList",
        "incompleteSearch": False,
        "files": [file_view(call, file) for file in found[start:end]],
    }
    return body | ({"nextPageToken": seal(call.state, purpose, end)} if end < len(found) else {})


def text_of(state: State, file: File) -> Callable[[], str]:
    return lambda: searchable_text(state, file)


def in_corpus(call: Call, file: File) -> bool:
    """Whether a listing looks at the file at all: my own and what is shared with me, or shared drives on request."""
    if file.is_root or call.params["spaces"] != "drive" or not call.sees(file):
        return False
    if call.params.get("corpora") == "drive":
        return file.drive_id == call.params["driveId"]
    return file.drive_id is None or call.params.get("corpora") == "allDrives"


def in_order(files: Any, text: str) -> list[File]:
    found: list[File] = sorted(files, key=lambda file: file.id)
    for part in reversed(text.split(",")):
        name, _, direction = part.strip().partition(" ")
        if name not in ORDERS or direction.strip() not in ("", "desc"):
            raise invalid_value("orderBy")
        found.sort(key=ORDERS[name], reverse=direction.strip() == "desc")
    return found


def get_file(call: Call) -> dict[str, Any] | Answer:
    file = call.file(call.ids["fileId"])
    return media(call, file) if call.params["alt"] == "media" else file_view(call, file)


def create(call: Call, metadata: dict[str, Any], data: bytes | None, content_type: str | None) -> dict[str, Any]:
    parents: list[str] = metadata.get("parents") or ["root"]
    if len(parents) > 1:
        message = "A file cannot be added to several folders."
        raise ApiError(400, "cannotAddParent", message, location="parents")
    folder = call.editable(parents[0])
    file = edits.add_file(
        call.state,
        name=metadata.get("name") or "Untitled",
        mime_type=metadata.get("mimeType") or content_type or "application/octet-stream",
        owner=call.user,
        parent=folder.id,
        at=read_time(metadata, "modifiedTime"),
        content=data,
        content_type=content_type,
        made_by_app=True,
    )
    file.description = metadata.get("description")
    file.starred = bool(metadata.get("starred", False))
    file.shortcut_to = (metadata.get("shortcutDetails") or {}).get("targetId")
    call.state.files.put(file)
    return file_view(call, file)


def update(call: Call, metadata: dict[str, Any], data: bytes | None, content_type: str | None) -> dict[str, Any]:
    file = call.editable(call.ids["fileId"])
    change_place(call, file)
    if "trashed" in metadata and metadata["trashed"] != file.trashed:
        edits.trash(call.state, file, trashed=bool(metadata["trashed"]))
    if "starred" in metadata:
        file.starred = bool(metadata["starred"])
    named = {name: metadata[name] for name in ("name", "description") if metadata.get(name) is not None}
    for name, value in named.items():
        setattr(file, name, value)
    at = read_time(metadata, "modifiedTime")
    if data is not None:
        edits.replace_content(call.state, file, data, call.user, content_type)
    elif named or at:
        edits.edited(call.state, file, call.user, at)
    elif "starred" in metadata:
        edits.touched(call.state, file)
    return file_view(call, file)


def change_place(call: Call, file: File) -> None:
    """Move to another folder. A file has one parent, so the old one must be given up in the same call."""
    added = [name for name in call.params.get("addParents", "").split(",") if name]
    removed = [name for name in call.params.get("removeParents", "").split(",") if name]
    if not added:
        return
    root = edits.root_id(call.user)
    stay = set(file.parents) - {root if name == "root" else name for name in removed}
    if len(added) > 1 or stay:
        message = "Increasing the number of parents is not allowed"
        raise ApiError(403, "cannotAddParent", message, location="addParents")
    edits.move(call.state, file, call.editable(added[0]))


def read_time(metadata: dict[str, Any], name: str) -> datetime | None:
    if metadata.get(name) is None:
        return None
    try:
        at = datetime.fromisoformat(metadata[name])
    except ValueError:
        raise invalid_value(name) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def delete_file(call: Call) -> Answer:
    file = call.editable(call.ids["fileId"])
    if file.is_root or (file.drive_id is None and file.owner != call.user):
        raise ApiError(403, "insufficientFilePermissions", "Only the owner may delete a file for good.")
    edits.delete(call.state, file)
    return Answer(204)


def about(call: Call) -> dict[str, Any]:
    used = sum(file.size for file in call.state.files if file.owner == call.user and file.holds == "bytes")
    return {
        "kind": "drive#about",
        "user": person(call, call.user),
        "storageQuota": {
            "limit": str(15 * 2**30),
            "usage": str(used),
            "usageInDrive": str(used),
            "usageInDriveTrash": "0",
        },
        "importFormats": {XLSX: [SPREADSHEET], "text/csv": [SPREADSHEET]},
        "exportFormats": {SPREADSHEET: list(EXPORTS)},
        "maxUploadSize": str(5 * 2**40),
        "appInstalled": False,
        "canCreateDrives": False,
        "canCreateTeamDrives": False,
    }


def list_drives(call: Call) -> dict[str, Any]:
    mine = sorted((drive for drive in call.state.drives if call.user in drive.members), key=lambda drive: drive.id)
    purpose = purpose_of("drives.list", call.user, call.params)
    start: int = unseal(call.state, purpose, call.params["pageToken"]) if "pageToken" in call.params else 0
    end = start + call.params["pageSize"]
    body: dict[str, Any] = {"kind": "drive#driveList", "drives": [drive_view(drive) for drive in mine[start:end]]}
    return body | ({"nextPageToken": seal(call.state, purpose, end)} if end < len(mine) else {})


def get_drive(call: Call) -> dict[str, Any]:
    drive = call.state.drives.get(call.ids["driveId"])
    if drive is None or not is_member(call, drive.id):
        raise file_not_found(call.ids["driveId"])
    return drive_view(drive)


HANDLERS: dict[str, Handler] = {
    "drive.about.get": about,
    "drive.drives.get": get_drive,
    "drive.drives.list": list_drives,
    "drive.files.delete": delete_file,
    "drive.files.get": get_file,
    "drive.files.list": list_files,
}
