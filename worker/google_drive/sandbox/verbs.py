"""The verbs under /__sandbox/: what a test, a demo or a curious person can make Google do.

Each verb is one message: POST its fields as JSON to /__sandbox/NAME.
"""

import base64
from datetime import datetime
from typing import Annotated, Any, Protocol

import msgspec

from worker.google_drive.sandbox import edits, oauth
from worker.google_drive.sandbox.cell_edits import edit_cell
from worker.google_drive.sandbox.faults import Rule
from worker.google_drive.sandbox.file_view import moment
from worker.google_drive.sandbox.native_sheets import Tab, keep_tabs, trim
from worker.google_drive.sandbox.sandbox import Sandbox
from worker.google_drive.sandbox.seeding import read_cell, seed
from worker.google_drive.sandbox.state import FOLDER, SPREADSHEET, File, State


class WrongField(Exception):
    """A field of the verb names what is not there. The message says what to send instead."""


class Verb(Protocol):
    def run(self, sandbox: Sandbox) -> Any: ...


class Faults(msgspec.Struct, forbid_unknown_fields=True):
    """Add rules that break requests."""

    rules: list[Rule]

    def run(self, sandbox: Sandbox) -> Any:
        sandbox.faults.rules += self.rules
        return sandbox.faults.rules


class ClearFaults(msgspec.Struct, forbid_unknown_fields=True):
    """Take all rules away."""

    def run(self, sandbox: Sandbox) -> Any:
        sandbox.faults.rules.clear()


class ClearRequests(msgspec.Struct, forbid_unknown_fields=True):
    """Forget the requests that were noted."""

    def run(self, sandbox: Sandbox) -> Any:
        sandbox.log.clear()


class Reset(msgspec.Struct, forbid_unknown_fields=True):
    """Back to the first day: accounts and sample files, no grants, no faults, no requests noted."""

    empty: bool = False

    def run(self, sandbox: Sandbox) -> Any:
        sandbox.state.forget_everything()
        sandbox.faults.rules.clear()
        sandbox.log.clear()
        seed(sandbox.state, with_samples=not self.empty)


class ExpireAccessTokens(msgspec.Struct, forbid_unknown_fields=True):
    """End the access tokens of a user, or of everybody. Refresh tokens stay good."""

    user: str | None = None

    def run(self, sandbox: Sandbox) -> Any:
        return oauth.expire_access_tokens(sandbox.state, self.user)


class RevokeGrant(msgspec.Struct, forbid_unknown_fields=True):
    """Take back all that a user allowed, as on the permissions page of a Google account."""

    user: str

    def run(self, sandbox: Sandbox) -> Any:
        oauth.revoke_grant(sandbox.state, self.user)


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """Turn the limit of files.export (bytes) and the lifetime of access tokens (seconds)."""

    export_limit: int | None = None
    token_lifetime: int | None = None

    def run(self, sandbox: Sandbox) -> Any:
        settings = sandbox.state.settings
        settings.export_limit = settings.export_limit if self.export_limit is None else self.export_limit
        settings.token_lifetime = settings.token_lifetime if self.token_lifetime is None else self.token_lifetime
        sandbox.state.save_settings()


class AdvanceClock(msgspec.Struct, forbid_unknown_fields=True):
    """Let time pass."""

    seconds: float

    def run(self, sandbox: Sandbox) -> Any:
        sandbox.state.settings.clock_offset += self.seconds
        sandbox.state.save_settings()


