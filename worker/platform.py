"""What a platform that keeps campaign files must be able to do, and how it may fail.

Each platform folder (google_drive is the first) implements `FilePlatform`; workflows and activities know only this.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Account:
    email: str
    name: str


@dataclass(frozen=True)
class RemoteFile:
    """A file as the platform lists it; nothing of its content."""

    id: str
    name: str
    mime_type: str
    modified_at: datetime
    version: str
    """Grows with every change, also with invisible ones: a reason to look again, never the content's identity."""
    size: int | None
    checksum: str | None
    """The platform's own hash of the bytes; None for native documents, which have no bytes of their own."""
    trashed: bool
    owner: str
    link: str


@dataclass(frozen=True)
class Change:
    """The newest state of one file that changed. `file` is None when it was deleted or is no longer shared with us."""

    file_id: str
    file: RemoteFile | None


@dataclass(frozen=True)
class Changes:
    changes: list[Change]
    cursor: str
    gap: bool = False
    """True when the feed could not tell everything: look at every watched file once."""


@dataclass(frozen=True)
class Download:
    """Bytes of one revision in a local file. A native document arrives as XLSX with all its tabs."""

    path: Path
    sha256: str
    size: int
    name: str
    """The file's name with an ending that fits the bytes."""
    file: RemoteFile
    """State of the file right after the download."""


class FilePlatform(Protocol):
    """One grant's view of a platform. Not thread-safe: open one per activity."""

    def account(self) -> Account: ...

    def cursor(self) -> str:
        """Where the change feed stands now. Take it before the first listing, or changes in between are lost."""
        ...

    def spreadsheets(self) -> Iterator[RemoteFile]:
        """Every file that could hold a table: My Drive, shared with me and shared drives; trashed ones left out."""
        ...

    def changes(self, cursor: str) -> Changes:
        """What changed since the cursor: one request when nothing did."""
        ...

    def file(self, file_id: str) -> RemoteFile: ...

    def download(self, file: RemoteFile, folder: Path) -> Download: ...

    def first_bytes(self, file: RemoteFile, limit: int) -> bytes:
        """The beginning of a file with bytes of its own, to judge it without a whole download."""
        ...


class PlatformError(Exception):
    """A call to the platform failed. `terminal` decides whether trying again can help."""

    terminal = False


class GrantLost(PlatformError):
    """The platform no longer accepts our access: revoked, expired or forbidden by an administrator."""

    terminal = True


class ConsentRefused(PlatformError):
    """The one-time code or the scopes that came with it cannot be used."""

    terminal = True


class FileGone(PlatformError):
    """The file does not exist any more, or is not shared with us."""

    terminal = True


class FileNotReadable(PlatformError):
    """The file can't be downloaded: the owner forbids it, or it is no document with content."""

    terminal = True


class FileTooLarge(PlatformError):
    """The file is larger than we read."""

    terminal = True


class PlatformBusy(PlatformError):
    """The platform asks us to slow down. `retry_after` is in seconds when it says how long."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PlatformUnavailable(PlatformError):
    """No answer, or a broken one. Trying again helps."""
