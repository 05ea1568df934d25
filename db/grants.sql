-- Who may do what: the ownership diagram of the store. Applied after every migration; safe to run twice.
-- What is not granted here is refused. Partitions need no grants: access goes through their parent.

DO $$ BEGIN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO person_service, location_consumer, connection_service', current_database());
    -- The consumer stages redelivered batches in a temporary table.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO location_consumer', current_database());
END $$;

GRANT USAGE ON SCHEMA public TO person_service, location_consumer, connection_service;

-- person_service owns the people.
GRANT SELECT, INSERT ON person TO person_service;

-- location_consumer writes the locations, makes their partitions, and asks which persons exist.
GRANT SELECT, INSERT ON location TO location_consumer;
GRANT SELECT (id) ON person TO location_consumer;
REVOKE EXECUTE ON FUNCTION ensure_location_partition(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_location_partition(date) TO location_consumer;

-- connection_service reads the locations; people it asks the person service for.
GRANT SELECT ON location TO connection_service;

-- A service that is being rolled out waits until the schema is at its version.
GRANT SELECT ON alembic_version TO person_service, location_consumer, connection_service;
