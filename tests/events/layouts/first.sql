-- The log's tables and functions as version 1.0 made them: what a database that is brought up to date holds.
CREATE TABLE IF NOT EXISTS event (
    position bigint PRIMARY KEY,            -- gapless: max(position) = count(*)
    stream text COLLATE "C" NOT NULL,       -- workspace/kind/identifier
    workspace text COLLATE "C" GENERATED ALWAYS AS (split_part(stream, '/', 1)) STORED,
    version integer NOT NULL,               -- within the stream, from 1
    name text NOT NULL,
    schema smallint NOT NULL,               -- version of the event's shape
    at timestamptz NOT NULL,                -- never decreases with position
    key uuid,                               -- on the first event of an append
    size integer NOT NULL,                  -- events appended together, on each of them
    meta jsonb NOT NULL,
    data jsonb,
    state bytea,                            -- instead of data, when a library user's state is no JSON
    leaf bytea NOT NULL,                    -- hash of this row, see event_leaf
    root bytea,                             -- on the last event of an append: hash of the root before and the new leaves
    CONSTRAINT event_has_one_body CHECK ((data IS NULL) <> (state IS NULL)),
    CONSTRAINT event_stream_version UNIQUE (stream, version)
);
CREATE UNIQUE INDEX IF NOT EXISTS event_key ON event (key) WHERE key IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_workspace ON event (workspace, position);

CREATE OR REPLACE FUNCTION event_leaf(
    "position" bigint, stream text, version integer, name text, schema smallint, at timestamptz, key uuid, size integer,
    meta jsonb, data jsonb, state bytea
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(
        "position"::text || E'\x1f' || stream || E'\x1f' || version::text || E'\x1f' || name || E'\x1f' || schema::text
        || E'\x1f' || (date_part('epoch', at) * 1000000)::bigint::text || E'\x1f' || coalesce(key::text, '')
        || E'\x1f' || size::text || E'\x1f' || meta::text || E'\x1f' || coalesce(data::text, encode(state, 'hex')),
        'UTF8'))
$$;
CREATE OR REPLACE FUNCTION append_events(entry jsonb, OUT first bigint, OUT last bigint, OUT repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    items CONSTANT jsonb := entry -> 'events';
    count CONSTANT integer := jsonb_array_length(items);
    into_stream CONSTANT text := entry ->> 'stream';
    once CONSTANT uuid := (entry ->> 'key')::uuid;
    expected CONSTANT integer := (entry ->> 'expected')::integer;
    about CONSTANT jsonb := entry -> 'meta';
    standing integer := 0;
    before record;
    moment timestamptz;
    hash bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(7305513410001);

    IF once IS NOT NULL THEN
        SELECT e.position, e.size INTO before FROM event e WHERE e.key = once;
        IF FOUND THEN
            first := before.position;
            last := before.position + before.size - 1;
            repeated := true;
            IF (SELECT jsonb_agg(jsonb_build_array(e.stream, e.name) ORDER BY e.position)
                FROM event e WHERE e.position BETWEEN first AND last)
               IS DISTINCT FROM
               (SELECT jsonb_agg(jsonb_build_array(coalesce(item ->> 'stream', into_stream), item ->> 'name') ORDER BY n)
                FROM jsonb_array_elements(items) WITH ORDINALITY AS i(item, n))
            THEN
                RAISE EXCEPTION 'The key % was used for another fact.', once USING ERRCODE = 'MP002';
            END IF;
            RETURN;
        END IF;
    END IF;

    SELECT e.version INTO standing FROM event e WHERE e.stream = into_stream ORDER BY e.version DESC LIMIT 1;
    standing := coalesce(standing, 0);
    IF expected <> standing THEN
        RAISE EXCEPTION 'The stream % stands at version %, not %.', into_stream, standing, expected
            USING ERRCODE = 'MP001', DETAIL = standing::text;
    END IF;

    SELECT e.position, e.at, e.root INTO before FROM event e ORDER BY e.position DESC LIMIT 1;
    first := coalesce(before.position, 0) + 1;
    last := first + count - 1;
    repeated := false;
    moment := greatest(clock_timestamp(), before.at);

    IF count = 1 THEN  -- the same as below, without the cost of a set
        DECLARE
            item CONSTANT jsonb := items -> 0;
            its_stream CONSTANT text := coalesce(item ->> 'stream', into_stream);
            its_version CONSTANT integer := coalesce((item ->> 'version')::integer, standing + 1);
            its_name CONSTANT text := item ->> 'name';
            its_schema CONSTANT smallint := (item ->> 'schema')::smallint;
            body CONSTANT jsonb := item -> 'data';
            raw CONSTANT bytea := decode(item ->> 'state', 'base64');
        BEGIN
            hash := event_leaf(first, its_stream, its_version, its_name, its_schema, moment, once, 1, about, body, raw);
            INSERT INTO event (position, stream, version, name, schema, at, key, size, meta, data, state, leaf, root)
            VALUES (first, its_stream, its_version, its_name, its_schema, moment, once, 1, about, body, raw, hash,
                    sha256(coalesce(before.root, '') || hash));
        END;
        PERFORM pg_notify('media_planner_events', last::text);
        RETURN;
    END IF;

    WITH fresh AS MATERIALIZED (
        SELECT coalesce(before.position, 0) + n AS position, coalesce(item ->> 'stream', into_stream) AS stream,
               coalesce((item ->> 'version')::integer, standing + n::integer) AS version,
               item ->> 'name' AS name, (item ->> 'schema')::smallint AS schema,
               CASE n WHEN 1 THEN once END AS key, item -> 'data' AS data, decode(item ->> 'state', 'base64') AS state
        FROM jsonb_array_elements(items) WITH ORDINALITY AS i(item, n)
    ), hashed AS MATERIALIZED (
        SELECT f.*, event_leaf(f.position, f.stream, f.version, f.name, f.schema, moment, f.key, count,
                               about, f.data, f.state) AS leaf
        FROM fresh f
    )
    INSERT INTO event (position, stream, version, name, schema, at, key, size, meta, data, state, leaf, root)
    SELECT h.position, h.stream, h.version, h.name, h.schema, moment, h.key, count, about, h.data, h.state, h.leaf,
           CASE h.position WHEN last THEN
               sha256(coalesce(before.root, '') || (SELECT string_agg(a.leaf, '' ORDER BY a.position) FROM hashed a))
           END
    FROM hashed h;

    PERFORM pg_notify('media_planner_events', last::text);
END
$$;
CREATE TABLE IF NOT EXISTS blob (
    address text COLLATE "C" PRIMARY KEY,   -- sha256 of the original bytes, in hexadecimal
    codec text NOT NULL,                    -- zlib | plain
    size bigint NOT NULL,                   -- of the original
    data bytea NOT NULL
);
ALTER TABLE blob ALTER COLUMN data SET STORAGE EXTERNAL;  -- compressed already

CREATE TABLE IF NOT EXISTS tracking (       -- for users of the eventsourcing library only
    application_name text PRIMARY KEY,
    notification_id bigint NOT NULL
);
