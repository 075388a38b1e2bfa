"""Runs recorded earlier still replay: a change of a workflow that would break running ones fails here."""

import base64
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from worker.integration.workflow import IntegrationWorkflow
from worker.payloads import Keyring, converter
from worker.planning.workflow import PlanningWorkflow
from worker.sync.workflow import SyncWorkflow

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))
KINDS_OF_RUN = {
    *("integration-connected", "integration-denied", "integration-expired", "integration-broken"),
    *("sync-broken-file", "sync-failed-check", "sync-continued-as-new", "sync-second-run", "sync-wish-at-the-end"),
    *("planning-whole", "planning-progress", "planning-silent", "planning-without-gather", "planning-without-analyze"),
}


def test_every_kind_of_run_is_recorded() -> None:
    assert {file.stem for file in HISTORIES} >= KINDS_OF_RUN


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
async def test_a_recorded_run_replays(file: Path) -> None:
    key = base64.b64encode(bytes(range(32))).decode()  # of conftest, with which the runs were recorded
    replayer = Replayer(
        workflows=[IntegrationWorkflow, SyncWorkflow, PlanningWorkflow], data_converter=converter(Keyring.parse(key))
    )
    history = WorkflowHistory.from_json("recorded", file.read_text())  # noqa: ASYNC240
    result = await replayer.replay_workflow(history)

    assert result.replay_failure is None
    assert len(history.events) > 5
