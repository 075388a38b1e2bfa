"""Get one file's content and read it. No database: what happens here is only looked at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from worker.platform import FileGone, FileNotReadable, FilePlatform, FileTooLarge, RemoteFile
from worker.sheets.reading import Reading, UnreadableFile
from worker.sync import pinned
from worker.sync.known_file import KnownFile
from worker.sync.pinned import PinsDoNotFit

Kept = Callable[[str], bytes | None]
"""Gives the kept bytes of a revision; None when they are not there."""


@dataclass(frozen=True)
class Gone:
    why: Literal["trashed", "deleted_or_unshared"]


@dataclass(frozen=True)
class LeftAlone:
    """People decided that it is no campaign file."""


@dataclass(frozen=True)
class Unreadable:
    file: RemoteFile
    code: str
    reason: str
    """A sentence for a marketer."""
    details: dict[str, str] = field(default_factory=dict[str, str])


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


Seen = Gone | LeftAlone | Unreadable | Same | Fresh


def look(platform: FilePlatform, known: KnownFile, folder: Path, kept: Kept) -> Seen:
    """Look at a file. Raises PlatformBusy, PlatformUnavailable or GrantLost; everything else is an answer."""
    if known.pins.is_campaign is False:
        return LeftAlone()
    try:
        file = platform.file(known.file_id)
    except FileGone:
        return Gone("deleted_or_unshared")
    return Gone("trashed") if file.trashed else _look_into(platform, file, known, folder, kept)


def _look_into(platform: FilePlatform, file: RemoteFile, known: KnownFile, folder: Path, kept: Kept) -> Seen:
    if file.checksum is not None and file.checksum == known.revision and not known.pins_are_new:
        return Same(file)
    try:
        return _again(file, known, folder, kept) or _read(platform, file, known, folder)
    except FileGone:
        return Gone("deleted_or_unshared")
    except FileTooLarge as error:
        return Unreadable(file, "too_large", str(error))
    except FileNotReadable as error:
        return Unreadable(file, "no_download", str(error))
    except UnreadableFile as error:
        details = error.details if isinstance(error, PinsDoNotFit) else {}
        return Unreadable(file, error.code, str(error), details)


def _again(file: RemoteFile, known: KnownFile, folder: Path, kept: Kept) -> Fresh | None:
    """Read the kept bytes in the way that people decided; None when the file has other content by now."""
    synced = known.synced
    if synced is None or not known.pins_are_new:
        return None
    unchanged = (file.checksum or synced.revision, file.modified_at) == (synced.revision, synced.modified_at)
    data = kept(synced.revision) if unchanged else None
    if data is None:
        return None
    path = folder / "kept"
    path.write_bytes(data)
    return Fresh(file, path, synced.revision, len(data), pinned.read(path, file.name, known.pins))


def _read(platform: FilePlatform, file: RemoteFile, known: KnownFile, folder: Path) -> Seen:
    download = platform.download(file, folder)
    if download.sha256 == known.revision and not known.pins_are_new:
        return Same(download.file)
    reading = pinned.read(download.path, download.name, known.pins)
    return Fresh(download.file, download.path, download.sha256, download.size, reading)
