"""Nothing that a workflow handles can be read in Temporal: not in inputs, results, signals, failures or on disk."""

import base64
import os
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from worker.payloads import EncryptedPayloads, Keyring, PayloadKeyMissing
from worker.temporal_client import TemporalSettings, TemporalUnreachable, connect

OLD, NEW = base64.b64encode(os.urandom(32)).decode(), base64.b64encode(os.urandom(32)).decode()
CANARY = "ya29.canary-1f7c0e"


@dataclass(frozen=True)
class Parcel:
    secret: str


@activity.defn
async def fail_with(parcel: Parcel) -> Parcel:
    raise ApplicationError(f"broke on {parcel.secret}", parcel)


@workflow.defn(name="LeakTest")
class LeakTest:
    def __init__(self) -> None:
        self._signalled: Parcel | None = None

    @workflow.signal
    def tell(self, parcel: Parcel) -> None:
        self._signalled = parcel

    @workflow.run
    async def run(self, parcel: Parcel) -> Parcel:
        await workflow.wait_condition(lambda: self._signalled is not None)
        once = RetryPolicy(maximum_attempts=1)
        await workflow.execute_activity(
            fail_with, parcel, start_to_close_timeout=timedelta(seconds=9), retry_policy=once
        )
        return parcel


@pytest.mark.temporal
async def test_a_canary_is_nowhere_in_a_history(client: Client, skipping) -> None:
    open_air = UnsandboxedWorkflowRunner()  # the sandbox cannot import a test file
    worker = Worker(client, task_queue="leak", workflows=[LeakTest], activities=[fail_with], workflow_runner=open_air)
    async with worker:
        handle = await client.start_workflow(
            LeakTest.run,
            Parcel(CANARY),
            id=skipping.identifier("leak"),
            task_queue="leak",
            memo={"note": CANARY},
            start_signal="tell",
            start_signal_args=[Parcel(CANARY)],
        )
        with pytest.raises(WorkflowFailureError) as failure:
            await handle.result()
        events = [event async for event in handle.fetch_history_events()]
        description = await handle.describe()

    told = failure.value.cause.__cause__
    assert isinstance(told, ApplicationError)
    assert CANARY in told.message, "who holds the key reads everything"
    assert len(events) > 8
    in_history = b"".join(event.SerializeToString() for event in events)
    assert CANARY.encode() not in in_history
    assert CANARY.encode() not in description.raw_description.SerializeToString()


def _payload(data: bytes) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=data)


@given(st.binary(max_size=5000))
async def test_what_was_sealed_opens_again(data: bytes) -> None:
    codec = EncryptedPayloads(Keyring.parse(NEW))

    assert [_payload(data)] == await codec.decode(await codec.encode([_payload(data)]))


async def test_an_old_key_still_opens_and_the_new_one_seals() -> None:
    sealed = await EncryptedPayloads(Keyring.parse(OLD)).encode([_payload(b"1")])
    rotated = EncryptedPayloads(Keyring.parse(f"{NEW}, {OLD}"))
    resealed = await rotated.encode([_payload(b"2")])

    assert [_payload(b"1")] == await rotated.decode(sealed)
    assert sealed[0].metadata["key"] != resealed[0].metadata["key"]


async def test_without_the_key_the_message_says_what_to_add() -> None:
    sealed = await EncryptedPayloads(Keyring.parse(OLD)).encode([_payload(b"1")])

    with pytest.raises(PayloadKeyMissing, match="MEDIA_PLANNER_PAYLOAD_KEY"):
        await EncryptedPayloads(Keyring.parse(NEW)).decode(sealed)


@pytest.mark.parametrize("position", [0, 11, 12, -1])
async def test_a_changed_byte_is_refused(position: int) -> None:
    codec = EncryptedPayloads(Keyring.parse(NEW))
    sealed = (await codec.encode([_payload(b"1")]))[0]
    changed = bytearray(sealed.data)
    changed[position] ^= 1

    with pytest.raises(PayloadKeyMissing, match="changed"):
        await codec.decode([Payload(metadata=sealed.metadata, data=bytes(changed))])


async def test_a_listing_of_ten_thousand_files_fits_into_a_payload() -> None:
    listing = b",".join(
        b'{"id":"%s","name":"Plan Q%d.xlsx"}' % (os.urandom(22).hex().encode(), n) for n in range(10_000)
    )
    sealed = await EncryptedPayloads(Keyring.parse(NEW)).encode([_payload(listing)])

    assert len(sealed[0].data) < 2 * 1024 * 1024 / 4


@pytest.mark.parametrize("key", ["", "short", "not base64 !", f"{NEW},", base64.b64encode(bytes(31)).decode()])
def test_a_wrong_key_is_named_and_never_shown(key: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        TemporalSettings(payload_key=key)

    assert "32 random bytes" in str(refusal.value)
    assert not key or key not in str(refusal.value)


async def test_a_silent_temporal_is_a_sentence() -> None:
    settings = TemporalSettings(address="127.0.0.1:9", payload_key=NEW)

    with pytest.raises(TemporalUnreachable, match=r"does not answer at 127\.0\.0\.1:9\. Start it"):
        await connect(settings)


def test_a_key_is_in_no_representation() -> None:
    assert NEW not in repr(TemporalSettings(payload_key=NEW))
