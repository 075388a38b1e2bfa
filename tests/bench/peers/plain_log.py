"""Floors: the least that psycopg can do for the same work, with no promise kept."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

import msgspec
import psycopg

from events.campaign_file import FileSynced
from events.envelope import Meta
from events.store import CHANNEL

TABLE = """
    CREATE TABLE plain (
        id bigserial PRIMARY KEY, stream text NOT NULL, version int NOT NULL, name text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(), meta jsonb NOT NULL, data jsonb NOT NULL,
        UNIQUE (stream, version));
    CREATE TABLE plain_totals (
        workspace text, file_id text, revisions bigint, rows bigint, at_position bigint,
        PRIMARY KEY (workspace, file_id));
    CREATE TABLE plain_position (position bigint);
    INSERT INTO plain_position VALUES (0)
"""
INSERT = b"INSERT INTO plain (stream, version, name, meta, data) VALUES (%s, %s, %s, %s, %s)"
COPY = b"COPY plain (stream, version, name, meta, data) FROM STDIN (FORMAT binary)"
_READ = b"SELECT position, stream, at, meta::text, data::text FROM event WHERE position > %s ORDER BY position LIMIT %s"
_UPSERT = b"""
    INSERT INTO plain_totals SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[])
    ON CONFLICT (workspace, file_id) DO UPDATE SET revisions = plain_totals.revisions + excluded.revisions,
        rows = plain_totals.rows + excluded.rows, at_position = excluded.at_position
"""
_COPY_EVENTS = b"""
    INSERT INTO plain (stream, version, name, at, meta, data)
    SELECT stream, version, name, at, meta::jsonb, data::jsonb FROM event ORDER BY position
"""
_SET_BASED = b"""
    INSERT INTO plain_totals
    SELECT split_part(stream, '/', 1), data ->> 'file_id', count(*), sum((data ->> 'rows')::bigint), max(id)
    FROM plain GROUP BY 1, 2
    ON CONFLICT (workspace, file_id) DO UPDATE SET revisions = excluded.revisions, rows = excluded.rows
"""
_event = msgspec.json.Decoder(FileSynced)
_meta = msgspec.json.Decoder(Meta)


def fold_page(connection: psycopg.Connection, size: int = 5000) -> int:
    """Decode typed events, sum up by file, one upsert, one position: the floor of any fold in Python."""
    with connection.transaction():
        row = connection.execute(b"SELECT position FROM plain_position FOR UPDATE").fetchone()
        page = connection.execute(_READ, (row[0] if row else 0, size)).fetchall()
        if not page:
            return 0
        sums: dict[tuple[str, str], list[int]] = {}
        for position, stream, _at, meta, data in page:
            _meta.decode(meta)
            event = _event.decode(data)
            total = sums.setdefault((stream.split("/", 1)[0], event.file_id), [0, 0, 0])
            total[0] += 1
            total[1] += event.rows
            total[2] = position
        keys, values = list(sums), list(sums.values())
        columns = [[key[0] for key in keys], [key[1] for key in keys], *([v[i] for v in values] for i in range(3))]
        connection.execute(_UPSERT, columns)
        connection.execute(b"UPDATE plain_position SET position = %s", (page[-1][0],))
    return len(page)


def copy_events(connection: psycopg.Connection) -> None:
    """Hold our events in the plain table too, as jsonb, which is the fastest to take apart."""
    connection.execute(_COPY_EVENTS)


def set_based(connection: psycopg.Connection) -> None:
    """The same sums in one SQL statement over the plain table."""
    connection.execute(_SET_BASED)


def read_only(connection: psycopg.Connection, size: int = 5000) -> int:
    """Read every event and throw it away: the floor of any reader in Python."""
    after = count = 0
    while page := connection.execute(_READ, (after, size)).fetchall():
        after, count = page[-1][0], count + len(page)
    return count


@contextmanager
def listening(url: str) -> Generator[None]:
    """A bare loop: LISTEN, fold, again."""
    stop = threading.Event()

    def run() -> None:
        with psycopg.connect(url, autocommit=True) as listener, psycopg.connect(url, autocommit=True) as work:
            listener.execute(f"LISTEN {CHANNEL}".encode())
            while not stop.is_set():
                while fold_page(work):
                    pass
                for _ in listener.notifies(timeout=0.2, stop_after=1):
                    pass

    thread = threading.Thread(target=run)
    thread.start()
    yield
    stop.set()
    thread.join()
