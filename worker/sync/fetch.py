"""Get one file's content and read it. No database: what happens here is only looked at."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from worker.platform import FileGone, FileNotReadable, FilePlatform, FileTooLarge, RemoteFile
from worker.sheets.reading import Reading, UnreadableFile
from worker.sync.known_file import KnownFile


@dataclass(frozen=True)
class Gone:
    why: Literal["trashed", "deleted_or_unshared"]


@dataclass(frozen=True)
class Unreadable:
    file: RemoteFile
    code: str
    reason: str
    """A sentence for a marketer."""


@dataclass(frozen=True)
class Same:
    """The bytes are those of the newest stored revision."""

    file: RemoteFile


@dataclass(frozen=True)
class Fresh:
    file: RemoteFile
    path: Path
    revision: str
    size: int
    reading: Reading


Seen = Gone | Unreadable | Same | Fresh


def look(platform: FilePlatform, known: KnownFile, folder: Path) -> Seen:
    """Look at a file. Raises PlatformBusy, PlatformUnavailable or GrantLost; everything else is an answer."""
    try:
        file = platform.file(known.file_id)
    except FileGone:
        return Gone("deleted_or_unshared")
    return Gone("trashed") if file.trashed else _look_into(platform, file, known, folder)


def _look_into(platform: FilePlatform, file: RemoteFile, known: KnownFile, folder: Path) -> Seen:
    if file.checksum is not None and file.checksum == known.revision:
        return Same(file)
    try:
        return _read(platform, file, known, folder)
    except FileGone:
        return Gone("deleted_or_unshared")
    except FileTooLarge as error:
        return Unreadable(file, "too_large", str(error))
    except FileNotReadable as error:
        return Unreadable(file, "no_download", str(error))
    except UnreadableFile as error:
        return Unreadable(file, error.code, str(error))


def _read(platform: FilePlatform, file: RemoteFile, known: KnownFile, folder: Path) -> Seen:
    from worker.sheets import reader

    download = platform.download(file, folder)
    if download.sha256 == known.revision:
        return Same(download.file)
    reading = reader.read(download.path, download.name)
    return Fresh(download.file, download.path, download.sha256, download.size, reading)
