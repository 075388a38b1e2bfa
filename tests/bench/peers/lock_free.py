"""Appends without a common lock: writers never wait, and readers stay behind the oldest transaction that still runs.

Keys, versions and a hash for each event as ours, but positions have gaps and there is no chain.
"""

import uuid

import psycopg

from tests.bench.log_samples import DATA, EVENT, META_TEXT

TABLE = """
    CREATE TABLE free_event (
        position bigserial PRIMARY KEY, transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
        at timestamptz NOT NULL DEFAULT clock_timestamp(), key uuid, version int NOT NULL,
        stream text COLLATE "C" NOT NULL, name text NOT NULL,
        meta json NOT NULL, data json NOT NULL, leaf bytea NOT NULL);
    CREATE UNIQUE INDEX ON free_event (hashtextextended(stream, 0), version);
    CREATE UNIQUE INDEX ON free_event (key) WHERE key IS NOT NULL;
    CREATE INDEX ON free_event (transaction, position);
    CREATE FUNCTION free_append(into_stream text, once uuid, named text, about text, body text) RETURNS bigint
    LANGUAGE plpgsql AS $$
    DECLARE
        found bigint;
        standing integer;
    BEGIN
        SELECT e.position INTO found FROM free_event e WHERE e.key = once;
        IF FOUND THEN
            RETURN found;
        END IF;
        SELECT e.version INTO standing FROM free_event e
        WHERE hashtextextended(e.stream, 0) = hashtextextended(into_stream, 0) AND e.stream = into_stream
        ORDER BY e.version DESC LIMIT 1;
        INSERT INTO free_event (key, version, stream, name, meta, data, leaf)
        VALUES (once, coalesce(standing, 0) + 1, into_stream, named, about::json, body::json,
                sha256(convert_to(into_stream || named || about || body, 'UTF8')))
        RETURNING position INTO found;
        PERFORM pg_notify('free_events', found::text);
        RETURN found;
    END
    $$
"""
_APPEND = b"SELECT free_append(%s, %s, %s, %s, %s)"


def append(connection: psycopg.Connection, appends: int) -> int:
    for _ in range(appends):
        with connection.cursor() as cursor:
            given = (f"w/file/{uuid.uuid4()}", uuid.uuid4(), EVENT.NAME, META_TEXT, DATA)
            cursor.execute(_APPEND, given, prepare=True).fetchone()
    return appends
