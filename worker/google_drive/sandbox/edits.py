"""Everything that changes a file. Each edit moves the file's version and its place in the change feed."""

import hashlib
from datetime import datetime

from worker.google_drive.sandbox.accounts import Account
from worker.google_drive.sandbox.native_sheets import Tab, keep_tabs
from worker.google_drive.sandbox.state import FOLDER, SPREADSHEET, XLSX, Drive, File, Removal, Share, State

NATIVE_PREFIX = "application/vnd.google-apps."


def short_id(*parts: object) -> str:
    """A stable id that looks like Drive's own."""
    digest = hashlib.blake2b("\x1f".join(str(part) for part in parts).encode(), digest_size=16)
    return "1" + digest.hexdigest()


def root_id(email: str) -> str:
    return "0A" + short_id("root", email)[1:18]


def add_account(state: State, account: Account) -> None:
    state.accounts.put(account)
    add_my_drive(state, account.email)


def add_my_drive(state: State, email: str) -> str:
    """Make a person's top folder unless it is there. Returns its id."""
    now, folder_id = state.now(), root_id(email)
    if state.files.get(folder_id) is None:
        top = File(
            id=folder_id,
            name="My Drive",
            mime_type=FOLDER,
            owner=email,
            parents=[],
            created_at=now,
            modified_at=now,
            modified_by=email,
            is_root=True,
        )
        state.files.put(top)
    return folder_id


def add_drive(state: State, name: str, members: list[str]) -> Drive:
    """Make a shared drive, or let more people into the one with this name."""
    now = state.now()
    drive = next((drive for drive in state.drives if drive.name == name), None)
    if drive is None:
        drive = Drive(id="0A" + short_id("drive", name)[1:18], name=name, members=[], created_at=now)
        top = File(
            id=drive.id,
            name=name,
            mime_type=FOLDER,
            owner="",
            parents=[],
            created_at=now,
            modified_at=now,
            modified_by=members[0],
            drive_id=drive.id,
            is_root=True,
        )
        state.files.put(top)
    for member in members:
        if member not in drive.members:
            drive.members.append(member)
            drive.moved[member] = state.next_in_feed()
    state.drives.put(drive)
    return drive


def leave_drive(state: State, drive: Drive, member: str) -> None:
    """Take a person out. Their feed tells of the drive only, not of each file in it."""
    drive.members.remove(member)
    drive.moved[member] = state.next_in_feed()
    state.drives.put(drive)


def add_file(
    state: State,
    *,
    name: str,
    mime_type: str,
    owner: str,
    parent: str | None = None,
    file_id: str | None = None,
    at: datetime | None = None,
    content: bytes | None = None,
    content_type: str | None = None,
    made_by_app: bool = False,
) -> File:
    """Make a file. `parent` is a folder's id; None means the owner's top folder."""
    moment = at or state.now()
    folder = state.files.get(parent) if parent else None
    state.settings.created_files += 1
    file = File(
        id=file_id or short_id("file", state.settings.created_files, owner, name),
        name=name,
        mime_type=mime_type,
        owner=owner,
        parents=[parent or root_id(owner)],
        created_at=moment,
        modified_at=moment,
        modified_by=owner,
        drive_id=folder.drive_id if folder else None,
        made_by_app=made_by_app,
    )
    if content is not None or not mime_type.startswith(NATIVE_PREFIX):
        keep(state, file, content or b"", content_type or mime_type)
    note(state, file)
    return file


def note(state: State, file: File) -> None:
    """Put the file's newest state into the change feed."""
    file.changed = state.next_in_feed()
    state.files.put(file)


def edited(state: State, file: File, by: str, at: datetime | None = None) -> None:
    """The content or something that everybody sees has changed."""
    file.version += 1
    file.modified_at = at or state.now()
    file.modified_by = by
    note(state, file)


def touched(state: State, file: File) -> None:
    """Something changed that does not count as a modification: trash, sharing, a place in a folder."""
    file.version += 1
    note(state, file)


def keep(state: State, file: File, data: bytes, content_type: str) -> None:
    """Store content. What is uploaded as a native sheet is taken apart into tabs; raise ValueError when it can't be."""
    if file.mime_type == SPREADSHEET:
        keep_tabs(state, file, read_upload(data, content_type))
        return
    state.keep_content(file.id, data)
    file.holds = "bytes"
    file.size = len(data)
    file.md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    file.sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    file.sha256 = hashlib.sha256(data).hexdigest()


def read_upload(data: bytes, content_type: str) -> list[Tab]:
    from worker.google_drive.sandbox import workbooks

    return workbooks.from_csv(data) if content_type.startswith("text/") else workbooks.from_xlsx(data)


def replace_content(state: State, file: File, data: bytes, by: str, content_type: str | None = None) -> None:
    keep(state, file, data, content_type or (XLSX if file.mime_type == SPREADSHEET else file.mime_type))
    edited(state, file, by)


def replace_tabs(state: State, file: File, content: list[Tab], by: str) -> None:
    keep_tabs(state, file, content)
    edited(state, file, by)


def trash(state: State, file: File, *, trashed: bool, with_folder: bool = False) -> None:
    """Move to the bin or back. A folder takes what is in it along. `modifiedTime` does not move: Drive's neither."""
    file.trashed = trashed
    file.trashed_with_folder = trashed and with_folder
    file.trashed_at = state.now() if trashed else None
    touched(state, file)
    for child in state.files:
        if file.id in child.parents and child.trashed != trashed and (trashed or child.trashed_with_folder):
            trash(state, child, trashed=trashed, with_folder=True)


def move(state: State, file: File, folder: File) -> None:
    """Put a file into another folder, maybe of another drive; a folder takes what is in it along."""
    file.parents = [folder.id]
    enter_drive(state, file, folder.drive_id)


def enter_drive(state: State, file: File, drive_id: str | None) -> None:
    before = file.drive_id
    file.drive_id = drive_id
    touched(state, file)
    if before != drive_id:
        for child in state.files:
            if file.id in child.parents:
                enter_drive(state, child, drive_id)


def delete(state: State, file: File) -> None:
    """Delete for good, with everything inside."""
    for child in state.files:
        if file.id in child.parents:
            delete(state, child)
    for user in audience(state, file):
        note_removal(state, file, user)
    state.files.drop(file)
    state.drop_content(file.id)


def share(state: State, file: File, user: str, *, writer: bool = False) -> None:
    file.shared_with[user] = Share(role="writer" if writer else "reader", at=state.now())
    touched(state, file)


def unshare(state: State, file: File, user: str) -> None:
    file.shared_with.pop(user, None)
    touched(state, file)
    note_removal(state, file, user)


def note_removal(state: State, file: File, user: str) -> None:
    removal = Removal(user=user, file_id=file.id, drive_id=file.drive_id, changed=state.next_in_feed(), at=state.now())
    state.removals.put(removal)


def audience(state: State, file: File) -> list[str]:
    """Everybody who can see a file."""
    drive = state.drives.get(file.drive_id) if file.drive_id else None
    people = drive.members if drive else [file.owner]
    return list(dict.fromkeys([*people, *file.shared_with]))


def may_see(state: State, file: File, user: str) -> bool:
    return user in audience(state, file)


def may_edit(state: State, file: File, user: str) -> bool:
    granted = file.shared_with.get(user)
    if granted and granted.role == "reader" and file.drive_id is None:
        return False
    return may_see(state, file, user)
