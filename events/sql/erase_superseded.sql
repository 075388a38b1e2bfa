-- Erase the original bytes of contents that a workspace no longer keeps, and say which. The only way past the trigger.
--
-- The log alone decides: a content goes when its file had another one for longer than the workspace's newest setting
-- keeps it, and only when every file of every workspace that ever had these bytes may let them go as well. A file's
-- newest content has no successor, so it stays. A revision is given once: `file.contents_erased` tells of it, which
-- the caller appends in the same transaction.
-- The lock keeps bytes that someone is just putting, and whose event is still to come; see blobs.py.
CREATE OR REPLACE FUNCTION erase_superseded(of_workspace text, moment timestamptz)
RETURNS TABLE (file_stream text, revisions integer[], freed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7305513410017);
    RETURN QUERY
    WITH setting AS (
        SELECT DISTINCT ON (workspace) workspace, make_interval(months => (data ->> 'keep_superseded_months')::integer) AS kept_for
        FROM event WHERE name = 'workspace.settings_changed' ORDER BY workspace, position DESC
    ), revision AS (
        SELECT workspace, stream, position, data ->> 'revision' AS address,
               (data ->> 'revision_number')::integer AS number,
               lead(at) OVER (PARTITION BY stream ORDER BY position) AS next_at
        FROM event WHERE name = 'file.synced'
    ), content AS (  -- superseded when another one followed its last use in the file
        SELECT DISTINCT ON (stream, address) workspace, stream, address, next_at
        FROM revision ORDER BY stream, address, position DESC
    ), spent AS (
        SELECT address FROM content LEFT JOIN setting USING (workspace)
        GROUP BY address HAVING bool_and(coalesce(next_at < moment - kept_for, false))
    ), told AS (
        SELECT stream, json_array_elements_text(data -> 'revisions')::integer AS number
        FROM event WHERE workspace = of_workspace AND name = 'file.contents_erased'
    ), due AS (
        SELECT stream, number, address, row_number() OVER (PARTITION BY address ORDER BY stream, number) AS nth
        FROM (SELECT DISTINCT stream, number, address FROM revision JOIN spent USING (address)
              WHERE workspace = of_workspace) r
        WHERE NOT EXISTS (SELECT FROM told WHERE (told.stream, told.number) = (r.stream, r.number))
    ), erased AS (
        DELETE FROM blob WHERE blob.address IN (SELECT due.address FROM due) RETURNING blob.address, blob.size
    )
    SELECT due.stream, array_agg(due.number ORDER BY due.number), coalesce(sum(size) FILTER (WHERE nth = 1), 0)::bigint
    FROM due LEFT JOIN erased USING (address) GROUP BY due.stream ORDER BY due.stream;
END
$$;
