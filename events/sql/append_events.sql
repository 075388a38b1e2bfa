-- Append events to a stream: all of them or none, in one order for everyone, each fact once.
--
-- kinds: one line an event: its name, a unit separator (1F), the version of its shape.
-- bodies: one line an event: JSON, or bytes in hexadecimal when `in_hex`. Lines cost a fifth of what an array costs.
-- expected: the version at which the stream must stand. starting: the version of the first event, when a user of the
-- eventsourcing library chose it; then the index alone refuses what is taken.
-- Returns the first position, negative when this fact was told before: a set of columns costs a tenth of an append.
-- The lock is held until the caller's transaction ends, so this is the last statement before COMMIT.
-- SQLSTATE MP001: the stream moved on; MP002: the key belongs to another fact.
DO $$
BEGIN
    IF (SELECT prorettype <> 'bigint'::regtype FROM pg_proc
        WHERE oid = to_regprocedure('append_events(text,uuid,integer,integer,text,text,text,boolean)'))
    THEN  -- as it was before: it returned columns
        DROP FUNCTION append_events(text, uuid, integer, integer, text, text, text, boolean);
    END IF;
END
$$;
CREATE OR REPLACE FUNCTION append_events(
    into_stream text, once uuid, expected integer, starting integer, about text, kinds text, bodies text, in_hex boolean
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    count integer := 1;
    place text := split_part(into_stream, '/', 1);
    cause json := about;
    told bigint;         -- where this fact stands already
    newest bigint;
    standing integer;
    moment timestamptz;
    chained bytea;       -- the root so far
    shared text;         -- what the events of this append have in common, as it is hashed
    stamp text;
    leaves bytea := '';
    hash bytea;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7305513410001) THEN
        PERFORM pg_advisory_xact_lock(7305513410001);
    END IF;

    -- One statement after the lock is held, so it sees everything that was committed before.
    SELECT e.position, greatest(clock_timestamp(), e.at), e.root, (SELECT k.position FROM event k WHERE k.key = once),
           coalesce(starting - 1, (
               SELECT s.version FROM event s
               WHERE hashtextextended(s.stream, 0) = hashtextextended(into_stream, 0) AND s.stream = into_stream
               ORDER BY s.version DESC LIMIT 1), 0)
    INTO newest, moment, chained, told, standing
    FROM event e ORDER BY e.position DESC LIMIT 1;
    IF newest IS NULL THEN
        newest := 0;
        moment := clock_timestamp();
        chained := '';
        standing := coalesce(starting - 1, 0);
    END IF;

    IF told IS NOT NULL THEN
        IF (SELECT array_agg(e.stream || E'\x1f' || e.name ORDER BY e.position)
            FROM event e WHERE e.position >= told AND e.position < told + (SELECT size FROM event WHERE position = told))
           IS DISTINCT FROM
           (SELECT array_agg(into_stream || E'\x1f' || split_part(k.kind, E'\x1f', 1) ORDER BY n)
            FROM string_to_table(kinds, E'\n') WITH ORDINALITY AS k(kind, n))
        THEN
            RAISE EXCEPTION 'The key % was used for another fact.', once USING ERRCODE = 'MP002';
        END IF;
        RETURN -told;
    END IF;
    IF expected <> standing THEN
        RAISE EXCEPTION 'The stream % stands at version %, not %.', into_stream, standing, expected
            USING ERRCODE = 'MP001', DETAIL = standing::text;
    END IF;

    IF strpos(kinds, E'\n') > 0 THEN  -- all but the last
        count := length(kinds) - length(replace(kinds, E'\n', '')) + 1;
        stamp := E'\x1f' || (date_part('epoch', moment) * 1000000)::bigint || E'\x1f';
        shared := E'\x1f' || count || E'\x1f' || about || E'\x1f';
        WITH stored AS (
            INSERT INTO event (position, at, key, version, size, schema, stream, workspace, name, meta, data, state, leaf)
            SELECT newest + n, moment, CASE n WHEN 1 THEN once END, standing + n, count,
                   split_part(kind, E'\x1f', 2)::smallint, into_stream, place, split_part(kind, E'\x1f', 1), cause,
                   CASE WHEN NOT in_hex THEN body::json END, CASE WHEN in_hex THEN decode(body, 'hex') END,
                   sha256(convert_to(
                       newest + n || E'\x1f' || into_stream || E'\x1f' || standing + n || E'\x1f' || kind || stamp
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

    newest := newest + count;
    standing := standing + count;
    hash := sha256(convert_to(concat_ws(
        E'\x1f', newest, into_stream, standing, kinds, (date_part('epoch', moment) * 1000000)::bigint,
        coalesce(once::text, ''), count, about, bodies), 'UTF8'));
    INSERT INTO event (position, at, key, version, size, schema, stream, workspace, name, meta, data, state, leaf, root)
    VALUES (newest, moment, once, standing, count, split_part(kinds, E'\x1f', 2)::smallint, into_stream, place,
            split_part(kinds, E'\x1f', 1), cause, CASE WHEN NOT in_hex THEN bodies::json END,
            CASE WHEN in_hex THEN decode(bodies, 'hex') END, hash, sha256(chained || leaves || hash));
    PERFORM pg_notify('media_planner_events', newest::text);
    RETURN newest - count + 1;
END
$$;
