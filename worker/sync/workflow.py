"""Keep a workspace's campaign files up to date: look for changes, store what changed, wait, for ever."""

import asyncio
from typing import NoReturn

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from worker import activity_call
    from worker.contracts import (
        CHECK_FOR_UPDATES,
        FORCE_REFRESH_SIGNAL,
        RECORD_FILE_FAILURE,
        SYNC_CONTINUE_AS_NEW_AFTER,
        SYNC_EVERY,
        SYNC_FILE,
        SYNC_FILES_AT_ONCE,
        SYNC_WORKFLOW,
        CheckInput,
        CheckResult,
        FileFailureInput,
        ForceRefresh,
        SyncFileInput,
        SyncFileResult,
        SyncInput,
        UpdatedFile,
    )


@workflow.defn(name=SYNC_WORKFLOW)
class SyncWorkflow:
    @workflow.init
    def __init__(self, state: SyncInput) -> None:
        self._workspace = state.workspace_id
        self._files = list(state.file_ids)
        self._last_check = state.last_check_time
        self._wishes = list(dict.fromkeys(state.pending))
        self._woken = False

    @workflow.signal(name=FORCE_REFRESH_SIGNAL)
    def refresh(self, request: ForceRefresh) -> None:
        """Only note the wish, once: however many come, the next round serves them all."""
        self._woken = True
        if request not in self._wishes:
            self._wishes.append(request)

    @workflow.run
    async def run(self, state: SyncInput) -> None:  # noqa: ARG002 - __init__ took it before any signal
        started = workflow.now()
        while await self._round() or self._woken:  # a reconnect may wake us in the very moment we end
            if self._history_is_full():
                self._continue_as_new()
            await self._until_next_round()
            if workflow.now() - started >= SYNC_CONTINUE_AS_NEW_AFTER:
                self._wishes.append(ForceRefresh())  # once a day everything is looked at, whatever the change feed says
                self._continue_as_new()

    def _continue_as_new(self) -> NoReturn:
        """Carry every unserved wish: a signal left in this run would be lost without anybody noticing."""
        workflow.continue_as_new(SyncInput(self._workspace, self._files, self._last_check, self._wishes))

    async def _until_next_round(self) -> None:
        """Count the 15 minutes from the end of the work, so that slow rounds never pile up."""
        try:
            await workflow.wait_condition(lambda: self._woken, timeout=SYNC_EVERY)
        except TimeoutError:
            return

    async def _round(self) -> bool:
        """Check once and store what changed. False when the platform's access is gone and syncing ends."""
        check = await self._check()
        if check is None:
            return True
        for start in range(0, len(check.updated_files), SYNC_FILES_AT_ONCE):
            if self._history_is_full():  # what is left stands noted in the database: the next run goes on with it
                return True
            batch = check.updated_files[start : start + SYNC_FILES_AT_ONCE]
            await asyncio.gather(*(self._sync(file) for file in batch))
        return check.connected

    async def _check(self) -> CheckResult | None:
        wishes, self._wishes, self._woken = self._wishes, [], False
        file_ids = [*self._files, *(wish.file_id for wish in wishes if wish.file_id is not None)]
        all_files = any(wish.file_id is None for wish in wishes)
        check = CheckInput(self._workspace, file_ids, self._last_check, all_files)
        try:
            result = await activity_call.run(CHECK_FOR_UPDATES, check, CheckResult)
        except ActivityError as error:
            workflow.logger.warning("Looking for changes failed; the next round tries again: %s", error.cause)
            self._wishes = list(dict.fromkeys([*wishes, *self._wishes]))
            return None
        self._files = []
        self._last_check = result.checked_at
        return result

    async def _sync(self, file: UpdatedFile) -> None:
        """Store one file. A file that fails stays noted for the next round and never holds up the others."""
        try:
            await activity_call.run(SYNC_FILE, SyncFileInput(self._workspace, file.id), SyncFileResult)
        except ActivityError as error:
            workflow.logger.warning("File %s could not be stored: %s", file.id, error.cause)
            await self._record_failure(file)

    async def _record_failure(self, file: UpdatedFile) -> None:
        failure = FileFailureInput(self._workspace, file.id, "unavailable", UNAVAILABLE)
        try:
            await activity_call.run(RECORD_FILE_FAILURE, failure, type(None))
        except ActivityError as error:
            workflow.logger.warning("The failure of file %s could not be recorded: %s", file.id, error.cause)

    def _history_is_full(self) -> bool:
        return workflow.info().is_continue_as_new_suggested()


UNAVAILABLE = (
    "The file could not be fetched, three times in a row. Its last stored numbers stay in use, "
    "and it is tried again at the next check. Nothing needs to be done."
)
