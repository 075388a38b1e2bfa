"""Whatever people do to their files, in any order, with tries repeated: the log ends up telling what Drive holds."""

import asyncio
import hashlib
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from temporalio.testing import ActivityEnvironment

from events.campaign_file import DriveChecked, FileReadFailed, FileRemoved, FileRestored, FileSynced
from events.envelope import Event
from worker.contracts import CheckInput, SyncFileInput
from worker.google_drive.sandbox.accounts import MARA
from worker.sync.activities import SyncActivities

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BROKEN = b"PK\x03\x04 no workbook at all"
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["edit", "break", "trash", "restore", "delete", "rename"]), st.integers(0, 1)),
        st.tuples(st.sampled_from(["sync", "sync twice", "half a sync"]), st.just(0)),
    ),
    min_size=4,
    max_size=14,
)


@dataclass
class Drive:
    """Two files, and what they hold now."""

    world: object
    content: dict[str, bytes] = field(default_factory=dict)
    trashed: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    edits: int = 0

    def do(self, step: str, file_id: str, campaign: bytes) -> None:
        control = self.world.google.control
        if file_id in self.deleted:
            return
        if step == "edit":
            self.edits += 1
            self._write(file_id, campaign.replace(b",100,", b",%d," % (1000 + self.edits)))
        elif step == "break":
            self._write(file_id, BROKEN)
        elif step in {"trash", "restore"}:
            control.trash(file_id, trashed=step == "trash")
            (self.trashed.add if step == "trash" else self.trashed.discard)(file_id)
        elif step == "delete":
            control.delete_file(file_id)
            self.deleted.add(file_id)
        elif step == "rename":
            self.edits += 1
            control.change_file(file_id, name=f"Budget {self.edits}.csv")

    def _write(self, file_id: str, data: bytes) -> None:
        self.content[file_id] = data
        self.world.google.control.replace_content(file_id, data)


def sync(world, *, tries: int = 1, until: int | None = None, everything: bool = False) -> None:
    """Do one round as the workflow does; `until` stops in the middle, as a killed worker does."""
    activities = SyncActivities(world.engine, world.outside.connectors, world.outside.clock)
    run = ActivityEnvironment().run
    for _ in range(tries):
        noted = run(activities.check_for_updates, CheckInput(world.workspace, [], None, everything)).updated_files
        for file in noted[:until]:
            run(activities.sync_file, SyncFileInput(world.workspace, file.id))


def news(world) -> list[Event]:
    return [event for event in world.told() if not isinstance(event, DriveChecked)]


def told_of(world, file_id: str) -> list[Event]:
    return [event for event in world.told() if getattr(event, "file_id", None) == file_id]


@pytest.fixture
async def connected(world):
    async with world.working():
        await world.connect()
        await world.end()
    return world


async def test_the_log_ends_up_telling_what_the_drive_holds(connected, campaign_csv) -> None:
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(STEPS)
    def any_history(steps: list[tuple[str, int]]) -> None:
        drive = Drive(connected)
        for number in range(2):
            data = campaign_csv.replace(b"Spring", b"Budget %d" % number)
            file_id = connected.google.control.add_file(MARA.email, f"Budget {number}.csv", data, "text/csv")
            drive.content[file_id] = data
        ids = list(drive.content)
        for step, number in steps:
            if "sync" in step:
                sync(connected, tries=2 if step == "sync twice" else 1, until=1 if step == "half a sync" else None)
            else:
                drive.do(step, ids[number], campaign_csv)
        sync(connected, everything=True)
        before = news(connected)
        sync(connected, everything=True)

        assert [] == connected.pending()
        assert before == news(connected)
        for file_id in ids:
            holds(connected, drive, file_id)
        for file_id in set(ids) - drive.deleted:
            connected.google.control.delete_file(file_id)

    await asyncio.to_thread(any_history)


def holds(world, drive: Drive, file_id: str) -> None:
    told = told_of(world, file_id)
    contents = [event for event in told if isinstance(event, FileSynced)]
    comings = [event for event in told if isinstance(event, FileRemoved | FileRestored)]
    numbers = [event.revision_number for event in contents]
    assert numbers == sorted(numbers)
    assert [type(event) for event in comings] == [FileRemoved, FileRestored, *([FileRemoved, FileRestored] * 9)][
        : len(comings)
    ]
    gone = file_id in drive.deleted or file_id in drive.trashed
    if told:
        assert gone == (bool(comings) and isinstance(comings[-1], FileRemoved))
    if not gone and drive.content[file_id] != BROKEN:
        assert contents
        assert contents[-1].revision == hashlib.sha256(drive.content[file_id]).hexdigest()
        assert not isinstance(told[-1], FileReadFailed)
