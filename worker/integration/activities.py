"""What connecting a platform does outside of the workflow: tokens to the vault, files to the log, sync on its way."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection as Database
from sqlalchemy.engine import Engine
from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from events import blobs, store
from events.envelope import business_key, stream_of
from events.integration import IntegrationConnected, IntegrationFailed, IntegrationReconnected
from projections import files, members, sync_lag
from worker import grants
from worker.causes import because_of
from worker.connector import Connector
from worker.contracts import (
    DISCOVER_CAMPAIGN_FILES,
    FORCE_REFRESH_SIGNAL,
    HANDLE_OAUTH,
    RECORD_INTEGRATION_FAILURE,
    START_SYNC,
    STORE_INTEGRATION,
    SYNC_WORKFLOW,
    TASK_QUEUE,
    Access,
    DiscoverInput,
    Discovery,
    ForceRefresh,
    HandleOAuthInput,
    IntegrationFailureInput,
    StartSyncInput,
    StoreIntegrationInput,
    SyncInput,
    sync_workflow_id,
)
from worker.failures import Refused
from worker.platform import ConsentRefused
from worker.vault import Vault

if TYPE_CHECKING:
    from worker.integration.listing import Listing

_FILES_A_TRANSACTION = 200
_LOOKING_TIME = timedelta(seconds=90)
"""Of the two minutes that discovery has. What it did not get to is looked into by syncing."""


class OtherWorkspace(Refused):
    def __init__(self) -> None:
        super().__init__("This listing belongs to another workspace.")


@dataclass(frozen=True)
class IntegrationActivities:
    engine: Engine
    vault: Vault
    connectors: Mapping[str, Connector]
    client: Client
    clock: Callable[[], datetime]

    def all(self) -> Sequence[Callable[..., object]]:
        return [self.handle_oauth, self.discover, self.store_integration, self.start_sync, self.record_failure]

    @activity.defn(name=HANDLE_OAUTH.name, no_thread_cancel_exception=True)
    def handle_oauth(self, request: HandleOAuthInput) -> Access:
        workspace = request.workspace_id
        self._require_planner(workspace, request.user_id)
        with self.engine.connect() as database:
            handle = self.vault.handle_of(database, workspace, request.attempt)
        handle = handle or self._exchange(request)
        account = self.connectors[request.platform].open(workspace, handle).account()
        with self.engine.connect() as database:
            tokens = self.vault.open(database, workspace, handle)
        return Access(handle, list(tokens.scopes), tokens.expires_at, account.email)

    def _exchange(self, request: HandleOAuthInput) -> str:
        """Use the one-time code. A try that was cut off may have used it already, and may have stored its tokens."""
        workspace = request.workspace_id
        connector = self.connectors[request.platform]
        try:
            tokens = connector.exchange(workspace, request.attempt, request.authorization_code)
        except ConsentRefused as refusal:
            with self.engine.connect() as database:
                handle = self.vault.handle_of(database, workspace, request.attempt)
            if handle is not None:
                return handle
            if activity.info().attempt > 1:
                raise ConsentRefused("Connecting was interrupted. Press Connect to try again.") from None
            raise refusal from None
        with self.engine.begin() as database:
            return self.vault.seal(database, workspace, request.platform, tokens, attempt=request.attempt)

    @activity.defn(name=DISCOVER_CAMPAIGN_FILES.name, no_thread_cancel_exception=True)
    def discover(self, request: DiscoverInput) -> Discovery:
        self._require_planner(request.workspace_id, request.user_id)
        with tempfile.TemporaryDirectory() as folder:
            listing = self._look(request, Path(folder))
        with self.engine.begin() as database:
            address = blobs.put(database, listing.encode())
        return Discovery(listing.campaign_files(), address)

    def _look(self, request: DiscoverInput, folder: Path) -> "Listing":
        from worker.google_drive.discovery import discover
        from worker.integration.listing import Listing

        deadline = time.monotonic() + _LOOKING_TIME.total_seconds()
        platform = self.connectors[request.platform].open(request.workspace_id, request.access.handle)
        cursor = platform.cursor()  # before the listing: what changes meanwhile is then told by the feed
        found = discover(platform, folder, time_left=lambda: time.monotonic() < deadline)
        return Listing(workspace=request.workspace_id, platform=request.platform, cursor=cursor, found=found)

    @activity.defn(name=STORE_INTEGRATION.name, no_thread_cancel_exception=True)
    def store_integration(self, request: StoreIntegrationInput) -> None:
        self._require_planner(request.workspace_id, request.user_id)
        with self.engine.connect() as database:
            before = grants.standing(database, request.workspace_id, request.platform)
            listing = _listing(database, request)
        if before is not None and before.vault_handle == request.access.handle and before.status == "connected":
            return  # not by the attempt: asking for a new grant names it beside the old one, which works until then
        self._store_files(request, listing)
        with self.engine.begin() as database:
            self._store_connection(database, request, listing)

    def _store_files(self, request: StoreIntegrationInput, listing: "Listing") -> None:
        """Tell what every new file is, some hundred in a transaction: other writers wait while one is open."""
        workspace, meta = request.workspace_id, because_of(request.user_id)
        with self.engine.connect() as database:
            known = {file.file_id for file in _files_now(database, workspace)}
        facts = listing.first_facts(known)
        for start in range(0, len(facts), _FILES_A_TRANSACTION):
            with self.engine.begin() as database:
                for file_id, fact in facts[start : start + _FILES_A_TRANSACTION]:
                    store.append(database, stream_of(workspace, "file", file_id), [fact], meta=meta, expected=0)

    def _store_connection(self, database: Database, request: StoreIntegrationInput, listing: "Listing") -> None:
        """Put the new grant in the old one's place. Of two at once the later starts over and replaces the first."""
        workspace, platform, access = request.workspace_id, request.platform, request.access
        now, version = self.clock(), grants.version(database, workspace, platform)
        before = grants.standing(database, workspace, platform)
        status = {file.file_id: file.status for file in _files_now(database, workspace)}
        sync_lag.add_pending(database, workspace, listing.unread(status), noted_at=now)
        if before is not None and before.vault_handle is not None and before.vault_handle != access.handle:
            self.vault.erase(database, workspace, before.vault_handle)
        first = before is None or before.account is None
        same_account = before is not None and before.account == access.account
        if not same_account or sync_lag.cursor(database, workspace, platform) is None:
            sync_lag.record_check(database, workspace, platform, listing.cursor, now)
        told = IntegrationConnected if first else IntegrationReconnected
        fact = told(
            platform=platform,
            user=request.user_id,
            attempt=request.attempt,
            account=access.account,
            scopes=access.scopes,
            vault_handle=access.handle,
        )
        key = business_key(workspace, platform, fact.NAME, request.attempt)
        stream = stream_of(workspace, "integration", platform)
        store.append(database, stream, [fact], meta=because_of(request.user_id), key=key, expected=version)

    @activity.defn(name=START_SYNC.name)
    async def start_sync(self, request: StartSyncInput) -> None:
        await asyncio.to_thread(self._require_planner, request.workspace_id, request.user_id)
        await self.client.start_workflow(
            SYNC_WORKFLOW,
            SyncInput(request.workspace_id, request.file_ids),
            id=sync_workflow_id(request.workspace_id),
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=FORCE_REFRESH_SIGNAL,
            start_signal_args=[ForceRefresh()],
        )

    @activity.defn(name=RECORD_INTEGRATION_FAILURE.name, no_thread_cancel_exception=True)
    def record_failure(self, request: IntegrationFailureInput) -> str:
        """Tell the log why, forget tokens that nobody will use, and return the reason in words."""
        workspace, platform = request.workspace_id, request.platform
        self._require_planner(workspace, request.user_id)
        code, reason = request.code, request.reason
        if request.platform_error is not None:
            code, reason = self.connectors[platform].explain(request.platform_error)
        failed = IntegrationFailed(
            platform=platform, user=request.user_id, attempt=request.attempt, code=code, reason=reason
        )
        key = business_key(workspace, platform, failed.NAME, request.attempt)
        with self.engine.begin() as database:
            standing = grants.standing(database, workspace, platform)
            handle = self.vault.handle_of(database, workspace, request.attempt)
            if handle is not None and (standing is None or standing.vault_handle != handle):
                self.vault.erase(database, workspace, handle)
            stream = stream_of(workspace, "integration", platform)
            store.append(database, stream, [failed], meta=because_of(request.user_id), key=key)
        return reason

    def _require_planner(self, workspace: str, user: str) -> None:
        with self.engine.connect() as database:
            members.require(database, workspace, user, "planner")


def _listing(database: Database, request: StoreIntegrationInput) -> "Listing":
    from worker.integration.listing import decode

    listing = decode(blobs.get(database, request.listing))
    if (listing.workspace, listing.platform) != (request.workspace_id, request.platform):
        raise OtherWorkspace
    return listing


def _files_now(database: Database, workspace: str) -> list[files.CampaignFile]:
    """As the log tells it: the read model may be a moment behind."""
    return files.of(database, workspace, at=store.head(database))
