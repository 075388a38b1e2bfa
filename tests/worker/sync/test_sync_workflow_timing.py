"""The sync loop on a clock that skips: every 15 minutes, at once on a wish, a new run each day, no wish lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from worker.contracts import (
    CHECK_FOR_UPDATES,
    FORCE_REFRESH_SIGNAL,
    RECORD_FILE_FAILURE,
    SYNC_FILE,
    SYNC_WORKFLOW,
    TASK_QUEUE,
    CheckInput,
    CheckResult,
    FileFailureInput,
    ForceRefresh,
    SyncFileInput,
    SyncFileResult,
    SyncInput,
    UpdatedFile,
)
from worker.sync.workflow import SyncWorkflow

pytestmark = pytest.mark.temporal


class Notes:
    """Stands in for the database: what was asked, when, and what to answer."""

    def __init__(self, workspace: str) -> None:
        self.workspace = workspace
        self.checks: list[CheckInput] = []
        self.times: list[datetime] = []
        self.noted: dict[str, None] = {}
        self.synced: list[str] = []
        self.failures: list[str] = []
        self.changed: dict[int, list[str]] = {}
        self.stop_after = 10**6
        self.failing_checks: set[int] = set()
        self.broken_files: set[str] = set()
        self.slowness = 0.0
        self.long_check = 0

    @activity.defn(name=CHECK_FOR_UPDATES.name)
    async def check(self, check: CheckInput) -> CheckResult:
        if check.workspace_id != self.workspace:
            return CheckResult([], activity.info().scheduled_time, connected=False)
        if activity.info().attempt == 1:
            self.checks.append(check)
            self.times.append(activity.info().scheduled_time)
        number = len(self.checks)
        if number in self.failing_checks:
            raise ApplicationError("Google Drive is away", non_retryable=True)
        if number == self.long_check and activity.info().attempt < CHECK_FOR_UPDATES.tries:
            raise ApplicationError("Wait half a day", next_retry_delay=timedelta(hours=12))
        await asyncio.sleep(self.slowness)
        self.noted.update(dict.fromkeys([*check.file_ids, *self.changed.get(number, [])]))
        files = [UpdatedFile(file_id, activity.info().scheduled_time) for file_id in self.noted]
        return CheckResult(files, activity.info().scheduled_time, connected=number < self.stop_after)

    @activity.defn(name=SYNC_FILE.name)
    async def sync(self, file: SyncFileInput) -> SyncFileResult:
        if file.file_id in self.broken_files:
            raise ApplicationError("broken", non_retryable=True)
        self.noted.pop(file.file_id, None)
        self.synced.append(file.file_id)
        return SyncFileResult(file.file_id, "synced")

    @activity.defn(name=RECORD_FILE_FAILURE.name)
    async def fail(self, failure: FileFailureInput) -> None:
        self.failures.append(failure.file_id)


@asynccontextmanager
async def running(skipping, notes: Notes, state: SyncInput | None = None) -> AsyncIterator[WorkflowHandle]:
    activities = [notes.check, notes.sync, notes.fail]
    async with Worker(skipping.client, task_queue=TASK_QUEUE, workflows=[SyncWorkflow], activities=activities):
        yield await skipping.client.start_workflow(
            SYNC_WORKFLOW, state or SyncInput(notes.workspace), id=notes.workspace, task_queue=TASK_QUEUE
        )


@pytest.fixture
def notes(skipping) -> Notes:
    return Notes(skipping.identifier("sync"))


async def test_two_days_are_192_checks_15_minutes_apart(skipping, notes: Notes) -> None:
    notes.stop_after = 193
    async with running(skipping, notes) as handle:
        await handle.result()
        last_run = await handle.describe()

    gaps = [later - earlier for earlier, later in zip(notes.times, notes.times[1:], strict=False)]
    assert len(notes.checks) == 193
    assert min(gaps) >= timedelta(minutes=15)
    assert max(gaps) < timedelta(minutes=15, seconds=30)
    assert last_run.run_id != handle.first_execution_run_id
    looked_at_everything = [number for number, check in enumerate(notes.checks) if check.all_files]
    assert len(looked_at_everything) == 2
    assert (
        timedelta(hours=24) <= notes.times[looked_at_everything[0]] - notes.times[0] < timedelta(hours=24, minutes=16)
    )


async def test_no_wish_of_a_storm_is_lost_over_new_runs(skipping, notes: Notes) -> None:
    async with running(skipping, notes) as handle:
        sent = []
        while not (len(sent) >= 300 and await _runs(handle) >= 3):
            sent.append(f"file-{len(sent)}")
            await handle.signal(FORCE_REFRESH_SIGNAL, ForceRefresh(sent[-1]))
            await asyncio.sleep(0.005)
        await _until(lambda: len(notes.synced) >= len(sent))
        notes.stop_after = 0
        await handle.result()

    assert sorted(notes.synced) == sorted(sent)


async def test_a_new_run_goes_on_with_the_last_check_and_the_daily_look_at_everything(
    skipping, notes: Notes, keep_history
) -> None:
    notes.long_check = 2
    notes.stop_after = 3
    async with running(skipping, notes) as handle:
        await handle.result()
        client = skipping.client
        await keep_history(client.get_workflow_handle(handle.id), "sync-second-run")
        first = client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
        await keep_history(first, "sync-continued-as-new")

    assert [check.all_files for check in notes.checks] == [False, False, True]
    assert notes.checks[2].last_check_time is not None
    assert notes.times[2] - notes.times[0] >= timedelta(hours=24)


async def test_a_hundred_equal_wishes_are_few_checks(skipping, notes: Notes) -> None:
    notes.slowness = 0.2
    async with running(skipping, notes) as handle:
        await asyncio.gather(*(handle.signal(FORCE_REFRESH_SIGNAL, ForceRefresh()) for _ in range(100)))
        await _until(lambda: any(check.all_files for check in notes.checks))
        at_once = [time for time in notes.times if time - notes.times[0] < timedelta(minutes=15)]
        notes.stop_after = 0
        await handle.signal(FORCE_REFRESH_SIGNAL, ForceRefresh())
        await handle.result()

    assert len(at_once) <= 5


async def test_a_failed_check_keeps_its_wishes_for_the_next(skipping, notes: Notes, keep_history) -> None:
    notes.failing_checks = {1}
    notes.stop_after = 2
    state = SyncInput(notes.workspace, ["first"], pending=[ForceRefresh("wished")])
    async with running(skipping, notes, state) as handle:
        await handle.result()
        await keep_history(handle, "sync-failed-check")

    assert notes.checks[0].file_ids == ["first", "wished"]
    assert notes.checks[1].file_ids == ["first", "wished"]
    assert notes.times[1] - notes.times[0] >= timedelta(minutes=15)


async def test_a_broken_file_holds_up_no_other(skipping, notes: Notes, keep_history) -> None:
    notes.stop_after = 2
    notes.changed = {1: ["good-1", "bad", "good-2", "good-3", "good-4", "good-5"]}
    notes.broken_files = {"bad"}
    async with running(skipping, notes) as handle:
        await handle.result()
        await keep_history(handle, "sync-broken-file")

    assert sorted(notes.synced) == ["good-1", "good-2", "good-3", "good-4", "good-5"]
    assert set(notes.failures) == {"bad"}


async def test_a_wish_that_meets_the_end_is_still_served(skipping, notes: Notes, keep_history) -> None:
    notes.stop_after = 1
    notes.slowness = 0.5
    async with running(skipping, notes) as handle:
        await _until(lambda: len(notes.checks) == 1)
        await handle.signal(FORCE_REFRESH_SIGNAL, ForceRefresh())
        await handle.result()
        await keep_history(handle, "sync-wish-at-the-end")

    assert [check.all_files for check in notes.checks] == [False, True]


async def _runs(handle: WorkflowHandle) -> int:
    return len([run async for run in handle._client.list_workflows(f"WorkflowId = '{handle.id}'")])


async def _until(condition, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what it waits for happens on the server
            await asyncio.sleep(0.02)
