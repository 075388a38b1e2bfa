-- Append events to a stream: all of them or none, in one order for everyone, each fact once.
--
-- kinds: one line an event: its name, a unit separator (1F), the version of its shape.
-- bodies: one line an event: JSON, or bytes in hexadecimal when `in_hex`. Lines cost a fifth of what an array costs.
-- expected: the version at which the stream must stand. starting: the version of the first event, when a user of the
-- eventsourcing library chose it; then the index alone refuses what is taken.
-- The lock is held until the caller's transaction ends, so this is the last statement before COMMIT.
-- SQLSTATE MP001: the stream moved on; MP002: the key belongs to another fact.
CREATE OR REPLACE FUNCTION append_events(
    into_stream text, once uuid, expected integer, starting integer, about text, kinds text, bodies text, in_hex boolean,
    OUT first bigint, OUT last bigint, OUT repeated boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    count integer := 1;
    standing integer := starting - 1;
    before record;
    moment timestamptz;
    shared text;  -- what the events of this append have in common, as it is hashed
    leaves bytea := '';
    hash bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(7305513410001);

    IF once IS NOT NULL THEN
        SELECT e.position, e.size INTO before FROM event e WHERE e.key = once;
        IF FOUND THEN
            first := before.position;
            last := before.position + before.size - 1;
            repeated := true;
            IF (SELECT array_agg(e.stream || E'\x1f' || e.name ORDER BY e.position)
                FROM event e WHERE e.position BETWEEN first AND last)
               IS DISTINCT FROM
               (SELECT array_agg(into_stream || E'\x1f' || split_part(k.kind, E'\x1f', 1) ORDER BY n)
                FROM string_to_table(kinds, E'\n') WITH ORDINALITY AS k(kind, n))
            THEN
                RAISE EXCEPTION 'The key % was used for another fact.', once USING ERRCODE = 'MP002';
            END IF;
            RETURN;
        END IF;
    END IF;

    IF starting IS NULL THEN
        SELECT e.version INTO standing FROM event e
        WHERE hashtextextended(e.stream, 0) = hashtextextended(into_stream, 0) AND e.stream = into_stream
        ORDER BY e.version DESC LIMIT 1;
        standing := coalesce(standing, 0);
        IF expected <> standing THEN
            RAISE EXCEPTION 'The stream % stands at version %, not %.', into_stream, standing, expected
                USING ERRCODE = 'MP001', DETAIL = standing::text;
        END IF;
    END IF;

    SELECT e.position, e.at, e.root INTO before FROM event e ORDER BY e.position DESC LIMIT 1;
    first := coalesce(before.position, 0) + 1;
    repeated := false;
    moment := greatest(clock_timestamp(), before.at);

    IF strpos(kinds, E'\n') > 0 THEN  -- all but the last
        count := length(kinds) - length(replace(kinds, E'\n', '')) + 1;
        shared := E'\x1f' || count || E'\x1f' || about || E'\x1f';
        WITH stored AS (
            INSERT INTO event (position, at, key, version, size, schema, stream, workspace, name, meta, data, state, leaf)
            SELECT first - 1 + n, moment, CASE n WHEN 1 THEN once END, standing + n, count,
                   split_part(kind, E'\x1f', 2)::smallint, into_stream, split_part(into_stream, '/', 1),
                   split_part(kind, E'\x1f', 1), about::json,
                   CASE WHEN NOT in_hex THEN body::json END, CASE WHEN in_hex THEN decode(body, 'hex') END,
                   sha256(convert_to(
                       first - 1 + n || E'\x1f' || into_stream || E'\x1f' || standing + n || E'\x1f' || kind || E'\x1f'
                       || (date_part('epoch', moment) * 1000000)::bigint || E'\x1f'
                       || CASE n WHEN 1 THEN coalesce(once::text, '') ELSE '' END || shared || body, 'UTF8'))
            FROM ROWS FROM (string_to_table(kinds, E'\n'), string_to_table(bodies, E'\n'))
                WITH ORDINALITY AS e(kind, body, n)
            WHERE n < count
            RETURNING position, leaf
        )
        SELECT string_agg(s.leaf, '' ORDER BY s.position) INTO leaves FROM stored s;
        kinds := split_part(kinds, E'\n', -1);
        bodies := split_part(bodies, E'\n', -1);
        once := NULL;
    END IF;

    last := first + count - 1;
    hash := sha256(convert_to(
        last || E'\x1f' || into_stream || E'\x1f' || standing + count || E'\x1f' || kinds || E'\x1f'
        || (date_part('epoch', moment) * 1000000)::bigint || E'\x1f' || coalesce(once::text, '')
        || E'\x1f' || count || E'\x1f' || about || E'\x1f' || bodies, 'UTF8'));
    INSERT INTO event (position, at, key, version, size, schema, stream, workspace, name, meta, data, state, leaf, root)
    VALUES (last, moment, once, standing + count, count, split_part(kinds, E'\x1f', 2)::smallint, into_stream,
            split_part(into_stream, '/', 1), split_part(kinds, E'\x1f', 1), about::json,
            CASE WHEN NOT in_hex THEN bodies::json END, CASE WHEN in_hex THEN decode(bodies, 'hex') END, hash,
            sha256(coalesce(before.root, '') || leaves || hash));
    PERFORM pg_notify('media_planner_events', last::text);
END
$$;
