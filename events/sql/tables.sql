-- From the first layout: bodies become the text that was hashed, so every hash stays right.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('event') AND attname = 'data'
               AND atttypid = 'jsonb'::regtype) THEN
        ALTER TABLE event DROP CONSTRAINT event_stream_version;
        ALTER TABLE event ALTER workspace DROP EXPRESSION;
        ALTER TABLE event ALTER workspace SET NOT NULL;
        ALTER TABLE event ALTER meta TYPE json USING meta::text::json, ALTER data TYPE json USING data::text::json;
        DROP FUNCTION append_events(jsonb);
        DROP FUNCTION event_leaf(bigint, text, integer, text, smallint, timestamptz, uuid, integer, jsonb, jsonb, bytea);
    END IF;
END
$$;

CREATE TABLE IF NOT EXISTS event (
    position bigint PRIMARY KEY,            -- gapless: max(position) = count(*)
    at timestamptz NOT NULL,                -- never decreases with position
    key uuid,                               -- on the first event of an append
    version integer NOT NULL,               -- within the stream, from 1
    size integer NOT NULL,                  -- events appended together, on each of them
    schema smallint NOT NULL,               -- version of the event's shape
    stream text COLLATE "C" NOT NULL,       -- workspace/kind/identifier
    workspace text COLLATE "C" NOT NULL,    -- the stream's first part
    name text NOT NULL,
    meta json NOT NULL,                     -- as it was given: the text is what was hashed
    data json,                              -- the same
    state bytea,                            -- instead of data, when a library user's state is no JSON
    leaf bytea NOT NULL,                    -- hash of this row, see event_leaf
    root bytea,                             -- on the last event of an append: hash of the root before and the new leaves
    CONSTRAINT event_has_one_body CHECK ((data IS NULL) <> (state IS NULL))
);
-- A stream's name by its hash: names are long and every event holds one.
CREATE UNIQUE INDEX IF NOT EXISTS event_stream_version ON event (hashtextextended(stream, 0), version);
CREATE UNIQUE INDEX IF NOT EXISTS event_key ON event (key) WHERE key IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_workspace ON event (workspace, position);

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
