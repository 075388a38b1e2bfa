-- What happened stays as it was written; bytes stay until erase_superseded finds that nobody keeps them any more.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    callers text;
BEGIN
    GET DIAGNOSTICS callers = PG_CONTEXT;
    IF TG_TABLE_NAME = 'blob' AND TG_OP = 'DELETE'
       AND strpos(callers, 'erase_superseded(text,timestamp with time zone)') > 0 THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'Table % only grows: % is refused.', TG_TABLE_NAME, TG_OP USING ERRCODE = 'MP003';
END
$$;
CREATE OR REPLACE TRIGGER event_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER blob_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON blob
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
