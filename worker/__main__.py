"""`python -m worker`: serve both task queues until told to stop."""

import asyncio
import logging
import signal
import sys
from datetime import UTC, datetime

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from projections.start import CannotStart, open_database, settings_named
from worker import temporal_client
from worker.composition import CONNECTIONS, Outside, workers
from worker.contracts import PLATFORM_GOOGLE_DRIVE
from worker.google_drive.connector import GoogleDriveConnector
from worker.google_drive.consent import GoogleSettings
from worker.planning.language_model import LanguageModelSettings, from_settings
from worker.schema import migrate
from worker.sync import erasing
from worker.temporal_client import TemporalSettings, TemporalUnreachable
from worker.vault import Vault, VaultSettings

log = logging.getLogger("worker")


def main() -> int:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("temporalio.activity").setLevel(logging.ERROR)  # worker/failures.py tells what failed
    try:
        with settings_named():
            return asyncio.run(_serve())
    except (CannotStart, TemporalUnreachable) as problem:
        sys.stderr.write(f"{problem}\n")
    return 1


async def _serve() -> int:
    temporal = TemporalSettings()  # pyright: ignore[reportCallIssue] - filled from the environment
    outside = _outside()
    client = await temporal_client.connect(temporal)
    await _require_namespace(client)
    keeping = asyncio.create_task(erasing.daily(outside.engine, outside.clock))
    try:
        return await _run(workers(client, outside))
    finally:
        keeping.cancel()


def _outside() -> Outside:
    keys = VaultSettings().keys()  # pyright: ignore[reportCallIssue] - filled from the environment
    google = GoogleSettings()
    engine = open_database(migrate, pool_size=CONNECTIONS)
    vault = Vault(engine, keys, _now)
    connectors = {PLATFORM_GOOGLE_DRIVE: GoogleDriveConnector(engine, vault, google, _now)}
    return Outside(engine, vault, connectors, _now, from_settings(LanguageModelSettings()))


async def _require_namespace(client: Client) -> None:
    try:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    except RPCError as error:
        raise CannotStart(
            f"Temporal has no namespace {client.namespace} for us ({error.message}). "
            "Check MEDIA_PLANNER_TEMPORAL_NAMESPACE."
        ) from error


async def _run(serving: list[Worker]) -> int:
    """Serve until a signal comes, then let running activities finish. A worker that fails ends the process."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    running = [asyncio.create_task(worker.run()) for worker in serving]
    stopping = asyncio.create_task(stop.wait())
    log.info("worker ready")
    await asyncio.wait([*running, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set():
        log.info("worker stops: running activities finish first")
    await asyncio.gather(*(worker.shutdown() for worker in serving))
    failed = [outcome for outcome in await asyncio.gather(*running, return_exceptions=True) if outcome is not None]
    for problem in failed:
        log.error("A worker failed", exc_info=problem)
    return 1 if failed else 0


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    temporal_client.leave(main())
