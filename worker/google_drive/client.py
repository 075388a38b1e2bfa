"""Google Drive as a `FilePlatform`: the whole Drive of one account, its files' content, and what changes in it."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from worker.google_drive import contents, feeds, oauth
from worker.google_drive.consent import GoogleSettings
from worker.google_drive.listing import FILE_FIELDS, QUERY, could_hold_table, remote_file, shortcut_target
from worker.google_drive.refusals import DAMAGED, TOO_LARGE
from worker.google_drive.service import Google
from worker.platform import (
    Account,
    Change,
    Changes,
    Download,
    FileGone,
    FileTooLarge,
    PlatformUnavailable,
    RemoteFile,
)
from worker.vault import Tokens, Vault

_PAGE = 1000


def open_drive(engine: Engine, vault: Vault, settings: GoogleSettings, workspace: str, handle: str) -> "GoogleDrive":
    """Open the Drive behind a vault handle. Raises GrantLost, without asking Google, when it is known to be gone.

    Calls renew the access token in a transaction of their own: hold none open meanwhile.
    """
    with engine.connect() as connection:
        tokens = vault.open(connection, workspace, handle)

    def renew(refused: str) -> Tokens:
        return vault.renew(workspace, handle, refused, lambda old: oauth.refresh(settings, old, vault.clock()))

    return GoogleDrive(Google(settings, tokens, renew), settings.max_file_bytes)


class GoogleDrive:
    """One grant's view. Every method raises the PlatformError family; nothing is tried twice here."""

    def __init__(self, google: Google, max_file_bytes: int) -> None:
        self._google = google
        self._max_file_bytes = max_file_bytes

    def account(self) -> Account:
        user = self._google.ask(self._google.drive.about().get(fields="user(emailAddress,displayName)"))["user"]
        return Account(email=user.get("emailAddress", ""), name=user.get("displayName", ""))

    def cursor(self) -> str:
        return feeds.cursor_of(feeds.start(self._google, self._shared_drives()))

    def spreadsheets(self) -> Iterator[RemoteFile]:
        """List My Drive and what is shared with me, then each shared drive; shortcuts stand for their targets."""
        seen: set[str] = set()
        targets: set[str] = set()
        for drive in ("", *self._shared_drives()):
            for raw in self._listed(drive):
                target = shortcut_target(raw)
                if target is not None:
                    targets.add(target)
                elif raw["id"] not in seen and could_hold_table(raw["name"], raw["mimeType"]):
                    seen.add(raw["id"])
                    yield remote_file(raw)
        yield from self._behind_shortcuts(targets - seen)

    def changes(self, cursor: str) -> Changes:
        news = feeds.since(self._google, cursor)
        # After a gap the drives are looked up anew: joining one may be among what was not told.
        drives = self._shared_drives() if news.gap else news.joined
        self._follow([drive for drive in drives if drive not in news.places], news)
        return Changes(list(news.changes.values()), feeds.cursor_of(news.places), news.gap)

    def file(self, file_id: str) -> RemoteFile:
        request = self._google.drive.files().get(fileId=file_id, fields=FILE_FIELDS, supportsAllDrives=True)
        return remote_file(self._google.ask(request))

    def download(self, file: RemoteFile, folder: Path) -> Download:
        """Fetch the content; once more when the file was edited meanwhile.

        A file that is edited all the time arrives with its state from before the download: it has changed since,
        so the next look at it downloads it again.
        """
        if file.size is not None and file.size > self._max_file_bytes:
            raise FileTooLarge(TOO_LARGE)
        download = self._download_once(file, folder)
        if _settled(file, download):
            return download
        before = download.file
        download = self._download_once(before, folder)
        return download if _settled(before, download) else replace(download, file=before)

    def first_bytes(self, file: RemoteFile, limit: int) -> bytes:
        return contents.first_bytes(self._google, file, limit)

    def _download_once(self, file: RemoteFile, folder: Path) -> Download:
        path = folder / hashlib.sha256(file.id.encode()).hexdigest()[:32]
        with contents.Spool(path, self._max_file_bytes) as spool:
            contents.fetch(self._google, file, spool)
        after = self.file(file.id)
        if after.version == file.version and after.checksum not in {None, spool.sha256}:
            raise PlatformUnavailable(DAMAGED)
        return Download(path, spool.sha256, spool.size, _named(after), after)

    def _follow(self, joined: list[str], news: feeds.News) -> None:
        """Begin the feeds of drives that are new to us; what stands in them already is news as a whole."""
        if joined:
            news.places = feeds.start(self._google, joined) | news.places
        for raw in (raw for drive in joined for raw in self._listed(drive)):
            if could_hold_table(raw["name"], raw["mimeType"]):
                news.changes[raw["id"]] = Change(raw["id"], remote_file(raw))

    def _shared_drives(self) -> list[str]:
        ids: list[str] = []
        request = self._google.drive.drives().list(pageSize=100, fields="nextPageToken,drives(id)")
        while request is not None:
            answer = self._google.ask(request)
            ids += [drive["id"] for drive in answer.get("drives", [])]
            request = self._google.drive.drives().list_next(request, answer)
        return sorted(ids)

    def _listed(self, drive: str) -> Iterator[dict[str, Any]]:
        where: dict[str, Any] = {"corpora": "drive", "driveId": drive} if drive else {"corpora": "user"}
        files = self._google.drive.files()
        request = files.list(
            q=QUERY,
            pageSize=_PAGE,
            fields=f"nextPageToken,files({FILE_FIELDS})",
            includeItemsFromAllDrives=True,
            supportsAllDrives=True,
            **where,
        )
        while request is not None:
            answer = self._google.ask(request)
            yield from answer.get("files", [])
            request = files.list_next(request, answer)

    def _behind_shortcuts(self, targets: set[str]) -> Iterator[RemoteFile]:
        for target in sorted(targets):
            try:
                file = self.file(target)
            except FileGone:
                continue
            if could_hold_table(file.name, file.mime_type) and not file.trashed:
                yield file


def _settled(before: RemoteFile, download: Download) -> bool:
    """Tell whether the bytes are those of the state that the download carries."""
    return download.file.version == before.version or download.file.checksum == download.sha256


def _named(file: RemoteFile) -> str:
    """Give a name whose ending fits the bytes: a native Sheet arrives as a workbook."""
    native = file.mime_type == contents.GOOGLE_SHEET
    needs_ending = native or (file.mime_type == contents.XLSX and not file.name.lower().endswith(".xlsx"))
    return f"{file.name}.xlsx" if needs_ending else file.name
