-- What is hashed of one event; the moment in whole microseconds, which a double holds exactly until the year 2106.
-- append_events.sql hashes the same and events/verify.py reads the same. concat_ws leaves out the body that is NULL.
CREATE OR REPLACE FUNCTION event_text(
    "position" bigint, stream text, version integer, name text, schema smallint, at timestamptz, key uuid, size integer,
    meta json, data json, state bytea
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT convert_to(concat_ws(
        E'\x1f', "position", stream, version, name, schema, (date_part('epoch', at) * 1000000)::bigint,
        coalesce(key::text, ''), size, meta, data, encode(state, 'hex')), 'UTF8')
$$;
CREATE OR REPLACE FUNCTION event_leaf(
    "position" bigint, stream text, version integer, name text, schema smallint, at timestamptz, key uuid, size integer,
    meta json, data json, state bytea
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(event_text("position", stream, version, name, schema, at, key, size, meta, data, state))
$$;