class AddFile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Put a file into a user's Drive: bytes, or a native sheet from `tabs` (title to rows).

    `folder` and `drive` are names; what is missing is made.
    """

    user: str
    name: str
    mime_type: str = SPREADSHEET
    data_base64: str | None = None
    tabs: dict[str, list[list[Any]]] | None = None
    folder: str | None = None
    drive: str | None = None
    modified_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    shared_with: list[str] = []

    def run(self, sandbox: Sandbox) -> Any:
        state = sandbox.state
        if state.accounts.get(self.user) is None:
            raise WrongField(f"There is no account {self.user}.")
        top = edits.add_drive(state, self.drive, [self.user]).id if self.drive else edits.root_id(self.user)
        file = edits.add_file(
            state,
            name=self.name,
            mime_type=self.mime_type,
            owner=self.user,
            parent=folder_named(state, top, self.user, self.folder) if self.folder else top,
            at=self.modified_at,
            content=decoded(self.data_base64),
        )
        if self.tabs is not None:
            keep_tabs(state, file, read_tabs(self.tabs))
            state.files.put(file)
        for person in self.shared_with:
            edits.share(state, file, person)
        return summary(file)


class ChangeFile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Change a file as its owner would: content, name, trash, sharing, who may download it."""

    file_id: str
    data_base64: str | None = None
    tabs: dict[str, list[list[Any]]] | None = None
    name: str | None = None
    trashed: bool | None = None
    locale: str | None = None
    download_forbidden: bool | None = None
    share_with: str | None = None
    unshare_with: str | None = None

    def run(self, sandbox: Sandbox) -> Any:
        state = sandbox.state
        file = find(state, self.file_id)
        self._change_marks(file)
        data = decoded(self.data_base64)
        if data is not None:
            edits.replace_content(state, file, data, file.owner)
        elif self.tabs is not None:
            edits.replace_tabs(state, file, read_tabs(self.tabs), file.owner)
        elif self.name is not None or self.locale is not None:
            edits.edited(state, file, file.owner)
        else:
            edits.touched(state, file)
        self._change_access(state, file)
        return summary(file)

    def _change_marks(self, file: File) -> None:
        file.name = file.name if self.name is None else self.name
        file.locale = file.locale if self.locale is None else self.locale
        if self.download_forbidden is not None:
            file.download_forbidden = self.download_forbidden

    def _change_access(self, state: State, file: File) -> None:
        if self.trashed is not None:
            edits.trash(state, file, trashed=self.trashed)
        if self.share_with is not None:
            edits.share(state, file, self.share_with)
        if self.unshare_with is not None:
            edits.unshare(state, file, self.unshare_with)


class DeleteFile(msgspec.Struct, forbid_unknown_fields=True):
    """Delete a file for good."""

    file_id: str

    def run(self, sandbox: Sandbox) -> Any:
        edits.delete(sandbox.state, find(sandbox.state, self.file_id))


class EditCell(msgspec.Struct, forbid_unknown_fields=True):
    """Type a value into one cell of a sheet, an XLSX or a CSV file. `tab` is a title; None is the first."""

    file_id: str
    cell: str
    value: str
    tab: str | None = None

    def run(self, sandbox: Sandbox) -> Any:
        file = find(sandbox.state, self.file_id)
        edit_cell(sandbox.state, file, self.tab, self.cell, self.value, file.owner)
        return summary(file)


class Files(msgspec.Struct, forbid_unknown_fields=True):
    """List everything that a user can see, trashed files too."""

    user: str

    def run(self, sandbox: Sandbox) -> Any:
        state = sandbox.state
        seen = [file for file in state.files if not file.is_root and edits.may_see(state, file, self.user)]
        return [summary(file) for file in seen if file.mime_type != FOLDER]


VERBS: dict[str, type[Verb]] = {
    "add_file": AddFile,
    "advance_clock": AdvanceClock,
    "change_file": ChangeFile,
    "clear_faults": ClearFaults,
    "clear_requests": ClearRequests,
    "delete_file": DeleteFile,
    "edit_cell": EditCell,
    "expire_access_tokens": ExpireAccessTokens,
    "faults": Faults,
    "files": Files,
    "reset": Reset,
    "revoke_grant": RevokeGrant,
    "settings": Settings,
}


def find(state: State, file_id: str) -> File:
    file = state.files.get(file_id)
    if file is None:
        raise WrongField(f"There is no file {file_id}.")
    return file


def folder_named(state: State, top: str, user: str, name: str) -> str:
    for file in state.files:
        if file.name == name and file.mime_type == FOLDER and top in file.parents:
            return file.id
    return edits.add_file(state, name=name, mime_type=FOLDER, owner=user, parent=top).id


def decoded(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)


def read_tabs(tabs: dict[str, list[list[Any]]]) -> list[Tab]:
    read = [
        Tab(id=number, title=title, rows=[[read_cell(cell) for cell in row] for row in rows])
        for number, (title, rows) in enumerate(tabs.items())
    ]
    for tab in read:
        trim(tab)
    return read


def summary(file: File) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": file.name,
        "mime_type": file.mime_type,
        "owner": file.owner,
        "trashed": file.trashed,
        "version": file.version,
        "modified_at": moment(file.modified_at),
    }
