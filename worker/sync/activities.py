"""What syncing does outside of the workflow: ask what changed, store one file, record what did not work."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import Connection as Database
from sqlalchemy.engine import Engine
from temporalio import activity

from events import blobs, store
from events.campaign_file import DriveChecked, FileReadFailed
from events.envelope import business_key, stream_of
from projections import files, members, sync_lag
from projections.files import CampaignFile
from projections.members import NoAccess
from worker import grants
from worker.causes import because_of
from worker.connector import Connector
from worker.contracts import (
    CHECK_FOR_UPDATES,
    RECORD_FILE_FAILURE,
    SYNC_FILE,
    CheckInput,
    CheckResult,
    FileFailureInput,
    SyncFileInput,
    SyncFileResult,
    UpdatedFile,
)
from worker.grants import Grant
from worker.platform import FilePlatform, GrantLost
from worker.sync import changed_files, known_file
from worker.vault import VaultCannotOpen

T = TypeVar("T")
_SYSTEM = "system"
_NO_LONGER_ALLOWED = (
    "The person who connected this account may no longer bring data into this workspace. "
    "Someone who may should connect it again; everything that was read so far stays."
)


@dataclass(frozen=True)
class SyncActivities:
    engine: Engine
    connectors: Mapping[str, Connector]
    clock: Callable[[], datetime]

    def all(self) -> Sequence[Callable[..., object]]:
        return [self.check_for_updates, self.sync_file, self.record_file_failure]

    @activity.defn(name=CHECK_FOR_UPDATES.name, no_thread_cancel_exception=True)
    def check_for_updates(self, request: CheckInput) -> CheckResult:
        """Note what changed, move the cursor in the same transaction, and give everything that is noted."""
        now = self.clock()
        self._give_back_what_was_disconnected(request.workspace_id)
        nothing = CheckResult([], now, connected=False)
        return self._with_access(
            request.workspace_id, lambda grant, drive: self._check(request, grant, drive, now), nothing
        )

    def _give_back_what_was_disconnected(self, workspace: str) -> None:
        """After a disconnect nobody here may be able to open the account again."""
        for platform, connector in self.connectors.items():
            with self.engine.connect() as database:
                row = grants.standing(database, workspace, platform)
            if row is not None and row.status == "disconnected":
                connector.give_back(workspace)

    def _check(self, request: CheckInput, grant: Grant, platform: FilePlatform, now: datetime) -> CheckResult:
        from worker.sync import comparing

        workspace = request.workspace_id
        with self.engine.connect() as database:
            cursor = sync_lag.cursor(database, workspace, grant.platform)
        known = cache(lambda: self._known(workspace))
        news = changed_files.find(platform, cursor, known, now, everything=request.all_files)
        wished = [(file_id, now) for file_id in request.file_ids if file_id in known()]
        with self.engine.begin() as database:
            sync_lag.add_pending(database, workspace, [*wished, *news.files.items()], noted_at=now)
            sync_lag.record_check(database, workspace, grant.platform, news.cursor, now)
            pending = sync_lag.pending(database, workspace)
            if not news.files:
                _show_that_we_looked(database, workspace, now)
        comparing.stored(self.engine, workspace, self.clock, because_of(_SYSTEM))
        return CheckResult([UpdatedFile(change.file_id, change.modified_at) for change in pending], now)

    def _known(self, workspace: str) -> dict[str, CampaignFile]:
        """Fold the log itself: the read model may be behind, and a file that is missed here is missed for a day."""
        with self.engine.connect() as database:
            return {row.file_id: row for row in files.of(database, workspace, at=store.head(database))}

    @activity.defn(name=SYNC_FILE.name, no_thread_cancel_exception=True)
    def sync_file(self, request: SyncFileInput) -> SyncFileResult:
        """Store the newest content of one file, whatever state the last try left it in."""
        with tempfile.TemporaryDirectory() as folder:
            status = self._with_access(
                request.workspace_id, lambda grant, drive: self._sync(request, grant, drive, Path(folder)), "failed"
            )
        return SyncFileResult(request.file_id, status)

    def _sync(self, request: SyncFileInput, grant: Grant, platform: FilePlatform, folder: Path) -> str:
        from worker.sync import fetch
        from worker.sync.storing import Storing

        with self.engine.connect() as database:
            known = known_file.load(database, request.workspace_id, request.file_id)
            noted_at = _noted(database, request.workspace_id, request.file_id)
        seen = fetch.look(platform, known, folder, self._kept)
        with self.engine.begin() as database:
            return Storing(database, known, noted_at, grant.platform, because_of(_SYSTEM)).store(seen)

    def _kept(self, revision: str) -> bytes | None:
        with self.engine.connect() as database:
            try:
                return blobs.get(database, revision)
            except (blobs.BlobMissing, blobs.BlobDamaged):
                return None

    @activity.defn(name=RECORD_FILE_FAILURE.name, no_thread_cancel_exception=True)
    def record_file_failure(self, request: FileFailureInput) -> None:
        """Tell once that a file could not be fetched; it stays noted for the next round."""
        with self.engine.begin() as database:
            grant = grants.find(database, request.workspace_id, self.connectors)
            if grant is None:
                return
            members.require(database, request.workspace_id, grant.user, "planner")
            known = known_file.load(database, request.workspace_id, request.file_id)
            row = known.row
            if row is None or row.status in {"removed", "not_campaign"} or row.problem_code == request.code:
                return
            failed = FileReadFailed(
                file_id=known.file_id,
                name=row.name,
                drive_version=known.synced.drive_version if known.synced else "",
                modified_at=row.modified_at or self.clock(),
                code=request.code,
                reason=request.reason,
            )
            store.append(database, known.stream, [failed], meta=because_of(_SYSTEM), expected=known.version)

    def _with_access(self, workspace: str, work: Callable[[Grant, FilePlatform], T], otherwise: T) -> T:
        """Work with the workspace's grant. Without a working one give `otherwise`, and tell the log when it ended."""
        with self.engine.connect() as database:
            grant = grants.find(database, workspace, self.connectors)
        if grant is None:
            return otherwise
        try:
            with self.engine.connect() as database:
                members.require(database, workspace, grant.user, "planner")
            return work(grant, self.connectors[grant.platform].open(workspace, grant.handle))
        except NoAccess:
            reason = _NO_LONGER_ALLOWED
        except (GrantLost, VaultCannotOpen) as lost:
            reason = str(lost)
        with self.engine.begin() as database:
            grants.lose(database, grant, reason, because_of(_SYSTEM))
        return otherwise


def _show_that_we_looked(database: Database, workspace: str, now: datetime) -> None:
    """Tell at most once an hour that there was nothing new. The last statement of a transaction."""
    counts = files.count_by_status(database, workspace)
    watched = counts["waiting"] + counts["up_to_date"] + counts["needs_you"]
    checked = DriveChecked(files_watched=watched, changed=0)
    key = business_key(workspace, checked.NAME, now.strftime("%Y-%m-%dT%H"))
    store.append(database, stream_of(workspace, "sync", "self"), [checked], meta=because_of(_SYSTEM), key=key)


def _noted(database: Database, workspace: str, file_id: str) -> datetime | None:
    """Time of the change that is noted for a file."""
    noted = [change.modified_at for change in sync_lag.pending(database, workspace) if change.file_id == file_id]
    return noted[0] if noted else None
