-- Sessions work under a role that can append and read, and can change neither events nor blobs.
-- Without the right to make roles (and no role made by an administrator) the triggers alone stand guard.
DO $$
BEGIN
    BEGIN
        CREATE ROLE media_planner_app NOLOGIN;
    EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN RAISE NOTICE 'No right to create the role media_planner_app.';
    END;
    BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'media_planner_app')
           AND NOT pg_has_role(current_user, 'media_planner_app', 'MEMBER') THEN
            EXECUTE format('GRANT media_planner_app TO %I', current_user);
        END IF;
    EXCEPTION
        WHEN insufficient_privilege THEN RAISE NOTICE 'Not a member of the role media_planner_app.';
    END;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'media_planner_app') THEN
        BEGIN
            EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO media_planner_app', current_database());
        EXCEPTION
            WHEN insufficient_privilege THEN NULL;  -- both are granted to everyone unless an administrator took them
        END;
        GRANT USAGE ON SCHEMA public TO media_planner_app;
        REVOKE ALL ON event, blob FROM media_planner_app;
        GRANT SELECT ON event TO media_planner_app;
        GRANT SELECT, INSERT ON blob TO media_planner_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON tracking TO media_planner_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO media_planner_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO media_planner_app;
    END IF;
END
$$;
