-- Append events: all of them or none, in one order for everyone, each fact once.
--
-- entry: {"stream", "expected"?, "key"?, "meta", "events": [{"name", "schema", "data" | "state", "stream"?, "version"?}]}
-- The lock is held until the caller's transaction ends, so this is the last statement before COMMIT.
-- An event may name its own stream and version; only events/recorder.py does.
-- SQLSTATE MP001: the stream moved on; MP002: the key belongs to another fact.
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
