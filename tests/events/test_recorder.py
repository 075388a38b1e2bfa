"""The eventsourcing library's own acceptance tests, unmodified, on our log."""

import threading
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactoryError,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    TrackingRecorder,
)
from eventsourcing.tests import persistence
from eventsourcing.utils import Environment
from sqlalchemy.engine import Engine, make_url

from events import database, store, verify
from events.recorder import Factory, LogRecorder
from projections import follower
from tests.events.samples import META, synced


@pytest.fixture(autouse=True)
def _database(request: pytest.FixtureRequest, migrated_url: str) -> Iterator[None]:
    """Give the library's test classes the test's own database."""
    if request.cls is None:
        yield
        return
    engine = database.connect(migrated_url)
    request.cls.engine = engine
    request.cls.env = Environment(
        env={"PERSISTENCE_MODULE": "events.recorder", "MEDIA_PLANNER_DATABASE_URL": migrated_url}
    )
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:  # the library's tests leave their readers running
        thread.join(timeout=10)
    engine.dispose()


class OnOurLog:
    engine: ClassVar[Engine]

    def create_recorder(self) -> LogRecorder:
        return LogRecorder(self.engine)


class TestApplicationRecorder(OnOurLog, persistence.ApplicationRecorderTestCase):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNonInterleaving(OnOurLog, persistence.NonInterleavingNotificationIDsBaseCase):
    pass


class TestTrackingRecorder(OnOurLog, persistence.TrackingRecorderTestCase):
    pass


class TestProcessRecorder(OnOurLog, persistence.ProcessRecorderTestCase):
    pass


class TrackingOnly(LogRecorder):
    pass


class TestFactory(persistence.InfrastructureFactoryTestCase[Any]):
    def expected_factory_class(self) -> type[Factory]:
        return Factory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        return LogRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return LogRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return LogRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return TrackingOnly

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        return LogRecorder


class Budget(Aggregate):
    @event("Set")
    def __init__(self, amount: int) -> None:
        self.amount = amount

    @event("Raised")
    def raise_by(self, amount: int) -> None:
        self.amount += amount


def test_an_application_of_the_library_lives_beside_our_events(engine: Engine, migrated_url: str) -> None:
    application = Application[UUID](
        env={"PERSISTENCE_MODULE": "events.recorder", "MEDIA_PLANNER_DATABASE_URL": migrated_url}
    )
    budget = Budget(amount=100)
    budget.raise_by(20)
    application.save(budget)
    with engine.begin() as connection:
        store.append(connection, "w/file/f1", [synced()], meta=META)

    copy: Budget = application.repository.get(budget.id)

    assert 120 == copy.amount
    assert 3 == follower.catch_up(engine)
    with engine.connect() as connection:
        assert [3] == [recorded.position for recorded in store.read(connection)]
        assert verify.verify(connection).problem is None
    application.close()


def test_a_repeated_save_with_a_key_is_harmless(engine: Engine) -> None:
    recorder, key = LogRecorder(engine, str), uuid.uuid4()
    events = [StoredEvent(originator_id="w/budget/1", originator_version=1, topic="t", state=b'{"a": 1}')]

    assert [1] == recorder.insert_events(events, key=key)
    assert [1] == recorder.insert_events(events, key=key)
    assert "w/budget/1" == recorder.select_notifications(None, 10)[0].originator_id


def test_state_that_is_no_json_is_kept_byte_by_byte(engine: Engine) -> None:
    recorder, state = LogRecorder(engine), bytes(range(256))
    event_ = StoredEvent(originator_id=uuid.uuid4(), originator_version=1, topic="t", state=state)

    recorder.insert_events([event_])

    assert [event_] == recorder.select_events(event_.originator_id)


def test_a_factory_without_a_database_says_what_to_set() -> None:
    with pytest.raises(InfrastructureFactoryError, match="MEDIA_PLANNER_DATABASE_URL"):
        Factory(Environment(env={}))


def test_a_lost_connection_is_the_library_s_operational_error(engine: Engine, migrated_url: str) -> None:
    nowhere = make_url(migrated_url).set(port=1).render_as_string(hide_password=False)

    with pytest.raises(OperationalError):
        LogRecorder(database.connect(nowhere)).max_notification_id()
    assert LogRecorder(engine).max_notification_id() is None
