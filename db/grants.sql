-- Who may do what: the ownership diagram of the store. Applied after every migration; safe to run twice.
-- What is not granted here is refused. Partitions need no grants: access goes through their parent.

DO $$ BEGIN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO person_service, location_consumer, meeting_finder, connection_service, '
                   'retention', current_database());
    -- The consumer stages redelivered batches in a temporary table.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO location_consumer', current_database());
END $$;

GRANT USAGE ON SCHEMA public TO person_service, location_consumer, meeting_finder, connection_service, retention;

-- person_service owns the people. Their ids it cannot choose, so that none is given out twice; erasing is done by
-- functions, because it reaches into the locations.
REVOKE INSERT ON person FROM person_service;
GRANT SELECT, INSERT (first_name, last_name, company_name) ON person TO person_service;
-- Of a device it may change what changes: when it was last heard of, and that it is revoked.
GRANT SELECT, INSERT (person_id, name, app, secret_sha256), DELETE,
    UPDATE (last_seen_at, last_accuracy_m, revoked_at) ON device TO person_service;
GRANT SELECT ON device_change TO person_service;
REVOKE EXECUTE ON FUNCTION erase_person(bigint), erase_locations(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_person(bigint) TO person_service;
-- It tells those who keep in mind who there is whom to forget.
GRANT SELECT (person_id, number) ON erased_person TO person_service;
GRANT EXECUTE ON FUNCTION erase_locations(bigint) TO person_service, retention;
-- Of which times people keep private where they were, likewise: by functions, because they reach into the locations.
REVOKE EXECUTE ON FUNCTION keep_private(bigint, timestamptz, timestamptz), share_again(bigint), forget_locations(bigint)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_private(bigint, timestamptz, timestamptz), share_again(bigint) TO person_service;
GRANT EXECUTE ON FUNCTION forget_locations(bigint) TO person_service, retention;
GRANT SELECT (number, person_id, begins_at, ends_at) ON private_span TO person_service, location_consumer;

-- location_consumer writes the locations, makes their partitions, and asks which persons exist, which were erased, and
-- what they keep private (above).
GRANT SELECT, INSERT ON location TO location_consumer;
GRANT SELECT (id) ON person TO location_consumer;
GRANT SELECT (person_id) ON erased_person TO location_consumer;
REVOKE EXECUTE ON FUNCTION hold_erasures(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hold_erasures(bigint) TO location_consumer;
REVOKE EXECUTE ON FUNCTION ensure_location_partition(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_location_partition(date) TO location_consumer;
-- And it says how far it is. (ON CONFLICT … DO UPDATE reads what it changes.)
GRANT SELECT, INSERT, UPDATE ON consumer_progress TO location_consumer;
-- What it stores in a window that is settled it notes.
REVOKE EXECUTE ON FUNCTION note_windows(int[]), note_windows(int[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_windows(int[]), note_windows(int[], bigint[]) TO location_consumer;

-- meeting_finder reads the locations, and whose they are not any more, and writes the meetings that follow from them.
GRANT SELECT ON location, location_floor, connectivity_progress TO meeting_finder;
GRANT SELECT (id) ON person TO meeting_finder;
GRANT SELECT (person_id, number) ON erased_person TO meeting_finder;
GRANT SELECT (number, person_id, begins_at, ends_at) ON private_span TO meeting_finder;
GRANT SELECT, INSERT, DELETE ON connectivity TO meeting_finder;
GRANT SELECT, DELETE ON connectivity_due TO meeting_finder;
REVOKE EXECUTE ON FUNCTION ensure_connectivity_partition(date),
    settle_connectivity(int, double precision, double precision, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_connectivity_partition(date),
    settle_connectivity(int, double precision, double precision, int) TO meeting_finder;
-- And it tells of them while they happen: what was told, and what is to be sent.
GRANT SELECT, INSERT, UPDATE, DELETE ON encounter_told TO meeting_finder;
GRANT SELECT, INSERT, DELETE ON encounter_event TO meeting_finder;
GRANT EXECUTE ON FUNCTION tell_encounters(int, bigint[]), retract_encounters(bigint[]), confirm_encounters(int)
    TO meeting_finder;

-- connection_service reads the locations, of which times nothing may be said, the meetings that are remembered, and how
-- complete both are; people it asks the person service for, and remembers them until it sees that someone was erased.
GRANT SELECT ON location, consumer_progress, connectivity, connectivity_progress, connectivity_due TO connection_service;
GRANT SELECT (person_id, begins_at, ends_at) ON private_span TO connection_service;
GRANT SELECT (number) ON erased_person TO connection_service;

-- retention, a job, drops days that are too old, finishes what was broken off: to erase, to forget; and rewrites days
-- that are finished. It reads no table.
REVOKE EXECUTE ON FUNCTION drop_locations_before(date), drop_connectivity_before(date), unfinished_erasures(),
    unfinished_private_spans(), rewrite_locations_before(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_locations_before(date), drop_connectivity_before(date), unfinished_erasures(),
    unfinished_private_spans(), rewrite_locations_before(date) TO retention;

-- A service that is being rolled out waits until the schema is at its version.
GRANT SELECT ON alembic_version TO person_service, location_consumer, meeting_finder, connection_service, retention;
