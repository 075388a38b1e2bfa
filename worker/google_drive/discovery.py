"""Which files of a Drive hold campaigns: judged by their content, with reasons in words.

Names are a hint and no more: on real Drives they are wrong as often as right.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from worker.platform import (
    FileGone,
    FileNotReadable,
    FilePlatform,
    FileTooLarge,
    PlatformUnavailable,
    RemoteFile,
)
from worker.sheets import reader
from worker.sheets.reading import UnreadableFile

ENOUGH_TO_JUDGE = 256 * 1024
"""Bytes of a large CSV file that tell what it is."""
LARGE = 4 * 1024 * 1024

_CAMPAIGN_NAME = re.compile(
    r"campa[gñi]|kampagn|media.?plan|mediaplan|budget|\bads?\b|adwords|marketing|werbung|publicit|"
    r"performance|facebook|meta|google|tiktok|linkedin|youtube|spend|\btv\b|radio|affiliate",
    re.IGNORECASE,
)
_NAME_COUNTS = 0.05
_LINE_ENDS = {codecs.BOM_UTF16_LE: b"\n\0", codecs.BOM_UTF16_BE: b"\0\n"}
_FAILURES_IN_A_ROW = 3


@dataclass(frozen=True)
class Judgement:
    is_campaign: bool
    score: float
    """0 to 1."""
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """One file that was looked into. Without a judgement, `problem` says why in a sentence."""

    file: RemoteFile
    judgement: Judgement | None
    problem: str | None = None
    code: str | None = None
    """Stable name of the problem, as in FileReadFailed; "later" when only time or a connection was missing."""


def judge(file: RemoteFile, data: bytes | Path, name: str | None = None) -> Judgement:
    """Judge a file by its content (or the beginning of it). Raises UnreadableFile."""
    reading = reader.read(data, name or file.name)
    if reading.score == 0 or not name_sounds_right(file.name):
        return Judgement(reading.is_campaign, reading.score, reading.reasons)
    score = min(reading.score + _NAME_COUNTS, 1.0)
    return Judgement(reading.is_campaign, score, (*reading.reasons, "The name sounds like marketing."))


def name_sounds_right(name: str) -> bool:
    return _CAMPAIGN_NAME.search(name) is not None


def discover(
    platform: FilePlatform,
    folder: Path,
    on_progress: Callable[[int, int], object] = lambda _done, _all: None,
    *,
    time_left: Callable[[], bool] = lambda: True,
) -> list[Found]:
    """Look into every file that could hold a table, the likeliest and newest first.

    `on_progress` hears after each file how many of how many are done. When `time_left` says no, the rest is listed
    without a judgement. A bad file never stops the others; a lost grant or three failures in a row do.
    """
    files = sorted(platform.spreadsheets(), key=_likeliest_first)
    found: list[Found] = []
    failures = 0
    for file in files:
        if time_left():
            try:
                found.append(_look_into(platform, file, folder))
                failures = 0
            except PlatformUnavailable:
                failures += 1
                if failures == _FAILURES_IN_A_ROW:
                    raise
                found.append(_later(file))
        else:
            found.append(_later(file))
        on_progress(len(found), len(files))
    return found


def _look_into(platform: FilePlatform, file: RemoteFile, folder: Path) -> Found:
    try:
        return Found(file, _judged(platform, file, folder))
    except UnreadableFile as error:
        return Found(file, None, str(error), error.code)
    except FileTooLarge as error:
        return Found(file, None, str(error), "too_large")
    except FileNotReadable as error:
        return Found(file, None, str(error), "no_download")
    except FileGone as error:
        return Found(file, None, str(error), "gone")


def _judged(platform: FilePlatform, file: RemoteFile, folder: Path) -> Judgement:
    if _is_text(file) and (file.size or 0) > LARGE:
        return judge(file, _whole_lines(platform.first_bytes(file, ENOUGH_TO_JUDGE)))
    download = platform.download(file, folder)
    try:
        return judge(file, download.path, download.name)
    finally:
        download.path.unlink()


def _whole_lines(data: bytes) -> bytes:
    """Drop the last line, of which only a part came."""
    line_end = _LINE_ENDS.get(data[:2], b"\n")
    end = data.rfind(line_end)
    return data if end < 0 else data[: end + len(line_end)]


def _is_text(file: RemoteFile) -> bool:
    return file.mime_type.startswith("text/") or file.name.lower().endswith((".csv", ".tsv"))


def _likeliest_first(file: RemoteFile) -> tuple[bool, float]:
    return (not name_sounds_right(file.name), -file.modified_at.timestamp())


def _later(file: RemoteFile) -> Found:
    return Found(file, None, "This file will be looked into at the next check.", "later")
