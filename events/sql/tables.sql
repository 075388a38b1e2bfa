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
