-- The hash of one event, over its text; the moment in whole microseconds, which a double holds exactly until the year
-- 2106. append_events.sql writes the same and events/verify.py reads the same.
CREATE OR REPLACE FUNCTION event_leaf(
    "position" bigint, stream text, version integer, name text, schema smallint, at timestamptz, key uuid, size integer,
    meta json, data json, state bytea
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(
        "position"::text || E'\x1f' || stream || E'\x1f' || version::text || E'\x1f' || name || E'\x1f' || schema::text
        || E'\x1f' || (date_part('epoch', at) * 1000000)::bigint::text || E'\x1f' || coalesce(key::text, '')
        || E'\x1f' || size::text || E'\x1f' || meta::text || E'\x1f' || coalesce(data::text, encode(state, 'hex')),
        'UTF8'))
$$;
