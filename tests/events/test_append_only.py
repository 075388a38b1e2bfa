"""What happened cannot be changed: not by a session of ours, and not by its owner's mistake."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError, ProgrammingError

from events import blobs, database, schema, store
from events.blobs import BlobDamaged, BlobMissing
from tests.events.samples import META, synced

CHANGES = [
    "UPDATE event SET name = 'file.renamed'",
    "DELETE FROM event",
    "TRUNCATE event CASCADE",
    "UPDATE blob SET data = ''",
    "DELETE FROM blob",
]


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with engine.begin() as connection:
        blobs.put(connection, b"bytes")
        store.append(connection, "w/file/f1", [synced()], meta=META)
    return engine


@pytest.mark.parametrize("change", [*CHANGES, "INSERT INTO event (position) VALUES (2)", "DROP TABLE event"])
def test_a_session_may_not_change_the_log(filled: Engine, change: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), filled.begin() as connection:
        connection.execute(sa.text(change))


@pytest.mark.parametrize("change", CHANGES)
def test_even_the_owner_is_refused(filled: Engine, change: str) -> None:
    with filled.connect() as connection:
        connection.execute(sa.text("SET LOCAL ROLE NONE"))

        with pytest.raises(DatabaseError, match="only grows"):
            connection.execute(sa.text(change))


@pytest.fixture
def owner_url(postgres_url: str, database_url: str) -> Iterator[str]:
    """The database belongs to a plain user: no superuser, no right to make roles."""
    name = sa.make_url(database_url).database
    owner = f"owner_{name}"
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE \"{owner}\" LOGIN PASSWORD 'pw'".encode())
        admin.execute(f'ALTER DATABASE "{name}" OWNER TO "{owner}"'.encode())
    yield sa.make_url(database_url).set(username=owner, password="pw").render_as_string(hide_password=False)
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
        admin.execute(f'DROP ROLE "{owner}"'.encode())


def test_a_plain_database_owner_can_migrate_and_append(owner_url: str) -> None:
    engine = database.connect(owner_url)
    schema.migrate(engine)
    with engine.begin() as connection:
        store.append(connection, "w/file/f1", [synced()], meta=META)
    with pytest.raises(DatabaseError, match="only grows"), engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM event"))
    with engine.connect() as connection:
        assert 1 == store.head(connection)
    engine.dispose()


def test_six_processes_that_start_at_once_make_one_schema(database_url: str) -> None:
    start = threading.Barrier(6)

    def run(_: int) -> str:
        engine = database.connect(database_url, pool_size=1)
        start.wait()
        schema.migrate(engine)
        with engine.begin() as connection:
            store.append(connection, "w/file/f1", [synced()], meta=META)
            user = connection.execute(sa.text("SELECT current_user")).scalar_one()
        engine.dispose()
        return user

    with ThreadPoolExecutor(6) as pool:
        assert {database.APP_ROLE} == set(pool.map(run, range(6)))

    engine = database.connect(database_url)
    with engine.connect() as connection:
        assert 6 == store.head(connection)
    engine.dispose()


def test_a_starting_process_does_not_wait_for_a_writer(filled: Engine, migrated_url: str) -> None:
    with filled.connect() as connection:
        store.append(connection, "w/file/f1", [synced()], meta=META)
        other = database.connect(migrated_url)
        worker = threading.Thread(target=schema.migrate, args=(other,))
        worker.start()
        worker.join(timeout=10)

        assert not worker.is_alive()
        other.dispose()


@pytest.mark.parametrize("data", [b"", b"a" * 100_000, bytes(range(256)) * 40], ids=["empty", "text", "binary"])
def test_bytes_are_kept_once_and_come_back(engine: Engine, data: bytes) -> None:
    with engine.begin() as connection:
        address = blobs.put(connection, data)

        assert address == blobs.put(connection, data)
        assert data == blobs.get(connection, address)
        assert 1 == connection.execute(sa.text("SELECT count(*) FROM blob")).scalar_one()
    with pytest.raises(BlobMissing, match="0000"), engine.begin() as connection:
        blobs.get(connection, "0" * 64)


def test_damaged_bytes_are_noticed(engine: Engine) -> None:
    with engine.begin() as connection:
        address = blobs.put(connection, b"original" * 100)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL ROLE NONE"))
        connection.execute(sa.text("ALTER TABLE blob DISABLE TRIGGER blob_only_grows"))
        connection.execute(sa.text("UPDATE blob SET data = '\\x00', codec = 'plain'"))

    with pytest.raises(BlobDamaged, match=address), engine.connect() as connection:
        blobs.get(connection, address)
