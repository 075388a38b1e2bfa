"""Which Drive files could hold a table, and what a listing tells about each."""

from datetime import datetime
from typing import Any

from worker.google_drive.contents import GOOGLE_SHEET, XLSX
from worker.platform import RemoteFile

SHORTCUT = "application/vnd.google-apps.shortcut"
FILE_FIELDS = (
    "id,name,mimeType,modifiedTime,version,sha256Checksum,size,trashed,shortcutDetails,webViewLink,"
    "owners(emailAddress),lastModifyingUser(displayName,emailAddress)"
)

_ALWAYS = {
    GOOGLE_SHEET,
    XLSX,
    "application/vnd.ms-excel",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "text/csv",
    "text/tab-separated-values",
}
_BY_ENDING = {"text/plain", "application/octet-stream", "application/csv", "text/comma-separated-values"}
"""Uploads often get one of these types: then the name's ending tells."""
_ENDINGS = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls")

_KINDS = " or ".join(f"mimeType='{kind}'" for kind in sorted(_ALWAYS | _BY_ENDING | {SHORTCUT}))
QUERY = f"({_KINDS}) and trashed=false"


def could_hold_table(name: str, mime_type: str) -> bool:
    kind = mime_type.lower()
    return kind in _ALWAYS or (kind in _BY_ENDING and name.lower().endswith(_ENDINGS))


def shortcut_target(raw: dict[str, Any]) -> str | None:
    """Give the id of the possible table that a shortcut stands for; None for anything else."""
    details = raw.get("shortcutDetails", {})
    return details.get("targetId") if details.get("targetMimeType", "").lower() in _ALWAYS | _BY_ENDING else None


def remote_file(raw: dict[str, Any]) -> RemoteFile:
    """Read the answer about one file. Files of a shared drive have no owner: the last editor stands in."""
    people = [*raw.get("owners", []), raw.get("lastModifyingUser", {})]
    size = raw.get("size")
    native = raw["mimeType"] == GOOGLE_SHEET
    return RemoteFile(
        id=raw["id"],
        name=raw["name"],
        mime_type=raw["mimeType"],
        modified_at=datetime.fromisoformat(raw["modifiedTime"]),
        version=str(raw["version"]),
        size=None if size is None or native else int(size),
        checksum=raw.get("sha256Checksum"),
        trashed=raw.get("trashed", False),
        owner=people[0].get("emailAddress") or people[0].get("displayName", ""),
        link=raw.get("webViewLink", ""),
    )
