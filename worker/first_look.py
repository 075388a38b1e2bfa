"""What the log says about a file after the first look into it."""

from events.campaign_file import FileDiscovered, FileNotCampaign, FileReadFailed
from events.envelope import Event
from worker.google_drive.discovery import Judgement, name_sounds_right
from worker.platform import RemoteFile


def judged(file: RemoteFile, platform: str, judgement: Judgement) -> Event:
    if judgement.is_campaign:
        return FileDiscovered(
            file_id=file.id,
            platform=platform,
            name=file.name,
            mime_type=file.mime_type,
            modified_at=file.modified_at,
            link=file.link,
            owner=file.owner,
            score=judgement.score,
            reasons=list(judgement.reasons),
        )
    return FileNotCampaign(
        file_id=file.id,
        platform=platform,
        name=file.name,
        modified_at=file.modified_at,
        score=judgement.score,
        reasons=list(judgement.reasons),
    )


def unreadable(file: RemoteFile, platform: str, code: str, reason: str) -> Event:
    """A file that cannot be read is someone's problem only if its name says that it should hold a campaign."""
    if not name_sounds_right(file.name):
        return judged(file, platform, Judgement(is_campaign=False, score=0.0, reasons=(reason,)))
    return read_failed(file, code, reason)


def read_failed(file: RemoteFile, code: str, reason: str) -> FileReadFailed:
    return FileReadFailed(
        file_id=file.id,
        name=file.name,
        drive_version=file.version,
        modified_at=file.modified_at,
        code=code,
        reason=reason,
        link=file.link,
        owner=file.owner,
    )
